"""Figures of training: learning curves, and a race of optimizers down one surface."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import torch
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator
from torch import Tensor

from course_utils.plotting.explore import Explorer, explore
from course_utils.plotting.style import COLOURS, new_figure

START = (-8.0, 2.2)
STEPS = 60


def ravine(x: Tensor, y: Tensor) -> Tensor:
    """A long valley with its lowest point, 0, at (0, 0): curvature 0.1 along x and 2 across it."""
    return 0.05 * x**2 + y**2


OPTIMIZERS: dict[str, Callable[[list[Tensor], float], torch.optim.Optimizer]] = {
    "SGD": lambda parameters, rate: torch.optim.SGD(parameters, lr=rate),
    "momentum 0.9": lambda parameters, rate: torch.optim.SGD(parameters, lr=rate, momentum=0.9),
    "RMSprop": lambda parameters, rate: torch.optim.RMSprop(parameters, lr=rate),
    "Adam": lambda parameters, rate: torch.optim.Adam(parameters, lr=rate),
}


@cache
def path(name: str, rate: float) -> Tensor:
    """Where one optimizer goes: (STEPS + 1, 2), from START, by PyTorch's own implementation."""
    point = torch.tensor(START, requires_grad=True)
    optimizer = OPTIMIZERS[name]([point], rate)
    places = [point.detach().clone()]
    for _ in range(STEPS):
        optimizer.zero_grad()
        ravine(*point).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        places.append(point.detach().clone())
    return torch.stack(places)


@cache
def _landscape() -> tuple[Tensor, Tensor, Tensor]:
    x, y = torch.meshgrid(torch.linspace(-10, 6, 60), torch.linspace(-3.2, 3.2, 40), indexing="xy")
    return x, y, ravine(x, y)


def power_of_ten(value: float) -> str:
    """A power of ten as plain text, "10⁻⁶": setting it as mathematics takes a fifth of the time of a redraw."""
    return "10" + str(round(math.log10(value))).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def draw_race(learning_rate: float, steps: int) -> Figure:
    """Four optimizers after so many steps from the same place, and their losses on the way."""
    figure: Figure
    figure, (left, right) = new_figure(9.2, 3.5, columns=2, width_ratios=[1.7, 1])
    x, y, height = _landscape()
    left.contour(x, y, height, levels=[0.05, 0.3, 0.8, 1.6, 2.8, 4.4, 6.5, 9], colors="#bbbbbb", linewidths=0.8)
    left.plot(*START, marker="o", color="black", markersize=5)
    left.annotate("start", START, xytext=(-4, 6), textcoords="offset points", ha="right", fontsize=9)
    left.plot(0, 0, marker="*", color="black", markersize=9)
    for name, colour, marker in zip(OPTIMIZERS, COLOURS, "osD^", strict=False):
        way = path(name, learning_rate)[: steps + 1]
        loss = ravine(*way.T)
        left.plot(way[:, 0], way[:, 1], color=colour, linewidth=1.5)
        left.plot(way[-1, 0], way[-1, 1], marker=marker, color=colour, markersize=7)
        right.plot(range(len(way)), loss.clamp(1e-6, 1e6), color=colour, label=name, marker=marker, markevery=[-1])
    left.set(xlim=(-10, 6), ylim=(-3.2, 3.2), xlabel="first weight", ylabel="second weight")
    right.set(xlim=(0, STEPS), ylim=(1e-6, 1e4), yscale="log", xlabel="step", ylabel="loss (log scale)")
    right.yaxis.set_minor_locator(NullLocator())
    right.yaxis.set_major_formatter(lambda loss, _: power_of_ten(loss))
    right.legend(fontsize=9, loc="upper right", ncols=2, columnspacing=1, handlelength=1.4)
    return figure


def race() -> Explorer:
    """The race to play with: learning rate and number of steps."""
    import ipywidgets as widgets

    rates = [0.01, 0.03, 0.1, 0.3, 0.6, 0.9, 1.02]
    return explore(
        draw_race, _race_alt,
        learning_rate=widgets.SelectionSlider(options=rates, value=0.1),
        steps=widgets.IntSlider(value=40, min=0, max=STEPS),
    )


def _race_alt(learning_rate: float, steps: int) -> str:
    losses = {name: ravine(*path(name, learning_rate)[steps]).item() for name in OPTIMIZERS}
    said = ", ".join(f"{name} {loss:.2g}" for name, loss in losses.items())
    return f"Paths of four optimizers down a ravine. Loss after {steps} steps at learning rate {learning_rate}: {said}."
