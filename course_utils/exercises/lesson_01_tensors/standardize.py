"""Columns with mean 0 and standard deviation 1, and what becomes of a constant one."""

import torch

from course_utils.exercise import Exercise, case


def _constant(rng):
    x = torch.from_numpy(rng.normal(3, 2, size=(6, 3))).float()
    x[:, int(rng.integers(3))] = float(rng.integers(1, 9))
    return x


exercise = Exercise(
    name="standardize",
    points=3,
    objective="Reduce over the right dimension, and broadcast the result back.",
    hints=(
        "`x` has one row per example and one column per feature. Each column needs its own mean: which dimension has "
        "to disappear for that?",
        "`x.mean(dim=0)` has the shape (columns,), and `x - x.mean(dim=0)` lines up with the columns. `x.std(dim=0)` "
        "goes the same way.",
        "A constant column has standard deviation 0, and 0 / 0 is nan. Divide by 1 there: "
        "`torch.where(std == 0, 1.0, std)`.",
    ),
    examples=lambda: [
        case(torch.tensor([[1.0, 10.0], [2.0, 20.0], [6.0, 60.0]])),
        case(torch.tensor([[1.0, 7.0], [3.0, 7.0], [5.0, 7.0]]), part="a constant column"),
    ],
    fresh=lambda rng: [
        case(torch.from_numpy(rng.normal(50, 20, size=(7, 4))).float()),
        case(_constant(rng), part="a constant column"),
    ],
    parts={"": 2, "a constant column": 1},
    rtol=1e-3,
    atol=1e-4,
)


@exercise.reference
def standardize(x):
    mean, std = x.mean(dim=0), x.std(dim=0)
    return (x - mean) / torch.where(std == 0, 1.0, std)


@exercise.alternative
def nan_to_zero(x):
    centred = x - x.sum(0, keepdim=True) / len(x)
    std = (centred.square().sum(0) / (len(x) - 1)).sqrt()
    return torch.nan_to_num(centred / std, nan=0.0)


@exercise.alternative
def column_by_column(x):
    y = torch.zeros_like(x)
    for j in range(x.shape[1]):
        if x[:, j].std() > 0:
            y[:, j] = (x[:, j] - x[:, j].mean()) / x[:, j].std()
    return y


@exercise.mistake(
    "You averaged over the columns, so each row got mean 0. Each *column* is a feature: reduce over `dim=0`."
)
def over_the_rows(x):
    std = x.std(dim=1, keepdim=True)
    return (x - x.mean(dim=1, keepdim=True)) / torch.where(std == 0, 1.0, std)


@exercise.mistake(
    "One mean and one standard deviation for the whole table: `x.mean()` without a `dim` reduces everything. Each "
    "column needs its own."
)
def over_everything(x):
    return (x - x.mean()) / x.std()


@exercise.mistake(
    "A constant column came out as nan: its standard deviation is 0, and 0 / 0 has no value. Such a column carries no "
    "information; let it be all zeros."
)
def nan_in_constant_column(x):
    return (x - x.mean(dim=0)) / x.std(dim=0)


@exercise.mistake("You centred the columns, and did not scale them. Divide by `x.std(dim=0)` too.")
def not_scaled(x):
    return x - x.mean(dim=0)


@exercise.mistake(
    "`/` comes before `-`, so you divided only the mean. Put the difference into brackets: `(x - mean) / std`."
)
def brackets_missing(x):
    return x - x.mean(dim=0) / x.std(dim=0)


@exercise.mistake("You divided by the variance. The standard deviation, its square root, is `x.std(dim=0)`.")
def by_variance(x):
    var = x.var(dim=0)
    return (x - x.mean(dim=0)) / torch.where(var == 0, 1.0, var)


@exercise.mistake(
    "You scaled each column to [0, 1] by its smallest and largest value. That is another kind of scaling; this one "
    "wants mean 0 and standard deviation 1."
)
def min_max(x):
    low, high = x.min(dim=0).values, x.max(dim=0).values
    return (x - low) / torch.where(high == low, 1.0, high - low)


@exercise.mistake(
    "You divided by n, where `x.std(dim=0)` divides by n - 1. Both are in use, NumPy's `std` does the first; here it "
    "is PyTorch's default (`correction=1`)."
)
def population_std(x):
    std = x.std(dim=0, correction=0)
    return (x - x.mean(dim=0)) / torch.where(std == 0, 1.0, std)


@exercise.mistake("You changed the caller's tensor: `-=` and `/=` work in place. Write `x = x - mean` instead.")
def changes_input(x):
    x -= x.mean(dim=0)
    std = x.std(dim=0)
    x /= torch.where(std == 0, 1.0, std)
    return x
