"""A multiplication table by broadcasting a column against a row."""

import torch

from course_utils.exercise import Exercise, case

exercise = Exercise(
    name="times_table",
    points=2,
    objective="Broadcast a column against a row to get every pair.",
    hints=(
        "You need the numbers 1 to n twice: once as a column, once as a row. What shapes are those?",
        "`k[:, None]` (or `k.unsqueeze(1)`) makes a column of shape (n, 1) of a tensor of shape (n,).",
        "`k = torch.arange(1, n + 1)`, and the table is `k[:, None] * k`: (n, 1) with (n,) gives (n, n).",
    ),
    examples=[case(3), case(1)],
    fresh=lambda rng: [case(int(n)) for n in rng.integers(4, 20, size=2)],
)


@exercise.reference
def times_table(n):
    k = torch.arange(1, n + 1)
    return k[:, None] * k


@exercise.alternative
def outer(n):
    k = torch.arange(1, n + 1)
    return torch.outer(k, k)


@exercise.alternative
def counted_by_sums(n):
    return torch.arange(1, n + 1).expand(n, n).cumsum(0)


@exercise.mistake(
    "Your table starts at 0. `torch.arange(n)` gives 0 … n - 1; you want `torch.arange(1, n + 1)`, where the end is "
    "left out."
)
def from_zero(n):
    k = torch.arange(n)
    return k[:, None] * k


@exercise.mistake("The last row and column are missing: `torch.arange(1, n)` stops at n - 1.")
def end_left_out(n):
    k = torch.arange(1, n)
    return k[:, None] * k


@exercise.mistake(
    "(n,) times (n,) multiplies element by element and stays (n,). Turn one of the two into a column of shape (n, 1)."
)
def no_column(n):
    k = torch.arange(1, n + 1)
    return k * k


@exercise.mistake("Adding gives a table of sums; a times table wants the product.")
def sums(n):
    k = torch.arange(1, n + 1)
    return k[:, None] + k


@exercise.mistake(
    "The values are right, but they are floats. Counting numbers are integers: `torch.arange(1, n + 1)` without a "
    "float in it stays int64."
)
def floats(n):
    k = torch.arange(1.0, n + 1)
    return k[:, None] * k


@exercise.mistake("`k @ k` is the dot product: one number, the sum of the squares. You want every product apart.")
def dot_product(n):
    k = torch.arange(1, n + 1)
    return k @ k
