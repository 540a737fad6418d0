"""Lesson 5's figure: what a threshold does to the four counts, and where it stands on two curves."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from course_utils.colours import GREY
from course_utils.plotting.explore import Explorer, explore
from course_utils.plotting.style import COLOURS, new_figure
from course_utils.training.metrics import auc, confusion, precision_recall_curve, precision_recall_f1, roc_curve

RIGHT, WRONG = COLOURS[0], COLOURS[1]


def thresholds(probabilities: Tensor, labels: Tensor, threshold: float = 0.5) -> Explorer:
    """The figure to play with, for probabilities (N,) and labels (N,) or (N, 1) with 0 and 1."""
    import ipywidgets as widgets

    labels = labels.flatten()
    roc, pr = roc_curve(probabilities, labels), precision_recall_curve(probabilities, labels)
    area = auc(probabilities, labels)

    def draw(threshold: float) -> Figure:
        return draw_threshold(probabilities, labels, threshold, roc, pr, area)

    def alt(threshold: float) -> str:
        (tn, fp), (fn, tp) = confusion(probabilities >= threshold, labels).tolist()
        return (f"At threshold {threshold:.2f}: {tp} found, {fn} missed, {fp} false alarms, {tn} rightly left alone; "
                "the point that belongs to it on the ROC curve and on the precision-recall curve.")

    slider = widgets.FloatSlider(value=threshold, min=0, max=1, step=0.01)
    slider.layout.width = "420px"
    return explore(draw, alt, threshold=slider)


def draw_threshold(
    probabilities: Tensor, labels: Tensor, threshold: float,
    roc: tuple[Tensor, ...], pr: tuple[Tensor, ...], area: float,
) -> Figure:
    """Left the confusion matrix at this threshold, then the ROC curve and the precision-recall curve with its point."""
    figure: Figure
    figure, (matrix, left, right) = new_figure(8.6, 3.2, columns=3, width_ratios=[1.05, 1, 1])
    called = probabilities >= threshold
    counts = confusion(called, labels)
    precision, recall, f1 = precision_recall_f1(called, labels)
    _matrix(matrix, counts)
    right_share = counts.diagonal().sum().item() / len(labels)
    matrix.set_title(f"accuracy {right_share:.0%}   F1 {f1:.2f}", pad=24)

    false_alarms = counts[0, 1].item() / max(1, counts[0].sum().item())
    left.plot([0, 1], [0, 1], color=GREY, linestyle=":", linewidth=1.2)
    left.plot(roc[0], roc[1], color=COLOURS[2])
    left.plot(false_alarms, recall, marker="o", color="black", markersize=8)
    left.set(xlabel="false alarms, share of 0s", ylabel="recall: found, share of 1s")
    left.set_title(f"ROC, area {area:.2f}")

    right.axhline(labels.float().mean().item(), color=GREY, linestyle=":", linewidth=1.2)
    right.plot(pr[1], pr[0], color=COLOURS[3])
    if called.any():
        right.plot(recall, precision, marker="o", color="black", markersize=8)
    right.set(xlabel="recall", ylabel="precision", ylim=(0, 1.04))
    right.set_title(f"precision {precision:.2f}, recall {recall:.2f}")
    return figure


def _matrix(axes: Axes, counts: Tensor) -> None:
    """The four counts as squares: blue where the prediction is right, red where it is wrong, darker for more."""
    most = max(1, int(counts.max()))
    names = (("rightly\nleft alone", "false\nalarms"), ("missed", "found"))
    for truth in range(2):
        for called in range(2):
            count = int(counts[truth, called])
            colour: Any = RIGHT if truth == called else WRONG
            alpha = 0.12 + 0.6 * count / most
            axes.fill_between([called, called + 1], 1 - truth, 2 - truth, color=colour, alpha=alpha, linewidth=0)
            axes.text(called + 0.5, 1.58 - truth, str(count), ha="center", va="center", fontsize=16)
            axes.text(called + 0.5, 1.22 - truth, names[truth][called], ha="center", va="center", fontsize=8.5)
    axes.set(xlim=(0, 2), ylim=(0, 2), xticks=[0.5, 1.5], yticks=[0.5, 1.5])
    axes.set_xticklabels(["called 0", "called 1"])
    axes.set_yticklabels(["is 1", "is 0"])
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
