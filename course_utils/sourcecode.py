"""Comparing code by what it says, not by how it is laid out or what its function is called."""

from __future__ import annotations

import ast
import textwrap


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
