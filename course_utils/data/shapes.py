"""Ten kinds of drawn shapes as 32×32 colour images: textured, off the middle, turned, amid clutter and noise.

Shapes are signed distance functions on a grid of coordinates (positive inside), after Inigo Quilez, "2D distance
functions". All images of a class are drawn at once.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from course_utils.data.formats import write_cifar10

Array = NDArray[np.floating]
SIZE = 32
LIGHTER = 0.9  # the share of shapes that are lighter than what is behind them
NAMES = ("disc", "ring", "crescent", "triangle", "square", "cross", "star", "heart", "arrow", "zigzag")


def _polygon(*points: tuple[float, float]) -> Callable[[Array, Array], Array]:
    """The signed distance to a polygon's edge."""
    corners = np.array(points, np.float32)

    def distance(x: Array, y: Array) -> Array:
        nearest = np.full_like(x, np.inf)
        inside = np.zeros(x.shape, bool)
        for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0)):
            ex, ey, wx, wy = bx - ax, by - ay, x - ax, y - ay
            along = np.clip((wx * ex + wy * ey) / (ex * ex + ey * ey), 0, 1)
            nearest = np.minimum(nearest, (wx - ex * along) ** 2 + (wy - ey * along) ** 2)
            if ey != 0:
                inside ^= ((ay > y) != (by > y)) & (wx < ex * wy / ey)
        return np.where(inside, 1, -1).astype(np.float32) * np.sqrt(nearest)

    return distance


def _disc(x: Array, y: Array) -> Array:
    return 0.85 - np.hypot(x, y)


def _ring(x: Array, y: Array) -> Array:
    return 0.24 - np.abs(np.hypot(x, y) - 0.72)


def _crescent(x: Array, y: Array) -> Array:
    return np.minimum(0.95 - np.hypot(x, y), np.hypot(x - 0.5, y) - 0.72)


def _heart(x: Array, y: Array) -> Array:
    lobes = 0.48 - np.hypot(np.abs(x) - 0.42, y - 0.35)
    return np.maximum(lobes, _heart_point(x, y))


_heart_point = _polygon((-0.84, 0.12), (0.0, -0.95), (0.84, 0.12), (0.4, 0.5), (0.0, 0.45), (-0.4, 0.5))
_STAR = [(r * np.sin(k * np.pi / 5), r * np.cos(k * np.pi / 5)) for k, r in enumerate([1.05, 0.42] * 5)]
DISTANCES: tuple[Callable[[Array, Array], Array], ...] = (
    _disc,
    _ring,
    _crescent,
    _polygon((-0.9, -0.65), (0.9, -0.65), (0.0, 0.95)),
    _polygon((-0.75, -0.75), (0.75, -0.75), (0.75, 0.75), (-0.75, 0.75)),
    _polygon((-0.27, 0.95), (0.27, 0.95), (0.27, 0.27), (0.95, 0.27), (0.95, -0.27), (0.27, -0.27),
             (0.27, -0.95), (-0.27, -0.95), (-0.27, -0.27), (-0.95, -0.27), (-0.95, 0.27), (-0.27, 0.27)),
    _polygon(*_STAR),
    _heart,
    _polygon((0.0, 1.0), (0.75, 0.15), (0.24, 0.15), (0.24, -0.95), (-0.24, -0.95), (-0.24, 0.15), (-0.75, 0.15)),
    _polygon((-1.0, -0.1), (-0.5, 0.62), (0.02, 0.02), (0.52, 0.62), (1.0, 0.0),
             (0.52, 0.02), (0.5, 0.08), (0.0, -0.62), (-0.5, 0.02), (-0.86, -0.5)),
)


def draw_shapes(count: int, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """``count`` images ``(count, 32, 32, 3)`` uint8 in random order, and their labels (places in NAMES), balanced."""
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(count) % len(NAMES))
    images = np.empty((count, SIZE, SIZE, 3), np.uint8)
    for label in range(len(NAMES)):
        images[labels == label] = _draw_class(label, int((labels == label).sum()), rng)
    return images, labels


def _draw_class(label: int, n: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """n images of one class."""
    grid = np.arange(SIZE, dtype=np.float32) + 0.5
    x, y = np.meshgrid(grid, grid)
    back, front = _two_colours(n, rng)
    image = _textured(back, x, y, n, rng)
    image = _cluttered(image, x, y, n, rng)
    radius = _uniform(rng, 8, 12.5, n)
    margin = radius * 1.05
    place = margin + (SIZE - 2 * margin) * _uniform(rng, 0, 1, n), margin + (SIZE - 2 * margin) * _uniform(rng, 0, 1, n)
    u, v = _turned(x - place[0], place[1] - y, _uniform(rng, -0.5, 0.5, n))  # v points up
    stretch = _uniform(rng, 0.88, 1.14, n)
    distance = DISTANCES[label](u / radius * stretch, v / radius / stretch) * radius
    image = _over(image, _textured(front, x, y, n, rng), distance)
    light = 1 + _uniform(rng, -0.25, 0.25, n) * (x - SIZE / 2) / SIZE + _uniform(rng, -0.25, 0.25, n) * (
        y - SIZE / 2) / SIZE
    image = image * light[..., None]
    noise = rng.standard_normal(image.shape, np.float32) * _uniform(rng, 0.02, 0.07, n)[..., None]
    return np.clip(np.round((image + noise) * 255), 0, 255).astype(np.uint8)


def _uniform(rng: np.random.Generator, low: float, high: float, n: int) -> Array:
    """n numbers as ``(n, 1, 1)``, to line up with the grid."""
    return (low + (high - low) * rng.random((n, 1, 1), np.float32)).astype(np.float32)


def _turned(x: Array, y: Array, angle: Array) -> tuple[Array, Array]:
    return x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)


def _over(image: Array, paint: Array, distance: Array) -> Array:
    """Paint where the distance is positive, with a soft edge one pixel wide."""
    cover = np.clip(distance + 0.5, 0, 1)[..., None]
    return image + cover * (paint - image)


def _two_colours(n: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """A background and a foreground colour each, ``(n, 1, 1, 3)``, far enough apart; mostly the shape is lighter."""
    candidates = rng.random((n, 12, 2, 3), np.float32) * 0.9 + 0.05
    apart = np.abs(candidates[:, :, 0] - candidates[:, :, 1]).mean(-1)
    first = np.argmax(apart > 0.3, axis=1)
    pairs = candidates[np.arange(n), first]
    turned = (pairs[:, 1] < pairs[:, 0]).mean(-1) > 0.5
    light = rng.random(n) < LIGHTER
    pairs[turned == light] = pairs[turned == light][:, ::-1]
    return pairs[:, 0, None, None], pairs[:, 1, None, None]


def _textured(colour: Array, x: Array, y: Array, n: int, rng: np.random.Generator) -> Array:
    """The colour, plain or with stripes, checks or dots of a shade of it: ``(n, 32, 32, 3)``."""
    u, v = _turned(x, y, _uniform(rng, 0, np.pi, n))
    pitch = _uniform(rng, 0.9, 2.2, n)
    u, v = np.sin(u * pitch + _uniform(rng, 0, 6, n)), np.sin(v * pitch + _uniform(rng, 0, 6, n))
    patterns = np.stack([np.zeros_like(u), u, np.sign(u * v), np.clip(4 * (u + v) - 4, -1, 1)])
    pattern = patterns[rng.integers(len(patterns), size=n), np.arange(n)]
    shade = _uniform(rng, 0.06, 0.16, n)[..., None]
    return colour + shade * pattern[..., None]


def _cluttered(image: Array, x: Array, y: Array, n: int, rng: np.random.Generator) -> Array:
    """A few blots and strokes of other colours behind the shape."""
    for _ in range(4):
        u, v = _turned(x - _uniform(rng, 0, SIZE, n), y - _uniform(rng, 0, SIZE, n), _uniform(rng, 0, np.pi, n))
        length, width = _uniform(rng, 0.5, 7, n), _uniform(rng, 0.5, 1.8, n)
        distance = width - np.hypot(np.maximum(np.abs(u) - length, 0), v)
        image = _over(image, rng.random((n, 1, 1, 3), np.float32), distance)
    return image


def write_shapes(folder: Path, training: int, test: int) -> None:
    """Write so many training and test images in CIFAR-10's format."""
    write_cifar10(folder, draw_shapes(training, seed=1), draw_shapes(test, seed=2), list(NAMES))
