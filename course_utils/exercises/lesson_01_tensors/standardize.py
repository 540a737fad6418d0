"""Standardize columns to mean 0 and standard deviation 1; map constant columns to 0."""

import functools

import torch

from course_utils.exercise import Exercise, case


def _table(rng, rows):
    scales = torch.tensor([20.0, 1.0, 0.05, 3.0])
    return (torch.from_numpy(rng.normal(size=(rows, 4))) * scales + 5 * scales).float()


def _constant(rng, rows, value):
    x = torch.from_numpy(rng.normal(3, 2, size=(rows, 3))).float()
    x[:, int(rng.integers(3))] = value
    return x


exercise = Exercise(
    name="standardize",
    points=3,
    objective="Reduce over the right dimension, and broadcast the result back.",
    hints=(
        "`x` has one row per example and one column per feature. Each column needs its own mean: which dimension has "
        "to disappear for that?",
        "`x.mean(dim=0)` has shape (columns,), so in `x - x.mean(dim=0)` it lines up with the columns. `x.std(dim=0)` "
        "works the same way.",
        "In a constant column you'd divide 0 by 0, or one rounding error by another. Find it by its values, "
        "`constant = (x == x[0]).all(dim=0)`, and divide by 1 there: `torch.where(constant, 1.0, std)`.",
    ),
    examples=lambda: [
        case(torch.tensor([[1.0, 10.0], [2.0, 20.0], [6.0, 60.0]])),
        case(torch.tensor([[1.0, 7.0], [3.0, 7.0], [5.0, 7.0]]), part="a constant column"),
        case(torch.full((10, 1), 0.1), part="a constant column"),  # its computed std is 8e-9
    ],
    fresh=lambda rng: [
        case(_table(rng, 7)),
        case(_table(rng, 4)),  # as many rows as columns
        case(_constant(rng, 6, float(rng.integers(1, 9))), part="a constant column"),
        case(_constant(rng, 5, 0.0), part="a constant column"),
        case(torch.full((int(rng.integers(7, 11)), 1), 0.1), part="a constant column"),
    ],
    parts={"": 2, "a constant column": 1},
    rtol=1e-3,
    atol=1e-2,  # a threshold of 1e-6 on the standard deviation leaves up to 0.007 in a column of 0.1s, and that will do
)


@exercise.reference
def standardize(x):
    mean, std = x.mean(dim=0), x.std(dim=0)
    constant = (x == x[0]).all(dim=0)  # a computed std of equal numbers is not always exactly 0
    return (x - mean) / torch.where(constant, 1.0, std)


@exercise.alternative
def with_a_threshold(x):
    centred = x - x.sum(0, keepdim=True) / len(x)
    std = (centred.square().sum(0) / (len(x) - 1)).sqrt()
    return torch.where(std < 1e-6, 0.0, centred / std)


@exercise.alternative
def column_by_column(x):
    y = torch.zeros_like(x)
    for j in range(x.shape[1]):
        if x[:, j].max() > x[:, j].min():
            y[:, j] = (x[:, j] - x[:, j].mean()) / x[:, j].std()
    return y


def _on_other_columns(wrong):
    """Apply a slip only to tables without a constant column, whatever the answer does with those that have one."""
    @functools.wraps(wrong)
    def answer(x):
        return standardize(x) if (x == x[0]).all(dim=0).any() else wrong(x)

    return answer


@exercise.mistake(
    "You averaged over the columns, so each row got mean 0. Each *column* is a feature: reduce over `dim=0`."
)
@_on_other_columns
def over_the_rows(x):
    return (x - x.mean(dim=1, keepdim=True)) / x.std(dim=1, keepdim=True)


@exercise.mistake(
    "What you subtract or divide by has one number for each *row*, as a reduction over `dim=1` gives, and that doesn't "
    "line up with the columns. Each column is a feature: reduce over `dim=0`.",
    shown_by=lambda code: any(map(code.has, ("x.mean(dim=1)", "x.mean(1)", "x.mean(dim=-1)", "x.mean(-1)",
                                             "x.mean(axis=1)", "torch.mean(x, dim=1)", "torch.mean(x, 1)"))),
)
@_on_other_columns
def over_the_rows_without_keepdim(x):
    return (x - x.mean(dim=1)) / x.std(dim=1)


@exercise.mistake(
    "You used one mean and one standard deviation for the whole table, as `x.mean()` without a `dim` gives. Each "
    "column needs its own."
)
@_on_other_columns
def over_everything(x):
    return (x - x.mean()) / x.std()


@exercise.mistake(
    "Each column is centred by its own mean, but you divided all of them by one standard deviation, that of the whole "
    "table. Each column needs its own: `x.std(dim=0)`."
)
@_on_other_columns
def std_of_everything(x):
    return (x - x.mean(dim=0)) / x.std()


@exercise.mistake(
    "A constant column came out as nan: its standard deviation is 0, and 0 / 0 has no value. Such a column carries no "
    "information; let it be all zeros."
)
def nan_in_constant_column(x):
    return (x - x.mean(dim=0)) / x.std(dim=0)


@exercise.mistake(
    "Most constant columns come out as zeros, but one of 0.1s doesn't. Its computed mean is off by a rounding error, "
    "so its computed standard deviation is tiny rather than 0. Compare the values themselves: `(x == x[0]).all(dim=0)`."
)
def exactly_zero(x):
    mean, std = x.mean(dim=0), x.std(dim=0)
    return (x - mean) / torch.where(std == 0, 1.0, std)


@exercise.mistake(
    "Adding 1e-8 to the standard deviation keeps 0 / 0 away, but in a column of 0.1s the computed standard deviation "
    "is a rounding error of about 1e-8 itself, so the result isn't 0. Compare the values: `(x == x[0]).all(dim=0)`.",
    shown_by=lambda code: code.has("1e-8"),
)
def plus_epsilon(x):
    return (x - x.mean(dim=0)) / (x.std(dim=0) + 1e-8)


@exercise.mistake("You centred the columns but didn't scale them. Divide by `x.std(dim=0)` as well.")
@_on_other_columns
def not_scaled(x):
    return x - x.mean(dim=0)


@exercise.mistake("You scaled the columns but didn't centre them. Subtract `x.mean(dim=0)` first.")
@_on_other_columns
def not_centred(x):
    return x / x.std(dim=0)


@exercise.mistake(
    "Division comes before subtraction, so you divided only the mean. Put the difference in parentheses: "
    "`(x - mean) / std`.",
    shown_by=lambda code: code.operator("/") or code.calls("div") > 0,
)
@_on_other_columns
def brackets_missing(x):
    return x - x.mean(dim=0) / x.std(dim=0)


@exercise.mistake("You divided by the variance. The standard deviation is its square root, `x.std(dim=0)`.")
@_on_other_columns
def by_variance(x):
    return (x - x.mean(dim=0)) / x.var(dim=0)


_HALF = ("`variance ** 1/2` is `(variance ** 1) / 2`, half the variance, since a power binds tighter than a division. "
         "Write `variance ** 0.5`, or take `x.std(dim=0)`.")
_SHOWN_HALF = "You divided by half the variance. The standard deviation is the variance's square root, `x.std(dim=0)`."


@exercise.mistake(_HALF, shown_by=lambda code: code.divides_a_power(), otherwise=_SHOWN_HALF)
@_on_other_columns
def by_half_the_variance(x):
    return (x - x.mean(dim=0)) / (x.var(dim=0) ** 1/2)


@exercise.mistake(_HALF, shown_by=lambda code: code.divides_a_power(), otherwise=_SHOWN_HALF)
@_on_other_columns
def by_half_the_mean_square(x):
    centred = x - x.mean(dim=0)
    return centred / ((centred ** 2).mean(dim=0) ** 1/2)


@exercise.mistake(
    "You scaled each column to [0, 1] by its smallest and largest value. That is another kind of scaling; this "
    "exercise asks for mean 0 and standard deviation 1."
)
@_on_other_columns
def min_max(x):
    low, high = x.min(dim=0).values, x.max(dim=0).values
    return (x - low) / (high - low)


@exercise.mistake(
    "Your standard deviation divides by n, but `x.std(dim=0)` divides by n - 1. Both are in use (NumPy's `std` divides "
    "by n); this exercise uses PyTorch's default, `correction=1`."
)
@_on_other_columns
def population_std(x):
    return (x - x.mean(dim=0)) / x.std(dim=0, correction=0)


@exercise.mistake(
    "Your result is right, but the caller's tensor has changed. `-=`, `/=` and methods that end in an underscore work "
    "in place. Make new tensors instead, as in `x = x - mean`."
)
@_on_other_columns
def changes_input(x):
    x -= x.mean(dim=0)
    x /= x.std(dim=0)
    return x
