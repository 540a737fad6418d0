"""Expected and got side by side: the part of two tensors that a reader should see, as plain data.

Made by the judge from decoded values, drawn by :mod:`course_utils.rendering.comparison`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from course_utils.evidence.describe import dtype_text
from course_utils.judging.compare import Difference

WINDOW = 6  # rows and columns of numbers that are shown
SMALLEST = 4  # pixels: smaller than that, numbers say more than a picture
LARGEST = 64  # pixels: larger pictures are thinned out
Indices = tuple[int, ...]


@dataclass(frozen=True)
class Pixels:
    """A small RGB picture: ``rgb`` holds height x width x 3 bytes."""

    width: int
    height: int
    rgb: bytes


@dataclass(frozen=True)
class Side:
    """One of the two tensors."""

    shape: tuple[int, ...]
    dtype: str
    numbers: tuple[tuple[str, ...], ...] = ()  # a window of its elements, rows of columns
    picture: Pixels | None = None


@dataclass(frozen=True)
class SideBySide:
    """Two tensors to be looked at together."""

    expected: Side
    got: Side
    where: str = ""  # the expression that shows them: "losses[1]"
    window: str = ""  # which elements are shown, as an index; "" for all of them
    wrong: tuple[tuple[int, int], ...] = ()  # places in the window that differ; the first difference comes first


def side_by_side(difference: Difference) -> SideBySide | None:
    """What to show of a difference between two tensors; None where a sentence says it all."""
    want, have = difference.expected_tensor, difference.got_tensor
    if want is None or have is None or want.is_complex() or have.is_complex():
        return None
    if difference.wrong is None:
        return _compared_shapes(want, have, difference.where)
    if want.ndim == 0 or difference.index is None:
        return None
    return _compared_values(want, have, difference.wrong, difference.index, difference.where)


def _compared_shapes(want: torch.Tensor, have: torch.Tensor, where: str) -> SideBySide:
    small = all(0 < t.numel() <= WINDOW * WINDOW and t.ndim <= 2 and max(t.shape, default=1) <= WINDOW
                for t in (want, have))
    pictures = _pictures(want, have)
    sides = [Side(tuple(t.shape), dtype_text(t.dtype), _numbers(_as_rows(t)) if small and t.ndim else (), picture)
             for t, picture in zip((want, have), pictures, strict=True)]
    return SideBySide(sides[0], sides[1], where)


def _compared_values(want: torch.Tensor, have: torch.Tensor, wrong: torch.Tensor, index: Indices,
                     where: str) -> SideBySide:
    cut = tuple(_cuts(tuple(want.shape), index))
    mask = _as_rows(wrong[cut])
    shown = [_as_rows(t[cut]) for t in (want, have)]
    numbers = _numbers(*shown), _numbers(*reversed(shown))
    places = tuple((int(r), int(c)) for r, c in mask.nonzero().tolist())
    pictures = _pictures(want, have, index)
    sides = [Side(tuple(t.shape), dtype_text(t.dtype), n, p)
             for t, n, p in zip((want, have), numbers, pictures, strict=True)]
    whole = wrong[cut].numel() == wrong.numel()
    return SideBySide(sides[0], sides[1], where, "" if whole else _index_text(cut, tuple(want.shape)), places)


def _cuts(shape: tuple[int, ...], index: Indices) -> Iterator[int | slice]:
    """The last two dimensions as a window that holds ``index``, the ones before at it."""
    for dimension, (size, at) in enumerate(zip(shape, index, strict=True)):
        if dimension < len(shape) - 2:
            yield at
        else:
            start = max(0, min(at - 1, size - WINDOW))
            yield slice(start, min(size, start + WINDOW))


def _index_text(cut: tuple[int | slice, ...], shape: tuple[int, ...]) -> str:
    """``[0, 2, 3:9, :]``"""
    def text(part: int | slice, size: int) -> str:
        if isinstance(part, int):
            return str(part)
        return ":" if part == slice(0, size) else f"{part.start}:{part.stop}"

    return "[" + ", ".join(map(text, cut, shape)) + "]"


def _as_rows(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.reshape(1, -1) if tensor.ndim < 2 else tensor


def _numbers(tensor: torch.Tensor, other: torch.Tensor | None = None) -> tuple[tuple[str, ...], ...]:
    """The elements as text, with as many digits as tell them from ``other``'s."""
    digits = 4
    if other is not None and tensor.is_floating_point():
        ours, theirs = tensor.double(), other.double()
        while digits < 9 and any(a != b and f"{a:.{digits}g}" == f"{b:.{digits}g}"
                                 for a, b in zip(ours.flatten().tolist(), theirs.flatten().tolist(), strict=True)
                                 if abs(a - b) > 1e-6 * max(abs(a), abs(b))):
            digits += 1
    rows = tensor.double().tolist() if tensor.is_floating_point() else tensor.tolist()
    return tuple(tuple(f"{v:.{digits}g}" if isinstance(v, float) else str(v) for v in row) for row in rows)


def _pictures(want: torch.Tensor, have: torch.Tensor, at: Indices = ()) -> tuple[Pixels | None, Pixels | None]:
    """Both as pictures on one scale, where both can be images; else none."""
    one, two = _as_image(want, at), _as_image(have, at)
    if one is None or two is None:
        return None, None
    low, high = _scale(want, one)
    if (low, high) not in ((0.0, 1.0), (0.0, 255.0)) and min(*one.shape[:2], *two.shape[:2]) < 2 * SMALLEST:
        return None, None
    return _pixels(one, low, high), _pixels(two, low, high)


def _as_image(tensor: torch.Tensor, at: Indices) -> torch.Tensor | None:
    """The tensor, or the one of its batch that holds the index ``at``, as (H, W, 3) or (H, W, 1)."""
    if tensor.ndim == 4 and tensor.shape[0]:
        return _as_image(tensor[at[0] if at else 0], at[1:])
    if tensor.ndim == 2 and min(tensor.shape) >= 3 * SMALLEST and tensor.dtype != torch.bool:
        return tensor[:, :, None]
    if tensor.ndim != 3:
        return None
    first, *_, last = tensor.shape
    if first in (1, 3) and last not in (1, 3) and min(tensor.shape[1:]) >= SMALLEST * (1 if first == 3 else 2):
        return tensor.permute(1, 2, 0)
    if last in (1, 3) and first not in (1, 3) and min(tensor.shape[:2]) >= SMALLEST * (1 if last == 3 else 2):
        return tensor
    return None


def _scale(want: torch.Tensor, image: torch.Tensor) -> tuple[float, float]:
    if want.dtype == torch.uint8:
        return 0.0, 255.0
    finite = image.double()[torch.isfinite(image.double())]
    if finite.numel() == 0 or (float(finite.min()) >= 0 and float(finite.max()) <= 1):
        return 0.0, 1.0
    return float(finite.min()), float(finite.max())


def _pixels(image: torch.Tensor, low: float, high: float) -> Pixels:
    step = max(1, -(-max(image.shape[:2]) // LARGEST))
    thin = image[::step, ::step].double().nan_to_num(low, high, low)
    scaled = ((thin - low) / max(high - low, 1e-12)).clamp(0, 1).mul(255).round().to(torch.uint8)
    rgb = scaled.expand(-1, -1, 3).contiguous()
    return Pixels(rgb.shape[1], rgb.shape[0], rgb.numpy().tobytes())
