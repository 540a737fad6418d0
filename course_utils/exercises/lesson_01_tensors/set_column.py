"""Repair: a function that changes its caller's tensor."""

import torch

from course_utils.exercise import Exercise, case

exercise = Exercise(
    name="set_column",
    points=3,
    objective="Change a copy, and leave the caller's tensor alone.",
    hints=(
        "Run the function on a small tensor, then print the tensor that you passed in. Whose data did it write to?",
        "`y = x` gives the same tensor a second name. Which method makes a tensor with its own memory?",
        "`y = x.clone()` first; then `y[:, j] = value`, and return `y`.",
    ),
    examples=lambda: [case(torch.zeros(2, 3), 1, 5.0), case(torch.arange(6).reshape(3, 2), -1, 9)],
    fresh=lambda rng: [
        case(torch.from_numpy(rng.normal(size=(4, 5))).float(), int(rng.integers(5)), float(rng.integers(2, 9))),
    ],
)


@exercise.reference
def set_column(x, j, value):
    y = x.clone()
    y[:, j] = value
    return y


@exercise.alternative
def with_where(x, j, value):
    column = torch.zeros(x.shape[1], dtype=torch.bool)
    column[j] = True
    return torch.where(column, torch.tensor(value, dtype=x.dtype), x)


@exercise.alternative
def with_index_fill(x, j, value):
    return x.index_fill(1, torch.tensor(j % x.shape[1]), value)


@exercise.starter
@exercise.mistake(
    "Your result is right, and the caller's tensor was changed along with it: assigning to `x[:, j]` writes into the "
    "memory of `x`. (So does assigning through `y = x`, `y = x[:]` or `x.numpy()`: all of them look at the same "
    "numbers.) Copy first, with `x.clone()`."
)
def in_place(x, j, value):
    """A tensor (rows, columns) like x, with column j filled with value."""
    x[:, j] = value
    return x


@exercise.mistake("`x[j]` is row j. A column is `x[:, j]`: everything in the first dimension, index j in the second.")
def row_instead(x, j, value):
    y = x.clone()
    y[j] = value
    return y


@exercise.mistake("You changed a copy, and returned the original. Return the copy.")
def returns_original(x, j, value):
    y = x.clone()
    y[:, j] = value
    return x


@exercise.mistake("You returned the column alone. The whole tensor is wanted, with that one column replaced.")
def only_the_column(x, j, value):
    y = x.clone()
    y[:, j] = value
    return y[:, j]


@exercise.mistake("The function returns nothing. Changing a tensor is not enough: `return` the new one.")
def returns_nothing(x, j, value):
    y = x.clone()
    y[:, j] = value
