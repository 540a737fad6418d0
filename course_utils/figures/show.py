"""Putting a figure into a notebook, with the alt text that a screen reader says."""

from __future__ import annotations

import base64
import io
from html import escape
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from course_utils.figures.style import RULES

DPI = 100


def png(figure: Figure, dpi: int = DPI) -> bytes:
    """The figure as PNG, without the time and version that Matplotlib would put in."""
    buffer = io.BytesIO()
    with mpl.rc_context(RULES):
        figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
    return buffer.getvalue()


def image_html(data: bytes, alt: str, width: int | None = None) -> str:
    """An ``<img>`` with its data in it; it shrinks with the page."""
    encoded = base64.b64encode(data).decode()
    size = f"width:{width}px;" if width else ""
    return f'<img alt="{escape(alt, quote=True)}" style="{size}max-width:100%" src="data:image/png;base64,{encoded}">'


class Picture:
    """A figure as a cell's result: the picture, and its alt text where pictures are not shown."""

    def __init__(self, figure: Figure, alt: str) -> None:
        self.alt = alt
        self.data = png(figure)
        self.width = int(figure.get_size_inches()[0] * DPI)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": image_html(self.data, self.alt, self.width), "text/plain": repr(self)}

    def __repr__(self) -> str:
        return f"[Figure: {self.alt}]"


def show(figure: Figure, alt: str) -> Picture:
    """The figure as the result of a cell; ``alt`` says in a sentence what is to be seen."""
    return Picture(figure, alt)
