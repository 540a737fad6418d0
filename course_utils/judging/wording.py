"""What is said of a difference between two values: short, exact, and never a cause that was not seen."""

from __future__ import annotations

import math
import numbers
from typing import Any

import numpy as np
import torch

from course_utils.evidence.codec import METHOD, Observed, Opaque
from course_utils.evidence.describe import number, type_name
from course_utils.evidence.facts import Form
from course_utils.evidence.label import called, is_code, lead

TRUTH = "True or False"
MANY = 5  # things of a tuple that are counted in words


def starts(where: str, sentence: str) -> str:
    """Return a sentence about a place, which begins with its name."""
    name = lead(where)
    return f"{name}{sentence[0].lower()}{sentence[1:]}" if name else sentence


def expected_got(where: str, expected: str, got: str) -> str:
    """Return ``Expected a tensor, got None.``, or ``losses[1]: expected a Python float, got a tensor.``"""
    return starts(where, f"Expected {expected}, got {got}.")


def wrong_type(expected: Any, got: Any, where: str) -> str:
    """Return what to say of a value of another type."""
    wanted = TRUTH if isinstance(expected, bool | np.bool_) else type_name(expected)
    if _is_none(got) and called(where):
        return f"`{called(where)}` returned None. It has to return {wanted}."
    return expected_got(where, wanted, type_name(got)) + _advice(expected, got, where)


def _is_none(value: Any) -> bool:
    return value is None or (isinstance(value, Form) and value.kind == "None")


def _advice(expected: Any, got: Any, where: str) -> str:
    if isinstance(got, Opaque) and got.type_name == METHOD:
        return f" The parentheses are missing: `{got.text}()` calls it." if got.text else ""
    if _is_none(got):  # an answer's own result has no name, or the plain one that the exercise gives it
        return " Does every path through your code end in a `return`?" if not where or where.isidentifier() else ""
    if isinstance(expected, numbers.Number) and isinstance(got, Observed):
        count = got.value.numel()
        return " `.item()` takes the number out of a tensor that holds just one." if count == 1 else (
            f" It holds {count} numbers.")
    if not isinstance(expected, Observed):
        return ""
    if isinstance(got, np.ndarray):
        return " `torch.from_numpy` turns the one into the other."
    if isinstance(got, list | tuple) and got and all(isinstance(item, Observed) for item in got):
        return " It holds one tensor; `[0]` takes it out." if len(got) == 1 else (
            f" It holds {len(got)} tensors." + (" `torch.stack` makes one of tensors of the same shape."
                                                if len({item.value.shape for item in got}) == 1 else ""))
    if isinstance(got, int | float) and not isinstance(got, bool):
        return " Stay in tensors all the way: `.item()` and `float()` take the number out."
    if isinstance(got, list | tuple) and got and all(isinstance(item, int | float) for item in got):
        return f" `torch.tensor` turns {'a list' if isinstance(got, list) else 'a tuple'} of numbers into a tensor."
    return ""


def wrong_count(names: tuple[str, ...], got: Any) -> str:
    """Return what to say of another number of things than a function should return."""
    wanted = f"{in_words(len(names))} things, {listed(names)}"
    if got is None:
        return f"Expected {wanted}, got None. Does every path through your code end in a `return`?"
    came = f"{in_words(len(got))} thing{'s' * (len(got) != 1)}" if isinstance(got, list | tuple) else type_name(got)
    return f"Expected {wanted}, got {came}."


def wrong_order(names: tuple[str, ...], order: tuple[int, ...]) -> str:
    """Return what to say of the right things in another order; ``order[i]`` is which of them came at i."""
    return (f"The results are right, but in another order: expected {listed(names)}, got "
            f"{listed(tuple(names[i] for i in order))}.")


def listed(names: tuple[str, ...]) -> str:
    """Return names as a sentence lists them, those that are code as code: `` `a`, `b` and the rest ``."""
    quoted = [f"`{name}`" if is_code(name) else name for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def in_words(count: int) -> str:
    """Return a small number as a word."""
    return ("no", "one", "two", "three", "four", "five")[count] if count <= MANY else str(count)


def items(count: int) -> str:
    """Return ``1 item``, ``3 items``."""
    return f"{count} item{'s' * (count != 1)}"


def describe_shape_mismatch(want: tuple[int, ...], have: tuple[int, ...]) -> str:
    """Return how two different shapes are related, as a sentence to append; empty if there is nothing to say.

    >>> describe_shape_mismatch((3, 1), (3,))
    ' A dimension of size 1 is missing.'
    """
    squeezed = tuple(n for n in want if n != 1), tuple(n for n in have if n != 1)
    if squeezed[0] == squeezed[1] and len(want) != len(have):
        apart = abs(len(want) - len(have))
        what = "A dimension of size 1 is" if apart == 1 else f"{apart} dimensions of size 1 are"
        return f" {what} missing." if len(have) < len(want) else f" {what} too many."
    if sorted(want) == sorted(have):
        return " The sizes are right, but the dimensions are in another order."
    if not have and math.prod(want) > 1:
        return " Yours is a single number."
    lost = [i for i in range(len(want)) if want[:i] + want[i + 1:] == have]
    if lost:
        return f" Dimension {lost[0]}, of size {want[lost[0]]}, is missing."
    gained = [i for i in range(len(have)) if have[:i] + have[i + 1:] == want]
    if gained:
        return f" Yours has one more dimension, of size {have[gained[0]]}."
    if math.prod(want) == math.prod(have):
        return f" Both hold {math.prod(want)} numbers, arranged differently."
    return ""


def wrong_of(count: int, total: int) -> str:
    """Return ``1 of 3 values is wrong``."""
    return f"{count} of {total} values {'is' if count == 1 else 'are'} wrong"


def wrong_values(want: torch.Tensor, have: torch.Tensor, wrong: torch.Tensor, index: tuple[int, ...],
                 where: str) -> str:
    """Return what to say of two tensors of one shape with the elements ``wrong``, of which ``index`` is the first."""
    expected, got = number(want[index].item()), number(have[index].item())
    place = f"[{', '.join(map(str, index))}]"
    count, total = int(wrong.sum()), wrong.numel()
    if total == 1:
        sentence = expected_got(where, expected, got)
    elif count == total:
        right = "The shape and dtype are right" if want.dtype == have.dtype else "The shape is right"
        sentence = starts(where, f"{right}, but every value is wrong. At {place}: expected {expected}, got {got}.")
    else:
        first = "It" if count == 1 else "The first"
        sentence = starts(where, f"{wrong_of(count, total)}. {first} is at {place}: expected {expected}, got {got}.")
    if have.is_floating_point() and bool(torch.isnan(have[index])) and not bool(torch.isnan(want[index])):
        sentence += (" (A nan can come from a nan in the inputs, from 0/0, or from the root or logarithm of a negative "
                     "number, for example.)")
    return sentence
