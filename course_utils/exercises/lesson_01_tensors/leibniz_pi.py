"""Repair: Leibniz's series for pi, whose classic listing divides by zero in its first term."""

import math

import torch

from course_utils.exercise import Exercise, case

exercise = Exercise(
    name="leibniz_pi",
    points=3,
    objective="Replace a loop over numbers by arithmetic on one tensor.",
    hints=(
        "Print `torch.arange(0, 2 * n, 2)` for n = 4. Which denominators do the first four terms need?",
        "1, 3, 5, 7: with `k = torch.arange(n)` they are `2 * k + 1`. The signs, `(-1.0) ** k`, are right already.",
        "`4 * ((-1.0) ** k / (2 * k + 1)).sum()` is the sum as a tensor; `.item()` takes the number out.",
    ),
    examples=[case(4), case(1), case(1000)],
    fresh=lambda rng: [case(int(n)) for n in rng.integers(3, 400, size=3)],
    rtol=1e-4,
)


@exercise.reference
def leibniz_pi(n):
    k = torch.arange(n)
    return 4 * ((-1.0) ** k / (2 * k + 1)).sum().item()


@exercise.alternative
def odd_steps(n):
    odd = torch.arange(1, 2 * n, 2, dtype=torch.float64)
    odd[1::2] *= -1
    return float((4 / odd).sum())


@exercise.alternative
def with_where(n):
    k = torch.arange(n)
    return 4.0 * torch.where(k % 2 == 0, 1.0, -1.0).div(2 * k + 1).sum()


@exercise.starter
@exercise.mistake(
    "`torch.arange(0, 2 * n, 2)` gives 0, 2, 4, …: even numbers, and the first term divides by zero. A tensor does "
    "that without a word and answers inf. The series wants 1, 3, 5, …"
)
def even_denominators(n):
    """4 times the sum of the first n terms of Leibniz's series, a float."""
    denominators = torch.arange(0, 2 * n, 2)
    signs = (-1.0) ** torch.arange(n)
    return 4 * (signs / denominators).sum().item()


@exercise.mistake(
    "For k = 0 the denominator `2 * k - 1` is -1, and the series starts one term early; the first denominator is 1, "
    "so it has to be `2 * k + 1`."
)
def first_term_early(n):
    k = torch.arange(n)
    return 4 * ((-1.0) ** k / (2 * k - 1)).sum().item()


@exercise.mistake("Every term has the same sign here. The signs alternate: `(-1.0) ** k`.")
def no_alternation(n):
    k = torch.arange(n)
    return 4 * (1.0 / (2 * k + 1)).sum().item()


@exercise.mistake("This is the negative of the sum: the first term, for k = 0, is +1, so the sign is `(-1.0) ** k`.")
def signs_swapped(n):
    k = torch.arange(n)
    return 4 * ((-1.0) ** (k + 1) / (2 * k + 1)).sum().item()


@exercise.mistake("That is pi / 4: the series still has to be multiplied by 4.")
def quarter(n):
    k = torch.arange(n)
    return ((-1.0) ** k / (2 * k + 1)).sum().item()


@exercise.mistake(
    "You added n + 1 terms. `torch.arange(n)` runs from 0 to n - 1, and these are already n numbers."
)
def one_term_too_many(n):
    k = torch.arange(n + 1)
    return 4 * ((-1.0) ** k / (2 * k + 1)).sum().item()


@exercise.mistake(
    "A tiny number in the denominator hides the division by zero, and the first term becomes huge instead of 1. The "
    "denominators themselves are wrong: the series wants 1, 3, 5, …"
)
def zero_hidden(n):
    return 4 * ((-1.0) ** torch.arange(n) / (torch.arange(0, 2 * n, 2) + 1e-8)).sum().item()


@exercise.mistake("Your denominators are 2, 4, 6, …: even numbers still, without the zero. The series wants 1, 3, 5, …")
def even_from_two(n):
    return 4 * ((-1.0) ** torch.arange(n) / torch.arange(2, 2 * n + 2, 2)).sum().item()


@exercise.mistake("Your denominators are 1, 2, 3, …: every number. The series takes every second one, `2 * k + 1`.")
def every_number(n):
    k = torch.arange(n)
    return 4 * ((-1.0) ** k / (k + 1)).sum().item()


@exercise.mistake("These are the single terms, one number for each. Add them up: `.sum()`, and then `.item()`.")
def terms_not_added(n):
    k = torch.arange(n)
    return 4 * ((-1.0) ** k / (2 * k + 1))


@exercise.mistake("You returned pi itself, not the sum of the first n terms.")
def just_pi(n):
    return math.pi
