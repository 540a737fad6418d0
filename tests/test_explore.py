"""Figures with controls: drawn anew in the same place, nothing cut off, said in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from course_utils.figures import autograd, gpu, mlp, new_figure, tensors, training
from course_utils.plotting.explore import Explorer, explore
from course_utils.plotting.show import png

FIGURES: dict[str, Callable[[], Explorer]] = {
    "broadcasting": tensors.broadcasting, "descent": autograd.descent, "boundaries": mlp.boundaries,
    "race": training.race, "timeline": gpu.timeline,
}
INCHES_OUTSIDE = 0.02


def some_values(control: Any) -> list[Any]:
    if hasattr(control, "options"):
        values = [value[1] if isinstance(value, tuple) and isinstance(value[0], str) else value
                  for value in control.options]
    elif hasattr(control, "max"):
        values = [control.min, (control.min + control.max) / 2, control.max]
        values = [type(control.value)(value) for value in values]
    else:
        values = [False, True]
    return [values[0], values[len(values) // 2], values[-1]]


@pytest.mark.parametrize("name", FIGURES)
def test_a_redraw_cuts_nothing_off_and_says_what_is_to_be_seen(name: str) -> None:
    figure = FIGURES[name]()
    said = set()
    for control in figure.controls.values():
        before = control.value
        for value in some_values(control):
            control.value = value
            drawn = figure.redrawn()
            png(drawn)
            box = drawn.get_tightbbox(FigureCanvasAgg(drawn).get_renderer())
            width, height = drawn.get_size_inches()
            assert max(-box.x0, -box.y0, box.x1 - width, box.y1 - height) < INCHES_OUTSIDE, (control.description, value)
            said.add(figure.picture.value.split("decoding")[0])
        control.value = before
    assert len(said) > len(figure.controls)


def test_axes_stay_in_place_while_labels_grow() -> None:
    def draw(number: int) -> Figure:
        figure, axes = new_figure(4, 3)
        axes.plot([0, 10 ** number])
        return figure

    figure = explore(draw, "a line", number=(0, 9, 1))
    before = figure.places[0].bounds
    figure.controls["number"].value = 9
    assert figure.redrawn().axes[0].get_position().bounds == before


def test_another_number_of_axes_is_laid_out_anew() -> None:
    def draw(rows: int) -> Figure:
        return new_figure(4, 3, rows=rows)[0]

    figure = explore(draw, "axes", rows=(1, 3, 1))
    figure.controls["rows"].value = 3
    assert figure.redrawn().get_layout_engine() is not None
    assert len({axes.get_position().y0 for axes in figure.redrawn().axes}) == 3
