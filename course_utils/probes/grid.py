"""A probe for figures that show images: what a reader would see in them."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.evidence.describe import type_name

UNSEEN = dict.fromkeys(("returns", "number of pictures", "titles", "pictures", "empty frames", "ticks"))


def image_grid(answer: Any, images: torch.Tensor, labels: torch.Tensor, names: list[str]) -> dict[str, Any]:
    """What stands in the figure that ``answer(images, labels, names)`` returns.

    ``images`` is float of shape (N, C, H, W). Pictures come as the colours that Matplotlib gives to the screen,
    shape (H, W, 3), in reading order. Figures that pyplot keeps are closed again.
    """
    before = set(plt.get_fignums())
    try:
        figure = answer(images, labels, names)
        return _seen(figure) if isinstance(figure, Figure) else {**UNSEEN, "returns": type_name(figure)}
    finally:
        for number in set(plt.get_fignums()) - before:
            plt.close(number)


def _seen(figure: Figure) -> dict[str, Any]:
    axes = sorted(figure.axes, key=_reading_order)
    filled = [a for a in axes if a.images]
    return {
        "returns": "a figure",
        "number of pictures": sum(len(a.images) for a in filled),
        "titles": [" ".join(a.get_title(where) for where in ("left", "center", "right")).strip() for a in filled],
        "pictures": [_picture(a) for a in filled],
        "empty frames": "some" if any(a.axison and a.get_visible() for a in axes if not a.images) else "none",
        "ticks": "some" if any(_has_ticks(a) for a in filled) else "none",
    }


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
