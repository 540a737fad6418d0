"""Which lesson a notebook is, told from its content: files get renamed, and metadata stripped."""

from __future__ import annotations

import re
from collections import Counter

from course_utils.cell_names import exercise_name
from course_utils.grading.submission.notebook_file import BadNotebook, Cell, Notebook, defined_names
from course_utils.lesson import lesson_ids, load_lesson, resolve_lesson_id

# How much a sign tells. A lesson is sure from SURE on: its own mark, its start(), or two of its exercises.
MARK, START, GRADE_ID, CHECK, NAME = 8, 8, 3, 3, 2
SURE = 4
_START = re.compile(r"""^[^\S\n]*(?:\w+\.)?start\(\s*["']([\w./ -]+)["']""", re.M)
_CHECK = re.compile(r"""\bcheck\(\s*["']?([A-Za-z_]\w*)["']?\s*\)""")


def identify(notebook: Notebook, named: str | None = None) -> str:
    """The lesson's id; raises :class:`BadNotebook` where it is no lesson of this course.

    ``named`` is the lesson that the folder or file name gives: it decides between lessons that
    share names, and lets one sign be enough.
    """
    signs = evidence(notebook)
    if named in lesson_ids() and signs[named] > 0:
        signs[named] += SURE - 1
    best = signs.most_common(1)
    if best and best[0][1] >= SURE:
        return best[0][0]
    expected = f" It lies where {named} belongs." if named else ""
    raise BadNotebook("This is no notebook of this course: it defines none of its exercises and opens none of its "
                      f"lessons.{expected} Hand in the lesson's own notebook.")


def evidence(notebook: Notebook) -> Counter[str]:
    """How strongly the notebook's content points to each lesson."""
    signs: Counter[str] = Counter()
    marked = notebook.metadata.get("course")
    if isinstance(marked, dict) and marked.get("lesson") in lesson_ids():
        signs[marked["lesson"]] += MARK
    bound = {name for cell in notebook.code for name in defined_names(cell.source)}
    checked = {name for cell in notebook.code for name in names_checked(cell)}
    graded = {exercise_of(cell) for cell in notebook.cells}
    for cell in notebook.code:
        for text in _START.findall(cell.source):
            try:
                signs[resolve_lesson_id(text)] += START
            except LookupError:
                continue
    for lesson_id in lesson_ids():
        names = set(load_lesson(lesson_id).exercise_names)
        signs[lesson_id] += NAME * len(names & bound) + CHECK * len(names & checked) + GRADE_ID * len(names & graded)
    return signs


def exercise_of(cell: Cell) -> str:
    """The exercise that a cell's nbgrader mark belongs to: ``standardize`` for ``standardize-check`` too."""
    return exercise_name(cell.grade_id)


def names_checked(cell: Cell) -> list[str]:
    """The exercises that a cell checks, by its text."""
    return _CHECK.findall(cell.source) if cell.kind == "code" else []
