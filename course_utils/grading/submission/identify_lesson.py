"""Which lesson a notebook is: the one of its folder, or if that is silent, the one that its content shows."""

from __future__ import annotations

import re
from collections import Counter

from course_utils.cell_names import exercise_name
from course_utils.grading.submission.notebook_file import BadNotebook, Cell, Notebook, defined_names
from course_utils.lesson import lesson_ids, load_lesson, resolve_lesson_id
from course_utils.printable import printable

# How much a sign tells. A lesson is sure from SURE on: its own mark, its start(), or two of its exercises.
MARK, START, GRADE_ID, CHECK, NAME = 8, 8, 3, 3, 2
SURE = 4
_START = re.compile(r"""^[^\S\n]*(?:\w+\.)?start\(\s*["']([\w./ -]+)["']""", re.M)
_CHECK = re.compile(r"""\bcheck\(\s*["']?([A-Za-z_]\w*)["']?\s*\)""")


def identify(notebook: Notebook, named: str | None = None) -> str:
    """Return the lesson's id; raise :class:`BadNotebook` if the notebook isn't one that can be graded here.

    ``named`` is the lesson of the folder or assignment. If it is a lesson of the course, it decides, so that nobody
    chooses a different lesson by what the notebook says; the content must only show some sign of it. The content
    decides where the folders are silent.
    """
    signs = evidence(notebook)
    best, strength = max(signs.items(), key=lambda sign: sign[1], default=("", 0))
    if named in lesson_ids():
        if signs[named] > 0:
            return named
        if strength >= SURE:
            raise BadNotebook(f"This is the notebook of {best}, but it was handed in for {named}. Move it to the "
                              f"folder {best} to have it graded, and hand in {named}.ipynb here.")
    elif strength >= SURE:
        return best
    expected = f" It was handed in for {printable(named)}." if named else ""
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
