"""Indentation: statements in the wrong block, and blocks that should not be there or are missing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from course_utils.mutation.operators.statements import blocks_of, whole
from course_utils.mutation.operators.training import indent_of
from course_utils.mutation.source import Change, Source, short

_STEP = "    "
_BLOCK = ast.For | ast.While | ast.With | ast.If
_NO_GRAD = "with torch.no_grad():"


def blocks(source: Source) -> Iterator[Change]:
    """``return`` in the loop or after it; a statement out of a block or into one; ``with`` lost or gained."""
    for block in blocks_of(source):
        for index, statement in enumerate(block):
            if isinstance(statement, _BLOCK) and indent_of(source, statement) is not None:
                yield from _out(source, statement)
                yield from _in(source, block, index, statement)
                yield from _unwrapped(source, statement)
        yield from _wrapped(source, block)


def shifted(text: str, by: int) -> str:
    """Text with its lines after the first moved right by ``by`` blanks (left if negative)."""
    if by >= 0:
        return re.sub(r"\n(?=[^\n])", "\n" + " " * by, text)
    return re.sub(r"\n {0," + str(-by) + "}", "\n", text)


def _name(statement: ast.stmt) -> str:
    return {"For": "loop", "While": "loop", "With": "`with` block", "If": "`if` block"}[type(statement).__name__]


def _out(source: Source, statement: ast.stmt) -> Iterator[Change]:
    """The last statements of a block after it, the first before it."""
    body: list[ast.stmt] = [s for s in statement.body if s in source.parents]  # type: ignore[attr-defined]
    tail: list[ast.stmt] = getattr(statement, "orelse", None) or body
    indent = indent_of(source, statement)
    if indent is None or len(body) < 1 or source.text.startswith("elif", source.span(statement)[0]):
        return
    start, end = source.span(statement)
    for number in range(1, len(tail)):
        if tail is not body and isinstance(statement, ast.If) and len(tail) == 1:
            break
        first = tail[number]
        inner = indent_of(source, first)
        if inner is None:
            continue
        first_start = whole(source, first)[0]
        moved = shifted(source.text[first_start:end], len(indent) - len(inner))
        place = source.text.rfind("\n", 0, first_start) + 1
        many = len(tail) - number > 1
        sentence = (f"The last statements of the {_name(statement)} belong after it." if many else
                    f"`{_line(source, first)}` is in the {_name(statement)} but belongs after it.")
        yield Change(13 if not many else 22, "indentation", place, end, f"{indent}{moved}", sentence)
    if len(body) > 1 and indent_of(source, body[0]) is not None and indent_of(source, body[1]) is not None:
        inner = indent_of(source, body[0]) or ""
        (first_start, first_end), second_start = whole(source, body[0]), whole(source, body[1])[0]
        moved = shifted(source.text[first_start:first_end], len(indent) - len(inner))
        header = source.text[start:first_start]
        yield Change(17, "indentation", start, second_start, f"{moved}\n{indent}{header}",
                     f"`{_line(source, body[0])}` is in the {_name(statement)} but belongs before it.")


def _in(source: Source, block: list[ast.stmt], index: int, statement: ast.stmt) -> Iterator[Change]:
    """The statement after a block into it, at its end; the one before at its start."""
    body: list[ast.stmt] = [s for s in statement.body if s in source.parents]  # type: ignore[attr-defined]
    if not body or source.text.startswith("elif", source.span(statement)[0]):
        return
    tail: list[ast.stmt] = getattr(statement, "orelse", None) or body
    inner, indent = indent_of(source, tail[0]), indent_of(source, statement)
    if inner is None or indent is None:
        return
    for number in range(index + 1, len(block)):
        following = block[number]
        if indent_of(source, following) is None:
            break
        end = source.span(following)[1]
        first = whole(source, block[index + 1])[0] - len(indent)
        moved = "\n" + source.text[first:end]
        many = number > index + 1
        sentence = (f"The statements after the {_name(statement)} up to `{_line(source, following)}` belong in it."
                    if many else f"`{_line(source, following)}` is after the {_name(statement)} but belongs in it.")
        yield Change(15 if not many else 23, "indentation", first, end, shifted(moved, len(inner) - len(indent))[1:],
                     sentence)
    if index and indent_of(source, block[index - 1]) is not None and indent_of(source, body[0]) is not None:
        before = block[index - 1]
        body_indent = indent_of(source, body[0]) or ""
        start, before_end = whole(source, before)
        header_start, body_start = source.span(statement)[0], whole(source, body[0])[0]
        moved = shifted(source.text[start:before_end], len(body_indent) - len(indent))
        after = f"{source.text[header_start:body_start]}{moved}\n{body_indent}"
        yield Change(17, "indentation", start, body_start, after,
                     f"`{_line(source, before)}` is before the {_name(statement)} but belongs in it.")


def _unwrapped(source: Source, statement: ast.stmt) -> Iterator[Change]:
    """The body of a block without its header."""
    body: list[ast.stmt] = statement.body  # type: ignore[attr-defined]
    inner, indent = indent_of(source, body[0]), indent_of(source, statement)
    if inner is None or indent is None or source.text.startswith("elif", source.span(statement)[0]):
        return
    start, end = whole(source, body[0])[0], source.span(body[-1])[1]
    text = shifted(source.text[start:end], len(indent) - len(inner))
    header = short(source.text[source.span(statement)[0]:start].strip())
    yield Change(22, "block dropped", *source.span(statement), text, f"`{header}` should not be there.")
    other: list[ast.stmt] = getattr(statement, "orelse", [])
    if other:
        yield Change(24, "block dropped", source.span(body[-1])[1], source.span(statement)[1], "",
                     "The `else` should not be there.")


def _wrapped(source: Source, block: list[ast.stmt]) -> Iterator[Change]:
    """Neighbouring statements put under ``torch.no_grad()``, or under a ``with`` of the material."""
    headers = [(_NO_GRAD, "PyTorch records a graph here, and it should not.")]
    headers += [(piece, "These statements need a `with` around them.") for piece in source.material
                if piece.startswith("with ") and piece.endswith(":") and piece != _NO_GRAD]
    if any(isinstance(statement, ast.FunctionDef | ast.ClassDef) for statement in block):
        return
    for first in range(len(block)):
        indent = indent_of(source, block[first])
        start = whole(source, block[first])[0]
        if indent is None or source.text.startswith("elif", start):
            continue
        for last in range(first, len(block)):
            end = source.span(block[last])[1]
            inner = shifted(source.text[start:end], len(_STEP))
            for header, said in headers:
                yield Change(20, "no_grad missing", start, end, f"{header}\n{indent}{_STEP}{inner}", said)


def _line(source: Source, statement: ast.stmt) -> str:
    return short(source.code(statement).split("\n")[0])
