"""Lesson 1's figure: how two shapes line up for broadcasting, or why they can't."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from course_utils.colours import GREY
from course_utils.plotting.explore import Explorer, explore
from course_utils.plotting.style import COLOURS, new_figure

SHAPES = [(), (1,), (3,), (4,), (3, 1), (1, 4), (3, 4), (4, 3), (2, 1, 4), (2, 3, 1), (2, 3, 4)]
A, B, BAD = COLOURS[0], COLOURS[2], COLOURS[1]
CELL = 0.8  # side of a drawn element


def broadcast(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...] | None:
    """The broadcast shape, by the rule of the lesson: None where a pair of sizes does not fit."""
    rank = max(len(a), len(b))
    pairs = list(zip((1,) * (rank - len(a)) + a, (1,) * (rank - len(b)) + b, strict=True))
    if any(m != n and 1 not in (m, n) for m, n in pairs):
        return None
    return tuple(n if m == 1 else m for m, n in pairs)


def draw_broadcasting(a: tuple[int, ...], b: tuple[int, ...]) -> Figure:
    """Above: the two shapes lined up from the right. Below: the elements, with the repeated ones pale."""
    result = broadcast(a, b)
    figure, (top, below) = new_figure(7.4, 5.0, rows=2, height_ratios=[1, 1.9])
    _line_up(top, a, b, result)
    if result is None:
        below.text(0.5, 0.5, _reason(a, b), ha="center", va="center", color=BAD, fontsize=12)
        below.set(xlim=(0, 1), ylim=(0, 1))
    else:
        _elements(below, a, b, result)
    for axes in (top, below):
        axes.set_axis_off()
    return figure


def _line_up(axes: Axes, a: tuple[int, ...], b: tuple[int, ...], result: tuple[int, ...] | None) -> None:
    rank = max(len(a), len(b), 1)
    fits = [broadcast((m,), (n,)) is not None for m, n in _pairs(a, b)]
    for row, (label, shape, colour) in enumerate((("a", a, A), ("b", b, B), ("result", result, "black"))):
        axes.text(-0.75, -row, label, ha="right", va="center", color=colour, fontweight="bold")
        for place in range(rank):
            index = place - (rank - len(shape)) if shape is not None else -1
            size = str(shape[index]) if shape is not None and index >= 0 else ("" if row < 2 else "?")
            if row < 2 and index < 0 and rank > 0 and (len(a) or len(b)):
                size = "(1)"
            if row == 2 and result is not None and not result:
                size = ""
            clash = not fits[place] if fits else False
            axes.add_patch(Rectangle((place - 0.45, -row - 0.4), 0.9, 0.8, fill=clash, facecolor="#fbe3d6",
                                     edgecolor=BAD if clash else GREY, linewidth=1.6 if clash else 0.8))
            axes.text(place, -row, size, ha="center", va="center",
                      color="#767676" if size == "(1)" else BAD if clash else "black", fontsize=12)
    verdict = f"shape {result}" if result is not None else "cannot be broadcast"
    axes.text(rank - 0.2, -1, f"a + b: {verdict}", va="center", fontsize=12,
              color="black" if result is not None else BAD)
    axes.set(xlim=(-1.6, 5.4), ylim=(-2.6, 0.6))


def _pairs(a: tuple[int, ...], b: tuple[int, ...]) -> list[tuple[int, int]]:
    rank = max(len(a), len(b))
    return list(zip((1,) * (rank - len(a)) + a, (1,) * (rank - len(b)) + b, strict=True))


def _reason(a: tuple[int, ...], b: tuple[int, ...]) -> str:
    pairs = _pairs(a, b)
    place = max(i for i, (m, n) in enumerate(pairs) if broadcast((m,), (n,)) is None)
    m, n = pairs[place]
    return f"Counted from the right, dimension {place - len(pairs)} has {m} and {n}.\nThey differ, and neither is 1."


def _elements(axes: Axes, a: tuple[int, ...], b: tuple[int, ...], result: tuple[int, ...]) -> None:
    """The elements of a, b and the result; what broadcasting only repeats is pale and dashed."""
    width = CELL * (result[-1] if result else 1)
    middle = -CELL * (result[-2] if len(result) > 1 else 1) / 2
    three = ((f"a {a}", a, A), (f"b {b}", b, B), (f"a + b {result}", result, "#555555"))
    for number, (label, shape, colour) in enumerate(three):
        left = number * (width + 1.1)
        _blocks(axes, left, shape, result, colour)
        axes.text(left, 0.2, label, va="bottom", ha="left", color=colour if number < 2 else "black")
        if number:
            axes.text(left - 0.55, middle, "+" if number == 1 else "=", ha="center", va="center", fontsize=15)
    axes.set(xlim=(-0.3, 3 * width + 4.5), ylim=(-5.3, 1.1), aspect="equal", anchor="W")


def _blocks(axes: Axes, left: float, shape: tuple[int, ...], result: tuple[int, ...], colour: str) -> None:
    full = (1,) * (3 - len(shape)) + shape
    depth, rows, columns = (1,) * (3 - len(result)) + result
    for layer in range(depth):
        for row in range(rows):
            for column in range(columns):
                real = layer < full[0] and row < full[1] and column < full[2]
                style: dict[str, Any] = {"facecolor": colour} if real else {
                    "facecolor": "white", "linestyle": (0, (2, 2))}
                x, y = left + column * CELL, -(row + 1) * CELL - layer * (rows * CELL + 0.35)
                axes.add_patch(Rectangle((x, y), CELL * 0.92, CELL * 0.92, edgecolor=colour, linewidth=0.9, **style))


def describe_broadcasting(a: tuple[int, ...], b: tuple[int, ...]) -> str:
    """The figure in a sentence."""
    result = broadcast(a, b)
    if result is None:
        return f"Shapes {a} and {b} lined up from the right; they cannot be broadcast."
    return f"Shapes {a} and {b} lined up from the right; together they give {result}, repeated elements drawn pale."


def broadcasting() -> Explorer:
    """Two shapes to choose, and what becomes of them."""
    import ipywidgets as widgets

    choices = [(str(shape), shape) for shape in SHAPES]
    return explore(draw_broadcasting, describe_broadcasting, a=widgets.Dropdown(options=choices, value=(3, 1)),
                   b=widgets.Dropdown(options=choices, value=(4,)))
