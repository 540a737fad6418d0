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
    fresh=lambda rng: [case(height=6, width=7, size=4, seed=int(rng.integers(1, 10_000))),
                       case(height=5, width=20, size=5, seed=int(rng.integers(1, 10_000))),  # one row of places
                       case(height=3, width=4, size=1, seed=int(rng.integers(1, 10_000)))],
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
class ByRand(_Crops):
    def place(self, index, rows, columns):
        top, left = (torch.rand(2) * torch.tensor([rows, columns])).long().tolist()
        return top, left


@exercise.alternative
class WithTorchvision(_Crops):
    def __getitem__(self, index):
        from torchvision.transforms import v2

        return v2.RandomCrop(self.size)(self.images[index])


@exercise.starter
@exercise.mistake(
    "The generator is made once, in the main process, and each worker gets a copy of it, in the same state: all "
    "workers draw the same places, and the same again in the next epoch. Draw from PyTorch's own generator, which "
    "has a different seed in each worker: `torch.randint`.",
    shown_by=lambda code: any(map(code.names, ("default_rng", "RandomState", "Generator", "Random"))),
    otherwise="All workers cut the same windows, and the same again in the next epoch: whatever draws them starts in "
    "the same state in each worker. Draw from PyTorch's own generator, which has a different seed in each: "
    "`torch.randint`.",
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
    "The workers cut different windows now, but the epochs don't: each worker begins every epoch in the same state. "
    "PyTorch gives every worker a new seed in each epoch; simply draw with `torch.randint`."
)
class SeededByNumber(_Crops):
    def place(self, index, rows, columns):
        info = get_worker_info()
        number = info.id if info else -1
        if getattr(self, "number", None) != number:
            self.number, self.rng = number, np.random.default_rng(number + 1)
        return int(self.rng.integers(rows)), int(self.rng.integers(columns))


@exercise.mistake(
    "The windows are random, but no seed brings them back, so an error that shows once can't be looked into. Draw with "
    "`torch.randint`, which follows `torch.manual_seed`."
)
class NeverTheSameAgain(_Crops):
    def place(self, index, rows, columns):
        rng = np.random.default_rng()
        return int(rng.integers(rows)), int(rng.integers(columns))


WITHOUT_WORKERS = (
    "In workers this works. But without workers, `torch.manual_seed` doesn't bring the windows back, because they are "
    "not drawn from PyTorch's generator alone. Draw with `torch.randint`."
)


@exercise.mistake(WITHOUT_WORKERS)
class DrawnByPythonOrNumpy(_Crops):
    def place(self, index, rows, columns):
        return random.randrange(rows), np.random.randint(columns)


@exercise.mistake(
    "An image is cut at one and the same place in every reading. Then the crop is no augmentation: draw a new place in "
    "`__getitem__`, with `torch.randint`."
)
class SeededByIndex(_Crops):
    def place(self, index, rows, columns):
        rng = np.random.default_rng(index)
        return int(rng.integers(rows)), int(rng.integers(columns))


@exercise.mistake(
    "Every image is cut at the same place, in every reading. Draw a new place for each item, from a generator that "
    "goes on from item to item: `torch.randint`."
)
class AlwaysTheSamePlace(_Crops):
    def place(self, index, rows, columns):
        return rows // 2, columns // 2


EDGE = (
    "The last row and column are never reached. `torch.randint(n, ())` stops before n, so n should be "
    "`height - size + 1` for the rows and `width - size + 1` for the columns."
)


@exercise.mistake(EDGE)
class EdgeNeverReached(_Crops):
    def place(self, index, rows, columns):
        return int(torch.randint(rows - 1, ())), int(torch.randint(columns - 1, ()))


@exercise.mistake(EDGE)
class EdgeNeverReachedByOneOrMore(_Crops):
    def place(self, index, rows, columns):
        return int(torch.randint(max(rows - 1, 1), ())), int(torch.randint(max(columns - 1, 1), ()))


@exercise.mistake(
    "The windows are always as far from the top as from the left. Draw two numbers, one for the row and one for the "
    "column."
)
class OneDrawForBoth(_Crops):
    def place(self, index, rows, columns):
        number = int(torch.randint(rows, ()))
        return number, number


exercise.does_the_same("→ super().__init__()", because="`Dataset.__init__` does nothing.")
exercise.does_the_same(kind="order of statements", line="top = int(", because="Either number may be drawn first.")
exercise.does_the_same(kind="call dropped", line="torch.rand",
                       because="A tensor with one whole number will do as an index.")
exercise.does_the_same("long → int", because="Both round down to whole numbers.")
