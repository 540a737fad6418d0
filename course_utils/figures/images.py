"""Figures of images: grids, channels, the range of the pixels, and what augmentation does to a picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure
from numpy.typing import NDArray
from torchvision.transforms import v2

from course_utils.colours import GREY
from course_utils.plotting.style import COLOURS, new_figure

RGB = (COLOURS[1], COLOURS[2], COLOURS[0])  # for the red, green and blue channel: told apart by any reader
DRAWS = 8  # how often the explorer augments the picture

# Strength goes from 0 (nothing happens) to 1 (far too much).
AUGMENTATIONS: dict[str, Callable[[float], v2.Transform]] = {
    "shift": lambda s: v2.RandomAffine(0, translate=(0.5 * s, 0.5 * s)),
    "mirror": lambda s: v2.RandomHorizontalFlip(s / 2),
    "upside down": lambda s: v2.RandomVerticalFlip(s / 2),
    "turn": lambda s: v2.RandomRotation(180 * s),
    "zoom": lambda s: v2.RandomResizedCrop(32, scale=(max(1 - s, 0.05), 1.0), antialias=True),
    "light": lambda s: v2.ColorJitter(brightness=0.9 * s, contrast=0.9 * s),
    "colour": lambda s: v2.ColorJitter(saturation=s, hue=0.5 * s),
    "blur": lambda s: v2.GaussianBlur(7, sigma=(0.01, 0.01 + 3 * s)),
    "erase": lambda s: v2.RandomErasing(s, scale=(0.02, 0.02 + 0.4 * s)),
}


def image_grid(images: Sequence[Any], titles: Sequence[str] = (), columns: int = 8) -> Figure:
    """Images side by side, each with its title above it.

    An image is a Pillow image, a uint8 array ``(H, W)`` or ``(H, W, C)``, or a tensor ``(C, H, W)``, uint8 or float
    in [0, 1].
    """
    rows = -(-len(images) // columns)
    figure: Figure
    figure, axes = new_figure(0.95 * columns, (1.15 if titles else 1.0) * rows, rows, columns, squeeze=False)
    for ax in axes.flat:
        ax.axis("off")
    for i, image in enumerate(images):
        ax = axes.flat[i]
        ax.imshow(pixels(image))
        if titles:
            ax.set_title(titles[i], fontsize=9)
    return figure


def pixels(image: Any) -> NDArray[np.float32]:
    """Any image as floats ``(H, W, 3)`` in [0, 1], the form that Matplotlib shows without touching it."""
    if isinstance(image, torch.Tensor):
        array = image.detach().as_subclass(torch.Tensor).movedim(0, -1).cpu().numpy()
    else:
        array = np.asarray(image)
    array = array[..., None] if array.ndim == 2 else array
    scaled = array / np.float32(255) if array.dtype == np.uint8 else array.clip(0, 1)
    return np.broadcast_to(scaled, (*scaled.shape[:2], 3)).astype(np.float32)


def class_bars(counts: Mapping[str, Mapping[str, int]]) -> Figure:
    """Images by class, one set of bars for each data set: ``{"training": {"cat": 500, …}, …}``."""
    names = list(next(iter(counts.values())))
    figure: Figure
    figure, ax = new_figure(7.0, 2.6)
    width = 0.8 / len(counts)
    for i, (name, histogram) in enumerate(counts.items()):
        places = np.arange(len(names)) + (i - (len(counts) - 1) / 2) * width
        ax.bar(places, [histogram[n] for n in names], width, label=name, color=COLOURS[i])
    ax.set_xticks(range(len(names)), names, rotation=30, ha="right")
    ax.set(ylabel="images")
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def channels(image: Any) -> Figure:
    """A colour image, and its red, green and blue channel as grey pictures."""
    picture = pixels(image)
    figure: Figure
    figure, axes = new_figure(7.0, 2.1, columns=4)
    shown = [picture, *(np.broadcast_to(picture[..., c:c + 1], picture.shape) for c in range(3))]
    for ax, part, title in zip(axes, shown, ("image", "red: [0]", "green: [1]", "blue: [2]"), strict=True):
        ax.imshow(part)
        ax.set_title(title)
        ax.axis("off")
    return figure


def pixel_histograms(before: torch.Tensor, after: torch.Tensor) -> Figure:
    """How the values of each channel are spread, before and after normalizing; both ``(N, 3, H, W)``."""
    figure: Figure
    figure, axes = new_figure(7.0, 2.5, columns=2, sharey=True)
    for ax, images, title in zip(axes, (before, after), ("scaled to [0, 1]", "normalized"), strict=True):
        for channel, (name, colour) in enumerate(zip(("red", "green", "blue"), RGB, strict=True)):
            values = images[:, channel].flatten().numpy()
            heights, edges = np.histogram(values, bins=40)
            ax.stairs(heights / len(values) / (edges[1] - edges[0]) * values.std(), edges, color=colour, label=name,
                      linewidth=1.6)
        ax.axvline(0, color=GREY, linewidth=0.8, zorder=0)
        ax.set(title=title, xlabel="value of a pixel")
    axes[0].set_ylabel("how often (scaled)")
    axes[1].legend(fontsize=9)
    return figure


def augmented(image: Any, label: str, augmentation: str, strength: float, seed: int = 0) -> Figure:
    """A picture and eight random changes of it.

    ``augmentation`` is a key of :data:`AUGMENTATIONS`; ``strength`` goes from 0 to 1.
    """
    tensor = v2.functional.to_dtype(v2.functional.to_image(image), torch.float32, scale=True)
    size = list(tensor.shape[-2:])
    transform = AUGMENTATIONS[augmentation](strength)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        draws = [v2.functional.resize(transform(tensor), size, antialias=True) for _ in range(DRAWS)]
    figure: Figure
    figure, (left, right) = new_figure(7.0, 2.5, columns=2)
    figure.set_layout_engine("none")  # the places are known, and finding them takes half of the time
    left.set_position((0.01, 0.02, 0.33, 0.86))
    right.set_position((0.36, 0.02, 0.63, 0.86))
    left.imshow(pixels(tensor))
    left.set_title(f"before: {label}")
    right.imshow(_mosaic([pixels(draw) for draw in draws]))
    right.set_title(f"after: still “{label}” in all {DRAWS}?")
    for ax in (left, right):
        ax.axis("off")
    return figure


def _mosaic(tiles: Sequence[NDArray[np.float32]], columns: int = 4, gap: int = 2) -> NDArray[np.float32]:
    """Pictures of one size in a single array, with white between them: one artist draws faster than eight."""
    height, width = tiles[0].shape[:2]
    rows = -(-len(tiles) // columns)
    canvas = np.ones((rows * (height + gap) - gap, columns * (width + gap) - gap, 3), dtype=np.float32)
    for i, tile in enumerate(tiles):
        top, left = (i // columns) * (height + gap), (i % columns) * (width + gap)
        canvas[top:top + height, left:left + width] = tile
    return canvas
