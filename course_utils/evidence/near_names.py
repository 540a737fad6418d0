"""What may have been meant by a name that does not exist: found beside the student's code, by looking only.

Nothing that a submission made is called: names are read out of plain dicts.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable
from types import FrameType, ModuleType
from typing import Any

MOST = 3  # names that are offered
LONG = 80


def missing_name(error: BaseException) -> str:
    """Return the name, attribute or module that an exception says is not there; empty for other exceptions."""
    if not isinstance(error, NameError | AttributeError | ImportError):
        return ""
    name = error.name
    if name is None and isinstance(error, UnboundLocalError) and error.args and type(error.args[0]) is str:
        found = re.search(r"local variable '(\w+)'", error.args[0])
        name = found[1] if found else None
    return name if type(name) is str else ""


def near_names(error: BaseException, frame: FrameType | None) -> list[str]:
    """Return expressions that may have been meant, the likeliest first: ``self.count``, ``losses``."""
    name = missing_name(error)
    if not name or len(name) > LONG or isinstance(error, ImportError):
        return []
    if isinstance(error, NameError):
        return _near_name(name, frame) if frame is not None else []
    owner = getattr(error, "obj", None)
    return nearest(name, _attributes(owner))


def _near_name(name: str, frame: FrameType) -> list[str]:
    found = []
    owner = frame.f_locals.get("self")
    if owner is not None and name in _attributes(owner):
        found.append(f"self.{name}")
    visible = {**vars(builtins), **frame.f_globals, **frame.f_locals}
    visible.pop(name, None)  # a local that has no value yet
    return [*found, *nearest(name, visible)][:MOST]


def _attributes(owner: Any) -> set[str]:
    """The names of an object's attributes, without asking the object."""
    if type(owner) is ModuleType:
        return {name for name in vars(owner) if type(name) is str}
    found: set[str] = set()
    for base in type(owner).__mro__[:-1]:
        found.update(name for name in type.__getattribute__(base, "__dict__") if type(name) is str)
    try:
        own = object.__getattribute__(owner, "__dict__")
    except AttributeError:
        return found
    if type(own) is dict:
        found.update(name for name in own if type(name) is str)
        for table in ("_modules", "_parameters", "_buffers"):
            inner = own.get(table)
            found.update(name for name in inner if type(name) is str) if isinstance(inner, dict) else None
    return found


def nearest(name: str, names: Iterable[str], most: int = MOST) -> list[str]:
    """Return the names that are a slip of the keys away, the nearest first.

    >>> nearest("standardise", ["standardize", "slope"]), nearest("lenght", ["length", "losses"])
    (['standardize'], ['length'])
    """
    limit = 1 if len(name) <= 4 else 2
    found = []
    for other in names:
        if type(other) is not str or other == name or abs(len(other) - len(name)) > limit:
            continue
        if other.startswith("_") and not name.startswith("_"):
            continue
        apart = 0 if other.lower() == name.lower() else distance(name, other)
        if apart <= limit and (apart == 0 or len(name) > 2):
            found.append((apart, other))
    return [other for _, other in sorted(found)[:most]]


def distance(one: str, other: str) -> int:
    """Return how many letters are to be put in, left out, changed or exchanged with their neighbour.

    >>> distance("lenght", "length"), distance("lose", "loss")
    (1, 1)
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, its in enumerate(other, 1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != its)))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                row[j] = min(row[j], last[j - 2] + 1)
    return row[-1]
