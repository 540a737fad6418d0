"""Probes for image transforms: what becomes of one image, over many calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from PIL import Image

from course_utils.evidence.describe import form_of
from course_utils.evidence.facts import Facts, Form, Note, yes_or_no

CALLS = 32
MARGIN = 4  # the largest shift that is looked for, in pixels
RESULT = "transform(image)"
NOT_KNOWN = "not to be told, for the image is not recognized"


def image_and_statistics(rng: np.random.Generator) -> tuple[Any, list[float], list[float]]:
    """A marked image, and a mean and a standard deviation for each of its channels."""
    mean, std = rng.uniform(0.35, 0.6, size=3), rng.uniform(0.15, 0.3, size=3)
    return marked_image(rng), [round(float(m), 3) for m in mean], [round(float(s), 3) for s in std]


def applied_call(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """What is done with a transform that is made of a mean and a standard deviation, as a student would write it."""
    return f"{name}({args[1]}, {args[2]})(‹Pillow image of 32×32›), again and again"


def marked_image(rng: np.random.Generator, size: int = 32) -> np.ndarray:
    """A random image, uint8 of shape (size, size, 3), with a black and a white pixel near its centre."""
    image = rng.integers(20, 236, size=(size, size, 3), dtype=np.uint8)
    image[size // 2, size // 2], image[size // 2, size // 2 - 2] = 0, 255
    return image


def augmented(answer: Any, image: np.ndarray, mean: list[float], std: list[float]) -> Facts:
    """How the transform ``answer(mean, std)`` changes one 32×32 Pillow image, over many calls."""
    transform = answer(mean, std)
    if not callable(transform):
        return Facts({"": form_of(transform)})
    results = [transform(Image.fromarray(image)) for _ in range(CALLS)]
    seen = _form(results)
    if not _is_image(results[0], image) or len(set(map(form_of, results))) > 1:
        return seen
    windows = _windows(torch.from_numpy(image).permute(2, 0, 1).float())
    moves = [_move(_plain(result), windows) for result in results]
    known = [move for move in moves if move is not None]
    flips = sum(flip for flip, _, _ in known)
    shift = max((max(abs(dy), abs(dx)) for _, dy, dx in known), default=0)
    mirrored, shifted = NOT_KNOWN, NOT_KNOWN
    if known:
        mirrored = "always" if flips == len(known) else "never" if not flips else _share(flips / len(known))
        shifted = f"by up to {shift} pixels" if shift else "never"
    other = yes_or_no(len(known) == len(moves), "none", "some: the image is not merely shifted or mirrored")
    return Facts({**seen, **_range(_plain(results[0])), "other changes": other,
                  "how often it is mirrored": Note(mirrored), "how far it is shifted": Note(shifted)})


def fixed(answer: Any, image: np.ndarray, mean: list[float], std: list[float]) -> Facts:
    """What the transform ``answer(mean, std)`` makes of one Pillow image, and whether it always does."""
    transform = answer(mean, std)
    if not callable(transform):
        return Facts({"": form_of(transform)})
    results = [transform(Image.fromarray(image)) for _ in range(8)]
    seen = _form(results)
    if not _is_image(results[0], image) or len(set(map(form_of, results))) > 1:
        return seen
    same = all(torch.equal(_plain(results[0]), _plain(result)) for result in results)
    seen["image after several calls"] = yes_or_no(same, "the same each time", "different from call to call")
    seen |= _range(_plain(results[0]))
    return Facts({**seen, f"pixels of `{RESULT}`": _plain(results[0])} if same else seen)


def _form(results: list[Any]) -> Facts:
    """The type, shape and dtype of what came, and whether each call brings the same."""
    same = yes_or_no(len(set(map(form_of, results))) == 1, "the same each time", "different from call to call")
    return Facts({"": Form("a transform"), RESULT: form_of(results[0]), "type, shape and dtype of the results": same})


def _is_image(result: Any, image: np.ndarray) -> bool:
    channels_first = (image.shape[2], *image.shape[:2])
    return isinstance(result, torch.Tensor) and tuple(result.shape) == channels_first


def _plain(result: torch.Tensor) -> torch.Tensor:
    """A ``tv_tensors.Image`` as the plain float tensor in it."""
    return result.detach().as_subclass(torch.Tensor).float()


def _range(result: torch.Tensor) -> dict[str, torch.Tensor]:
    """What became of the black and the white pixel, by channel. The margin may be padding, so it is left out."""
    inner = result[:, MARGIN:-MARGIN, MARGIN:-MARGIN]
    return {"black becomes": inner.amin((1, 2)), "white becomes": inner.amax((1, 2))}


def _share(share: float) -> str:
    return "about half the time" if 0.2 < share < 0.8 else "rarely" if share <= 0.2 else "nearly always"


def _move(result: torch.Tensor, windows: torch.Tensor) -> tuple[bool, int, int] | None:
    """Whether ``result`` is mirrored, and by how many pixels it is shifted; None where it is neither."""
    inner = _standard(result[:, MARGIN:-MARGIN, MARGIN:-MARGIN])
    likeness = windows @ inner
    best = int(likeness.argmax())
    if likeness[best] < 0.98:
        return None
    width = 2 * MARGIN + 1
    flip, place = divmod(best, width * width)
    return bool(flip), place // width - MARGIN, place % width - MARGIN


def _windows(source: torch.Tensor) -> torch.Tensor:
    """Every window of the image and of its mirror image, standardized; one row each."""
    size = source.shape[1] - 2 * MARGIN
    rows = [view.unfold(1, size, 1).unfold(2, size, 1).permute(1, 2, 0, 3, 4).flatten(0, 1)
            for view in (source, source.flip(2))]
    windows = torch.cat(rows)
    centred = windows - windows.mean((2, 3), keepdim=True)
    flat = centred / (centred.norm(dim=(2, 3), keepdim=True) + 1e-12)
    return flat.flatten(1) / source.shape[0] ** 0.5


def _standard(inner: torch.Tensor) -> torch.Tensor:
    centred = inner - inner.mean((1, 2), keepdim=True)
    flat = centred / (centred.norm(dim=(1, 2), keepdim=True) + 1e-12)
    return flat.flatten() / inner.shape[0] ** 0.5
