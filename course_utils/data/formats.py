"""Writing image sets in the on-disk formats of CIFAR-10 and MNIST."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_utils.data.contents import check_images


def write_cifar10(folder: Path, train: tuple[NDArray[np.uint8], NDArray[Any]],
                  test: tuple[NDArray[np.uint8], NDArray[Any]], names: list[str]) -> None:
    """Five training batches, a test batch and ``batches.meta`` below ``folder/cifar-10-batches-py``.

    ``train`` and ``test`` are ``(N, 32, 32, 3)`` uint8 images and N labels. The layout is that of Krizhevsky's
    Python pickles: rows of 3072 values, all red ones first, then green, then blue.
    """
    below = folder / "cifar-10-batches-py"
    below.mkdir(parents=True)
    pieces = np.array_split(np.arange(len(train[0])), 5)
    batches = [(f"data_batch_{i}", f"training batch {i} of 5", train[0][p], train[1][p])
               for i, p in enumerate(pieces, 1)]
    for name, label, images, labels in [*batches, ("test_batch", "testing batch 1 of 1", *test)]:
        check_images(images, labels, (32, 32, 3), name, classes=len(names))
        entry = {"batch_label": label, "labels": [int(y) for y in labels],
                 "data": np.ascontiguousarray(images.transpose(0, 3, 1, 2)).reshape(len(images), 3072),
                 "filenames": [f"{names[int(y)]}_{name}_{i:04d}.png" for i, y in enumerate(labels)]}
        (below / name).write_bytes(pickle.dumps(entry, protocol=2))
    meta = {"num_cases_per_batch": len(pieces[0]), "label_names": names, "num_vis": 3072}
    (below / "batches.meta").write_bytes(pickle.dumps(meta, protocol=2))


def write_mnist(folder: Path, train: tuple[NDArray[np.uint8], NDArray[Any]],
                test: tuple[NDArray[np.uint8], NDArray[Any]]) -> None:
    """The four idx files below ``folder/MNIST/raw``; images ``(N, 28, 28)`` uint8, N labels."""
    below = folder / "MNIST" / "raw"
    below.mkdir(parents=True)
    for prefix, (images, labels) in (("train", train), ("t10k", test)):
        check_images(images, labels, (28, 28), prefix)
        (below / f"{prefix}-images-idx3-ubyte").write_bytes(_idx(images))
        (below / f"{prefix}-labels-idx1-ubyte").write_bytes(_idx(np.asarray(labels, np.uint8)))


def _idx(array: NDArray[np.uint8]) -> bytes:
    """Magic number (0, 0, type 8 = uint8, dimensions), sizes as big-endian 32-bit integers, values."""
    head = bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
    return head + array.tobytes()
