"""Numbers, truth values and texts that are not the right ones."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from course_utils.mutation.source import Change, Source

_SMALL = (0, 1, -1, 2, 3)
_SHARES = (0.0, 0.5, 1.0)
# Functions whose result has the dtype of the number that they are given.
_TAKE_THE_DTYPE = frozenset({"tensor", "full", "where", "arange", "as_tensor", "linspace"})


def constants(source: Source) -> Iterator[Change]:
    """Numbers off by one, with the other sign, doubled, halved; True for False; one text for another."""
    texts = sorted({node.value for node in source.of(ast.Constant) if isinstance(node.value, str)})
    for node in source.of(ast.Constant):
        value = node.value
        if isinstance(value, bool):
            yield Change(14, "true or false", *source.span(node), str(not value),
                         f"`{value}` is the opposite of what is needed here.")
        elif isinstance(value, int | float):
            yield from _numbers(source, node, value)
        elif isinstance(value, str):
            yield from _texts(source, node, value, texts)


def _numbers(source: Source, node: ast.Constant, value: float) -> Iterator[Change]:
    start, end = source.span(node)
    parent = source.parents[node]
    negative = isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.USub) and not source.in_brackets(node)
    if negative:
        (start, end), value = source.span(parent), -value
    elif isinstance(parent, ast.UnaryOp):
        return
    shown = source.text[start:end]
    for kind, rank, new, sentence in _others(value, shown):
        text = _written(new)
        if text.startswith("-") and isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Pow) \
                and node is parent.left:
            text = f"({text})"
        yield Change(rank, kind, start, end, text, sentence)
    if _dtype_matters(source, parent if negative else node):
        converted = float(value) if isinstance(value, int) else int(value) if value.is_integer() else None
        if converted is not None:
            wrong, right = ("an int", "a float") if isinstance(value, int) else ("a float", "an int")
            yield Change(17, "int or float", start, end, _written(converted),
                         f"`{shown}` is {wrong}, and the result depends on that; it should be {right}.")


def _others(value: float, shown: str) -> Iterator[tuple[str, int, float, str]]:
    """Numbers that are meant where ``value`` is written: kind, rank, number and what is wrong with ``value``."""
    whole = isinstance(value, int)
    off_by_one = f"The number `{shown}` is off by one."
    not_it = f"`{shown}` is not the right number here."
    if whole or value.is_integer():
        yield "off by one", 13, value + 1, off_by_one
        yield "off by one", 13, value - 1, off_by_one
    if value:
        yield "sign", 15, -value, f"`{shown}` has the wrong sign."
        factor = f"`{shown}` is off by a factor of 2."
        yield "factor of 2", 22, value * 2, factor
        if not whole or value % 2 == 0:
            yield "factor of 2", 22, value // 2 if whole else value / 2, factor
    if whole and value in _SMALL:
        yield from (("number", 24, other, not_it) for other in _SMALL if other != value)
    if not whole:
        if value in _SHARES:
            yield from (("number", 24, other, not_it) for other in _SHARES if other != value)
        if 0 < value < 1:
            yield "one minus", 23, round(1 - value, 12), (
                f"`{shown}` is the complement of the right number: the two add up to 1.")
        if value and not value.is_integer():
            ten = f"`{shown}` is off by a power of ten."
            yield "power of ten", 23, float(f"{value * 10:.12g}"), ten
            yield "power of ten", 23, float(f"{value / 10:.12g}"), ten
    if value > 9 and whole:
        ten = f"`{shown}` is off by a power of ten."
        yield "power of ten", 25, value * 10, ten
        if value % 10 == 0:
            yield "power of ten", 25, value // 10, ten


def _written(value: float) -> str:
    return repr(value)


def _dtype_matters(source: Source, node: ast.AST) -> bool:
    """Whether an int and a float of the same value give different results where a number stands."""
    parent = source.parents.get(node)
    if isinstance(parent, ast.BinOp):
        return isinstance(parent.op, ast.Pow) and node is parent.left
    while isinstance(parent, ast.List | ast.Tuple):
        parent = source.parents.get(parent)
    if isinstance(parent, ast.Call):
        name = parent.func.attr if isinstance(parent.func, ast.Attribute) else getattr(parent.func, "id", "")
        return name in _TAKE_THE_DTYPE
    return False


def _texts(source: Source, node: ast.Constant, value: str, texts: list[str]) -> Iterator[Change]:
    if any(isinstance(around, ast.Raise) for around in source.ancestors(node)):
        return
    start, end = source.span(node)
    quote = source.text[end - 1]
    if value in ("inf", "-inf"):
        yield Change(15, "sign", start, end, repr("-inf" if value == "inf" else "inf").replace("'", quote),
                     "Infinity has the wrong sign here.")
    for other in texts:
        if other != value and len(other) < 40 and quote not in other and other.isprintable():
            written = repr(other) if "\\" in repr(other) else f"{quote}{other}{quote}"
            yield Change(30, "text", start, end, written, f"`{source.code(node)}` is not the right text here.")
