"""A split into training and validation rows, stratified and repeatable."""

import math
import random

import torch
from torch.utils.data import Subset, random_split

from course_utils.exercise import Exercise, case
from course_utils.probes.loader import halves


def _case(rng, counts, fraction, classes=range(4)):
    labels = torch.from_numpy(rng.permutation([c for c, n in zip(classes, counts, strict=False) for _ in range(n)]))
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
    # Rows of a class that end in .25, .5 (rounded to the even number) and .75, that round to 0, and none to round;
    # labels that don't count from 0, and are larger than the number of rows.
    fresh=lambda rng: [_case(rng, [41, 10, 7, 1], 0.25), _case(rng, [22, 33, 16, 14], 0.3),
                       _case(rng, [18, 21], 0.5, classes=[3, 60])],
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
def by_shuffled_rows(dataset, fraction, seed):
    labels = [int(dataset[row][1]) for row in range(len(dataset))]
    order = torch.randperm(len(dataset), generator=torch.Generator().manual_seed(seed)).tolist()
    validation = []
    for label in sorted(set(labels)):
        rows = [row for row in order if labels[row] == label]
        validation += rows[:round(fraction * len(rows))]
    chosen = set(validation)
    return Subset(dataset, [row for row in order if row not in chosen]), Subset(dataset, validation)


@exercise.mistake(
    "How many rows of a class go to validation is left to chance here: it changes with the seed, and a rare class may "
    "get too many rows, or none. Split each class separately."
)
def not_stratified(dataset, fraction, seed):
    return random_split(dataset, [1 - fraction, fraction], torch.Generator().manual_seed(seed))


def _split(dataset, fraction, seed, cut=round, shuffle=True):
    """The reference with another way to cut a class."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.tensor([label for _, label in dataset])
    train_rows, val_rows = [], []
    for label in labels.unique():
        rows = (labels == label).nonzero().flatten()
        rows = (rows[torch.randperm(len(rows), generator=generator)] if shuffle else rows).tolist()
        number = cut(fraction * len(rows))
        val_rows += rows[:number]
        train_rows += rows[number:]
    return Subset(dataset, train_rows), Subset(dataset, val_rows)


@exercise.mistake(
    "You take the first rows of each class, whatever the seed. Files are often sorted by date or place, and then the "
    "two parts differ. Shuffle each class's rows first."
)
def not_shuffled(dataset, fraction, seed):
    return _split(dataset, fraction, seed, shuffle=False)


@exercise.mistake(
    "You round down, so a class may have one validation row too few: of 7 rows, a fraction of 0.25 is 1.75, and "
    "`round` makes it 2."
)
def rounded_down(dataset, fraction, seed):
    return _split(dataset, fraction, seed, int)


@exercise.mistake(
    "You round up, so a class may have one validation row too many: of 41 rows, a fraction of 0.25 is 10.25, and "
    "`round` makes it 10."
)
def rounded_up(dataset, fraction, seed):
    return _split(dataset, fraction, seed, math.ceil)


@exercise.mistake(
    "Halves are rounded up here. The exercise asks for Python's `round(fraction * rows)`, which takes the even "
    "neighbour: `round(2.5)` is 2."
)
def half_up(dataset, fraction, seed):
    return _split(dataset, fraction, seed, lambda rows: int(rows + 0.5))


@exercise.mistake(
    "Every class gets at least one validation row. But of a single row, a fraction of 0.25 rounds to 0: the exercise "
    "asks for `round(fraction * rows)`, with no minimum."
)
def at_least_one(dataset, fraction, seed):
    return _split(dataset, fraction, seed, lambda rows: max(1, round(rows)))


@exercise.mistake(
    "Two calls with the same seed gave two different splits, so a row you trained on yesterday may validate today. "
    "Whatever draws has to start from the seed in every call, for example `torch.Generator().manual_seed(seed)`, made "
    "inside the function."
)
def not_seeded(dataset, fraction, seed):
    return train_val_split(dataset, fraction, int(torch.randint(1 << 30, ())))


@exercise.mistake(
    "You swapped the two parts: `fraction` is the share of the validation part, and the training part comes first."
)
def swapped(dataset, fraction, seed):
    return train_val_split(dataset, fraction, seed)[::-1]


@exercise.mistake(
    "The training part is the whole dataset, so the validation rows are among the training rows. Then validation "
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
    "Two seeds give the same split, although the rows are drawn. Draw from a generator that starts from the `seed` "
    "you are given: `torch.Generator().manual_seed(seed)`."
)
def always_the_same_seed(dataset, fraction, seed):
    return train_val_split(dataset, fraction, 0)


@exercise.mistake(
    "Not every dataset has `.targets`; a `TensorDataset` and a `Subset` don't. All you know is that an item is "
    "(x, label): read the labels with `[label for _, label in dataset]`."
)
def reads_targets(dataset, fraction, seed):
    labels = torch.as_tensor(dataset.targets)
    return _split(list(zip(labels, labels, strict=True)), fraction, seed)


@exercise.mistake(
    "`randperm(n)` numbers the rows within a class, from 0. Which rows of the dataset they are is written in the list "
    "of that class's rows: `rows[torch.randperm(len(rows))]`.", shown_by=lambda code: code.calls("randperm") > 0)
def places_for_rows(dataset, fraction, seed):
    generator = torch.Generator().manual_seed(seed)
    labels = torch.tensor([label for _, label in dataset])
    train_rows, val_rows = [], []
    for count in torch.bincount(labels).tolist():
        order = torch.randperm(count, generator=generator).tolist()
        cut = round(fraction * count)
        val_rows += order[:cut]
        train_rows += order[cut:]
    return Subset(dataset, train_rows), Subset(dataset, val_rows)


exercise.does_the_same(kind="sign", line="labels = torch.tensor", because="Classes are only told apart.")
exercise.does_the_same(kind="swapped", line="train_rows, val_rows = [], []", because="Both start as empty lists.")
exercise.does_the_same(".tolist() →", line="randperm", because="A row number may be a tensor of shape ().")
exercise.does_the_same(kind="order of statements", because="No line here needs one that comes directly before it.")
exercise.does_the_same("→ row =", line="by_class.setdefault", because="`row` isn't used any more in this round.")
exercise.does_the_same("1 → -1", because="An item has two parts, so -1 is 1.")
exercise.does_the_same(kind="indentation", line="chosen =",
                       because="Each round makes a new one, and the last one counts.")
exercise.does_the_same("int → float", "int → round", "int(dataset[row][1]) → dataset[row][1]",
                       because="The label is an int already, and 2.0 is the same key as 2.")
exercise.does_the_same("sorted(set(labels)) → set(labels)", because="Any order of the classes gives a random split.")
exercise.does_the_same("set(validation) → validation", "chosen → validation",
                       because="A set is only quicker to search.")
exercise.does_the_same("dataset → labels", line="randperm", because="There is one label for each row.")
