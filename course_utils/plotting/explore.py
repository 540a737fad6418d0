"""A figure with controls: drawn anew on every change, a still picture where widgets don't run."""

from __future__ import annotations

import atexit
import contextlib
import gc
from collections.abc import Callable
from typing import Any

from matplotlib.figure import Figure

from course_utils.plotting.show import Picture, image_html, png, size_of
from course_utils.plotting.style import without_layout

Alt = str | Callable[..., str]


class Explorer:
    """What :func:`explore` returns; a cell's result with a live and a still form."""

    def __init__(self, draw: Callable[..., Figure], alt: Alt, controls: dict[str, Any]) -> None:
        import ipywidgets as widgets

        self.draw, self.alt = draw, alt
        self.controls = {name: _control(name, control) for name, control in controls.items()}
        self.picture = widgets.HTML()
        for control in self.controls.values():
            control.observe(self._redraw, names="value")
        _freeze_garbage_collector()
        figure = draw(**self.values)
        self.still = Picture(figure, self._alt_text())
        self.places = _places(figure)
        self.picture.value = self.still.html
        rows = widgets.HBox(list(self.controls.values()), layout=widgets.Layout(flex_flow="row wrap"))
        self.box = widgets.VBox([rows, self.picture])

    @property
    def values(self) -> dict[str, Any]:
        """What the controls say now."""
        return {name: control.value for name, control in self.controls.items()}

    def _alt_text(self) -> str:
        return self.alt(**self.values) if callable(self.alt) else self.alt

    def redrawn(self) -> Figure:
        """The figure for what the controls say now.

        Its axes stay where they were in the first one: nothing jumps under the mouse, and laying them
        out anew would take longer than drawing.
        """
        with without_layout():
            figure = self.draw(**self.values)
        if len(figure.axes) != len(self.places) or size_of(figure) != self.still.size:
            return self.draw(**self.values)
        for axes, place in zip(figure.axes, self.places, strict=True):
            axes.set_position(place)
        return figure

    def _redraw(self, _: Any = None) -> None:
        figure = self.redrawn()
        self.picture.value = image_html(png(figure), self._alt_text(), size_of(figure))

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = self.still._repr_mimebundle_()
        live: dict[str, Any] = {}
        with contextlib.suppress(TypeError, AttributeError):  # no kernel: only the still picture
            live = self.box._repr_mimebundle_(**options) or {}
        bundle.update({kind: value for kind, value in live.items() if kind not in bundle})
        return bundle

    def __repr__(self) -> str:
        return repr(self.still)


def _freeze_garbage_collector() -> None:
    """Leave what is there now out of later garbage collections: each would halt a slider for half a second."""
    gc.collect()
    gc.freeze()
    atexit.unregister(gc.unfreeze)
    atexit.register(gc.unfreeze)


def _places(figure: Figure) -> list[Any]:
    """Where the axes of a figure are that was drawn."""
    return [axes.get_position() for axes in figure.axes]


def _control(name: str, control: Any) -> Any:
    """A widget as it is; a range, a list or a flag becomes the slider, menu or box that fits."""
    import ipywidgets as widgets

    if not isinstance(control, widgets.Widget):
        control = widgets.interactive.widget_from_abbrev(control)
    if hasattr(control, "description") and not control.description:
        control.description = name.replace("_", " ")
    control.style = {"description_width": "initial"}
    control.layout.margin = "2px 14px 2px 4px"
    if hasattr(control, "continuous_update"):
        control.continuous_update = True
    return control


def explore(draw: Callable[..., Figure], alt: Alt, **controls: Any) -> Explorer:
    """A figure to play with, as the result of a cell.

    ``draw(**values)`` returns a Matplotlib figure (see :func:`course_utils.figures.new_figure`);
    the controls are ipywidgets or their abbreviations: ``(0, 10, 1)``, ``["a", "b"]``, ``True``.
    ``alt`` is the alt text, or a function of the values that gives it. A redraw should take less
    than 150 ms, so compute beforehand what does not change.
    """
    return Explorer(draw, alt, controls)
