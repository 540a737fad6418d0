"""Operators and comparisons exchanged, operands swapped or dropped, minus and not lost or gained."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from course_utils.mutation.source import Change, Source, short

_SYMBOLS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Pow: "**", ast.MatMult: "@",
    ast.Mod: "%", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=", ast.Is: "is",
    ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in", ast.And: "and", ast.Or: "or"}
# Likely ones first. Each pair stands in both rows.
_ARITHMETIC = {"+": "-*/", "-": "+/*", "*": "/@+-", "/": ("//", "*", "-", "+", "%"), "//": "/%", "**": "*", "@": "*",
               "%": ("//", "/"), "&": "|", "|": "&"}
_AUGMENTED = {"+": "-*", "-": "+", "*": "+/", "/": ("*", "//"), "//": "/"}
_COMPARED = {"<": ("<=", ">", ">="), "<=": ("<", ">=", ">"), ">": (">=", "<", "<="), ">=": (">", "<=", "<"),
             "==": ("!=",), "!=": ("==",), "is": ("is not",), "is not": ("is",), "in": ("not in",), "not in": ("in",)}
_BOUNDARY = ({"<", "<="}, {">", ">="})


def arithmetic(source: Source) -> Iterator[Change]:
    """One operator for another, operands swapped or dropped, a sign or ``not`` too many or too few."""
    for node in source.of(ast.BinOp):
        yield from _binary(source, node)
    for assignment in source.of(ast.AugAssign):
        symbol = _SYMBOLS[type(assignment.op)]
        start, end = _between(source, source.outer(assignment.target)[1], source.outer(assignment.value)[0],
                              symbol + "=")
        for other in _AUGMENTED.get(symbol, ()):
            yield Change(20, "operator", start, end, other + "=", f"`{symbol}=` is not the right operation here.")
    for comparison in source.of(ast.Compare):
        yield from _compared(source, comparison)
    for boolean in source.of(ast.BoolOp):
        yield from _boolean(source, boolean)
    yield from _signs(source)
    yield from _negations(source)


def _between(source: Source, start: int, end: int, symbol: str) -> tuple[int, int]:
    """Where an operator stands between its two sides, which comments may separate."""
    gap = re.sub(r"#[^\n]*", lambda comment: " " * len(comment.group()), source.text[start:end])
    place = gap.find(symbol) if not symbol[0].isalpha() else _word(gap, symbol)
    return start + place, start + place + (len(symbol) if not symbol[0].isalpha() else _length(gap, symbol))


def _word(gap: str, symbol: str) -> int:
    match = re.search(r"\b" + symbol.replace(" ", r"\s+") + r"\b", gap)
    return match.start() if match else 0


def _length(gap: str, symbol: str) -> int:
    match = re.search(r"\b" + symbol.replace(" ", r"\s+") + r"\b", gap)
    return len(match.group()) if match else 0


def _binary(source: Source, node: ast.BinOp) -> Iterator[Change]:
    symbol = _SYMBOLS[type(node.op)]
    left, right = source.outer(node.left), source.outer(node.right)
    place = _between(source, left[1], right[0], symbol)
    for number, other in enumerate(_ARITHMETIC.get(symbol, ())):
        yield Change(18 + 2 * number, "operator", *place, other, f"`{symbol}` is not the right operation here.")
    if symbol in ("-", "/", "//", "**", "@", "%"):
        yield from _swapped(source, node, left, right, f"The two sides of `{symbol}` are swapped.")
    start, end = source.span(node)
    dropped = f"`{short(source.code(node))}` has one term too many."
    keep_left, keep_right = source.text[start:left[1]], source.text[right[0]:end]
    yield Change(28, "operand dropped", start, end, keep_left, dropped)
    yield Change(29, "operand dropped", start, end, keep_right, dropped)


def _swapped(source: Source, node: ast.expr, left: tuple[int, int], right: tuple[int, int],
             sentence: str) -> Iterator[Change]:
    text = source.text
    first, second = text[left[0]:left[1]], text[right[0]:right[1]]
    between = text[left[1]:right[0]]
    if isinstance(node, ast.BinOp):
        swapped = _with_brackets(source, node.right, second) + between + _with_brackets(source, node.left, first)
    else:
        swapped = second + between + first
    yield Change(21, "operands swapped", left[0], right[1], swapped, sentence)
    if swapped != second + between + first:
        yield Change(21, "operands swapped", left[0], right[1], second + between + first, sentence)


def _with_brackets(source: Source, node: ast.expr, text: str) -> str:
    return f"({text})" if isinstance(node, ast.BinOp | ast.UnaryOp) and not source.in_brackets(node) else text


def _compared(source: Source, node: ast.Compare) -> Iterator[Change]:
    sides = [node.left, *node.comparators]
    for op, one, other_side in zip(node.ops, sides, sides[1:]):
        symbol = _SYMBOLS[type(op)]
        left, right = source.outer(one), source.outer(other_side)
        place = _between(source, left[1], right[0], symbol)
        for other in _COMPARED[symbol]:
            at_boundary = any({symbol, other} == pair for pair in _BOUNDARY)
            sentence = (f"`{symbol}` treats equal values the wrong way." if at_boundary else
                        f"`{symbol}` is not the right comparison here.")
            yield Change(14 if at_boundary else 17, "comparison", *place, other, sentence)
        if symbol in ("<", "<=", ">", ">=", "in", "not in"):
            yield from _swapped(source, node, left, right, f"The two sides of `{symbol}` are swapped.")


def _boolean(source: Source, node: ast.BoolOp) -> Iterator[Change]:
    symbol = _SYMBOLS[type(node.op)]
    other = "or" if symbol == "and" else "and"
    for one, next_one in zip(node.values, node.values[1:]):
        place = _between(source, source.outer(one)[1], source.outer(next_one)[0], symbol)
        yield Change(18, "and or or", *place, other, f"`{symbol}` joins the two conditions the wrong way.")
    for number, value in enumerate(node.values):
        start, end = source.outer(value)
        if number:
            start = source.outer(node.values[number - 1])[1]
        else:
            end = source.outer(node.values[1])[0]
        yield Change(28, "condition dropped", start, end, "",
                     f"`{short(source.code(node))}` has one condition too many.")


def _signs(source: Source) -> Iterator[Change]:
    for node in source.of(ast.UnaryOp):
        start, end = source.span(node)
        inner = source.outer(node.operand)
        if isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant):
            yield Change(15, "sign", start, inner[0], "", "There is a minus too many here.")
    places: list[ast.expr] = [*source.of(ast.Name), *source.of(ast.Call), *source.of(ast.Attribute),
                              *source.of(ast.Subscript), *source.of(ast.BinOp)]
    for place in places:
        yield from _minus(source, place)


def _minus(source: Source, node: ast.expr) -> Iterator[Change]:
    parent = source.parents[node]
    if not _is_number_place(source, node, parent):
        return
    start, end = source.outer(node)
    text = source.text[start:end]
    is_sum = isinstance(node, ast.BinOp) and not source.in_brackets(node)
    if is_sum and not isinstance(parent, ast.BinOp | ast.Compare):
        yield Change(19, "sign", start, end, f"-({text})", "The sign is wrong here.")
    yield Change(19, "sign", start, end, f"-{text}", "The sign is wrong here.")


def _is_number_place(source: Source, node: ast.expr, parent: ast.AST) -> bool:
    if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
        return False
    if isinstance(parent, ast.BinOp):
        return node is parent.left or not isinstance(parent.op, ast.Add | ast.Sub)
    if isinstance(parent, ast.AugAssign):
        return not isinstance(parent.op, ast.Add | ast.Sub)
    return isinstance(parent, ast.Return | ast.Assign | ast.Slice)


def _negations(source: Source) -> Iterator[Change]:
    for node in source.of(ast.UnaryOp):
        if isinstance(node.op, ast.Not | ast.Invert):
            yield Change(16, "not", source.span(node)[0], source.outer(node.operand)[0], "",
                         "The condition is the wrong way round: it has a negation too many.")
    branches: list[ast.If | ast.While | ast.IfExp] = [*source.of(ast.If), *source.of(ast.While), *source.of(ast.IfExp)]
    conditions = [node.test for node in branches]
    conditions += [test for node in source.of(ast.comprehension) for test in node.ifs]
    for test in conditions:
        parts = [test, *(test.values if isinstance(test, ast.BoolOp) else [])]
        for part in parts:
            if isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.Not):
                continue
            start, end = source.outer(part)
            text = source.text[start:end]
            simple = not isinstance(part, ast.BoolOp | ast.IfExp) or source.in_brackets(part)
            yield Change(16, "not", start, end, f"not {text}" if simple else f"not ({text})",
                         "The condition is the wrong way round.")
    for index in source.of(ast.Subscript):
        if isinstance(index.ctx, ast.Load) and isinstance(index.slice, ast.Name | ast.Compare):
            text = source.as_atom(index.slice)
            yield Change(24, "not", *source.outer(index.slice), f"~{text}", "The mask is the wrong way round.")
