"""Probes for functions that are handed a dataset, and the small datasets that they are handed."""

from __future__ import annotations

import functools
import inspect
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest import mock

import numpy as np
import torch
from PIL import Image
from torch.overrides import TorchFunctionMode
from torch.utils.data import DataLoader, Dataset, Subset

from course_utils.evidence.facts import Facts, Note, Several, several, yes_or_no
from course_utils.probes.words import int_or_not

TWO_NUMBERS = ("number of training images", "number of test images")
WATCHED_FROM = 100  # with fewer images nobody can tell a batch from the whole


class SmallDataset(Dataset[tuple[Any, int]]):
    """Images and labels with the outside of ``torchvision.datasets.CIFAR10``.

    ``data`` is uint8 of shape (N, H, W, 3), ``targets`` a list of N labels, ``classes`` the names; an item is
    ``(Pillow image, label)``, the image after the transform where there is one.
    """

    def __init__(self, data: np.ndarray, targets: Sequence[int], classes: Sequence[str], transform: Any = None) -> None:
        self.data, self.targets, self.classes, self.transform = data, list(targets), list(classes), transform
        self.class_to_idx = {name: index for index, name in enumerate(self.classes)}

    def __len__(self) -> int:
        return len(self.targets)

    def __getitem__(self, index: int) -> tuple[Any, int]:
        image = Image.fromarray(self.data[index])
        return (self.transform(image) if self.transform else image), self.targets[index]


def tiny_images(targets: Sequence[int], classes: Sequence[str] = ("a", "b")) -> SmallDataset:
    """As many 4×4 images as there are targets; the image with index i is filled with the value i."""
    values = np.arange(len(targets), dtype=np.int64) % 256
    data = np.broadcast_to(values[:, None, None, None], (len(targets), 4, 4, 3)).astype(np.uint8)
    return SmallDataset(data, targets, classes)


def two_sets(answer: Any, train_images: int, test_images: int, subset_of: int = 0) -> Facts:
    """What the function returns for a training and a test set of these sizes, which have three classes.

    With ``subset_of`` the training set is a ``Subset`` of a set of that many images.
    """
    train: Any = tiny_images([0] * (subset_of or train_images), "abc")
    if subset_of:
        train = Subset(train, range(train_images))
    returned = several(answer(train, tiny_images([1] * test_images, "abc")), *TWO_NUMBERS)
    return Facts({"": returned, **({f"type of the {name}": int_or_not(item) for name, item in
                                    zip(TWO_NUMBERS, returned.items, strict=True)}
                                   if isinstance(returned, Several) else {})})


def labelled_images(answer: Any, labels: list[int], names: list[str]) -> Facts:
    """What the function returns for a set with these labels and class names, and whether it counts in integers."""
    returned = answer(tiny_images(labels, names))
    kinds = {f"type of the number under {name!r}": int_or_not(number) for name, number in returned.items()
             } if isinstance(returned, dict) else {}
    return Facts({"": returned, **kinds})


class ImageDataset(Dataset[tuple[torch.Tensor, int]]):
    """A dataset of tensors that notes how many of its images were read, and how many are alive at once."""

    def __init__(self, images: torch.Tensor) -> None:
        self._images = images
        self.reads = self.alive = self.most_alive = 0

    def __len__(self) -> int:
        return len(self._images)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        if not -len(self) <= index < len(self):
            raise IndexError(f"There are {len(self)} images; there is none with the index {index}.")
        image = self._images[index].clone()
        self.reads += 1
        self.alive += 1
        self.most_alive = max(self.most_alive, self.alive)
        weakref.finalize(image.untyped_storage(), self._gone)  # views and NumPy arrays of it keep it alive
        return image, 0

    def _gone(self) -> None:
        self.alive -= 1


class _LargestTensor(TorchFunctionMode):
    """Notes the number of elements of the largest tensor that is made within. What ``torch.empty`` makes holds NaN."""

    def __init__(self) -> None:
        super().__init__()
        self.numel = 0

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if type(result) is torch.Tensor:
            with torch._C.DisableTorchFunction():
                if func in (torch.empty, torch.empty_like) and result.is_floating_point():
                    result.fill_(torch.nan)
                self.numel = max(self.numel, result.numel())
        return result


def statistics(answer: Any, images: torch.Tensor) -> Facts:
    """Mean and standard deviation that the function finds, and how it went through the images.

    ``images`` is float of shape (N, C, H, W); the function gets a dataset of (C, H, W) images with labels. Loaders read
    it in this process, where the reading is seen. Results may be float32 or float64.
    """
    dataset = ImageDataset(images)
    with _LargestTensor() as largest, no_workers():
        returned = answer(dataset)
    pair = isinstance(returned, tuple | list) and len(returned) == 2
    found = tuple(map(_as_float32, returned)) if pair else returned
    held = max(dataset.most_alive, largest.numel / images[0].numel())
    everything = len(images) >= WATCHED_FROM and held > 0.9 * len(images)
    return Facts({
        "": several(found, "mean", "std"),
        "passes over the data": Note(str(round(dataset.reads / len(images)))),
        "in memory at the same time": yes_or_no(everything, "all the images", "a few images"),
    })


def _as_float32(value: Any) -> Any:
    """A float64 tensor in float32; anything else as it is."""
    return value.float() if isinstance(value, torch.Tensor) and value.dtype is torch.float64 else value


@contextmanager
def no_workers() -> Iterator[None]:
    """Let every DataLoader that is made within load in this process, whatever number of workers it is given."""
    original = DataLoader.__init__

    @functools.wraps(original)
    def alone(loader: Any, *args: Any, **kwargs: Any) -> None:
        given = inspect.signature(original).bind(loader, *args, **kwargs).arguments
        for name in ("num_workers", "prefetch_factor", "persistent_workers", "multiprocessing_context", "timeout"):
            given.pop(name, None)
        given.pop("self", None)
        original(loader, **given)

    with mock.patch.object(DataLoader, "__init__", alone):
        yield
