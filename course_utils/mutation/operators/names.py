"""A name for another one in scope; `self.` and other attributes lost or gained."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from course_utils.mutation.source import BUILTINS, Change, Source

# Attributes that are forgotten, or written where they don't belong.
_SUFFIXES = frozenset({"T", "mT", "grad", "data", "shape", "values", "indices", "dtype", "device", "type"})


def names(source: Source) -> Iterator[Change]:
    """One variable for another, one attribute of ``self`` for another, an attribute too many or too few."""
    for node in source.of(ast.Name):
        yield from _another(source, node)
        yield from _self_gained(source, node)
    attributes = _of_self(source)
    for attribute in source.of(ast.Attribute):
        end = source.span(attribute)[1]
        start = end - len(attribute.attr)
        if _is_of_self(source, attribute):
            for other in attributes:
                if other != attribute.attr:
                    yield Change(23, "attribute", start, end, other,
                                 f"`{source.code(attribute)}` is not the right attribute here.")
            yield Change(16, "self lost", source.span(attribute)[0], start, "",
                         f"`{attribute.attr}` is a variable here, not an attribute of `self`.")
        elif attribute.attr in _SUFFIXES and isinstance(attribute.ctx, ast.Load) \
                and not _is_module(source, attribute.value):
            yield Change(20, "attribute dropped", source.outer(attribute.value)[1], end, "",
                         f"`.{attribute.attr}` should not be there.")


def _another(source: Source, node: ast.Name) -> Iterator[Change]:
    scope = source.scope(node)
    parent = source.parents[node]
    if node.id in source.imported or (node.id in BUILTINS and node.id not in scope) or node.id == "self":
        return
    called = isinstance(parent, ast.Call) and node is parent.func
    stored = not isinstance(node.ctx, ast.Load)
    if (called and node.id not in scope) or (stored and not isinstance(parent, ast.Assign | ast.AugAssign)):
        return
    known = node.id in scope
    sentence = f"`{node.id}` is the wrong name here."
    for other in scope:
        if other not in (node.id, "self"):
            near = _near(node.id, other)
            rank = 11 if near and not known else 34 if stored or called else 22 if near else 27
            yield Change(rank, "name", *source.span(node), other, sentence)


def _near(name: str, other: str) -> bool:
    """Whether one name is easily written for the other."""
    return (name in other or other in name or name[:3] == other[:3]
            or (len(name) == len(other) and sum(a != b for a, b in zip(name, other)) == 1))


def _self_gained(source: Source, node: ast.Name) -> Iterator[Change]:
    method = source.method_of(node)
    if method is None or node.id == method.args.args[0].arg or node.id in source.imported or node.id in BUILTINS:
        return
    if isinstance(source.parents[node], ast.For | ast.comprehension) and isinstance(node.ctx, ast.Store):
        return
    start = source.span(node)[0]
    yield Change(11, "self forgotten", start, start, method.args.args[0].arg + ".",
                 f"`{node.id}` is an attribute of the object, so reach it through `self`.")


def _of_self(source: Source) -> list[str]:
    """The attributes and methods of ``self`` that the source has, in its order."""
    found = dict.fromkeys(node.attr for node in source.of(ast.Attribute) if _is_of_self(source, node))
    methods = (node.name for node in source.of(ast.FunctionDef) if isinstance(source.parents[node], ast.ClassDef))
    return [*found, *(name for name in methods if name not in found and not name.startswith("__"))]


def _is_of_self(source: Source, node: ast.Attribute) -> bool:
    method = source.method_of(node)
    return method is not None and isinstance(node.value, ast.Name) and node.value.id == method.args.args[0].arg


def _is_module(source: Source, node: ast.AST) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in source.imported
