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
    fresh=lambda rng: [case(2), *(case(int(n)) for n in rng.integers(4, 20, size=2))],
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
    "Your table starts at 0 · 0. `torch.arange(n)` gives 0 … n - 1; you need `torch.arange(1, n + 1)`, which leaves "
    "its end out."
)
def from_zero(n):
    k = torch.arange(n)
    return k[:, None] * k


@exercise.mistake(
    "Your table has a row and a column for 0 as well, so its shape is (n + 1, n + 1). Start at 1: "
    "`torch.arange(1, n + 1)`."
)
def zero_too(n):
    k = torch.arange(n + 1)
    return k[:, None] * k


@exercise.mistake(
    "Your table has one row and one column too many, those of n + 1. `torch.arange(1, n + 1)` leaves its end out, so "
    "it stops at n."
)
def one_too_many(n):
    k = torch.arange(1, n + 2)
    return k[:, None] * k


@exercise.mistake(
    "The last row and column are missing. `torch.arange(1, n)`, like `range(1, n)`, stops at n - 1."
)
def end_left_out(n):
    k = torch.arange(1, n)
    return k[:, None] * k


@exercise.mistake(
    "Your result holds only the squares, in shape (n,): two tensors of that shape are multiplied element by element. "
    "Turn one of them into a column of shape (n, 1)."
)
def no_column(n):
    k = torch.arange(1, n + 1)
    return k * k


@exercise.mistake("This is a table of sums, i + j. A times table holds the products.")
def sums(n):
    k = torch.arange(1, n + 1)
    return k[:, None] + k


@exercise.mistake(
    "The values are right, but they are float32, and the exercise asks for int64. `torch.arange(1, n + 1)` makes "
    "integers; `torch.zeros` and `torch.ones` make floats unless you pass a dtype."
)
def floats(n):
    k = torch.arange(1.0, n + 1)
    return k[:, None] * k


@exercise.mistake(
    "Your result is one number, the sum of the squares, as the dot product `k @ k` gives it. The table keeps every "
    "product."
)
def dot_product(n):
    k = torch.arange(1, n + 1)
    return k @ k
