"""Values in words: short, exact, and the same in every message."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np
import torch

from course_utils.evidence.codec import METHOD, Formula, Observed, Opaque, is_bound_method
from course_utils.evidence.facts import Form, Note, Several

SMALL = 12  # tensors of at most so many elements are written out
LONG = 60  # collections of more items, nested ones included, are not
KEYS = 12  # of a dict at most so many keys are named


def type_name(value: Any) -> str:
    """What a teacher would call it: "a tensor", "a Python float", "a list"."""
    match value:
        case Observed() | torch.Tensor():
            return "a tensor"
        case Opaque() if value.type_name == METHOD:
            return f"the method `{value.text}` itself" if value.text else "a method"
        case Opaque(type_name="type") if found := re.fullmatch(r"<class '(?:.*\.)?(\w+)'>", value.text):
            return f"the class {found[1]} itself"
        case Opaque():
            return f"an object of type {value.type_name}"
        case Form():
            return value.kind
        case Note():
            return value.text
        case Several():
            return f"{len(value.items)} things"
        case None:
            return "None"
        case bool():
            return "True" if value else "False"
        case int():
            return "an integer"
        case float():
            return "a Python float"
        case str():
            return "a string"
        case np.ndarray():
            return "a NumPy array"
        case np.generic():
            return "a NumPy number"
        case dict():
            return "a dict"
        case list():
            return "a list"
        case set() | frozenset():
            return "a set"
        case tuple():
            return "a tuple"
        case torch.dtype():
            return "a dtype"
        case torch.Size():
            return "a torch.Size"
    return f"a {type(value).__name__}"


def form_of(value: Any) -> Form:
    """Return a value's type, and of a tensor or array its shape and dtype."""
    if isinstance(value, torch.Tensor | np.ndarray):
        return Form(type_name(value), tuple(value.shape), dtype_text(value.dtype))
    return Form("True or False" if isinstance(value, bool | np.bool_) else plain_type_name(value))


def plain_type_name(value: Any) -> str:
    """Return what a teacher would call a value in a student's code; other objects go by their class."""
    if is_bound_method(value):
        return f"the method `{value.__name__}` itself"
    if isinstance(value, type):
        return f"the class {value.__name__} itself"
    package, name = type(value).__module__.partition(".")[0], type(value).__name__
    if package == "PIL":
        return "a Pillow image"
    if package in ("builtins", "numpy", "torch", "pandas", "matplotlib") or isinstance(value, torch.Tensor):
        known = type_name(value)
        return f"an {name}" if known == f"a {name}" and name[0] in "AEIOU" else known
    return f"an object of type {name}"


def form_text(form: Form) -> str:
    """Return a form in words: "a tensor of shape (3, 4), float32"."""
    shape = "" if form.shape is None else f" of shape {shape_text(form.shape)}"
    return form.kind + shape + (f", {form.dtype}" if form.dtype else "")


def shape_text(shape: Any) -> str:
    """``(3, 4)``, and ``()`` for a single number."""
    return str(tuple(int(n) for n in shape))


def dtype_text(dtype: Any) -> str:
    return str(dtype).removeprefix("torch.")


def number(value: Any) -> str:
    """A number with as many digits as help."""
    if isinstance(value, float):
        return f"{value:.6g}"
    text = str(value)
    return text if len(text) <= 80 else text[:77] + "…"


def value_text(value: Any) -> str:
    """The value itself where it is small, else what kind of thing it is."""
    match value:
        case Observed():
            return value_text(value.value)
        case torch.Tensor():
            facts = f"tensor of shape {shape_text(value.shape)}, {dtype_text(value.dtype)}"
            if value.numel() == 0 or value.numel() > SMALL:
                return facts
            return f"{nested(value.tolist())} ({facts})" if value.ndim else f"{number(value.item())} ({facts})"
        case np.ndarray():
            facts = f"array of shape {shape_text(value.shape)}, {value.dtype}"
            return f"{nested(value.tolist())} ({facts})" if 0 < value.size <= SMALL else facts
        case Note():
            return value.text
        case Form():
            return form_text(value)
        case Opaque() if value.type_name == METHOD:
            return type_name(value).replace("`", "")
        case Opaque():
            return value.text or f"an object of type {value.type_name}"
        case Formula():
            return f"lambda {value.arguments}: {value.body}"
        case float():
            return number(value)
        case str():
            return repr(value if len(value) <= 80 else value[:77] + "…")
        case bytes():
            return repr(value) if len(value) <= 20 else f"{len(value):,} bytes"
        case torch.Size():
            return f"torch.Size({list(value)})"
        case list() | tuple() | set() | frozenset():
            text = "" if _is_long(value) else nested(value)
            return text if 0 < len(text) <= 160 else f"{type_name(value)} of {len(value)}"
        case dict():
            pairs = () if _is_long(value) else value.items()
            text = "{" + ", ".join(f"{value_text(k)}: {value_text(v)}" for k, v in pairs) + "}"
            return text if len(text) <= 200 and len(pairs) == len(value) else f"a dict with the keys {keys_text(value)}"
    text = str(value)
    return text if len(text) <= 80 else text[:77] + "…"


def keys_text(keys: Iterable[Any]) -> str:
    """The first keys, and how many more there are."""
    listed = list(keys)
    shown = ", ".join(map(value_text, listed[:KEYS]))
    return shown if len(listed) <= KEYS else f"{shown} and {len(listed) - KEYS} more"


def _is_long(value: Any) -> bool:
    """Whether a collection holds more than :data:`LONG` items, those of nested collections included."""
    open_ones, count = [value], 0
    while open_ones:
        item = open_ones.pop()
        parts: Collection[Any] = ()
        if isinstance(item, dict):
            parts = [*item.keys(), *item.values()]
        elif isinstance(item, list | tuple | set | frozenset):
            parts = item
        count += len(parts)
        if count > LONG:
            return True
        open_ones.extend(parts)
    return False


def nested(value: Any) -> str:
    """Lists of numbers with their numbers shortened."""
    if isinstance(value, list):
        return "[" + ", ".join(nested(v) for v in value) + "]"
    if isinstance(value, tuple) and not isinstance(value, torch.Size):
        return "(" + ", ".join(nested(v) for v in value) + ("," if len(value) == 1 else "") + ")"
    if isinstance(value, set | frozenset):
        return "{" + ", ".join(sorted(map(nested, value))) + "}" if value else "set()"
    if isinstance(value, int | float):
        return number(value)
    return value_text(value)


def call_text(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """``leibniz_pi(5)``; large arguments are described: ``standardize(‹tensor of shape (8, 3), float32›)``."""
    shown = [describe_argument(value) for value in args]
    shown += [f"{key}={describe_argument(value)}" for key, value in kwargs.items()]
    return f"{name}({', '.join(shown)})"


def _literal(value: Any) -> str:
    """Like :func:`nested`, with whole floats written as floats: ``[1.0, 2.5]``."""
    if isinstance(value, list):
        return "[" + ", ".join(map(_literal, value)) + "]"
    text = number(value)
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{text}")'
    return f"{text}.0" if isinstance(value, float) and text.lstrip("-").isdigit() else text


def describe_argument(value: Any) -> str:
    """An argument as code where it is small, else in words: ``‹tensor of shape (8, 3), float32›``."""
    if isinstance(value, torch.Tensor):
        if value.numel() <= SMALL and value.numel() > 0:
            literal = value.tolist()
            kind = "" if torch.tensor(literal).dtype == value.dtype else f", dtype={value.dtype}"
            kind += ", requires_grad=True" if value.requires_grad else ""
            return f"torch.tensor({_literal(literal)}{kind})"
        return f"‹tensor of shape {shape_text(value.shape)}, {dtype_text(value.dtype)}›"
    if isinstance(value, np.ndarray):
        return f"‹array of shape {shape_text(value.shape)}, {value.dtype}›"
    if isinstance(value, list) and len(value) > 0 and not isinstance(value[0], int | float | str):
        whole = f"[{', '.join(map(describe_argument, value))}]" if len(value) <= SMALL else ""
        return whole if 0 < len(whole) <= 160 else f"‹list of {len(value)}: {describe_argument(value[0])}, …›"
    return value_text(value)
