"""Repair: Leibniz's series for pi, whose classic listing divides by zero in its first term."""

import math

import torch

from course_utils.exercise import Exercise, case
from course_utils.probes.function import number

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
    fresh=lambda rng: [case(2), *(case(int(n)) for n in rng.integers(3, 400, size=3))],
    probe=number,
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
    return 4.0 * torch.where(k % 2 == 0, 1.0, -1.0).div(2 * k + 1).sum().item()


@exercise.starter
@exercise.mistake(
    "`torch.arange(0, 2 * n, 2)` gives 0, 2, 4, …, so the first term divides by zero. A tensor does that without an "
    "error and answers inf. The series needs 1, 3, 5, …",
    shown_by=lambda code: code.has("torch.arange(0, 2 * n, 2)"),
    otherwise="Your result is inf. A tensor answers that, without an error, if you divide a number by 0. Print your "
    "denominators for n = 4: the series needs 1, 3, 5, 7.",
)
def even_denominators(n):
    """4 times the sum of the first n terms of Leibniz's series, a float."""
    denominators = torch.arange(0, 2 * n, 2)
    signs = (-1.0) ** torch.arange(n)
    return 4 * (signs / denominators).sum().item()


@exercise.mistake(
    "This is what the denominators -1, 1, 3, … give, so your series starts one term early. They should be 1, 3, 5, …, "
    "which is `2 * k + 1` for k = 0, 1, 2, …"
)
def first_term_early(n):
    k = torch.arange(n)
    return 4 * ((-1.0) ** k / (2 * k - 1)).sum().item()


@exercise.mistake(
    "Every term has a plus sign here. The signs should alternate, +, -, +, …, as in `(-1.0) ** torch.arange(n)`."
)
def no_alternation(n):
    k = torch.arange(n)
    return 4 * (1.0 / (2 * k + 1)).sum().item()


@exercise.mistake(
    "`-1.0 ** k` is `-(1.0 ** k)`, since a power binds tighter than a minus, so every sign is -. Put the base in "
    "parentheses: `(-1.0) ** k`.",
    shown_by=lambda code: code.negates_a_power(),
    otherwise="Every term has a minus sign here. The signs should alternate, +, -, +, …: `(-1.0) ** k` for k = 0, 1, …",
)
def minus_of_a_power(n):
    k = torch.arange(n)
    return 4 * (-1.0 ** k / (2 * k + 1)).sum().item()


@exercise.mistake("This is the negative of the sum. The first term is +1, so the signs should begin with a plus.")
def signs_swapped(n):
    k = torch.arange(n)
    return 4 * ((-1.0) ** (k + 1) / (2 * k + 1)).sum().item()


@exercise.mistake(
    "Your result is a quarter of the right one, so it goes to pi / 4. Multiply the sum by 4."
)
def quarter(n):
    k = torch.arange(n)
    return ((-1.0) ** k / (2 * k + 1)).sum().item()


@exercise.mistake(
    "You added n + 1 terms. Counting from 0, `torch.arange(n)` stops at n - 1 and gives n numbers already."
)
def one_term_too_many(n):
    k = torch.arange(n + 1)
    return 4 * ((-1.0) ** k / (2 * k + 1)).sum().item()


@exercise.mistake(
    "The last term is missing, so you added n - 1 terms. `torch.arange(n)` leaves its end out but starts at 0, so it "
    "gives n numbers."
)
def one_term_too_few(n):
    k = torch.arange(n - 1)
    return 4 * ((-1.0) ** k / (2 * k + 1)).sum().item()


@exercise.mistake(
    "You return inside the loop, so the function ends after its first term. Dedent the `return` to the level of the "
    "`for`.",
    shown_by=lambda code: code.return_in_loop(),
    otherwise="Your result is 4.0, the first term alone, whatever `n` is.",
)
def returns_in_the_loop(n):
    total = 0.0
    for k in range(n):
        total += 4 * (-1) ** k / (2 * k + 1)
        return total


@exercise.mistake(
    "A small number in the denominator hides the division by zero, so the first term becomes huge instead of 1. The "
    "denominators themselves are wrong: the series needs 1, 3, 5, …"
)
def zero_hidden(n):
    return 4 * ((-1.0) ** torch.arange(n) / (torch.arange(0, 2 * n, 2) + 1e-8)).sum().item()


@exercise.mistake("This is what the denominators 2, 4, 6, … give. The series needs the odd numbers: 1, 3, 5, …")
def even_from_two(n):
    return 4 * ((-1.0) ** torch.arange(n) / torch.arange(2, 2 * n + 2, 2)).sum().item()


@exercise.mistake("This is what the denominators 1, 2, 3, … give. The series takes only the odd ones, `2 * k + 1`.")
def every_number(n):
    k = torch.arange(n)
    return 4 * ((-1.0) ** k / (k + 1)).sum().item()


@exercise.mistake(
    "These are the single terms, one number for each. Add them up with `.sum()`, then take the number out with "
    "`.item()`."
)
def terms_not_added(n):
    k = torch.arange(n)
    return 4 * ((-1.0) ** k / (2 * k + 1))


@exercise.mistake(
    "Your result is a tensor that holds one number, but the exercise asks for a Python float. Take the number out with "
    "`.item()`."
)
def still_a_tensor(n):
    k = torch.arange(n)
    return 4 * ((-1.0) ** k / (2 * k + 1)).sum()


@exercise.mistake("Your result is pi itself, whatever `n` is. The exercise asks for the sum of the first n terms.")
def just_pi(n):
    return math.pi
