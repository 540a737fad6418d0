"""Repair: a dataset whose random generator is copied into every worker."""

import random

import numpy as np
import torch
from torch.utils.data import Dataset, get_worker_info

from course_utils.exercise import Exercise, case
from course_utils.probes.loader import crops

exercise = Exercise(
    name="RandomCrops",
    kind="class",
    points=3,
    objective="Draw random numbers so that every worker has its own.",
    hints=(
        "The dataset, with everything in it, is copied into every worker at the start of every epoch. What does each "
        "copy of `self.rng` draw first?",
        "A DataLoader gives each worker its own seed for PyTorch's generator, another one in each epoch. Draw from "
        "that, and keep no generator of your own.",
        "`top = int(torch.randint(height - self.size + 1, ()))`, and `left` likewise. The line with `self.rng` goes.",
    ),
    examples=[],
    fresh=lambda rng: [case(height=6, width=7, size=4, seed=int(rng.integers(1, 10_000)))],
    probe=crops,
    shown_call=lambda name, args, kwargs: (
        f"{name}(‹images of {kwargs['height']}×{kwargs['width']}›, {kwargs['size']})"),
)


@exercise.reference
class RandomCrops(Dataset):
    def __init__(self, images, size):
        self.images, self.size = images, size

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        height, width = self.images.shape[2:]
        top = int(torch.randint(height - self.size + 1, ()))
        left = int(torch.randint(width - self.size + 1, ()))
        return self.images[index, :, top:top + self.size, left:left + self.size]


class _Crops(Dataset):
    """All but the drawing of the place."""

    def __init__(self, images, size):
        self.images, self.size = images, size

    def __len__(self):
        return len(self.images)

    def place(self, index, rows, columns):
        raise NotImplementedError

    def __getitem__(self, index):
        height, width = self.images.shape[2:]
        top, left = self.place(index, height - self.size + 1, width - self.size + 1)
        return self.images[index, :, top:top + self.size, left:left + self.size]


@exercise.alternative
class SeededByPythonOrNumpy(_Crops):
    def place(self, index, rows, columns):
        return random.randrange(rows), np.random.randint(columns)


@exercise.alternative
class OneGeneratorPerWorker(_Crops):
    def __init__(self, images, size):
        super().__init__(images, size)
        self.seed = self.rng = None

    def place(self, index, rows, columns):
        if self.seed != torch.initial_seed():  # another process, or another epoch
            self.seed = torch.initial_seed()
            self.rng = np.random.default_rng(self.seed)
        return int(self.rng.integers(rows)), int(self.rng.integers(columns))


@exercise.alternative
class WithTorchvision(_Crops):
    def __getitem__(self, index):
        from torchvision.transforms import v2

        return v2.RandomCrop(self.size)(self.images[index])


@exercise.starter
@exercise.mistake(
    "The generator is made once, in the main process, and each worker gets a copy of it, in the same state: all "
    "workers draw the same places, and the same again in the next epoch. Draw from PyTorch's own generator, which "
    "has a seed of its own in each worker: `torch.randint`."
)
class SharedGenerator(Dataset):
    """Random windows (C, size, size) of images (N, C, H, W)."""

    def __init__(self, images, size):
        self.images, self.size = images, size
        self.rng = np.random.default_rng(0)

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        height, width = self.images.shape[2:]
        top = int(self.rng.integers(height - self.size + 1))
        left = int(self.rng.integers(width - self.size + 1))
        return self.images[index, :, top:top + self.size, left:left + self.size]


@exercise.mistake(
    "The workers differ now, and the epochs don't: seeded with the worker's number alone, each begins every epoch in "
    "the same place. `get_worker_info().seed` is another one in each epoch; simpler, draw with `torch.randint`."
)
class SeededByNumber(_Crops):
    def place(self, index, rows, columns):
        info = get_worker_info()
        number = info.id if info else -1
        if getattr(self, "number", None) != number:
            self.number, self.rng = number, np.random.default_rng(number + 1)
        return int(self.rng.integers(rows)), int(self.rng.integers(columns))


@exercise.mistake(
    "A new generator without a seed for every item: the windows are random, and no seed brings them back. An error "
    "that shows once can't be looked into. Draw with `torch.randint`, which follows `torch.manual_seed`."
)
class NeverTheSameAgain(_Crops):
    def place(self, index, rows, columns):
        rng = np.random.default_rng()
        return int(rng.integers(rows)), int(rng.integers(columns))


@exercise.mistake(
    "Seeded with the index, an image is cut at one and the same place for ever. Then the crop is no augmentation: draw "
    "with `torch.randint`."
)
class SeededByIndex(_Crops):
    def place(self, index, rows, columns):
        rng = np.random.default_rng(index)
        return int(rng.integers(rows)), int(rng.integers(columns))


@exercise.mistake(
    "A worker cuts every image at the same place, at every reading. Either nothing is drawn any more, or a generator "
    "is made anew for each item, with the same seed. Draw from one that goes on: `torch.randint`."
)
class AlwaysTheSamePlace(_Crops):
    def place(self, index, rows, columns):
        return rows // 2, columns // 2


@exercise.mistake(
    "The last row and column are never reached: `torch.randint(n, ())` stops before n, so there have to be "
    "`height - size + 1` places."
)
class EdgeNeverReached(_Crops):
    def place(self, index, rows, columns):
        return int(torch.randint(rows - 1, ())), int(torch.randint(columns - 1, ()))
