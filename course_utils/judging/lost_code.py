"""Whether an edit takes code away: names that are no longer read, or statements that are no longer reached."""

from __future__ import annotations

import ast
from collections import Counter


def loses_code(before: str, after: str) -> bool:
    """Whether ``after`` reads fewer names than ``before``, or has more statements that are never reached.

    >>> loses_code("y[:, j:j + 1] = v", "y[:] = v"), loses_code("y = x - m", "y = x + m"), loses_code("y = m", "y = j")
    (True, False, False)
    >>> loses_code("def f(x):\\n    x = x.T\\n    return -x", "def f(x):\\n    return x.T\\n    return -x")
    True
    """
    one, other = ast.parse(before), ast.parse(after)
    return _read(other) < _read(one) or _unreached(other) > _unreached(one)


def _read(tree: ast.AST) -> int:
    return Counter(isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) for node in ast.walk(tree))[True]


def _unreached(tree: ast.AST) -> int:
    count = 0
    for node in ast.walk(tree):
        for block in (getattr(node, "body", None), getattr(node, "orelse", None)):
            if isinstance(block, list):
                ends = [place for place, statement in enumerate(block)
                        if isinstance(statement, ast.Return | ast.Raise | ast.Continue | ast.Break)]
                count += len(block) - 1 - ends[0] if ends else 0
    return count
