"""Comparing what came with what was expected, one rung of the ladder after the other."""

from __future__ import annotations

import itertools
import math
import numbers
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from course_utils.evidence.codec import Observed, Opaque
from course_utils.evidence.describe import (
    dtype_text,
    form_text,
    keys_text,
    number,
    shape_text,
    type_name,
    value_text,
)
from course_utils.evidence.facts import Facts, Form, Note, Parameters, Several, Spread
from course_utils.judging import wording
from course_utils.judging.compare_layers import layers_apart
from course_utils.judging.compare_spreads import spreads_apart
from course_utils.judging.outcome import Rung

MOST_ORDERS = 4  # so many things of a tuple are tried in every order


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
    where: str  # "" for what the answer returned, else the expression that shows it: "losses[1]"
    expected: str
    got: str
    sentence: str
    index: tuple[int, ...] | None = None  # of the first differing element
    expected_tensor: torch.Tensor | None = field(default=None, compare=False)  # where two tensors were compared
    got_tensor: torch.Tensor | None = field(default=None, compare=False)
    wrong: torch.Tensor | None = field(default=None, compare=False)  # the elements that differ
    values: tuple[str, str] = ("", "")  # both values, if `expected` and `got` tell their kinds; they may show the input


def compare(expected: Any, got: Any, tolerance: Tolerance, where: str = "") -> Difference | None:
    """None where ``got`` is as right as ``expected``; else the lowest rung on which it fails."""
    match expected:
        case Facts():
            return _compare_facts(expected, got, tolerance, where)
        case Note():
            return _compare_notes(expected, got, where)
        case Form():
            return _compare_forms(expected, got, tolerance, where)
        case Several():
            return _compare_several(expected, got, tolerance, where)
        case Parameters():
            return _compare_parameters(expected, got, where)
        case Spread():
            return _compare_spreads(expected, got, where)
        case Observed():
            return _compare_tensors(expected, got, tolerance, where)
        case bool() | np.bool_():
            return _compare_exact(bool(expected), _plain(got), where, bool)
        case numbers.Number():
            return _compare_numbers(expected, _plain(got), tolerance, where)
        case np.ndarray():
            return _compare_arrays(expected, got, tolerance, where)
        case dict():
            return _compare_dicts(expected, got, tolerance, where)
        case torch.Size():
            return _compare_exact(tuple(expected), _sizes(got), where, tuple)
        case list() | tuple():
            return _compare_sequences(expected, got, tolerance, where)
    return _compare_exact(expected, got, where, type(expected))


def _compare_facts(expected: Facts, got: Any, tolerance: Tolerance, where: str) -> Difference | None:
    if not isinstance(got, Facts):
        return _wrong_type(expected, got, where)
    for label, value in expected.items():
        if label not in got:
            return _differ(Rung.FACT, label, value_text(value) if isinstance(value, Note | Form) else "a value",
                           "nothing", wording.starts(label, "This could not be observed."))
        found = compare(value, got[label], tolerance, label)
        if found:
            return found
    extra = next((label for label in got if label not in expected), None)
    if extra is None:
        return None
    return _differ(Rung.FACT, extra, "nothing", value_text(got[extra]),
                   wording.starts(extra, "This should not be here."))


def _compare_notes(expected: Note, got: Any, where: str) -> Difference | None:
    if expected == got:
        return None
    if not isinstance(got, Note):
        return _wrong_type(expected, got, where)
    rung = Rung.VALUES if expected.of_values else Rung.FACT
    return _differ(rung, where, expected.text, got.text, wording.expected_got(where, expected.text, got.text))


def _compare_forms(expected: Form, got: Any, tolerance: Tolerance, where: str) -> Difference | None:
    if not isinstance(got, Form) or expected.kind != got.kind:
        return _wrong_type(expected, got, where)
    if expected.shape is not None and got.shape is not None and expected.shape != got.shape:
        return _shapes_differ(expected.shape, got.shape, where)
    if tolerance.dtype and expected.dtype != got.dtype:
        return _differ(Rung.DTYPE, where, expected.dtype, got.dtype,
                       wording.expected_got(where, expected.dtype, got.dtype))
    return None if expected.shape == got.shape else _differ(
        Rung.SHAPE, where, form_text(expected), form_text(got),
        wording.expected_got(where, form_text(expected), form_text(got)))


def _compare_several(expected: Several, got: Any, tolerance: Tolerance, where: str) -> Difference | None:
    came = got.items if isinstance(got, Several) else got
    if not isinstance(came, list | tuple) or isinstance(came, torch.Size):
        return _differ(Rung.TYPE, where, wording.items(len(expected.items)), type_name(got),
                       wording.wrong_count(expected.names, got))
    if len(came) != len(expected.items):
        return _differ(Rung.SHAPE, where, wording.items(len(expected.items)), wording.items(len(came)),
                       wording.wrong_count(expected.names, came))
    for name, want, have in zip(expected.names, expected.items, came, strict=True):
        found = compare(want, have, tolerance, name)
        if found:
            order = _other_order(expected.items, came, tolerance)
            return found if order is None else _differ(
                Rung.FACT, where, ", ".join(expected.names), ", ".join(expected.names[i] for i in order),
                wording.wrong_order(expected.names, order))
    return None


def _other_order(expected: tuple[Any, ...], got: list[Any] | tuple[Any, ...],
                 tolerance: Tolerance) -> tuple[int, ...] | None:
    """Return in which order the right things came, if all of them did."""
    if len(expected) > MOST_ORDERS:
        return None
    for order in itertools.permutations(range(len(expected))):
        if all(compare(expected[i], have, tolerance) is None for i, have in zip(order, got, strict=True)):
            return order
    return None


def _compare_parameters(expected: Parameters, got: Any, where: str) -> Difference | None:
    if not isinstance(got, Parameters):
        return _wrong_type(expected, got, where)
    apart = layers_apart(expected, got, where or "parameters")
    return None if apart is None else _differ(
        Rung.SHAPE, apart.where, apart.expected, apart.got, apart.sentence)


def _compare_spreads(expected: Spread, got: Any, where: str) -> Difference | None:
    """Compare by statistics: two right nets draw other numbers."""
    sentence = spreads_apart(expected, got) if isinstance(got, Spread) else "The output could not be observed."
    return None if sentence is None else _differ(Rung.FACT, where, "", "", sentence)


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
            index: tuple[int, ...] | None = None, values: tuple[str, str] = ("", ""),
            **tensors: torch.Tensor) -> Difference:
    return Difference(rung, where, expected, got, sentence, index, values=values, **tensors)


def _verb(things: list[Any]) -> str:
    return "is" if len(things) == 1 else "are"


def _wrong_type(expected: Any, got: Any, where: str) -> Difference:
    wanted = wording.TRUTH if isinstance(expected, bool) else type_name(expected)
    values = ("", value_text(got) if _says_more(got) else "")
    return _differ(Rung.TYPE, where, wanted.replace("`", ""), type_name(got).replace("`", ""),
                   wording.wrong_type(expected, got, where), values=values)


def _says_more(value: Any) -> bool:
    """Whether a value's text tells more than its type."""
    if isinstance(value, Observed):
        return value.value.numel() == 1
    return isinstance(value, int | float | complex | str) and not isinstance(value, bool)


def _shapes_differ(want: tuple[int, ...], have: tuple[int, ...], where: str, want_tensor: torch.Tensor | None = None,
                   have_tensor: torch.Tensor | None = None) -> Difference:
    sentence = wording.expected_got(where, f"shape {shape_text(want)}", shape_text(have))
    value = value_text(have_tensor) if have_tensor is not None and have_tensor.numel() == 1 else ""
    return Difference(Rung.SHAPE, where, f"shape {shape_text(want)}", f"shape {shape_text(have)}",
                      sentence + wording.describe_shape_mismatch(want, have), values=("", value),
                      expected_tensor=want_tensor, got_tensor=have_tensor)


def _compare_tensors(expected: Observed, got: Any, tolerance: Tolerance, where: str) -> Difference | None:
    if not isinstance(got, Observed):
        return _wrong_type(expected, got, where)
    want, have = expected.value, got.value
    if want.shape != have.shape:
        return _shapes_differ(tuple(want.shape), tuple(have.shape), where, want, have)
    if tolerance.dtype and want.dtype != have.dtype:
        return _differ(Rung.DTYPE, where, dtype_text(want.dtype), dtype_text(have.dtype),
                       wording.expected_got(where, dtype_text(want.dtype), dtype_text(have.dtype)))
    if tolerance.device and expected.device.partition(":")[0] != got.device.partition(":")[0]:
        return _differ(Rung.DEVICE, where, expected.device, got.device,
                       wording.expected_got(where, f"a tensor on {expected.device}", f"one on {got.device}"))
    wrong = _wrong_elements(want, have, tolerance)
    if wrong is not None:
        index = tuple(int(i) for i in wrong.nonzero()[0].tolist())
        return _differ(Rung.VALUES, where, value_text(want), value_text(have),
                       wording.wrong_values(want, have, wrong, index, where), index,
                       expected_tensor=want, got_tensor=have, wrong=wrong)
    if tolerance.grad and (expected.requires_grad != got.requires_grad or expected.has_graph != got.has_graph):
        return _grad_differs(expected, got, where)
    return None


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


def _grad_differs(expected: Observed, got: Observed, where: str) -> Difference:
    def say(value: Observed) -> str:
        if value.has_graph:
            return "with a graph (it has a grad_fn)"
        return "that is a leaf with requires_grad" if value.requires_grad else "without requires_grad"

    wanted, came = f"a tensor {say(expected)}", f"one {say(got)}"
    return _differ(Rung.GRAD, where, wanted, came, wording.expected_got(where, wanted, came))


def _compare_arrays(expected: np.ndarray, got: Any, tolerance: Tolerance, where: str) -> Difference | None:
    if not isinstance(got, np.ndarray):
        return _wrong_type(expected, got, where)
    if tolerance.dtype and expected.dtype != got.dtype and expected.shape == got.shape:
        return _differ(Rung.DTYPE, where, str(expected.dtype), str(got.dtype),
                       wording.expected_got(where, str(expected.dtype), str(got.dtype)))
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
                   wording.expected_got(where, number(want), number(got)))


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
        said = f" {keys_text(missing)} {_verb(missing)} missing." if missing else ""
        said += f" {keys_text(extra)} should not be there." if extra else ""
        return _differ(Rung.SHAPE, where, keys_text(expected), keys_text(got),
                       wording.starts(where, f"Expected the keys {keys_text(expected)}.") + said)
    for key, value in expected.items():
        found = compare(value, got[key], tolerance, f"{where}[{value_text(key)}]")
        if found:
            return found
    return None


def _compare_sequences(expected: Any, got: Any, tolerance: Tolerance, where: str) -> Difference | None:
    if not isinstance(got, list | tuple) or isinstance(got, torch.Size):
        return _wrong_type(expected, got, where)
    if len(expected) != len(got):
        return _differ(Rung.SHAPE, where, wording.items(len(expected)), wording.items(len(got)),
                       wording.expected_got(where, wording.items(len(expected)), str(len(got))),
                       values=(value_text(expected), value_text(got)))
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
    if not isinstance(got, kind) or isinstance(got, Opaque):
        return _wrong_type(expected, got, where)
    return _differ(Rung.VALUES, where, value_text(expected), value_text(got),
                   wording.expected_got(where, value_text(expected), value_text(got)))
