"""A figure with controls: drawn anew on every change, a still picture where widgets don't run."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from matplotlib.figure import Figure

from course_utils.figures.show import Picture, image_html, png, size_of

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
        self.still = Picture(draw(**self.values), self._alt_text())
        self.picture.value = image_html(self.still.data, self.still.alt, self.still.size)
        rows = widgets.HBox(list(self.controls.values()), layout=widgets.Layout(flex_flow="row wrap"))
        self.box = widgets.VBox([rows, self.picture])

    @property
    def values(self) -> dict[str, Any]:
        """What the controls say now."""
        return {name: control.value for name, control in self.controls.items()}

    def _alt_text(self) -> str:
        return self.alt(**self.values) if callable(self.alt) else self.alt

    def _redraw(self, _: Any = None) -> None:
        figure = self.draw(**self.values)
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


def _control(name: str, control: Any) -> Any:
    """A widget as it is; a range, a list or a flag becomes the slider, menu or box that fits."""
    import ipywidgets as widgets

    if not isinstance(control, widgets.Widget):
        control = widgets.interactive.widget_from_abbrev(control)
    if hasattr(control, "description") and not control.description:
        control.description = name.replace("_", " ")
    control.style = {"description_width": "initial"}
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
