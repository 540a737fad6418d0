"""Probes for functions and for values."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from course_utils.evidence.facts import Form


def call(answer: Any, *args: Any, **kwargs: Any) -> Any:
    """What the function returns."""
    return answer(*args, **kwargs)


def number(answer: Any, *args: Any, **kwargs: Any) -> Any:
    """What the function returns, if a Python number is due; see :func:`told_apart_from_numbers`."""
    return told_apart_from_numbers(answer(*args, **kwargs))


def numbers(answer: Any, *args: Any, **kwargs: Any) -> Any:
    """What the function returns, if several Python numbers are due; see :func:`told_apart_from_numbers`."""
    returned = answer(*args, **kwargs)
    return tuple(map(told_apart_from_numbers, returned)) if isinstance(returned, tuple | list) else returned


def told_apart_from_numbers(value: Any) -> Any:
    """A tensor or array that holds a single number as its type alone, so that it doesn't pass for that number.

    Everything else comes back as it is, NumPy's float64 too, which is a Python float.
    """
    if isinstance(value, torch.Tensor) and value.ndim == 0:
        return Form("a tensor", ())
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return Form("a NumPy array", ())
    if isinstance(value, np.generic) and not isinstance(value, float):
        return Form("a NumPy number")
    return value


def read(answer: Any) -> Any:
    """The value itself."""
    return answer


def entry(answer: Any, key: Any) -> Any:
    """One entry of a dict or list of answers."""
    return answer[key]
