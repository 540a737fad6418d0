"""Digits from the fonts that come with Matplotlib, as 28×28 grey images with the jitter of a hand."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from course_utils.data.formats import write_mnist

Array = NDArray[np.floating]
SIZE = 28
FONTS = ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSansMono", "DejaVuSansMono-BoldOblique",
         "DejaVuSerif", "DejaVuSerif-BoldItalic", "DejaVuSerif-Italic", "STIXGeneral", "STIXGeneralBol",
         "STIXGeneralItalic", "STIXGeneralBolIta", "cmr10", "cmss10", "cmtt10")
GLYPH = 48  # pixels along the side of a rendered glyph


def glyphs() -> Array:
    """Each digit in each font, ``(fonts, 10, GLYPH, GLYPH)`` in 0 to 1: centred, as tall as 0.7 of its square."""
    found_at = find_spec("matplotlib")  # its files only: importing it would want a folder for its settings
    assert found_at is not None
    assert found_at.origin is not None
    folder = Path(found_at.origin).parent / "mpl-data" / "fonts" / "ttf"
    found = np.zeros((len(FONTS), 10, GLYPH, GLYPH), np.float32)
    for f, name in enumerate(FONTS):
        font = ImageFont.truetype(str(folder / f"{name}.ttf"), 2 * GLYPH)
        for digit in range(10):
            left, top, right, bottom = font.getbbox(str(digit))
            page = Image.new("L", (int(right - left) + 4, int(bottom - top) + 4))
            ImageDraw.Draw(page).text((2 - left, 2 - top), str(digit), fill=255, font=font)
            height = round(0.7 * GLYPH)
            width = min(max(round(page.width * height / page.height), 4), GLYPH)
            ink = np.asarray(page.resize((width, height), Image.Resampling.BOX), np.float32) / 255
            y, x = (GLYPH - height) // 2, (GLYPH - width) // 2
            found[f, digit, y: y + height, x: x + width] = ink
    return found


def draw_digits(count: int, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """``count`` images ``(count, 28, 28)`` uint8, white ink on black, in random order, and their labels, balanced."""
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(count) % 10)
    chosen = glyphs()[rng.integers(len(FONTS), size=count), labels]
    x, y = _jittered_grid(count, rng)
    ink = _sampled(chosen, x, y)
    weight = _uniform(rng, 0.7, 1.6, count)  # thinner and bolder strokes
    ink = np.clip(ink, 0, 1) ** (1 / weight) * _uniform(rng, 0.75, 1.0, count)
    noise = rng.standard_normal(ink.shape, np.float32) * _uniform(rng, 0.0, 0.08, count)
    return np.clip(np.round((ink + noise) * 255), 0, 255).astype(np.uint8), labels


def _uniform(rng: np.random.Generator, low: float, high: float, n: int) -> Array:
    """n numbers as ``(n, 1, 1)``, to line up with the grid."""
    return (low + (high - low) * rng.random((n, 1, 1), np.float32)).astype(np.float32)


def _jittered_grid(n: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Where in its glyph each pixel looks, ``(n, 28, 28)`` in glyph pixels: turned, slanted, stretched, moved."""
    grid = (np.arange(SIZE, dtype=np.float32) - (SIZE - 1) / 2) / SIZE
    x, y = np.meshgrid(grid, grid)
    x, y = x - _uniform(rng, -0.07, 0.07, n), y - _uniform(rng, -0.07, 0.07, n)
    angle = _uniform(rng, -0.25, 0.25, n)
    x, y = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    x = (x + _uniform(rng, -0.35, 0.35, n) * y) * _uniform(rng, 0.85, 1.25, n)
    y = y * _uniform(rng, 0.9, 1.2, n)
    wave = _uniform(rng, 0, 0.03, n)
    x = x + wave * np.sin(7 * y + _uniform(rng, 0, 6.3, n))
    y = y + wave * np.sin(7 * x + _uniform(rng, 0, 6.3, n))
    return (x + 0.5) * (GLYPH - 1), (y + 0.5) * (GLYPH - 1)


def _sampled(images: Array, x: Array, y: Array) -> Array:
    """The images ``(n, H, W)`` at the places ``(n, h, w)``, mixed from the four pixels around; 0 outside."""
    padded = np.pad(images, ((0, 0), (1, 2), (1, 2)))
    x, y = np.clip(x + 1, 0, images.shape[2] + 0.999), np.clip(y + 1, 0, images.shape[1] + 0.999)
    left, top = x.astype(np.int64), y.astype(np.int64)
    fx, fy = (x - left).astype(np.float32), (y - top).astype(np.float32)
    each = np.arange(len(images))[:, None, None]
    upper = padded[each, top, left] * (1 - fx) + padded[each, top, left + 1] * fx
    lower = padded[each, top + 1, left] * (1 - fx) + padded[each, top + 1, left + 1] * fx
    return upper * (1 - fy) + lower * fy


def write_digits(folder: Path, training: int, test: int) -> None:
    """Write so many training and test images in MNIST's format."""
    write_mnist(folder, draw_digits(training, seed=1), draw_digits(test, seed=2))
