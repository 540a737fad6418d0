"""Statements: dropped, exchanged, a result kept or lost, returned or printed or neither."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from course_utils.mutation.operators.training import indent_of, insertion
from course_utils.mutation.source import Change, Source, short

_SYMBOLS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/",
                                           ast.MatMult: "@", ast.FloorDiv: "//", ast.Pow: "**"}


def statements(source: Source) -> Iterator[Change]:
    """A statement too many or in the wrong order; ``x.f()`` for ``x = x.f()``; ``return`` forgotten; ``x =+ y``."""
    for block in blocks_of(source):
        yield from _dropped(source, block)
        yield from _exchanged(source, block)
        yield from _moved(source, block)
    for returned in source.of(ast.Return):
        yield from _returned(source, returned)
    for expression in source.of(ast.Expr):
        yield from _unused(source, expression)
    for assignment in source.of(ast.Assign):
        yield from _assigned(source, assignment)
    for augmented in source.of(ast.AugAssign):
        yield from _augmented(source, augmented)
    for function in source.of(ast.FunctionDef):
        yield from _return_missing(source, function)


def blocks_of(source: Source) -> Iterator[list[ast.stmt]]:
    """All blocks with their statements, but those of the module itself if it holds one statement."""
    for node in [source.tree, *source.statements, *source.of(ast.ExceptHandler), *source.of(ast.match_case)]:
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block and not (node is source.tree and len(block) == 1):
                yield [s for s in block if s in source.parents]


def whole(source: Source, statement: ast.stmt) -> tuple[int, int]:
    """Where a statement starts and ends, its decorators included."""
    start, end = source.span(statement)
    if isinstance(statement, ast.FunctionDef | ast.ClassDef) and statement.decorator_list:
        start = source.span(statement.decorator_list[0])[0] - 1
    return start, end


def _dropped(source: Source, block: list[ast.stmt]) -> Iterator[Change]:
    for index, statement in enumerate(block):
        start, end = whole(source, statement)
        sentence = f"One statement too many: `{_first_line(source, statement)}` should not be there."
        if len(block) == 1:
            if not isinstance(statement, ast.Pass):
                yield Change(27, "statement dropped", start, end, "pass", sentence)
            continue
        if indent_of(source, statement) is None or source.text[start:start + 4] == "elif":
            continue
        if index + 1 < len(block):
            end = whole(source, block[index + 1])[0]
            if indent_of(source, block[index + 1]) is None:
                continue
        else:
            start = source.text.rfind("\n", 0, start)
            start = _before_comments(source, source.span(block[index - 1])[1], start)
        yield Change(27, "statement dropped", start, end, "", sentence)


def _before_comments(source: Source, earliest: int, start: int) -> int:
    """Where the text before the last statement of a block ends: at the statement before, if nothing is between."""
    return earliest if not source.text[earliest:start].strip() else start


def _exchanged(source: Source, block: list[ast.stmt]) -> Iterator[Change]:
    for one, following in zip(block, block[1:]):
        (start, end), (start2, end2) = whole(source, one), whole(source, following)
        if indent_of(source, following) is None or source.text[start2:start2 + 4] == "elif":
            continue
        text = source.text
        yield Change(21, "order of statements", start, end2, text[start2:end2] + text[end:start2] + text[start:end],
                     f"`{_first_line(source, one)}` and the statement after it are in the wrong order.")


def _moved(source: Source, block: list[ast.stmt]) -> Iterator[Change]:
    """A statement two or three places further up or down."""
    for first in range(len(block)):
        for last in range(first + 2, min(first + 4, len(block))):
            parts = block[first:last + 1]
            if any(indent_of(source, part) is None or source.text.startswith("elif", whole(source, part)[0])
                   for part in parts):
                continue
            spans = [whole(source, part) for part in parts]
            texts = [source.text[slice(*span)] for span in spans]
            between = [source.text[one[1]:following[0]] for one, following in zip(spans, spans[1:])]
            for moved, order in ((parts[0], [*texts[1:], texts[0]]), (parts[-1], [texts[-1], *texts[:-1]])):
                after = "".join(text + gap for text, gap in zip(order, [*between, ""], strict=True))
                yield Change(24, "statement moved", spans[0][0], spans[-1][1], after,
                             f"`{_first_line(source, moved)}` is at the wrong place.")


def _returned(source: Source, statement: ast.Return) -> Iterator[Change]:
    if statement.value is None:
        return
    start, end = source.span(statement)
    value_start = source.outer(statement.value)[0]
    yield Change(30, "returned", start, value_start, "", "Nothing should be returned here.")
    yield Change(30, "returned", start, end, f"print({source.text[value_start:end]})",
                 "The result should be printed here, not returned.")
    yield Change(31, "returned", value_start, end, "None", "Nothing should be returned here.")


def _unused(source: Source, statement: ast.Expr) -> Iterator[Change]:
    start, end = source.span(statement)
    call = statement.value
    yield Change(10, "return forgotten", start, start, "return ", "The result is computed but not returned.")
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "print" and call.args:
        first, last = source.outer(call.args[0])[0], source.outer(call.args[-1])[1]
        yield Change(10, "printed", start, end, f"return {source.text[first:last]}",
                     "`print` shows the result but doesn't return it.")
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
        receiver: ast.AST = call.func.value
        while isinstance(receiver, ast.Call) and isinstance(receiver.func, ast.Attribute):
            receiver = receiver.func.value
        if isinstance(receiver, ast.Name | ast.Attribute | ast.Subscript) \
                and not (isinstance(receiver, ast.Name) and receiver.id in source.imported):
            yield Change(12, "result lost", start, start, f"{source.code(receiver)} = ",
                         f"`{short(source.code(call))}` returns a result and changes nothing, so that is lost.")
        for argument in call.args[:1]:
            if isinstance(argument, ast.Name):
                yield Change(14, "result lost", start, start, f"{argument.id} = ",
                             f"`{short(source.code(call))}` returns a result, and the result is lost.")


def _assigned(source: Source, statement: ast.Assign) -> Iterator[Change]:
    start, end = source.span(statement)
    value_start, value_end = source.outer(statement.value)
    target = statement.targets[-1]
    if isinstance(statement.value, ast.Call):
        yield Change(20, "kept", start, value_start, "",
                     f"What the call returns should not be put into `{short(source.code(target))}`.")
    if len(statement.targets) != 1 or isinstance(target, ast.Tuple | ast.List | ast.Starred):
        return
    name = source.code(target)
    function = source.parents[statement]
    if isinstance(function, ast.FunctionDef) and function.body[-1] is statement:
        yield Change(25, "return forgotten", start, value_start, "return ",
                     f"The result is put into `{name}` and not returned.")
    else:
        yield Change(25, "returned late", start, value_start, "return ",
                     f"What `{name}` gets here is already the result; the code goes on and changes it.")
    for symbol in ("+", "-", "*"):
        place = source.outer(target)[1]
        yield Change(24, "not added up", place, value_start, f" {symbol}= ",
                     f"`{name}` is overwritten here, and what it held before is lost.")
    value = statement.value
    if isinstance(value, ast.BinOp) and type(value.op) in _SYMBOLS and source.code(value.left) == name:
        right = source.outer(value.right)
        yield Change(26, "new, not in place", source.outer(target)[1], end,
                     f" {_SYMBOLS[type(value.op)]}= {source.text[slice(*right)]}",
                     f"`{name} = {name} …` makes a new object, but the old one should be changed.")
    del value_end


def _augmented(source: Source, statement: ast.AugAssign) -> Iterator[Change]:
    place = source.outer(statement.target)[1]
    value_start, value_end = source.outer(statement.value)
    name = source.code(statement.target)
    yield Change(23, "added up", place, value_start, " = ", f"`{name}` should be replaced here, not updated.")
    symbol = _SYMBOLS.get(type(statement.op))
    if symbol:
        value = source.text[value_start:value_end]
        bracketed = value if source.is_atom(statement.value) or isinstance(statement.value, ast.Constant) \
            or value.startswith("(") else f"({value})"
        for text in dict.fromkeys((value, bracketed)):
            yield Change(16, "in place", place, value_end, f" = {name} {symbol} {text}",
                         f"`{symbol}=` changes the object that `{name}` stands for, everywhere it is used.")


def _return_missing(source: Source, function: ast.FunctionDef) -> Iterator[Change]:
    """A function that ends without ``return``: one of its variables, or none."""
    last = function.body[-1]
    if isinstance(last, ast.Return | ast.Raise | ast.Expr) or function.name == "__init__":
        return
    made = [name for name in source.scope(last) if name != "self"]
    for name in reversed(made):
        change = insertion(source, function.body, len(function.body), f"return {name}")
        if change is not None:
            yield Change(10, "return forgotten", *change, "The function ends without returning its result.")


def _first_line(source: Source, statement: ast.stmt) -> str:
    return short(source.code(statement).split("\n")[0])
