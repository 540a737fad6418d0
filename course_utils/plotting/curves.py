"""Learning curves: losses and other numbers by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.plotting.style import COLOURS, new_figure

LOSSES = {"train_loss": "training", "val_loss": "validation"}


def curves(history: Mapping[str, Sequence[float]], mark_best: bool = False) -> Figure:
    """Loss by epoch, training and validation; beside it every other measure of the history.

    ``mark_best`` draws a line at the epoch with the lowest validation loss.
    """
    others = [name for name in history if name not in LOSSES]
    figure: Figure
    figure, axes = new_figure(7.0, 2.9, columns=2 if others else 1, squeeze=False)
    left = axes[0, 0]
    for name, colour in zip(LOSSES, COLOURS, strict=False):
        if name in history:
            _line(left, history[name], LOSSES[name], colour)
    left.set(xlabel="epoch", ylabel="loss")
    if others:
        right = axes[0, 1]
        for name, colour in zip(others, COLOURS[1:], strict=False):
            _line(right, history[name], name.replace("val_", "validation "), colour)
        right.set(xlabel="epoch")
    if mark_best and history.get("val_loss"):
        losses = list(history["val_loss"])
        for ax in axes[0]:
            ax.axvline(losses.index(min(losses)) + 1, color="#777777", linestyle=":", linewidth=1.2)
        left.annotate("best", (losses.index(min(losses)) + 1, left.get_ylim()[1]), xytext=(3, -8),
                      textcoords="offset points", color="#555555", fontsize=9)
    for ax in axes[0]:
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.legend(fontsize=9)
    return figure


def _line(ax: Axes, values: Sequence[float], label: str, colour: str) -> None:
    marker = "o" if len(values) < 3 else None  # one point is no line, and would not be seen
    ax.plot(range(1, len(values) + 1), values, label=label, color=colour, marker=marker)


# The ravine of the race: much steeper across than along, as a loss is when inputs have different scales.
