"""What is inside a data file: read without trusting it, and said in words where it is odd."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_utils.data.errors import DataError
from course_utils.data.synthetic_pima import COLUMNS

CLASSES = 10


class _ArraysOnly(pickle.Unpickler):
    """Unpickles containers, numbers, text and NumPy arrays; anything else could be a stranger's code."""

    ALLOWED = {"_reconstruct", "ndarray", "dtype", "encode"}

    def find_class(self, module: str, name: str) -> Any:
        if name in self.ALLOWED and module.split(".")[0] in {"numpy", "_codecs"}:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")


def check_images(images: NDArray[Any], labels: Sequence[int] | NDArray[Any], shape: tuple[int, ...], where: str,
                 classes: int = CLASSES) -> None:
    """Raise DataError unless ``images`` is uint8 of shape ``(N, *shape)`` with N labels in ``0 .. classes - 1``.

    ``shape`` is ``(H, W)`` for grey images and ``(H, W, 3)`` for colour; ``where`` begins the message.
    """
    if images.dtype != np.uint8:
        raise DataError(f"{where} holds {images.dtype} values; images are uint8, 0 to 255.")
    if images.shape[1:] != shape:
        raise DataError(f"{where} holds {describe_size(images.shape[1:])}; {describe_size(shape)} belong there.")
    if len(labels) != len(images):
        raise DataError(f"{where} holds {len(images):,} images and {len(labels):,} labels; each image needs one.")
    for position, label in enumerate(labels):
        if not 0 <= int(label) < classes:
            raise DataError(f"{where} has the label {int(label)} for image {position}; "
                            f"labels go from 0 to {classes - 1}.")


def describe_size(shape: Sequence[int]) -> str:
    """``(28, 28)`` as "grey images of 28×28"."""
    if len(shape) not in (2, 3):
        return f"arrays of shape {tuple(shape)}"
    colour = "grey" if len(shape) == 2 or shape[2] == 1 else "colour" if shape[2] == 3 else f"{shape[2]}-channel"
    return f"{colour} images of {shape[0]}×{shape[1]}"


def read_batch(path: Path) -> tuple[NDArray[np.uint8], list[int]]:
    """The images ``(N, 32, 32, 3)`` and labels of a file in CIFAR-10's format."""
    try:
        with path.open("rb") as stream:
            entry = _ArraysOnly(stream, encoding="latin1").load()
        data, labels = np.asarray(entry["data"]), [int(label) for label in entry["labels"]]
    except (pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError, KeyError, TypeError,
            ValueError) as error:
        raise DataError(f"{path} is no file in CIFAR-10's format ({error}).") from None
    if data.ndim != 2 or data.shape[1] != 3072:
        pixels = data.shape[1] if data.ndim == 2 else 0
        shape = _guess(pixels)
        raise DataError(f"{path} holds {describe_size(shape) if shape else f'an array of shape {data.shape}'}; "
                        f"colour images of 32×32 belong there.")
    images = data.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    check_images(images, labels, (32, 32, 3), str(path))
    return images, labels


def _guess(pixels: int) -> tuple[int, ...]:
    """The size of square images with so many values, colour first; empty where there is none."""
    for channels in (3, 1):
        side = round((pixels / channels) ** 0.5)
        if side and side * side * channels == pixels:
            return (side, side) if channels == 1 else (side, side, 3)
    return ()


def read_idx(path: Path) -> NDArray[np.uint8]:
    """The array in a file in MNIST's idx format: ``(N, H, W)`` images or ``(N,)`` labels."""
    data = path.read_bytes()
    if len(data) < 8 or data[:3] != b"\0\0\x08" or data[3] not in (1, 3) or len(data) < 4 + 4 * data[3]:
        raise DataError(f"{path} is no idx file of images or labels.")
    dims = data[3]
    shape = tuple(int.from_bytes(data[4 + 4 * i: 8 + 4 * i], "big") for i in range(dims))
    values = np.frombuffer(data, np.uint8, offset=4 + 4 * dims)
    if len(values) != int(np.prod(shape)):
        raise DataError(f"{path} is cut short: {len(values):,} of {int(np.prod(shape)):,} values.")
    return values.reshape(shape)


def check_table_columns(path: Path) -> None:
    """Raise DataError unless the CSV has the nine numeric columns of the Pima table, with or without a header."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise DataError(f"{path} is no text.") from None
    rows = [(number, line.split(",")) for number, line in enumerate(lines, 1) if line.strip()]
    expected = f"{len(COLUMNS)} belong there: {', '.join(COLUMNS)}"
    if not rows:
        raise DataError(f"{path} is empty.")
    for number, cells in rows:
        if len(cells) != len(COLUMNS):
            what = f"line {number} has {len(cells)} column{'s' * (len(cells) != 1)}"
            raise DataError(f"{path}: {what}; {expected}.")
    first = [cell.strip().strip('"') for cell in rows[0][1]]
    body = rows
    if not all(_is_number(cell) for cell in first):
        if tuple(first) != COLUMNS:
            raise DataError(f"{path} has the columns {', '.join(first)}; {expected}.")
        body = rows[1:]
    for number, cells in body:
        wrong = next((i for i, cell in enumerate(cells) if not _is_number(cell)), None)
        if wrong is not None:
            raise DataError(f"{path}: line {number} has '{cells[wrong].strip()}' in the column {COLUMNS[wrong]}; "
                            f"a number belongs there.")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def describe_bad_contents(path: Path) -> str | None:
    """What is odd about a file that is not the original, without the path; None where it looks like one."""
    try:
        if path.suffix == ".csv":
            check_table_columns(path)
        elif path.name.endswith("ubyte"):
            _check_idx(path)
        elif "batch" in path.name and path.name != "batches.meta":
            read_batch(path)
    except DataError as error:
        text = str(error).removeprefix(str(path)).lstrip(": ").rstrip(".")
        return text if text.startswith("line ") else f"it {text}"
    return None


def _check_idx(path: Path) -> None:
    values = read_idx(path)
    if values.ndim == 3:
        check_images(values, np.zeros(len(values), int), (28, 28), str(path))
    elif len(values) and values.max() >= CLASSES:
        raise DataError(f"{path} has the label {values.max()} for image {int(values.argmax())}; "
                        f"labels go from 0 to {CLASSES - 1}.")
