"""One look for all figures: sizes, and colours that colour-blind readers can tell apart."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, Literal

from matplotlib.figure import Figure

from course_utils.colours import BLACK, BLUE, GREEN, ORANGE, PINK, SKY, VERMILION, YELLOW

COLOURS = (BLUE, VERMILION, GREEN, PINK, ORANGE, SKY, YELLOW, BLACK)  # black last, for text and lines

RULES: dict[Any, Any] = {
    "font.size": 10.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11.5,
    "axes.grid": False,
    "figure.facecolor": "white",
    "image.interpolation": "nearest",
    "legend.frameon": False,
}


_layout: Literal["constrained"] | None = "constrained"


@contextlib.contextmanager
def without_layout() -> Iterator[None]:
    """Within, figures are made whose axes somebody else will place: finding room for the text is half of a drawing."""
    global _layout
    before, _layout = _layout, None
    try:
        yield
    finally:
        _layout = before


def new_figure(width: float = 7.0, height: float = 3.6, rows: int = 1, columns: int = 1, **options: Any) -> Any:
    """A figure (width and height in inches) and its axes, in the course's look.

    The figure is not registered with pyplot, so nothing has to be closed and nothing shows twice.
    """
    import matplotlib as mpl
    from cycler import cycler

    with mpl.rc_context({**RULES, "axes.prop_cycle": cycler(color=COLOURS)}):
        figure = Figure(figsize=(width, height), layout=_layout)
        axes = figure.subplots(rows, columns, **options)
    return figure, axes
