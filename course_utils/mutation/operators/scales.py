"""A count off by one, and a factor or divisor missing."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from course_utils.mutation.operators.dims import call_name
from course_utils.mutation.source import Change, Source, short

_COUNTING = frozenset({"range", "arange", "linspace", "zeros", "ones", "empty", "randperm", "eye", "split", "Linear"})


def scales(source: Source) -> Iterator[Change]:
    """``range(n)`` for ``range(n + 1)`` or ``range(1, n + 1)``; ``total`` for ``total / n`` or ``loss * len(x)``."""
    yield from _counts(source)
    for statement in source.of(ast.Return):
        if statement.value is not None:
            values = statement.value.elts if isinstance(statement.value, ast.Tuple) else [statement.value]
            for value in values:
                yield from _factors(source, value)
    for augmented in source.of(ast.AugAssign):
        yield from _factors(source, augmented.value)


def _counts(source: Source) -> Iterator[Change]:
    places: list[ast.expr] = []
    for call in source.of(ast.Call):
        if call_name(call) in _COUNTING:
            places += call.args
        if call_name(call) in ("range", "arange") and len(call.args) == 1:
            count = source.text[slice(*source.outer(call.args[0]))]
            yield Change(18, "off by one", *source.outer(call.args[0]), f"1, {count} + 1",
                         f"`{short(source.code(call))}` counts from 0, and here it should count from 1.")
        if call_name(call) in ("range", "arange") and len(call.args) == 2:
            first, last = call.args
            if source.code(first) == "1" and isinstance(last, ast.BinOp) and isinstance(last.op, ast.Add) \
                    and source.code(last.right) == "1":
                yield Change(18, "off by one", source.outer(first)[0], source.outer(last)[1],
                             source.text[slice(*source.outer(last.left))],
                             f"`{short(source.code(call))}` counts from 1, and here it should count from 0.")
    for part in source.of(ast.Slice):
        places += filter(None, (part.lower, part.upper))
    for comparison in source.of(ast.Compare):
        places.append(comparison.comparators[-1])
    for place in places:
        if isinstance(place, ast.Name | ast.Attribute | ast.Call):
            end = source.outer(place)[1]
            for other in (" + 1", " - 1"):
                yield Change(19, "off by one", end, end, other, f"`{short(source.code(place))}` is off by one here.")


def _factors(source: Source, value: ast.expr) -> Iterator[Change]:
    """A division or multiplication that is missing behind a result."""
    start, end = source.outer(value)
    loose = isinstance(value, ast.BinOp | ast.UnaryOp | ast.Compare | ast.BoolOp | ast.IfExp) \
        and not source.in_brackets(value)
    sentence = f"`{short(source.code(value))}` has the wrong scale: a factor or a divisor is missing."
    for factor in _candidates(source, value):
        for symbol in ("/", "*"):
            if symbol == "/" or not factor.isdigit():
                after = f" {symbol} {factor}"
                yield Change(29, "scale", end, end, after, sentence)
                if loose:
                    yield Change(29, "scale", start, end, f"({source.text[start:end]}){after}", sentence)


def _candidates(source: Source, value: ast.expr) -> list[str]:
    scope = [name for name in source.scope(value) if name != "self"]
    function = source.function_of(value)
    parameters = {arg.arg for arg in function.args.args} if function is not None else set()
    loops = {name.id for loop in source.of(ast.For) for name in ast.walk(loop.target) if isinstance(name, ast.Name)}
    counted = [f"len({name})" for name in scope if name in parameters | loops]
    return [*scope, *counted, "2", "255"]
