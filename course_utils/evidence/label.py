"""Where in an answer's evidence a value stands, in the student's terms.

A place is a text: an expression or a noun phrase that a probe gave (``dataset[0]``, ``mode of the model``), followed
by the way into that value (``[0]``, ``['loss']``). ``""`` is what the answer returned, ``[1]`` an item of it.
"""

from __future__ import annotations

import ast
import re
from functools import lru_cache

_PATH = re.compile(r"((?:\[[^\[\]]*\])*)\Z")


def part_name(where: str) -> str:
    """Return a place as a table shows it, in plain text.

    >>> part_name("losses[1]"), part_name("mode of the model"), part_name("weights afterwards[1]")
    ('losses[1]', 'mode of the model', 'weights afterwards, [1]')
    """
    label, path = split(where)
    plain = label.replace("`", "")
    return f"{plain}, {path}" if label and path and not is_code(label) else plain + path


def lead(where: str) -> str:
    """Return what a sentence about a place begins with; empty for what the answer itself returned.

    >>> lead("losses[1]"), lead("mode of the model"), lead("[1]")
    ('`losses[1]`: ', 'Mode of the model: ', 'Item [1] of the result: ')
    """
    label, path = split(where)
    if not where:
        return ""
    if not label:
        return f"Item {path} of the result: "
    if is_code(label):
        return f"`{label}{path}`: "
    return f"{label[0].upper()}{label[1:]}{', item ' + path if path else ''}: "


def mention(where: str) -> str:
    """Return a place as it stands within a sentence; empty for what the answer itself returned."""
    name = lead(where).removesuffix(": ")
    return name if not name or is_code(split(where)[0]) else name[0].lower() + name[1:]


def called(where: str) -> str:
    """Return the name of the function or method whose result a place is, if it is one: "should_stop"."""
    tree = _parsed(where)
    if not isinstance(tree, ast.Call):
        return ""
    function = tree.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def split(where: str) -> tuple[str, str]:
    """Return a place as the probe's label and the path behind it; code keeps its path."""
    if is_code(where) and not where.startswith("["):
        return where, ""
    found = _PATH.search(where)
    path = found[1] if found else ""
    return where[: len(where) - len(path)], path


def attribute(root: str, name: str) -> str:
    """Return the expression for a parameter of a model: ``model[0].weight`` for "0.weight"."""
    return root + "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in name.split("."))


def is_code(label: str) -> bool:
    """Whether a label is an expression that reads or calls something; words such as "what is raised" are not."""
    return isinstance(_parsed(label), ast.Name | ast.Attribute | ast.Subscript | ast.Call)


@lru_cache(maxsize=512)
def _parsed(text: str) -> ast.expr | None:
    if not text or len(text) > 400:
        return None
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
