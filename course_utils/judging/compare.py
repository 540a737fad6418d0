"""Comparing what came with what was expected, one rung of the ladder after the other."""

from __future__ import annotations

import math
import numbers
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from course_utils.evidence.codec import Observed, Opaque
from course_utils.evidence.describe import (
    dtype_text,
    keys_text,
    number,
    part_name,
    shape_text,
    type_name,
    value_text,
)
from course_utils.judging.outcome import Rung
from course_utils.printable import shortened


@dataclass(frozen=True)
class Tolerance:
    """How near is near enough, and what else must agree."""

    rtol: float = 1e-4
    atol: float = 1e-5
    dtype: bool = True
    device: bool = True
    grad: bool = False


@dataclass(frozen=True)
class Difference:
    """The first thing in which two values differ."""

    rung: Rung
    where: str  # "" for the whole result, else "['loss']", "[2]", …
    expected: str
    got: str
    sentence: str
    index: tuple[int, ...] | None = None  # of the first differing element
    expected_tensor: torch.Tensor | None = field(default=None, compare=False)  # where two tensors were compared
    got_tensor: torch.Tensor | None = field(default=None, compare=False)
    wrong: torch.Tensor | None = field(default=None, compare=False)  # the elements that differ


def compare(expected: Any, got: Any, tolerance: Tolerance, where: str = "") -> Difference | None:
    """None where ``got`` is as right as ``expected``; else the lowest rung on which it fails."""
    if isinstance(expected, Observed):
        return _compare_tensors(expected, got, tolerance, where)
    if isinstance(expected, bool | np.bool_):
        return _compare_exact(bool(expected), _plain(got), where, bool)
    if isinstance(expected, numbers.Number):
        return _compare_numbers(expected, _plain(got), tolerance, where)
    if isinstance(expected, np.ndarray):
        return _compare_arrays(expected, got, tolerance, where)
    if isinstance(expected, dict):
        return _compare_dicts(expected, got, tolerance, where)
    if isinstance(expected, list | tuple) and not isinstance(expected, torch.Size):
        return _compare_sequences(expected, got, tolerance, where)
    if isinstance(expected, torch.Size):
        return _compare_exact(tuple(expected), _sizes(got), where, tuple)
    return _compare_exact(expected, got, where, type(expected))


def _plain(value: Any) -> Any:
    """A 0-d tensor or a NumPy number as the Python number that it holds."""
    if isinstance(value, Observed) and value.value.ndim == 0:
        return value.value.item()
    if isinstance(value, np.generic):
        return value.item()
    return value


def _sizes(value: Any) -> Any:
    """A shape that was written as a list or tuple of integers, as a tuple."""
    is_shape = isinstance(value, list | tuple) and all(type(size) is int for size in value)
    return tuple(value) if is_shape else value


def _differ(rung: Rung, where: str, expected: str, got: str, sentence: str,
            index: tuple[int, ...] | None = None, **tensors: torch.Tensor) -> Difference:
    return Difference(rung, where, expected, got, sentence, index, **tensors)


def _items(count: int) -> str:
    return f"{count} item{'s' * (count != 1)}"


def _what(where: str) -> str:
    """The subject of a sentence about a value; a fact that a probe noted has its own name."""
    name = part_name(where)
    if name != where and " " in name:
        return name[0].upper() + name[1:]
    return f"The part {where} of the result" if where else "The result"


def _wrong_type(expected: Any, got: Any, where: str) -> Difference:
    advice = ""
    if isinstance(got, Observed) and isinstance(expected, numbers.Number):
        advice = " `.item()` takes the number out of a tensor that holds just one."
    elif got is None:
        advice = " Is there a `return` on every path?"
    elif isinstance(expected, Observed) and isinstance(got, np.ndarray):
        advice = " `torch.from_numpy` turns the one into the other."
    elif isinstance(expected, Observed) and isinstance(got, list | tuple | numbers.Number):
        advice = " `torch.tensor` makes one of it; better, stay in tensors all the way."
    return _differ(Rung.TYPE, where, type_name(expected), type_name(got),
                   f"{_what(where)} should be {type_name(expected)}; yours is {type_name(got)}.{advice}")


def _compare_tensors(expected: Observed, got: Any, tolerance: Tolerance, where: str) -> Difference | None:
    if not isinstance(got, Observed):
        return _wrong_type(expected, got, where)
    want, have = expected.value, got.value
    if want.shape != have.shape:
        mismatch = describe_shape_mismatch(tuple(want.shape), tuple(have.shape))
        return _differ(Rung.SHAPE, where, f"shape {shape_text(want.shape)}", f"shape {shape_text(have.shape)}",
                       f"{_what(where)} should have the shape {shape_text(want.shape)}; "
                       f"yours has {shape_text(have.shape)}.{mismatch}", expected_tensor=want, got_tensor=have)
    if tolerance.dtype and want.dtype != have.dtype:
        return _differ(Rung.DTYPE, where, dtype_text(want.dtype), dtype_text(have.dtype),
                       f"{_what(where)} should be {dtype_text(want.dtype)}; yours is {dtype_text(have.dtype)}.")
    if tolerance.device and expected.device.partition(":")[0] != got.device.partition(":")[0]:
        return _differ(Rung.DEVICE, where, expected.device, got.device,
                       f"{_what(where)} should be on {expected.device}; yours is on {got.device}.")
    wrong = _wrong_elements(want, have, tolerance)
    if wrong is not None:
        return _values_differ(want, have, wrong, where)
    if tolerance.grad and (expected.requires_grad != got.requires_grad or expected.has_graph != got.has_graph):
        return _grad_differs(expected, got, where)
    return None


def describe_shape_mismatch(want: tuple[int, ...], have: tuple[int, ...]) -> str:
    """How two different shapes are related, as a sentence to append; empty where there is nothing to say.

    >>> describe_shape_mismatch((3, 1), (3,))
    ' Yours lacks a dimension of size 1.'
    """
    squeezed = tuple(n for n in want if n != 1), tuple(n for n in have if n != 1)
    if squeezed[0] == squeezed[1] and len(want) != len(have):
        apart = abs(len(want) - len(have))
        what = "a dimension of size 1" if apart == 1 else f"{apart} dimensions of size 1"
        return f" Yours lacks {what}." if len(have) < len(want) else f" Yours has {what} too many."
    if sorted(want) == sorted(have):
        return " The sizes are right, their order is not."
    if not have and math.prod(want) > 1:
        return " Yours is a single number."
    lost = [i for i in range(len(want)) if want[:i] + want[i + 1:] == have]
    if lost:
        return f" Dimension {lost[0]}, of size {want[lost[0]]}, is gone in yours."
    gained = [i for i in range(len(have)) if have[:i] + have[i + 1:] == want]
    if gained:
        return f" Yours has one dimension more, of size {have[gained[0]]}."
    if math.prod(want) == math.prod(have):
        return f" Both hold {math.prod(want)} numbers, arranged differently."
    return ""


def _wrong_elements(want: torch.Tensor, have: torch.Tensor, tolerance: Tolerance) -> torch.Tensor | None:
    """A mask of the elements that are off, or None where all agree."""
    if want.numel() == 0:
        return None
    if want.is_complex() or have.is_complex():
        kind = torch.complex128
    else:
        kind = torch.float64 if want.is_floating_point() or have.is_floating_point() else torch.int64
    near = torch.isclose(have.to(kind), want.to(kind), rtol=tolerance.rtol if kind != torch.int64 else 0,
                         atol=tolerance.atol if kind != torch.int64 else 0, equal_nan=True)
    return None if bool(near.all()) else ~near


def _values_differ(want: torch.Tensor, have: torch.Tensor, wrong: torch.Tensor, where: str) -> Difference:
    index = tuple(int(i) for i in wrong.nonzero()[0].tolist())
    expected, got = number(want[index].item()), number(have[index].item())
    place = f"[{', '.join(map(str, index))}]" if index else ""
    count = int(wrong.sum())
    total = wrong.numel()
    if total == 1:
        sentence = f"{_what(where)} should be {expected}; yours is {got}."
    elif count == total:
        sentence = f"Shape and type are right, no value is: at {place} {expected} is expected, yours is {got}."
    else:
        sentence = (f"{total - count} of {total} values are right. The first that is not: at {place} "
                    f"{expected} is expected, yours is {got}.")
    if where and total > 1:
        sentence = f"{_what(where)}: {sentence[0].lower()}{sentence[1:]}"
    if have.is_floating_point() and bool(torch.isnan(have[index])) and not bool(torch.isnan(want[index])):
        sentence += " (nan comes from a nan in the inputs, from 0/0, or from inf - inf.)"
    return _differ(Rung.VALUES, where, value_text(want), value_text(have), sentence, index,
                   expected_tensor=want, got_tensor=have, wrong=wrong)


def _grad_differs(expected: Observed, got: Observed, where: str) -> Difference:
    def say(value: Observed) -> str:
        if value.has_graph:
            return "connected to a graph (has a grad_fn)"
        return "a leaf with requires_grad" if value.requires_grad else "without gradient"

    return _differ(Rung.GRAD, where, say(expected), say(got),
                   f"{_what(where)} should be {say(expected)}; yours is {say(got)}.")


def _compare_arrays(expected: np.ndarray, got: Any, tolerance: Tolerance, where: str) -> Difference | None:
    if not isinstance(got, np.ndarray):
        return _wrong_type(expected, got, where)
    if tolerance.dtype and expected.dtype != got.dtype and expected.shape == got.shape:
        return _differ(Rung.DTYPE, where, str(expected.dtype), str(got.dtype),
                       f"{_what(where)} should be {expected.dtype}; yours is {got.dtype}.")
    return _compare_tensors(Observed(torch.from_numpy(expected)), Observed(torch.from_numpy(got)), tolerance, where)


def _compare_numbers(expected: Any, got: Any, tolerance: Tolerance, where: str) -> Difference | None:
    if isinstance(got, bool) or not isinstance(got, int | float | complex):
        return _wrong_type(expected, got, where)
    want = expected.item() if isinstance(expected, np.generic) else expected
    if isinstance(want, int) and isinstance(got, int):
        near = want == got
    elif isinstance(want, int) and isinstance(got, float) and got != want:
        near = False
    else:
        near = _close(complex(want), got, tolerance)
    if near:
        return None
    return _differ(Rung.VALUES, where, number(want), number(got),
                   f"{_what(where)} should be {number(want)}; yours is {number(got)}.")


def _close(want: complex, got: complex, tolerance: Tolerance) -> bool:
    try:
        have = complex(got)
    except OverflowError:
        return False
    for a, b in ((want.real, have.real), (want.imag, have.imag)):
        both_nan = math.isnan(a) and math.isnan(b)
        if not both_nan and not math.isclose(a, b, rel_tol=tolerance.rtol, abs_tol=tolerance.atol):
            return False
    return True


def _compare_dicts(expected: dict[Any, Any], got: Any, tolerance: Tolerance, where: str) -> Difference | None:
    if not isinstance(got, dict):
        return _wrong_type(expected, got, where)
    missing = [key for key in expected if key not in got]
    extra = [key for key in got if key not in expected]
    if missing or extra:
        said = f"without {keys_text(missing)}" if missing else ""
        said += " and " if missing and extra else ""
        said += f"with {keys_text(extra)} besides" if extra else ""
        return _differ(Rung.SHAPE, where, keys_text(expected), keys_text(got),
                       f"{_what(where)} should have the keys {keys_text(expected)}; yours is {said}.")
    for key, value in expected.items():
        found = compare(value, got[key], tolerance, f"{where}[{value_text(key)}]")
        if found:
            return found
    return None


def _compare_sequences(expected: Any, got: Any, tolerance: Tolerance, where: str) -> Difference | None:
    if not isinstance(got, list | tuple) or isinstance(got, torch.Size):
        return _wrong_type(expected, got, where)
    if len(expected) != len(got):
        return _differ(Rung.SHAPE, where, _items(len(expected)), _items(len(got)),
                       f"{_what(where)} should have {_items(len(expected))}; yours has {len(got)}.")
    for i, (want, have) in enumerate(zip(expected, got, strict=True)):
        found = compare(want, have, tolerance, f"{where}[{i}]")
        if found:
            return found
    return None


def _compare_exact(expected: Any, got: Any, where: str, kind: type) -> Difference | None:
    if isinstance(got, Opaque) and isinstance(expected, Opaque):
        same = expected.type_name == got.type_name
    else:
        same = type(got) is type(expected) and expected == got
    if same:
        return None
    if not isinstance(got, kind):
        return _wrong_type(expected, got, where) if not isinstance(expected, bool) else _differ(
            Rung.TYPE, where, str(expected), type_name(got),
            f"{_what(where)} should be True or False; yours is {type_name(got)}.")
    what = _what(where)
    sentence = f"{what} should be {value_text(expected)}; yours is {value_text(got)}."
    if isinstance(expected, str) and isinstance(got, str) and not what.endswith("result"):
        sentence = f"{what}: {shortened(got, 300)}. It should be: {expected}."
    return _differ(Rung.VALUES, where, value_text(expected), value_text(got), sentence)
