"""Figures of the DataLoader: which rows end up in which batch, and how fast batches come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from matplotlib.figure import Figure
from torch.utils.data import DataLoader, RandomSampler, Sampler, SequentialSampler, WeightedRandomSampler

from course_utils.plotting.style import COLOURS, new_figure

ORDERS = ("in order", "shuffle=True", "balanced sampler")
CLASS_COLOURS = (COLOURS[5], COLOURS[4], COLOURS[1])  # light enough for black numbers, and apart in brightness


def batches_of_rows(labels: Sequence[int], order: str, batch_size: int, drop_last: bool, epoch: int = 0,
                    names: Sequence[str] = ("common", "less common", "rare")) -> Figure:
    """One line of squares for each batch of an epoch; a square is a row, its colour the row's class.

    ``order`` is one of :data:`ORDERS`; ``epoch`` seeds the random ones.
    """
    rows = len(labels)
    numbers: Any = range(rows)  # a sequence serves as a Dataset
    loader: DataLoader[int] = DataLoader(numbers, batch_size=batch_size, drop_last=drop_last,
                                         sampler=_sampler(labels, order, epoch))
    batches = [batch.tolist() for batch in loader]
    unseen = sorted(set(range(rows)) - {row for batch in batches for row in batch})
    lines = [*batches, *(unseen[i:i + 15] for i in range(0, len(unseen), 15))]
    figure: Figure
    figure, ax = new_figure(7.0, 4.2)
    figure.set_layout_engine("none")  # the places are known, and finding them takes half of the time
    ax.set_position((0.125, 0.12, 0.645, 0.79))
    for label, (name, colour) in enumerate(zip(names, CLASS_COLOURS, strict=False)):
        places = [(x, y) for y, line in enumerate(lines) for x, row in enumerate(line) if labels[row] == label]
        shades = [1.0 if y < len(batches) else 0.3 for _, y in places]
        ax.scatter([x for x, _ in places], [y for _, y in places], s=240, marker="s", color=colour, alpha=shades)
        ax.scatter([], [], s=120, marker="s", color=colour, label=name)
    for y, line in enumerate(lines):
        for x, row in enumerate(line):
            ax.text(x, y, str(row), ha="center", va="center", fontsize=8)
    ticks = [f"batch {i}" for i in range(len(batches))]
    ticks += ["not seen"] + [""] * (len(lines) - len(batches) - 1) if unseen else []
    ax.set_yticks(range(len(lines)), ticks)
    ax.set(xlim=(-0.6, 14.6), ylim=(max(len(lines), 8) - 0.4, -0.6), xlabel="place in the batch",
           title=f"{order}, batch_size={batch_size}, drop_last={drop_last}: {len(batches)} batches")
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), title="class", frameon=False)
    return figure


def _sampler(labels: Sequence[int], order: str, seed: int) -> Sampler[int]:
    generator = torch.Generator().manual_seed(seed)
    rows = range(len(labels))
    if order == "in order":
        return SequentialSampler(rows)
    if order == "shuffle=True":
        return RandomSampler(rows, generator=generator)
    counts = torch.bincount(torch.tensor(labels))
    return WeightedRandomSampler((1.0 / counts[torch.tensor(labels)]).tolist(), len(labels), generator=generator)


def speeds(rates: Mapping[str, float]) -> Figure:
    """Bars on a logarithmic scale: images per second, one for each way of loading."""
    figure: Figure
    figure, ax = new_figure(6.0, 0.9 + 0.45 * len(rates))
    names = list(rates)
    bars = ax.barh(names, [rates[name] for name in names], color=COLOURS[0])
    ax.bar_label(bars, labels=[f"{rate:,.0f}" for rate in rates.values()], padding=4)
    ax.set(xlabel="images per second (logarithmic)", xscale="log",
           xlim=(min(rates.values()) / 5, max(rates.values()) * 5))
    ax.invert_yaxis()
    return figure
