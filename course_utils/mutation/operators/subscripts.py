"""Indices and slices: one end open, two swapped, one lost or gained."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from course_utils.mutation.source import Change, Source, short


def subscripts(source: Source) -> Iterator[Change]:
    """``x[1:]`` for ``x[:1]``, ``x[:, j]`` for ``x[j]``, ``x`` for ``x[0]``."""
    for node in source.of(ast.Subscript):
        code = short(source.code(node))
        end = source.span(node)[1]
        inner = source.text.index("[", source.outer(node.value)[1]) + 1, end - 1
        if isinstance(node.ctx, ast.Load):
            yield Change(26, "index dropped", source.outer(node.value)[1], end, "",
                         f"`{code}` takes only a part, and all of it is needed.")
        entries = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        for entry in entries:
            if isinstance(entry, ast.Slice):
                yield from _slice(source, entry, code)
        axis = f"`{code}` indexes along the wrong dimension."
        if len(entries) == 1 and not isinstance(node.slice, ast.Tuple):
            yield Change(15, "axis of the index", inner[0], inner[0], ":, ", axis)
            yield Change(28, "axis of the index", inner[1], inner[1], ", :", axis)
        else:
            yield from _entries(source, entries, inner, axis)
    for place in [*source.of(ast.Name), *source.of(ast.Call), *source.of(ast.Attribute), *source.of(ast.Subscript)]:
        if _may_be_indexed(source, place):
            for index in ("[:, None]", "[None]"):
                if isinstance(source.parents[place], ast.BinOp):
                    yield Change(24, "dimension missing", *source.suffixed(place, index),
                                 f"`{short(source.code(place))}` needs one more dimension here to broadcast.")
            for index in ("[0]", "[1]" if isinstance(place, ast.Call) else "[-1]"):
                yield Change(30, "index missing", *source.suffixed(place, index),
                             f"Only a part of `{short(source.code(place))}` is needed here.")


def _slice(source: Source, entry: ast.Slice, code: str) -> Iterator[Change]:
    start, end = source.span(entry)
    sentence = f"`{code}` starts or ends at the wrong place."
    lower, upper, step = ("" if part is None else source.text[slice(*source.outer(part))]
                          for part in (entry.lower, entry.upper, entry.step))
    for new_lower, new_upper in ((upper, lower), ("", upper), (lower, "")):
        if (new_lower, new_upper) != (lower, upper):
            yield Change(19, "slice", start, end, f"{new_lower}:{new_upper}" + (f":{step}" if step else ""), sentence)
    if not lower:
        yield Change(23, "slice", start, start, "1", sentence)
    if not upper:
        place = start + len(source.text[start:end].rsplit(":", 1 if step else 0)[0]) if step else end
        yield Change(23, "slice", place, place, "-1", sentence)
    if step:
        yield Change(23, "slice", start, end, f"{lower}:{upper}", sentence)
    else:
        yield Change(29, "slice", end, end, ":2", f"`{code}` takes every element, one after the other.")


def _entries(source: Source, entries: list[ast.expr], inner: tuple[int, int], axis: str) -> Iterator[Change]:
    texts = [source.text[slice(*source.outer(entry))] for entry in entries]
    for number in range(len(texts)):
        rest = [*texts[:number], *texts[number + 1:]]
        yield Change(17, "axis of the index", *inner, ", ".join(rest), axis)
        if number + 1 < len(texts):
            swapped = [*texts[:number], texts[number + 1], texts[number], *texts[number + 2:]]
            yield Change(16, "axis of the index", *inner, ", ".join(swapped), axis)
    for extra in (":", "None"):
        for number in range(len(texts) + 1):
            longer = [*texts[:number], extra, *texts[number:]]
            yield Change(27, "axis of the index", *inner, ", ".join(longer), axis)


def _may_be_indexed(source: Source, node: ast.expr) -> bool:
    if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        return False
    if isinstance(node, ast.Name) and (node.id in source.imported or node.id == "self"):
        return False
    parent = source.parents[node]
    if isinstance(parent, ast.Call):
        return node is not parent.func and not isinstance(node, ast.Call)
    return isinstance(parent, ast.Return | ast.Assign | ast.AugAssign | ast.BinOp)
