"""Edits of an answer, in the order in which they are worth trying.

An edit that brings the code nearer to a right answer, as the reference or an alternative has it, comes before one that
leads away. Nothing more is taken from these answers: whether an edit is right is seen by running it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from course_utils.exercise import Exercise, source_of
from course_utils.mutation.edit import Edit
from course_utils.mutation.edits import edits

_TOKEN = re.compile(r"[A-Za-z_]\w*|\d[\d.e-]*|[^\w\s]")


def likely_edits(source: str, exercise: Exercise) -> list[tuple[int, Edit]]:
    """Return all single edits of ``source``, each with -1 if it leads nearer to the nearest right answer, 1 if away.

    The distance counts tokens and pairs of neighbouring tokens. Edits that lead nearer come first.
    """
    have = _pieces(source)
    wanted = min((_pieces(form) for form in _right_answers(exercise)), key=lambda form: _distance(have, form))
    lines = source.split("\n")
    found = [(_leads_away(edit, lines, have, wanted), edit) for edit in edits(source)]
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


def _distance(one: Counter[str], other: Counter[str]) -> int:
    return sum(abs(one[piece] - other[piece]) for piece in one | other)


def _leads_away(edit: Edit, lines: Sequence[str], have: Counter[str], wanted: Counter[str]) -> int:
    """Return the sign of the change that an edit makes to the distance."""
    old = "\n".join(lines[edit.line - 1:edit.end_line])
    new = lines[edit.line - 1][:edit.column] + edit.after + lines[edit.end_line - 1][edit.end_column:]
    before, after = _pieces(old), _pieces(new)
    changed = {piece: after[piece] - before[piece] for piece in before | after if after[piece] != before[piece]}
    further = sum(abs(have[piece] + change - wanted[piece]) - abs(have[piece] - wanted[piece])
                  for piece, change in changed.items())
    return (further > 0) - (further < 0)
