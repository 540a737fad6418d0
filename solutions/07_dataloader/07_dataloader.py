# ---
# jupyter:
#   jupytext:
#     cell_metadata_filter: exercise,check,demo,tags,nbgrader,-all
#     notebook_metadata_filter: -jupytext.text_representation.jupytext_version
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lesson 7 · The DataLoader
#
# In lesson 6 a dataset gave one image at a time. A network is trained on batches: so many examples at once, in a new
# order in each epoch, and fast enough that the network never waits. A `DataLoader` does all that. It is a small machine
# with many switches, and most of them can be set wrongly without any error. This lesson turns each of them once.
#
# At the end you will be able to
#
# - write a Dataset of your own, for a table and for images;
# - say what `shuffle`, `drop_last`, `generator`, `sampler` and `collate_fn` do to a batch;
# - split data so that the parts are alike, and the same again tomorrow;
# - use workers without spoiling randomness, and find out whether they pay.
#
# About {minutes} minutes, {exercises}, {points}.

# %%
from course_utils import check, hint, progress, solution, start

import time

import numpy as np
import pandas as pd
import torch
from torch.utils.data import (
    DataLoader, Dataset, Subset, TensorDataset, WeightedRandomSampler, random_split,
)
from torchvision.transforms import v2

from course_utils.data import cifar10
from course_utils.data.workers import CopiedGenerator, usable_workers
from course_utils.figures import explore, show
from course_utils.figures.loader import ORDERS, batches_of_rows, speeds

start("07_dataloader")


# %% [markdown]
# ## A Dataset is two methods
#
# Anything with a length and an index can be loaded. `__len__` says how many examples there are, `__getitem__` gives the
# one with a certain index. Here is a dataset of numbers and their squares; nothing of it is stored.

# %%
class Squares(Dataset):
    """Item i is (i, i²), both float tensors of shape ()."""

    def __init__(self, length):
        self.length = length

    def __len__(self):
        return self.length

    def __getitem__(self, index):
        x = torch.tensor(float(index))
        return x, x**2


squares = Squares(10)
print(len(squares), squares[3])


# %% [markdown]
# ### Exercise · A table as a Dataset
#
# Write `TableDataset(path)`. The file is a CSV with a header; all columns are numbers, the last one is the target. An
# item is a pair: the features, a float32 tensor of shape (columns − 1,), and the target, a float32 tensor of shape ().
# Of the file
#
# ```
# height,age,weight
# 1.7,30,65.5
# ```
#
# item 0 is `(tensor([1.7, 30.0]), tensor(65.5))`. Read the file once, when the dataset is made.
#
# The cell below each exercise checks your answer. `hint("TableDataset")` gives a hint, the next call a stronger one;
# `solution("TableDataset")` opens once you have passed, or have tried three times.

# %% exercise="TableDataset"
class TableDataset(Dataset):
    """The rows of a CSV file as (features, target); the target is the last column."""

    def __init__(self, path):
        ...  ### SOLUTION

    def __len__(self):
        ...  ### SOLUTION

    def __getitem__(self, index):
        ...  ### SOLUTION


# %% check="TableDataset"
check(TableDataset)


# %% [markdown]
# Where the data are tensors already, `TensorDataset(features, targets)` does this. You write your own where items have
# to be *made*: read from a file, decoded, changed at random.
#
# ### Exercise · Images with a transform
#
# Write `ImageTableDataset(images, labels, transform=None)`. `images` is a uint8 array (N, H, W, C), `labels` a list of
# N integers. An item is (image, label): the image a uint8 tensor (C, H, W), sent through the transform if there is one.
# The transform may be random. When is the right moment to call it?

# %% exercise="ImageTableDataset"
class ImageTableDataset(Dataset):
    """Images (N, H, W, C) and labels as pairs (tensor (C, H, W), label), each image transformed when it is read."""

    def __init__(self, images, labels, transform=None):
        ...  ### SOLUTION

    def __len__(self):
        ...  ### SOLUTION

    def __getitem__(self, index):
        ...  ### SOLUTION


# %% check="ImageTableDataset"
check(ImageTableDataset)

# %% [markdown]
# ## Batches
#
# The loader reads items and stacks them, each part by itself. **How many batches will there be, and what shapes has the
# last one?**

# %%
for x, y in DataLoader(squares, batch_size=4):
    print(tuple(x.shape), x.tolist(), y.tolist())

# %% [markdown]
# The loader is no list: it makes each batch when the loop asks for it, and begins anew with each `for`. To look at one
# batch, say `next(iter(loader))`.
#
# The figure shows one epoch over 30 rows of three classes, 20 common ones, 7 less common, 3 rare. Each line is a batch.
# Change one control at a time. **With which of them are there rows that are never seen? And rows that come twice?**

# %%
labels = [0] * 20 + [1] * 7 + [2] * 3


def draw(order, batch_size, drop_last, epoch):
    return batches_of_rows(labels, order, batch_size, drop_last, epoch)


explore(draw, alt=lambda order, batch_size, drop_last, epoch: (
            f"The batches of epoch {epoch} over 30 rows, {order}, in batches of {batch_size}"
            f"{', the rest dropped' if drop_last else ''}: one line of numbered squares for each batch."),
        order=list(ORDERS), batch_size=[4, 7, 8, 15], drop_last=False, epoch=(0, 9, 1))


# %% [markdown]
# ### Exercise · How many batches?
#
# Write `batches_per_epoch(n, batch_size, drop_last)`, an int, without making a loader: 10 rows in batches of 4 are 3
# batches, or 2 with `drop_last=True`.

# %% exercise="batches_per_epoch"
def batches_per_epoch(n, batch_size, drop_last):
    """The number of batches in which a DataLoader gives n rows, an int."""
    ...  ### SOLUTION


# %% check="batches_per_epoch"
check(batches_per_epoch)

# %% [markdown]
# When to drop the rest? In training, where a last batch of one row would upset batch norm (lesson 8); in a new order,
# other rows are dropped in each epoch. In a test, never.
#
# ## Order and chance
#
# `shuffle=True` draws a new order for each epoch. The order comes from a `generator`; seed it, and the whole sequence
# of epochs is the same again. **Which of these four lines will be equal?**

# %%
for seed in (0, 0):
    loader = DataLoader(range(8), batch_size=8, shuffle=True, generator=torch.Generator().manual_seed(seed))
    for epoch in range(2):
        print("seed", seed, "epoch", epoch, next(iter(loader)).tolist())


# %% [markdown]
# Without a generator the loader draws its seed from PyTorch's own, so `torch.manual_seed` decides, and with it
# everything else in the program that draws a random number. A generator of its own makes the order independent of the
# rest.
#
# ### Exercise · Why are they different?
#
# Two loaders, two first batches, and they are not alike. Which setting is to blame? Don't guess, measure.
#
# Write `why_different(dataset, one, other)`. `one` and `other` are dicts with the same four keys: `batch_size`,
# `shuffle`, `drop_last` and `seed`, of which the last is for the loader's generator. Return the list of those names
# which, *changed alone* from the value in `one` to the value in `other`, change the first batch. If `one` does not
# shuffle and `other` does, with another seed, the answer is `["shuffle"]`: without shuffling, a seed decides nothing. An
# item is a pair (x, y), so a batch is a list `[x, y]`; comparing `x` is enough. No rule replaces the comparison: the
# rows of a dataset may be all alike, and then no order changes the first batch. (Every loader here gives one.)

# %% exercise="why_different"
def why_different(dataset, one, other):
    """The names of the settings that, changed alone from one to other, change the first batch."""
    ...  ### SOLUTION


# %% check="why_different"
check(why_different)


# %% [markdown]
# ### Exercise · Mend the accuracy
#
# This function is to return the share of right predictions, between 0 and 1. A network that was right three times in
# four in training gets about a quarter here, which is what guessing one of four classes gives. The network is innocent.
# Find out what happened, and mend it.

# %% exercise="accuracy_of"
def accuracy_of(model, dataset, batch_size):
    """The share of the dataset's rows that the model predicts rightly, between 0 and 1."""
    ...  ### SOLUTION


# %% check="accuracy_of"
check(accuracy_of)

# %% [markdown]
# ## Examples that don't stack
#
# Sentences, sounds and walks have different lengths. **What will the loader say to these three?**

# %%
ragged = [(torch.tensor([1.0, 2.0, 3.0]), 0), (torch.tensor([4.0]), 1), (torch.tensor([5.0, 6.0]), 0)]
try:
    next(iter(DataLoader(ragged, batch_size=3)))
except RuntimeError as error:
    print(error)


# %% [markdown]
# Making a batch of a list of items is the job of `collate_fn`, and you can give your own: a function that takes the
# list and returns the batch.
#
# ### Exercise · Pad
#
# Write `pad_collate(batch)` for a list of pairs (sequence, label), the sequences float tensors of shape (length,). It
# returns three tensors: the sequences as rows (N, longest), filled up with zeros at the end; their true lengths (N,);
# the labels (N,). For the first two of the items above:
# `tensor([[1., 2., 3.], [4., 0., 0.]])`, `tensor([3, 1])`, `tensor([0, 1])`.

# %% exercise="pad_collate"
def pad_collate(batch):
    """Padded sequences (N, longest), lengths (N,) and labels (N,) of a list of (sequence, label)."""
    ...  ### SOLUTION


# %% check="pad_collate"
check(pad_collate)


# %% [markdown]
# ## Rare classes
#
# In the figure, *balanced sampler* drew each class about equally often: the three rare rows came again and again, and
# some common ones not at all in that epoch. A **sampler** is what yields the indices; `shuffle=True` is just the most
# usual one. (A loader takes either `shuffle` or a `sampler`.)
#
# ### Exercise · Balance
#
# Write `balanced_sampler(labels)` for an integer tensor (N,) of labels 0, 1, 2, …: it returns a sampler whose epoch is
# N draws, and which draws each class equally often, on average. `WeightedRandomSampler` does the drawing; think about
# the weights.

# %% exercise="balanced_sampler"
def balanced_sampler(labels):
    """A sampler with len(labels) draws an epoch, in which all classes are equally likely."""
    ...  ### SOLUTION


# %% check="balanced_sampler"
check(balanced_sampler)

# %% [markdown]
# A balanced sampler belongs to training only. A test has to look like the world, rare classes rare.
#
# ## Splitting
#
# `random_split` cuts a dataset in two, at random. A `Subset` is a dataset that shows only certain rows of another. With
# few rows of a class, chance is unkind: here are the validation sets of six seeds. **How many rare rows should each of
# them hold?**

# %%
thirty = TensorDataset(torch.arange(30), torch.tensor(labels))
for seed in range(6):
    _, validation = random_split(thirty, [0.67, 0.33], torch.Generator().manual_seed(seed))
    print("seed", seed, "rows by class", torch.bincount(torch.tensor(labels)[validation.indices], minlength=3).tolist())


# %% [markdown]
# A third of three is one. Seed 1 gave two to validation and left one to learn from; seed 5 gave none, so that nobody
# would find out how the network does on rare rows.
#
# ### Exercise · A stratified split
#
# Write `train_val_split(dataset, fraction, seed)`: it returns two datasets, to train on and to validate on. Of *each
# class*, `round(fraction * rows)` rows go to validation, chosen at random. The same seed always gives the same split,
# whatever was drawn before. An item of the dataset is (x, label), the label an integer.

# %% exercise="train_val_split"
def train_val_split(dataset, fraction, seed):
    """(training, validation) subsets; validation gets this fraction of each class."""
    ...  ### SOLUTION


# %% check="train_val_split"
check(train_val_split)

# %% [markdown]
# One thing a `Subset` cannot do: both parts share one dataset, and so one transform. To augment the training part
# alone, make the dataset twice, once with each transform, and take a subset of each with the same row numbers.
#
# ## Workers
#
# So far the loader did its work between the network's steps. With `num_workers=2`, two processes prepare batches while
# the network computes. Some places forbid that: small containers, some sandboxes. So ask first:

# %% tags=["nbval-ignore-output"]
workers = usable_workers(2)
print(workers.sentence)

# %% [markdown]
# Each worker has a *copy* of the dataset. That is harmless until the dataset holds something that changes, such as a
# random generator. `CopiedGenerator` makes one in its `__init__`, and draws a number for each item. With two workers,
# **what do you expect of their numbers?**

# %% tags=["nbval-ignore-output"]
dataset = CopiedGenerator(12)
for epoch in range(2):
    drawn = {}
    for number, values in DataLoader(dataset, batch_size=3, num_workers=workers.number):
        drawn.setdefault(int(number[0]), []).extend(values.tolist())
    for number, values in sorted(drawn.items()):
        print(f"epoch {epoch}, worker {number}: {values}")


# %% [markdown]
# The same numbers, in both workers and in both epochs. With crops instead of numbers, half of your augmentation is
# gone, and nothing tells you. (With `num_workers=0` there is one list, which goes on from epoch to epoch, and the fault
# stays hidden.)
#
# PyTorch takes care of *its* generator: in every worker and every epoch `torch.rand` and all of `torchvision` are
# seeded anew, each differently, from the loader's seed. Python's `random` and NumPy's global functions are, too. A
# generator of your own is your own affair.
#
# ### Exercise · Mend the crops
#
# `RandomCrops` cuts a random window out of each image. It has the fault that you have just seen. Fix it: the windows
# should differ between workers, epochs and repeated reads, and the same `torch.manual_seed` should bring back the same
# windows, with workers and without.

# %% exercise="RandomCrops"
class RandomCrops(Dataset):
    """Random windows (C, size, size) of images (N, C, H, W)."""
    ...  ### SOLUTION


# %% check="RandomCrops"
check(RandomCrops)

# %% [markdown]
# ## Where the time goes
#
# Do workers pay? They have to be started, and every batch has to come over from another process. Where items are made
# with much work, as photographs are, that is worth it; where they are ready in memory, it costs more than it saves. So
# measure your own case. Here: 160 images, enlarged to the size of a small photograph and augmented, and the same number
# of ready tensors. `persistent_workers=True` keeps the workers, and their copies, from one epoch to the next, and the
# second epoch is timed. **Which bars will be the longest, which the shortest?**

# %% demo=true tags=["nbval-ignore-output"]
augment = v2.Compose([v2.ToImage(), v2.Resize(112, antialias=True), v2.RandomCrop(96), v2.RandomHorizontalFlip(),
                      v2.ColorJitter(brightness=0.2), v2.ToDtype(torch.float32, scale=True)])
photographs = Subset(cifar10(train=True, transform=augment), range(160))
ready = TensorDataset(torch.rand(160, 3, 96, 96))


def images_per_second(dataset, num_workers):
    """Images per second in the second epoch, when the workers are running."""
    loader = DataLoader(dataset, batch_size=20, num_workers=num_workers, persistent_workers=num_workers > 0)
    for _ in loader:
        pass
    begin = time.perf_counter()
    for _ in loader:
        pass
    return len(dataset) / (time.perf_counter() - begin)


rates = {f"{name}, num_workers={number}": images_per_second(dataset, number)
         for name, dataset in (("photographs", photographs), ("ready tensors", ready))
         for number in sorted({0, workers.number})}
show(speeds(rates), alt="Bars: images per second by number of workers, for images that are augmented and for tensors "
     "that are ready in memory.")

# %% [markdown]
# Look at the two kinds apart: the scale is logarithmic, and each step on it is a factor of ten. What the workers do for
# the photographs depends on your cores and on what else they have to do. For the ready tensors they are in the way.
# Such data need no loader's help at all: shuffling row numbers and indexing, `x[rows]`, is faster still.
#
# Two more switches matter with a GPU. `pin_memory=True` puts batches where the GPU can fetch them by itself, and
# `batch.to(device, non_blocking=True)` lets it. Lesson 9 shows what such a copy is worth.
#
# On macOS and Windows, and with Python 3.14 on Linux too, a worker is a fresh Python that imports what it needs. It
# cannot import a class from a notebook, so write datasets for workers into a `.py` file.

# %% [markdown]
# ## What you have learned
#
# - A Dataset has `__len__` and `__getitem__`; transforms run when an item is read.
# - The last batch may be smaller. `drop_last=True` leaves it out: in training if you like, in a test never.
# - Order comes from a generator or a sampler. Keep predictions beside the labels of the same batch.
# - `collate_fn` makes a batch of items that don't stack.
# - Weights of a sampler belong to rows, not to classes. Split class by class, with a seed.
# - Workers get copies. Draw random numbers from PyTorch's generator, and measure before you add workers.

# %% tags=["nbval-ignore-output"]
progress()

# %% [markdown]
# ## Go further
#
# 1. **Batches of like lengths.** Padding wastes work where one sequence is much longer than the rest. Write a
#    `batch_sampler` that yields lists of rows of similar length, in random order, and count how many padded zeros it
#    saves on 1,000 sequences with lengths between 1 and 200.
# 2. **A stream.** An `IterableDataset` has no length and no index: think of a log that goes on for ever. Write one that
#    counts up from 0, load it with two workers, and find out why every number comes twice. `get_worker_info()` helps.
# 3. **The fastest loader is none.** Keep all images on one device as a uint8 tensor, and do shuffling, cropping and
#    mirroring for a whole batch at once with tensor operations. How many images a second do you get?
#
# In lesson 8 the batches meet a network that knows what an image is.
