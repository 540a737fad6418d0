"""CIFAR-10 and MNIST through torchvision's own classes, real or drawn."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from torchvision import datasets

from course_utils.data.choose import choose
from course_utils.data.contents import check_images
from course_utils.data.generated import ensure_generated, md5s
from course_utils.data.places import real_folder


class DrawnShapes(datasets.CIFAR10):
    """torchvision's CIFAR10 over drawn images: the same code and format, with the md5s of the drawn files."""

    def __init__(self, root: str | Path, train: bool = True, transform: Callable[..., Any] | None = None) -> None:
        known = {os.path.basename(path): digest for path, digest in md5s(Path(root)).items()}
        self.train_list = [[name, known[name]] for name, _ in datasets.CIFAR10.train_list]
        self.test_list = [[name, known[name]] for name, _ in datasets.CIFAR10.test_list]
        self.meta = datasets.CIFAR10.meta | {"md5": known["batches.meta"]}
        super().__init__(root, train=train, transform=transform)


class DrawnDigits(datasets.MNIST):
    """torchvision's MNIST over drawn digits."""

    @property
    def raw_folder(self) -> str:
        return os.path.join(self.root, "MNIST", "raw")


def cifar10(train: bool, transform: Callable[..., Any] | None = None) -> datasets.CIFAR10:
    """CIFAR-10, or the drawn shapes in its format: 32×32 colour images of ten classes.

    ``transform`` gets a PIL image. ``.data`` is a uint8 array ``(N, 32, 32, 3)``, ``.targets`` a list of N labels,
    ``.classes`` the ten names. Real: 50,000 training and 10,000 test images; drawn: 5,000 and 1,000.
    """
    found: datasets.CIFAR10
    if choose("cifar10").kind == "real":
        found = datasets.CIFAR10(real_folder(), train=train, transform=transform)
    else:
        found = DrawnShapes(ensure_generated("cifar10"), train=train, transform=transform)
    check_images(np.asarray(found.data), found.targets, (32, 32, 3), "CIFAR-10's folder")
    return found


def mnist(train: bool, transform: Callable[..., Any] | None = None) -> datasets.MNIST:
    """MNIST, or the drawn digits in its format: 28×28 grey images of the digits 0 to 9.

    ``transform`` gets a PIL image. ``.data`` is a uint8 tensor ``(N, 28, 28)``, ``.targets`` an int64 tensor of N
    labels. Real: 60,000 training and 10,000 test images; drawn: 5,000 and 1,000.
    """
    found: datasets.MNIST
    if choose("mnist").kind == "real":
        found = datasets.MNIST(real_folder(), train=train, transform=transform)
    else:
        found = DrawnDigits(ensure_generated("mnist"), train=train, transform=transform)
    check_images(found.data.numpy(), found.targets.numpy(), (28, 28), "MNIST's folder")
    return found
