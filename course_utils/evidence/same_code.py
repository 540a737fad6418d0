"""Comparing code by what it says, not by how it is laid out or what its function is called."""

from __future__ import annotations

import ast
import linecache
import textwrap
from types import FunctionType


def same_code(one: str, other: str) -> bool:
    """Whether two pieces of Python are the same but for comments, docstrings and layout."""
    try:
        return _dump(one) == _dump(other)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return textwrap.dedent(one).split() == textwrap.dedent(other).split()


def _dump(source: str) -> str:
    tree = ast.parse(textwrap.dedent(source))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            node.decorator_list = []
            if ast.get_docstring(node, clean=False) is not None:
                node.body = node.body[1:] or [ast.Pass()]
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            node.name = ""
    return ast.dump(tree)


def class_source(cls: type) -> tuple[str | None, int]:
    """Return the code of a class that was written in a notebook cell, and the line of the cell on which it begins.

    The cell is found through the class's first method; of several classes of one name, the last one counts.
    """
    for method in vars(cls).values():
        if type(method) is FunctionType:
            lines = linecache.getlines(method.__code__.co_filename)
            found = [node for node in ast.walk(ast.parse("".join(lines)))
                     if isinstance(node, ast.ClassDef) and node.name == cls.__name__]
            if found:
                return "".join(lines[found[-1].lineno - 1 : found[-1].end_lineno]), found[-1].lineno
    return None, 1
