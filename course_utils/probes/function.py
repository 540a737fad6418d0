"""Probes for functions and for values."""

from __future__ import annotations

from typing import Any


def call(answer: Any, *args: Any, **kwargs: Any) -> Any:
    """What the function returns."""
    return answer(*args, **kwargs)


def read(answer: Any) -> Any:
    """The value itself."""
    return answer


def entry(answer: Any, key: Any) -> Any:
    """One entry of a dict or list of answers."""
    return answer[key]
