"""A probe for figures that show images: what a reader would see in them."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.evidence.describe import form_of
from course_utils.evidence.facts import Facts, Form, Note, yes_or_no


def image_grid(answer: Any, images: torch.Tensor, labels: torch.Tensor, names: list[str]) -> Facts:
    """What stands in the figure that ``answer(images, labels, names)`` returns.

    ``images`` is float of shape (N, C, H, W). Pictures come as the colours that Matplotlib gives to the screen,
    shape (H, W, 3), in reading order. Figures that pyplot keeps are closed again.
    """
    before = set(plt.get_fignums())
    try:
        figure = answer(images, labels, names)
        return _seen(figure) if isinstance(figure, Figure) else Facts({"": form_of(figure)})
    finally:
        for number in set(plt.get_fignums()) - before:
            plt.close(number)


def _seen(figure: Figure) -> Facts:
    axes = sorted(figure.axes, key=_reading_order)
    filled = [a for a in axes if a.images]
    return Facts({
        "": Form("a figure"),
        "number of pictures": Note(str(sum(len(a.images) for a in filled))),
        **{f"title of picture {number}": _title(a) for number, a in enumerate(filled, 1)},
        **{f"picture {number}": _picture(a) for number, a in enumerate(filled, 1)},
        "empty frames": yes_or_no(any(a.axison and a.get_visible() for a in axes if not a.images), "some", "none"),
        "ticks at the axes": yes_or_no(any(map(_has_ticks, filled)), "some", "none"),
    })


def _title(axes: Axes) -> str:
    return " ".join(axes.get_title(where) for where in ("left", "center", "right")).strip()


def _reading_order(axes: Axes) -> tuple[float, float]:
    box = axes.get_position()
    return (-round(box.y1, 3), round(box.x0, 3))


def _picture(axes: Axes) -> torch.Tensor:
    image = axes.images[-1]
    shown = image.to_rgba(image.get_array(), bytes=False)  # type: ignore[arg-type]
    return torch.from_numpy(shown[..., :3].copy()).float()


def _has_ticks(axes: Axes) -> bool:
    if not axes.axison:
        return False
    sides = ((axes.xaxis, axes.get_xticks(), ("bottom", "labelbottom")),
             (axes.yaxis, axes.get_yticks(), ("left", "labelleft")))
    return any(len(ticks) > 0 and axis.get_visible() and any(axis.get_tick_params().get(s, True) for s in names)
               for axis, ticks, names in sides)
