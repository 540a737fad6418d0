"""Brackets: of a call, forgotten or too many, and around the wrong part of an expression."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from course_utils.mutation.source import Change, Source, short

_DATA = frozenset({"T", "mT", "shape", "dtype", "device", "grad", "data", "values", "indices", "weight", "bias",
                   "training", "ndim", "is_leaf", "grad_fn", "requires_grad", "real", "imag", "columns", "index", "loc",
                   "iloc", "in_features", "out_features", "dataset", "classes", "layout"})


def brackets(source: Source) -> Iterator[Change]:
    """``x.item`` for ``x.item()``; ``a - b / c`` for ``(a - b) / c``; ``f(x) + 1`` for ``f(x + 1)``."""
    yield from _of_calls(source)
    yield from _removed(source)
    yield from _regrouped(source)
    yield from _moved(source)


def _of_calls(source: Source) -> Iterator[Change]:
    for call in source.of(ast.Call):
        if not call.args and not call.keywords:
            start, end = source.call_bracket(call), source.span(call)[1]
            yield Change(22, "called", start, end, "",
                         f"`{short(source.code(call.func))}` is called here, but it should not be.")
    nodes: list[ast.Attribute | ast.Name] = [*source.of(ast.Attribute), *source.of(ast.Name)]
    for node in nodes:
        parent = source.parents[node]
        if isinstance(node.ctx, ast.Load) and not (isinstance(parent, ast.Call) and node is parent.func) \
                and _may_be_a_function(source, node):
            end = source.span(node)[1]
            yield Change(10 if isinstance(node, ast.Attribute) else 26, "brackets forgotten", end, end, "()",
                         f"`{short(source.code(node))}` names a function but doesn't call it.")


def _may_be_a_function(source: Source, node: ast.Attribute | ast.Name) -> bool:
    if isinstance(node, ast.Name):
        return node.id not in source.imported and isinstance(source.parents[node], ast.Return | ast.Assign | ast.Call
                                                             | ast.For | ast.keyword | ast.List | ast.Tuple | ast.If)
    if node.attr in _DATA:
        return False
    if isinstance(node.value, ast.Name) and node.value.id == "self":
        return isinstance(source.parents[node], ast.Return | ast.Assign | ast.Call | ast.For)
    root: ast.AST = node
    while isinstance(root, ast.Attribute):
        root = root.value
    is_dtype = isinstance(root, ast.Name) and root.id in source.imported and node.attr.islower() \
        and not isinstance(source.parents[node], ast.Call | ast.List | ast.Tuple | ast.Assign)
    return not is_dtype


def _removed(source: Source) -> Iterator[Change]:
    """Brackets that someone would leave out. Where they change nothing the source stays as it is."""
    for kind in (ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.IfExp):
        for node in source.of(kind):
            if source.in_brackets(node):
                start, end = source.outer(node)
                text = source.text[start:end]
                inner = text[1:-1].strip() if text.startswith("(") and text.endswith(")") else text
                yield Change(20, "brackets", start, end, inner,
                             f"The brackets in `{short(_around(source, node))}` group the wrong parts.")


def _regrouped(source: Source) -> Iterator[Change]:
    """Brackets that someone would have forgotten."""
    for node in source.of(ast.BinOp):
        left, right = source.outer(node.left), source.outer(node.right)
        sentence = f"`{short(source.code(node))}` groups the wrong parts: think of which operation comes first."
        text = source.text
        if not source.in_brackets(node.left):
            for first in _right_ends(node.left):
                start = source.outer(first)[0]
                if start < right[1]:
                    yield Change(12, "brackets", start, right[1], f"({text[start:right[1]]})", sentence)
        if not source.in_brackets(node.right):
            for last in _left_ends(source, node.right):
                end = source.outer(last)[1]
                yield Change(12, "brackets", left[0], end, f"({text[left[0]:end]})", sentence)
    for negated in source.of(ast.UnaryOp):
        if not source.in_brackets(negated.operand):
            start = source.span(negated)[0]
            for last in _left_ends(source, negated.operand):
                end = source.outer(last)[1]
                yield Change(12, "brackets", start, end, f"({source.text[start:end]})",
                             f"In `{short(source.code(negated))}` the sign is applied last.")
    for comparison in source.of(ast.Compare):
        right_side = comparison.comparators[-1]
        if not source.in_brackets(right_side):
            start = source.outer(comparison.left)[0]
            for last in _left_ends(source, right_side):
                end = source.outer(last)[1]
                yield Change(12, "brackets", start, end, f"({source.text[start:end]})",
                             f"`{short(source.code(comparison))}` groups the wrong parts: what is compared with what?")


def _left_ends(source: Source, node: ast.expr) -> Iterator[ast.expr]:
    """The parts that a node's text starts with: ``b`` and ``b.c`` of ``b.c() * d``."""
    while True:
        if isinstance(node, ast.BinOp):
            node = node.left
        elif isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            node = node.func.value
        elif isinstance(node, ast.Compare):
            node = node.left
        else:
            return
        if not (isinstance(node, ast.Name) and node.id in source.imported):
            yield node


def _right_ends(node: ast.expr) -> Iterator[ast.expr]:
    """The parts that a node's text ends with: ``b`` of ``a * b``."""
    while isinstance(node, ast.BinOp | ast.UnaryOp):
        node = node.right if isinstance(node, ast.BinOp) else node.operand
        yield node


def _moved(source: Source) -> Iterator[Change]:
    """The closing bracket of a call, before or after an operation."""
    for node in source.of(ast.BinOp):
        call = node.left
        if isinstance(call, ast.Call) and not source.in_brackets(call) and len(call.args) == 1 and not call.keywords \
                and not isinstance(call.args[0], ast.GeneratorExp | ast.Starred):
            close, end = source.span(call)[1] - 1, source.outer(node.right)[1]
            yield Change(18, "closing bracket", close, end, source.text[close + 1:end] + ")",
                         f"The closing bracket of `{short(source.code(call.func))}(…)` is at the wrong place.")
    for call in source.of(ast.Call):
        if len(call.args) == 1 and not call.keywords and isinstance(call.args[0], ast.BinOp) \
                and not source.in_brackets(call.args[0]):
            part: ast.expr = call.args[0]
            while isinstance(part, ast.BinOp) and not source.in_brackets(part):
                left_end, end = source.outer(part.left)[1], source.span(call)[1]
                rest = source.text[left_end:end - 1]
                whole = isinstance(source.parents[call], ast.BinOp | ast.Attribute) and not source.in_brackets(call)
                start = source.span(call)[0]
                after = source.text[start:left_end] + ")" + rest
                yield Change(18, "closing bracket", start, end, f"({after})" if whole else after,
                             f"The closing bracket of `{short(source.code(call.func))}(…)` is at the wrong place.")
                part = part.left


def _around(source: Source, node: ast.AST) -> str:
    parent = source.parents[node]
    return source.code(parent) if isinstance(parent, ast.expr) else source.text[slice(*source.outer(node))]
