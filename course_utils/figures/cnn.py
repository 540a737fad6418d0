"""Lesson 8's figures: a kernel on its way over an image, what shifting does, and what a net sees inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.figures.images import pixels
from course_utils.plotting.explore import Explorer, explore
from course_utils.plotting.style import COLOURS, new_figure
from course_utils.training.devices import to_device
from course_utils.training.loop import device_of
from course_utils.training.recipe import CIFAR10_MEAN, CIFAR10_STD

KERNELS = {
    "upright edges": [[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]],
    "level edges": [[-1.0, -2.0, -1.0], [0.0, 0.0, 0.0], [1.0, 2.0, 1.0]],
    "blur": [[1 / 9] * 3] * 3,
    "sharpen": [[0.0, -1.0, 0.0], [-1.0, 5.0, -1.0], [0.0, -1.0, 0.0]],
    "spots": [[-1.0, -1.0, -1.0], [-1.0, 8.0, -1.0], [-1.0, -1.0, -1.0]],
}
GRID = 16  # the sliding figure shows the image with so many pixels across, so that each can be seen
REACH = 10  # pixels by which the shift figure moves an image, to either side


def sliding_kernel(images: Tensor) -> Explorer:
    """A 3 × 3 kernel sliding over one of ``images`` (N, 3, H, W) uint8, made grey and coarse, from black to white."""
    grey = F.adaptive_avg_pool2d(images.float().mean(dim=1, keepdim=True), GRID)
    low, high = grey.amin(dim=(2, 3), keepdim=True), grey.amax(dim=(2, 3), keepdim=True)
    grey = (grey - low) / (high - low).clamp(min=1)
    places = (GRID - 2) ** 2
    maps = {name: F.conv2d(grey, torch.tensor(k).view(1, 1, 3, 3)).numpy() for name, k in KERNELS.items()}

    def draw(kernel: str, image: int, place: int) -> Figure:
        figure: Figure
        figure, axes = new_figure(8.2, 3.5, columns=3, width_ratios=[1, 0.8, 0.9])
        i, j = divmod(place, GRID - 2)
        picture = grey[image, 0].numpy()
        axes[0].imshow(picture, cmap="gray", vmin=0, vmax=1)
        axes[0].add_patch(Rectangle((j - 0.5, i - 0.5), 3, 3, fill=False, edgecolor=COLOURS[1], linewidth=2.5))
        axes[0].set(title="image", xlabel="column", ylabel="row")
        total = float(maps[kernel][image, 0, i, j])
        _products(axes[1], picture[i : i + 3, j : j + 3], np.array(KERNELS[kernel]), total)
        done = maps[kernel][image, 0].copy()
        done.ravel()[place + 1 :] = np.nan
        bound = max(1e-6, float(np.abs(maps[kernel][image]).max()))
        axes[2].imshow(done, cmap="PuOr", vmin=-bound, vmax=bound)
        axes[2].add_patch(Rectangle((j - 0.5, i - 0.5), 1, 1, fill=False, edgecolor=COLOURS[1], linewidth=2))
        axes[2].set(title=f"output, {GRID - 2} × {GRID - 2}", xlabel="column", ylabel="row")
        return figure

    def alt(kernel: str, image: int, place: int) -> str:
        i, j = divmod(place, GRID - 2)
        return (f"The {kernel} kernel lies on row {i}, column {j} of an image. The nine products add up to "
                f"{maps[kernel][image, 0, i, j]:.2f}, which becomes that pixel of the output.")

    return explore(draw, alt, kernel=list(KERNELS), image=(0, len(images) - 1, 1), place=(0, places - 1, 1))


def _products(axes: Axes, patch: np.ndarray, kernel: np.ndarray, total: float) -> None:
    axes.imshow(patch, cmap="gray", vmin=0, vmax=1)
    for (row, column), value in np.ndenumerate(patch):
        axes.text(column, row, f"{value:.1f}\n× {kernel[row, column]:.2g}", ha="center", va="center", fontsize=10,
                  color="black" if value > 0.5 else "white")
    axes.set(title=f"sum of products: {total:.2f}", xticks=[], yticks=[])


def shifting(images: Tensor, labels: Tensor, models: Mapping[str, nn.Module], names: Sequence[str]) -> Explorer:
    """One of ``images`` (N, 3, H, W) uint8 moved to the side, and how sure each model stays of its label."""
    shifts = list(range(-REACH, REACH + 1))
    moved = torch.stack([shift(images, by) for by in shifts])  # (S, N, 3, H, W)
    curves = {name: _certainty(model, moved, labels) for name, model in models.items()}

    def draw(image: int, shift: int) -> Figure:
        figure: Figure
        figure, (left, right) = new_figure(7.6, 3.0, columns=2, width_ratios=[1, 1.9])
        left.imshow(pixels(moved[shift + REACH, image]))
        left.set(title=names[int(labels[image])], xticks=[], yticks=[])
        for (name, curve), colour, style in zip(curves.items(), COLOURS, ("--", "-"), strict=False):
            right.plot(shifts, curve[:, image], style, color=colour, label=name)
            right.plot(shift, curve[shift + REACH, image], "o", color=colour)
        right.set(xlabel="shift to the right [pixels]", ylabel="probability of the true class", ylim=(-0.03, 1.03),
                  xticks=range(-REACH, REACH + 1, 5))
        right.legend(loc="upper left", fontsize=9, bbox_to_anchor=(0, 1.18), ncols=2)
        return figure

    def alt(image: int, shift: int) -> str:
        said = ", ".join(f"{name} {curve[shift + REACH, image]:.0%}" for name, curve in curves.items())
        return f"A {names[int(labels[image])]} shifted by {shift} pixels. Probability given to the true class: {said}."

    return explore(draw, alt, image=(0, len(images) - 1, 1), shift=(-REACH, REACH, 1))


def shift(images: Tensor, by: int) -> Tensor:
    """Images (N, C, H, W) moved ``by`` pixels to the right; the edge's pixels fill the gap."""
    columns = (torch.arange(images.shape[-1]) - by).clamp(0, images.shape[-1] - 1)
    return images[..., columns.to(images.device)]


@torch.inference_mode()
def _certainty(model: nn.Module, moved: Tensor, labels: Tensor) -> np.ndarray:
    """The probability of the true class, (S, N), for images (S, N, 3, H, W) uint8."""
    model.eval()
    device = device_of(model)
    mean, std = (torch.tensor(v).view(1, 3, 1, 1) for v in (CIFAR10_MEAN, CIFAR10_STD))
    batch = (moved.flatten(0, 1).float() / 255 - mean) / std
    chances = model(to_device(batch, device)).softmax(dim=1).cpu().unflatten(0, moved.shape[:2])
    picked: np.ndarray = chances[:, torch.arange(len(labels)), labels].numpy()
    return picked


@torch.inference_mode()
def feature_maps(features: nn.Sequential, images: Tensor, inputs: Tensor) -> Explorer:
    """The maps behind each ReLU of ``features`` for ``images`` (N, 3, H, W) uint8; ``inputs`` are the same, scaled."""
    layers: dict[str, Tensor] = {}
    x = to_device(inputs, device_of(features))
    for layer in features.eval():
        x = layer(x)
        last = layer[-1] if isinstance(layer, nn.Sequential) else layer
        if isinstance(last, nn.ReLU):
            size = f"{x.shape[1]} maps of {x.shape[2]} × {x.shape[3]}"
            layers[f"{len(layers) + 1}: {size}"] = x.float().cpu()

    def draw(layer: str, image: int) -> Figure:
        figure: Figure
        figure, (left, right) = new_figure(8.2, 3.0, columns=2, width_ratios=[1, 2.1])
        left.imshow(pixels(images[image]))
        left.set(title="image", xticks=[], yticks=[])
        right.imshow(_mosaic(layers[layer][image]), cmap="viridis", vmin=0, vmax=1)
        right.set(title=f"layer {layer}{_shown(layers[layer])}", xticks=[], yticks=[])
        return figure

    def alt(layer: str, image: int) -> str:
        return f"Image {image}, and layer {layer}{_shown(layers[layer])}; bright is a strong answer."

    return explore(draw, alt, layer=list(layers), image=(0, len(images) - 1, 1))


def _shown(maps: Tensor, room: int = 18) -> str:
    """Which of the maps (N, C, H, W) are drawn: an empty text where all are."""
    return f", the {room} that answer most" if maps.shape[1] > room else ""


def _mosaic(maps: Tensor, rows: int = 3, columns: int = 6) -> np.ndarray:
    """The maps (C, H, W) with the largest sums, each scaled to [0, 1], in one picture with gaps."""
    strongest = maps[maps.sum(dim=(1, 2)).argsort(descending=True)[: rows * columns]]
    scaled = strongest / strongest.amax(dim=(1, 2), keepdim=True).clamp(min=1e-6)
    factor = max(1, 16 // maps.shape[-1])
    scaled = scaled.repeat_interleave(factor, 1).repeat_interleave(factor, 2)
    padded = F.pad(scaled, (1, 1, 1, 1), value=float("nan"))
    filled = F.pad(padded, (0, 0, 0, 0, 0, rows * columns - len(padded)), value=float("nan"))
    count, height, width = filled.shape
    picture: np.ndarray = filled.view(rows, columns, height, width).permute(0, 2, 1, 3).reshape(
        rows * height, columns * width).numpy()
    return picture


def filters(weight: Tensor, columns: int = 8) -> Figure:
    """The kernels ``weight`` (O, 3, k, k) of a first layer as colour pictures, each stretched to its own range."""
    kernels = weight.detach().float().cpu()
    low, high = kernels.amin(dim=(1, 2, 3), keepdim=True), kernels.amax(dim=(1, 2, 3), keepdim=True)
    scaled = (kernels - low) / (high - low).clamp(min=1e-6)
    rows = -(-len(kernels) // columns)
    figure: Figure
    figure, axes = new_figure(0.8 * columns, 0.8 * rows, rows, columns, squeeze=False)
    for ax in axes.flat:
        ax.set_axis_off()
    for ax, kernel in zip(axes.flat, scaled, strict=False):
        ax.imshow(pixels(kernel))
    return figure


def confusion(matrix: Tensor, names: Sequence[str]) -> Figure:
    """A confusion matrix (C, C) of counts: rows the truth, columns the prediction, with the counts written in."""
    figure: Figure
    figure, axes = new_figure(6.2, 5.0)
    shares = matrix.float() / matrix.sum(dim=1, keepdim=True).clamp(min=1)
    picture = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for i, row in enumerate(matrix.tolist()):
        for j, count in enumerate(row):
            if count:
                axes.text(j, i, count, ha="center", va="center", fontsize=9,
                          color="white" if shares[i, j] > 0.55 else "black")
    places = range(len(names))
    axes.set_xticks(places, names, rotation=45, ha="right")
    axes.set_yticks(places, names)
    axes.set(xlabel="predicted", ylabel="truth")
    figure.colorbar(picture, label="share of the true class")
    return figure


def bars(values: Mapping[str, float], label: str) -> Figure:
    """Shares between 0 and 1 as level bars, with the number behind each."""
    figure: Figure
    figure, axes = new_figure(7.0, 0.45 * len(values) + 0.9)
    names = list(values)
    axes.barh(names, list(values.values()), color=[COLOURS[i % 6] for i in range(len(names))], height=0.6)
    for i, value in enumerate(values.values()):
        axes.text(value + 0.01, i, f"{value:.0%}", va="center")
    axes.invert_yaxis()
    axes.set(xlabel=label, xlim=(0, 1.08))
    return figure


def schedule(rates: Sequence[float]) -> Figure:
    """The learning rate by step, as a share of its peak."""
    figure: Figure
    figure, axes = new_figure(5.6, 2.3)
    axes.plot(np.linspace(0, 1, len(rates)), rates, color=COLOURS[0])
    axes.set(xlabel="share of the training done", ylabel="share of the highest rate", ylim=(0, 1.05), xlim=(0, 1))
    return figure
