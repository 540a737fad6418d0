"""Lesson 2's figures: a ball going down a surface, and the graph that a result holds on to."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure

from course_utils.colours import GREY
from course_utils.plotting.explore import Explorer, explore
from course_utils.plotting.style import COLOURS, new_figure

START = (-2.0, 1.2)
STEEP = 8.0  # how much steeper the valley is across than along
SPAN = (2.6, 1.6)  # half the width and height that is shown
KINDS = {"leaf": ("#dcecf7", COLOURS[0]), "step": ("#f2f2f2", "#555555")}


def valley(x: Any, y: Any) -> Any:
    """A long valley with its lowest place at (0, 0): x² / 2 + 8 y² / 2."""
    return 0.5 * x**2 + 0.5 * STEEP * y**2


def path_of_descent(lr: float, momentum: float, steps: int) -> np.ndarray:
    """The places (steps + 1, 2) that gradient descent visits in the valley, from START."""
    place, velocity = np.array(START), np.zeros(2)
    places = [place]
    for _ in range(steps):
        velocity = momentum * velocity + place * (1.0, STEEP)
        place = np.clip(place - lr * velocity, -1e6, 1e6)
        places.append(place)
    return np.array(places)


def draw_descent(lr: float, momentum: float, steps: int) -> Figure:
    """Left: the valley from above with the ball's way. Right: its height after each step."""
    path = path_of_descent(lr, momentum, steps)
    figure, (above, side) = new_figure(9.0, 3.7, columns=2, width_ratios=[1.7, 1])
    xs, ys = np.meshgrid(np.linspace(-SPAN[0], SPAN[0], 60), np.linspace(-SPAN[1], SPAN[1], 40))
    above.contourf(xs, ys, np.sqrt(valley(xs, ys)), levels=9, cmap="Greys_r", alpha=0.4)
    above.plot(*path.T, "-o", color=COLOURS[0], markersize=4, linewidth=1.3)
    above.plot(*START, "o", color=COLOURS[7], markersize=7)
    above.plot(0, 0, "*", color=COLOURS[1], markersize=14)
    above.annotate("start", START, textcoords="offset points", xytext=(6, 7))
    above.annotate("lowest place", (0, 0), textcoords="offset points", xytext=(8, -16), color="#7a3400")
    above.set(xlim=(-SPAN[0], SPAN[0]), ylim=(-SPAN[1], SPAN[1]), xlabel="x", ylabel="y", title="From above")
    heights = np.maximum(valley(*path.T), 1e-6)
    side.semilogy(heights, "-o", color=COLOURS[0], markersize=4, linewidth=1.3)
    side.axhline(heights[0], color=GREY, linewidth=1, linestyle="--")
    side.minorticks_off()
    side.set_yticks([1e-4, 1e-2, 1, 100], labels=["0.0001", "0.01", "1", "100"])  # plain texts draw faster than 10²
    side.set(ylim=(1e-4, 1e3), xlim=(0, steps), xlabel="step", ylabel="height f(x, y)", title=_verdict(heights))
    side.xaxis.get_major_locator().set_params(integer=True)
    return figure


def _verdict(heights: np.ndarray) -> str:
    if heights[-1] > heights[0]:
        return "thrown out of the valley"
    return f"after {len(heights) - 1} steps: {heights[-1]:.2g}"


def descent() -> Explorer:
    """The ball and its learning rate, to play with."""
    import ipywidgets as widgets

    return explore(
        draw_descent,
        alt=_descent_alt,
        lr=widgets.FloatSlider(value=0.05, min=0.01, max=0.3, step=0.01, description="learning rate"),
        momentum=widgets.FloatSlider(value=0.0, min=0.0, max=0.95, step=0.05),
        steps=widgets.IntSlider(value=25, min=5, max=60, step=5),
    )


def _descent_alt(lr: float, momentum: float, steps: int) -> str:
    path = path_of_descent(lr, momentum, steps)
    crossings = int((np.diff(np.sign(path[:, 1])) != 0).sum())
    return (f"A long narrow valley seen from above and a ball's way down it in {steps} steps with learning rate {lr:g} "
            f"and momentum {momentum:g}: it crosses the valley's floor {crossings} times, and its height goes from "
            f"{valley(*path[0]):.3g} to {valley(*path[-1]):.3g}.")


def draw_graph(result: torch.Tensor, names: dict[str, torch.Tensor]) -> Figure:
    """The graph behind ``result``, read from its ``grad_fn``: leaves on the left, the result on the right.

    ``names`` gives the leaves their names. Raises ValueError where ``result`` has no graph.
    """
    if result.grad_fn is None:
        raise ValueError("This tensor has no grad_fn, so there is no graph to draw.")
    depths, edges = _walk(result.grad_fn)
    places = _places(depths)
    width = max(x for x, _ in places.values())
    rows = max(y for _, y in places.values())
    figure, axes = new_figure(min(9.6, 1.4 + 1.8 * width), 0.9 + 0.85 * rows + 0.4)
    for earlier, later in edges:
        (x0, y0), (x1, y1) = places[earlier], places[later]
        axes.plot((x0, x1), (y0, y1), color="#555555", linewidth=1.2, zorder=1)
        middle = ((x0 + x1) / 2, (y0 + y1) / 2)
        axes.annotate("", xy=middle, xytext=(x0, y0), zorder=1,
                      arrowprops={"arrowstyle": "-|>", "color": "#555555", "shrinkA": 0, "shrinkB": 0})
    for node, place in places.items():
        text, kind = _label(node, names)
        fill, edge = KINDS[kind]
        axes.text(*place, text, ha="center", va="center", zorder=2, fontsize=10,
                  bbox={"boxstyle": "round,pad=0.45", "facecolor": fill, "edgecolor": edge})
    axes.set(xlim=(-0.6, width + 0.6), ylim=(-0.55, rows + 0.55))
    axes.set_axis_off()
    return figure


def _walk(root: Any) -> tuple[dict[Any, int], list[tuple[Any, Any]]]:
    """Each node's longest distance from the root, and all (earlier, later) pairs."""
    depths: dict[Any, int] = {}
    edges: list[tuple[Any, Any]] = []
    waiting = [(root, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depths.get(node, -1) >= depth:
            continue
        depths[node] = depth
        for earlier, _ in node.next_functions:
            if earlier is not None:
                waiting.append((earlier, depth + 1))
                if (earlier, node) not in edges:
                    edges.append((earlier, node))
    return depths, edges


def _places(depths: dict[Any, int]) -> dict[Any, tuple[float, float]]:
    deepest = max(depths.values())
    columns: dict[int, list[Any]] = {}
    for node, depth in depths.items():
        columns.setdefault(deepest - depth, []).append(node)
    tallest = max(len(nodes) for nodes in columns.values())
    return {node: (float(column), (tallest - len(nodes)) / 2 + row)
            for column, nodes in columns.items() for row, node in enumerate(nodes)}


def _label(node: Any, names: dict[str, torch.Tensor]) -> tuple[str, str]:
    leaf = getattr(node, "variable", None)
    if leaf is None:
        return node.name(), "step"
    known = (name for name, tensor in names.items() if tensor is leaf)
    return next(known, "a leaf"), "leaf"
