"""Lesson 3's figures: point clouds in two colours, and the boundary that a net draws between them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import cache

import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from torch import nn

from course_utils.models.mlp import mlp
from course_utils.plotting.explore import Explorer, explore
from course_utils.plotting.style import COLOURS, new_figure

POINTS = 200
SPAN = 3.2  # the shown square reaches from -SPAN to SPAN
CELLS = 50  # the boundary is drawn on a grid of CELLS × CELLS
WIDTHS = (1, 2, 3, 4, 8, 32)
DEPTHS = (0, 1, 2, 3)
STEPS = 250
MAP = LinearSegmentedColormap.from_list("two classes", (COLOURS[0], "white", COLOURS[4]))
MARKERS = (("o", COLOURS[0]), ("^", COLOURS[1]))


def two_blobs(points: int = POINTS, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Two round clouds: places (points, 2), float32, and classes (points,), 0.0 or 1.0."""
    generator = torch.Generator().manual_seed(seed)
    classes = torch.arange(points) % 2
    centres = torch.tensor([[-1.2, -0.8], [1.2, 0.8]])
    return centres[classes] + 0.7 * torch.randn(points, 2, generator=generator), classes.float()


def two_moons(points: int = POINTS, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Two half circles that reach into each other: places (points, 2), float32, and classes (points,)."""
    generator = torch.Generator().manual_seed(seed)
    classes = torch.arange(points) % 2
    angle = torch.pi * torch.rand(points, generator=generator)
    x = torch.where(classes == 0, angle.cos() - 0.5, 0.5 - angle.cos())
    y = torch.where(classes == 0, angle.sin() - 0.25, 0.25 - angle.sin())
    return 1.6 * torch.stack([x, y], dim=1) + 0.2 * torch.randn(points, 2, generator=generator), classes.float()


DATA = {"two blobs": two_blobs, "two moons": two_moons}


def probabilities(model: nn.Module) -> np.ndarray:
    """The probability of class 1 at each cell of the shown square, (CELLS, CELLS)."""
    result: np.ndarray = torch.sigmoid(model(_grid())).reshape(CELLS, CELLS).numpy()
    return result


def _grid() -> torch.Tensor:
    """The places of all cells, (CELLS * CELLS, 2), row by row from below."""
    line = torch.linspace(-SPAN, SPAN, CELLS)
    return torch.cartesian_prod(line, line).flip(1)


@torch.no_grad()
def accuracy(model: nn.Module, places: torch.Tensor, classes: torch.Tensor) -> float:
    """The share of points that fall on their own side of the boundary."""
    return ((model(places).squeeze(1) > 0) == (classes > 0.5)).float().mean().item()


@cache
def family(depth: int) -> dict[tuple[str, int], tuple[np.ndarray, float, int]]:
    """Trained nets with ``depth`` hidden layers: by data and width, their probabilities, accuracy, parameter count.

    All of them are trained at once, as one stack of matrices (K, out, in). A narrow net is padded with zeros: units
    whose weights are zero on both sides give 0, get no gradient, and stay out of it.
    """
    keys = [(data, width) for data in DATA for width in (WIDTHS if depth else WIDTHS[:1])]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        nets = [mlp([2, *[width] * depth, 1]) for _, width in keys]
    layers = [_stacked([net[2 * place] for net in nets], place, depth) for place in range(depth + 1)]
    places, classes = (torch.stack(both) for both in zip(*(DATA[data]() for data, _ in keys), strict=True))
    optimizer = torch.optim.Adam([tensor for layer in layers for tensor in layer], lr=0.03)
    with _one_thread():
        for _ in range(STEPS):
            optimizer.zero_grad()
            losses = F.binary_cross_entropy_with_logits(_run(layers, places), classes, reduction="none")
            torch.autograd.backward(losses.mean(dim=1).sum())
            optimizer.step()
    with torch.no_grad():
        right = ((_run(layers, places) > 0) == (classes > 0.5)).float().mean(dim=1)
        surfaces = torch.sigmoid(_run(layers, _grid().expand(len(keys), -1, -1))).reshape(-1, CELLS, CELLS).numpy()
    counts = [sum(parameter.numel() for parameter in net.parameters()) for net in nets]
    return dict(zip(keys, zip(surfaces, right.tolist(), counts, strict=True), strict=True))


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """One thread within: for matrices as small as these, threads wait for each other longer than they work."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _stacked(parts: list[nn.Module], place: int, depth: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The same layer of all nets: weights (K, out, in) and biases (K, 1, out), padded with zeros to the widest."""
    inputs = 2 if place == 0 else max(WIDTHS)
    outputs = 1 if place == depth else max(WIDTHS)
    weights, biases = torch.zeros(len(parts), outputs, inputs), torch.zeros(len(parts), 1, outputs)
    for number, part in enumerate(parts):
        assert isinstance(part, nn.Linear)
        weights[number, : part.out_features, : part.in_features] = part.weight.detach()
        biases[number, 0, : part.out_features] = part.bias.detach()
    return weights.requires_grad_(), biases.requires_grad_()


def _run(layers: list[tuple[torch.Tensor, torch.Tensor]], x: torch.Tensor) -> torch.Tensor:
    """Logits (K, N) of all nets for their places (K, N, 2)."""
    for weights, biases in layers[:-1]:
        x = torch.relu(torch.baddbmm(biases, x, weights.mT))
    weights, biases = layers[-1]
    return torch.baddbmm(biases, x, weights.mT).squeeze(2)


def trained(data: str, width: int, depth: int) -> tuple[np.ndarray, float, int]:
    """For one trained net: its probabilities (CELLS, CELLS), its accuracy, and how many parameters it has."""
    return family(depth)[data, width if depth else WIDTHS[0]]


def draw_trained(data: str, width: int, depth: int) -> Figure:
    """The boundary that a trained net draws."""
    surface, right, parameters = trained(data, width, depth)
    figure, axes = new_figure(5.2, 4.2)
    _surface(axes, surface)
    _scatter(axes, *DATA[data]())
    sizes = "-".join(map(str, [2, *[width] * depth, 1]))
    axes.set_title(f"{sizes}: {parameters:,} parameters, {right:.0%} right")
    return figure


def boundaries() -> Explorer:
    """The boundary as hidden units and depth change, to play with."""
    import ipywidgets as widgets

    for depth in DEPTHS:  # train all of them now, so that the sliders answer at once
        family(depth)
    return explore(
        draw_trained,
        alt=_trained_alt,
        data=widgets.Dropdown(options=list(DATA), value="two moons", description="points"),
        width=widgets.SelectionSlider(options=WIDTHS, value=8, description="units in a layer"),
        depth=widgets.SelectionSlider(options=DEPTHS, value=1, description="hidden layers"),
    )


def _trained_alt(data: str, width: int, depth: int) -> str:
    surface, right, parameters = trained(data, width, depth)
    layers, units = "layer" if depth == 1 else "layers", "unit" if width == 1 else "units"
    net = f"{depth} hidden {layers} of {width} {units}" if depth else "no hidden layer"
    return (f"{data.capitalize()} of points in two classes. A net with {net} draws {_line(surface)} between them: "
            f"{parameters:,} parameters, {right:.0%} of the points on the right side.")


def _line(surface: np.ndarray) -> str:
    """The boundary in words. It is straight where no place of it is further than a cell from a straight line."""
    above = np.pad(surface > 0.5, ((0, 1), (0, 1)), mode="edge")
    here = above[:-1, :-1]
    places = np.argwhere((here != above[1:, :-1]) | (here != above[:-1, 1:])).astype(float)  # it passes here
    if len(places) < 2:
        return "no boundary"
    places -= places.mean(axis=0)
    across = np.linalg.svd(places, full_matrices=False)[2][1]
    return "a straight boundary" if np.abs(places @ across).max() < 1 else "a bent boundary"


def _surface(axes: Axes, surface: np.ndarray) -> None:
    box = (-SPAN, SPAN, -SPAN, SPAN)
    axes.imshow(surface, origin="lower", extent=box, cmap=MAP, vmin=0, vmax=1, alpha=0.75, interpolation="bilinear")
    if surface.min() < 0.5 < surface.max():
        axes.contour(surface, levels=[0.5], extent=box, colors="black", linewidths=1.4)


def _scatter(axes: Axes, places: torch.Tensor, classes: torch.Tensor) -> None:
    for number, (marker, colour) in enumerate(MARKERS):
        chosen = places[classes == number].numpy()
        axes.plot(*chosen.T, linestyle="", marker=marker, color=colour, markersize=5, markeredgecolor="white",
                  markeredgewidth=0.5, label=f"class {number}")
    axes.set(xlim=(-SPAN, SPAN), ylim=(-SPAN, SPAN), xlabel="first feature", ylabel="second feature", aspect="equal")
