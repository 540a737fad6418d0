"""Putting a figure into a notebook, with the alt text that a screen reader says."""

from __future__ import annotations

import base64
import io

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.figure import Figure

from course_utils.display import Shown
from course_utils.plotting.style import RULES

DPI = 100
_IMAGE = Markup('<img alt="{alt}" decoding="sync" style="width:{width}px;max-width:100%;height:auto;'
                'aspect-ratio:{width}/{height};background:white" src="data:image/png;base64,{encoded}">')


def png(figure: Figure, dpi: int = DPI) -> bytes:
    """The figure as PNG, without the time and version that Matplotlib would put in."""
    buffer = io.BytesIO()
    with mpl.rc_context(RULES):
        figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
    return buffer.getvalue()


def image_html(data: bytes, alt: str, size: tuple[int, int]) -> str:
    """An ``<img>`` of (width, height) pixels with its data in it; it shrinks with the page.

    The page keeps its place while the picture is replaced: the room for it is known, and it is decoded at once.
    """
    encoded = base64.b64encode(data).decode()
    width, height = size
    return str(_IMAGE.format(alt=alt, width=width, height=height, encoded=encoded))


class Picture(Shown):
    """A figure as a cell's result: the picture, and its alt text where pictures are not shown."""

    def __init__(self, figure: Figure, alt: str) -> None:
        self.size = size_of(figure)
        super().__init__(f"[Figure: {alt}]", image_html(png(figure), alt, self.size))


def size_of(figure: Figure) -> tuple[int, int]:
    """Width and height on the page, in pixels."""
    width, height = figure.get_size_inches()
    return round(width * DPI), round(height * DPI)


def show(figure: Figure, alt: str) -> Picture:
    """The figure as the result of a cell; ``alt`` says in a sentence what is to be seen."""
    return Picture(figure, alt)
