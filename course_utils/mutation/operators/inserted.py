"""Pieces of other code put in: statements, steps after a value, arguments, operands."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from course_utils.mutation.operators.dims import appended
from course_utils.mutation.operators.statements import blocks_of, whole
from course_utils.mutation.operators.training import indent_of, insertion
from course_utils.mutation.source import Change, Source, short

_OPERATORS = ("+", "-", "*", "/", "@", "//", "**")


def inserted(source: Source) -> Iterator[Change]:
    """Each piece of the source's material at each place that it fits."""
    for piece in source.material:
        yield from _piece(source, piece)


def _piece(source: Source, piece: str) -> Iterator[Change]:
    if piece.lstrip().startswith((".", "[")):
        for node in list(source.expressions()):
            yield Change(44, "step missing", *source.suffixed(node, piece.strip()),
                         f"A step is missing after `{short(source.code(node))}`.")
        return
    if piece.partition("=")[0].strip().isidentifier() and piece.partition("=")[2][:1] != "=":
        yield from _keyword(source, piece.strip())
    try:
        tree = ast.parse(piece.strip())
    except SyntaxError:
        return
    for block in blocks_of(source):
        for index in range(len(block) + 1):
            change = insertion(source, block, index, piece.strip())
            if change is not None:
                yield Change(43, "statement missing", *change, "A statement is missing here.")
    if len(tree.body) == 1:
        yield from _statement(source, piece.strip())
    if len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr):
        yield from _expression(source, piece.strip())


def _keyword(source: Source, piece: str) -> Iterator[Change]:
    for call in source.of(ast.Call):
        yield Change(44, "argument missing", *appended(source, call, piece),
                     f"`{short(source.code(call.func))}` is missing an argument here.")


def _statement(source: Source, piece: str) -> Iterator[Change]:
    """The piece in the place of a statement."""
    for statement in source.statements:
        indent = indent_of(source, statement)
        if indent is not None:
            start, end = whole(source, statement)
            yield Change(45, "statement", start, end, piece.replace("\n", "\n" + indent),
                         f"`{short(source.text[start:end].partition(chr(10))[0])}` should be another statement.")


def _expression(source: Source, piece: str) -> Iterator[Change]:
    for call in source.of(ast.Call):
        places = [(source.outer(a)[0], f"{piece}, ") for a in call.args]
        places.append((source.span(call)[1] - 1, f", {piece}" if call.args or call.keywords else piece))
        for place, text in places:
            yield Change(45, "argument missing", place, place, text,
                         f"`{short(source.code(call.func))}` is missing an argument here.")
    for node in list(source.expressions()):
        start, end = source.outer(node)
        inner = source.span(node)
        for text in (piece, f"({piece})"):
            yield Change(45, "expression", *inner, text, f"`{short(source.code(node))}` should be something else.")
        for operator in _OPERATORS:
            yield Change(46, "operand missing", end, end, f" {operator} {piece}",
                         f"Something is missing after `{short(source.code(node))}`.")
            yield Change(46, "operand missing", start, start, f"{piece} {operator} ",
                         f"Something is missing before `{short(source.code(node))}`.")
