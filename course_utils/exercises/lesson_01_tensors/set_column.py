"""Repair: a function that changes its caller's tensor."""

import torch

from course_utils.exercise import Exercise, case


def _table(rng, rows, columns):
    return torch.from_numpy(rng.normal(size=(rows, columns)))


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
        case(_table(rng, 4, 5).float(), int(rng.integers(5)), float(rng.integers(3, 9))),
        case(_table(rng, 3, 4), int(rng.integers(-4, 0)), float(rng.integers(3, 9))),  # float64 stays float64
        case(_table(rng, 1, 3).float(), 0, -4.0),
        case(torch.from_numpy(rng.integers(-5, 5, size=(3, 3))), 2, 0),
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
    "Your result is correct, but you also changed the caller's tensor: assigning to `x[:, j]` writes to the memory of "
    "`x`. (So does assigning through `y = x`, `y = x[:]` or `x.numpy()`; they all share it.) Make a copy first with "
    "`x.clone()`."
)
def in_place(x, j, value):
    """A tensor (rows, columns) like x, with column j filled with value."""
    x[:, j] = value
    return x


@exercise.mistake(
    "You changed the caller's tensor, and what you return is a copy from before that change. Fill the column of the "
    "copy instead: `y = x.clone()`, then `y[:, j] = value`."
)
def fills_x_returns_the_copy(x, j, value):
    y = x.clone()
    x[:, j] = value
    return y


@exercise.mistake("You filled row `j`, as `x[j]` does. A column is `x[:, j]`: every row, and index j in the second "
                  "dimension.")
def row_instead(x, j, value):
    y = x.clone()
    y[j] = value
    return y


@exercise.mistake("You filled the column before column `j`. Columns count from 0, so column j is `y[:, j]`.")
def counted_from_one(x, j, value):
    y = x.clone()
    y[:, j - 1] = value
    return y


@exercise.mistake(
    "Your result equals `x`: in the tensor that you return, no column is filled. Fill the column of a copy and return "
    "that copy."
)
def returns_original(x, j, value):
    y = x.clone()
    y[:, j] = value
    return x


@exercise.mistake("You returned the column alone. Return the whole tensor with that one column replaced.")
def only_the_column(x, j, value):
    y = x.clone()
    y[:, j] = value
    return y[:, j]


@exercise.mistake("You added `value` to the column. Fill the column with it instead: `y[:, j] = value`.")
def added(x, j, value):
    y = x.clone()
    y[:, j] += value
    return y


@exercise.mistake("You filled the whole tensor. Only column `j` changes: `y[:, j] = value`.")
def fills_everything(x, j, value):
    return torch.full_like(x, value)


@exercise.mistake(
    "The function returns nothing: there is no `return`. Filling a column isn't enough; return the new tensor.",
    shown_by=lambda code: not code.returns(),
    otherwise="Your function returned None. It should return the new tensor.",
)
def returns_nothing(x, j, value):
    y = x.clone()
    y[:, j] = value
