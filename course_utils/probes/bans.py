"""Probes for answers that have to do without a class: what was made is observed while the answer runs."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from course_utils.evidence.facts import Facts, Note


@contextmanager
def constructions(base: Any) -> Iterator[list[str]]:
    """Collect the names of the classes, ``base`` or below it, of the objects that are made within, in order."""
    made: list[str] = []
    original = base.__init__

    @functools.wraps(original)
    def watched(self: Any, *args: Any, **kwargs: Any) -> None:
        made.append(type(self).__name__)
        original(self, *args, **kwargs)

    base.__init__ = watched
    try:
        yield made
    finally:
        base.__init__ = original


def without_optimizers(answer: Any, *args: Any, **kwargs: Any) -> Facts:
    """What the function returns, and which optimizers it makes on the way."""
    with constructions(torch.optim.Optimizer) as made:
        result = answer(*args, **kwargs)
    return Facts({"": result, "optimizers that it makes": _kinds(made)})


@contextmanager
def module_calls() -> Iterator[list[str]]:
    """Collect the names of the classes of the modules that are called within, wherever they were made."""
    called: list[str] = []
    module: Any = nn.Module
    original = module.__call__

    @functools.wraps(original)
    def watched(self: Any, *args: Any, **kwargs: Any) -> Any:
        called.append(type(self).__name__)
        return original(self, *args, **kwargs)

    module.__call__ = watched
    try:
        yield called
    finally:
        module.__call__ = original


def without_modules(answer: Any, *args: Any, **kwargs: Any) -> Facts:
    """What the function returns, if no module had a part in it; otherwise no more than that one had."""
    with constructions(nn.Module) as made, module_calls() as called:
        result = answer(*args, **kwargs)
    if made or called:
        return Facts({"modules of `nn`": Note("in use")})
    return Facts({"modules of `nn`": Note("none"), "": result})


def _kinds(made: list[str]) -> Note:
    return Note(", ".join(dict.fromkeys(made)) or "none")
