"""A split into training and validation rows, stratified and repeatable."""

import random

import torch
from torch.utils.data import Subset, random_split

from course_utils.exercise import Exercise, case
from course_utils.probes.loader import halves


def _case(rng, counts, fraction):
    labels = torch.from_numpy(rng.permutation([c for c, n in enumerate(counts) for _ in range(n)]))
    return case(labels, fraction, int(rng.integers(1000)))


exercise = Exercise(
    name="train_val_split",
    points=3,
    objective="Split so that both parts are alike, and the same again tomorrow.",
    hints=(
        "Split each class by itself: collect its rows, shuffle them, and give the first `fraction` of them to "
        "validation.",
        "`labels = torch.tensor([label for _, label in dataset])`; the rows of class c are "
        "`(labels == c).nonzero().flatten()`. Shuffle with `torch.randperm(len(rows), generator=generator)`.",
        "Make one `generator = torch.Generator().manual_seed(seed)` for all classes, collect row numbers in two lists, "
        "and return `Subset(dataset, train_rows), Subset(dataset, val_rows)`.",
    ),
    examples=[],
    fresh=lambda rng: [_case(rng, [40, 8, 16], 0.25), _case(rng, [50, 30, 20, 10], 0.2)],
    probe=halves,
    shown_call=lambda name, args, kwargs: f"{name}(‹dataset of {len(args[0])} rows›, {args[1]}, {args[2]})",
)


@exercise.reference
def train_val_split(dataset, fraction, seed):
    generator = torch.Generator().manual_seed(seed)
    labels = torch.tensor([label for _, label in dataset])
    train_rows, val_rows = [], []
    for label in labels.unique():
        rows = (labels == label).nonzero().flatten()
        rows = rows[torch.randperm(len(rows), generator=generator)].tolist()
        cut = round(fraction * len(rows))
        val_rows += rows[:cut]
        train_rows += rows[cut:]
    return Subset(dataset, train_rows), Subset(dataset, val_rows)


@exercise.alternative
def with_python(dataset, fraction, seed):
    draw = random.Random(seed)
    by_class = {}
    for row in range(len(dataset)):
        by_class.setdefault(int(dataset[row][1]), []).append(row)
    chosen = {row for rows in by_class.values() for row in draw.sample(rows, round(len(rows) * fraction))}
    rest = [row for row in range(len(dataset)) if row not in chosen]
    return Subset(dataset, rest), Subset(dataset, sorted(chosen))


@exercise.alternative
def class_by_class(dataset, fraction, seed):
    generator = torch.Generator().manual_seed(seed)
    labels = torch.as_tensor(dataset.targets)
    halves = [random_split(Subset(dataset, (labels == c).nonzero().flatten().tolist()), [1 - fraction, fraction],
                           generator) for c in labels.unique()]
    return tuple(torch.utils.data.ConcatDataset(part) for part in zip(*halves, strict=True))


@exercise.mistake(
    "The split is random and not stratified: by chance a rare class has too many validation rows, or none. Split each "
    "class by itself."
)
def not_stratified(dataset, fraction, seed):
    return random_split(dataset, [1 - fraction, fraction], torch.Generator().manual_seed(seed))


@exercise.mistake(
    "You take the first rows of each class, whatever the seed. Files are often sorted by date or place, and then the "
    "two parts differ. Shuffle each class's rows first."
)
def not_shuffled(dataset, fraction, seed):
    labels = torch.as_tensor(dataset.targets)
    parts = [(labels == c).nonzero().flatten().tolist() for c in labels.unique()]
    cuts = [round(fraction * len(rows)) for rows in parts]
    return (Subset(dataset, [row for rows, cut in zip(parts, cuts, strict=True) for row in rows[cut:]]),
            Subset(dataset, [row for rows, cut in zip(parts, cuts, strict=True) for row in rows[:cut]]))


@exercise.mistake(
    "The seed is not used, so every call gives another split. Then a row you trained on yesterday validates today. "
    "Draw from `torch.Generator().manual_seed(seed)`."
)
def not_seeded(dataset, fraction, seed):
    return train_val_split(dataset, fraction, int(torch.randint(1 << 30, ())))


@exercise.mistake("The parts have changed places: `fraction` is the share to validate on, and training comes first.")
def swapped(dataset, fraction, seed):
    return train_val_split(dataset, fraction, seed)[::-1]


@exercise.mistake(
    "Validation rows are still among the training rows: you returned the whole dataset to train on. Then validation "
    "measures what was learned by heart."
)
def overlapping(dataset, fraction, seed):
    return dataset, train_val_split(dataset, fraction, seed)[1]


@exercise.mistake(
    "These are row numbers. Wrap them, so that a DataLoader can use them: `Subset(dataset, rows)`."
)
def row_numbers(dataset, fraction, seed):
    return tuple(part.indices for part in train_val_split(dataset, fraction, seed))


@exercise.mistake(
    "The rows are drawn, with a seed of your own and not with the one that you are given: two seeds give the same "
    "split. Say `torch.Generator().manual_seed(seed)`."
)
def always_the_same_seed(dataset, fraction, seed):
    return train_val_split(dataset, fraction, 0)


@exercise.mistake(
    "`randperm(n)` numbers the rows within a class, from 0. Which rows of the dataset they are is written in the list "
    "of that class's rows: `rows[torch.randperm(len(rows))]`."
)
def places_for_rows(dataset, fraction, seed):
    generator = torch.Generator().manual_seed(seed)
    labels = torch.as_tensor(dataset.targets)
    train_rows, val_rows = [], []
    for count in torch.bincount(labels).tolist():
        order = torch.randperm(count, generator=generator).tolist()
        cut = round(fraction * count)
        val_rows += order[:cut]
        train_rows += order[cut:]
    return Subset(dataset, train_rows), Subset(dataset, val_rows)
