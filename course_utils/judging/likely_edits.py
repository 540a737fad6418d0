"""Edits of an answer, in the order in which they are worth trying.

An edit that brings the code nearer to a right answer, as the reference or an alternative has it, comes before one that
leads away. What the right answer has and the code has not may be put in, too. Whether an edit is right is seen by
running it.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from course_utils.exercise import Exercise, source_of
from course_utils.mutation.edit import Edit
from course_utils.mutation.edits import edits

MOST_PIECES = 6  # of the right answer, that may be put in
_TOKEN = re.compile(r"[A-Za-z_]\w*|\d[\d.e-]*|[^\w\s]")


def likely_edits(source: str, exercise: Exercise, *, put_in: bool = True) -> list[tuple[int, Edit]]:
    """Return all single edits of ``source``, each with -1 if it leads nearer to the nearest right answer, 1 if away.

    The distance counts tokens and pairs of neighbouring tokens. Edits that lead nearer come first.
    ``put_in`` says whether pieces of the right answer may be put in.
    """
    have = _pieces(source)
    nearest = min(_right_answers(exercise), key=lambda form: _distance(have, _pieces(form)))
    wanted, lines = _pieces(nearest), source.split("\n")
    material = missing(source, nearest) if put_in else ()
    found = [(_leads_away(edit, lines, have, wanted), edit) for edit in edits(source, material=material)
             if not _is_empty(edit, lines)]
    return sorted(found, key=lambda pair: pair[0])  # stable: equal ones stay in the order of likely slips


@lru_cache(maxsize=64)
def _sources(answers: tuple[object, ...]) -> tuple[str, ...]:
    return tuple(source_of(answer) for answer in answers)


def _right_answers(exercise: Exercise) -> Sequence[str]:
    return _sources((exercise.reference_answer, *exercise.alternatives))


@lru_cache(maxsize=512)
def _pieces(source: str) -> Counter[str]:
    """Return the tokens and the pairs of neighbouring tokens of a piece of code, line by line."""
    found: Counter[str] = Counter()
    for line in source.split("\n"):
        tokens = _TOKEN.findall(line.partition("#")[0])
        found.update(tokens)
        found.update(f"{one} {other}" for one, other in pairwise(tokens))
    return found


def missing(source: str, right: str) -> list[str]:
    """Return pieces of a right answer that ``source`` lacks: statements, steps after a value, keywords and numbers.

    >>> missing("def f(x):\\n    return x.sum(dim=0)", "def f(x):\\n    return x.sum(dim=0, keepdim=True).sqrt() / 2")
    ['2', 'True', '.sqrt()', 'keepdim=True']
    """
    tree = ast.parse(right)
    have = Counter(_TOKEN.findall(source))
    found: dict[str, None] = {}
    for node in ast.walk(tree):
        code = ast.unparse(node) if isinstance(node, ast.Expr | ast.keyword | ast.Constant) else ""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not have[node.func.attr]:
            value = ast.unparse(node.func.value)
            code = ast.unparse(node)[len(value):]
            code = code if code.startswith(".") else ""
        if isinstance(node, ast.Constant) and (not isinstance(node.value, int | float) or have[code]):
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if code and code.strip() not in source:
            found.setdefault(code)
    return sorted(found, key=len)[:MOST_PIECES]


def _distance(one: Counter[str], other: Counter[str]) -> int:
    return sum(abs(one[piece] - other[piece]) for piece in one | other)


def _is_empty(edit: Edit, lines: Sequence[str]) -> bool:
    """Whether an edit makes an operation that does nothing, as ``n * 1`` is: the term itself is what is too many.

    >>> one = Edit("operator", 1, 2, 1, 3, "-", "*", "")
    >>> _is_empty(one, ["n - 1"]), _is_empty(one, ["n - 12"])
    (True, False)
    """
    behind = lines[edit.end_line - 1][edit.end_column:]
    nothing = {"*": "1", "/": "1", "//": "1", "**": "1", "+": "0", "-": "0"}.get(edit.after)
    return nothing is not None and re.match(rf"\s*{nothing}(?![\w.])", behind) is not None


def _leads_away(edit: Edit, lines: Sequence[str], have: Counter[str], wanted: Counter[str]) -> int:
    """Return the sign of the change that an edit makes to the distance."""
    old = "\n".join(lines[edit.line - 1:edit.end_line])
    new = lines[edit.line - 1][:edit.column] + edit.after + lines[edit.end_line - 1][edit.end_column:]
    before, after = _pieces(old), _pieces(new)
    changed = {piece: after[piece] - before[piece] for piece in before | after if after[piece] != before[piece]}
    further = sum(abs(have[piece] + change - wanted[piece]) - abs(have[piece] - wanted[piece])
                  for piece, change in changed.items())
    return (further > 0) - (further < 0)
