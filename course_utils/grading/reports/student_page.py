"""The page that a student gets back: the verdicts beside their own code, in one self-contained file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from markupsafe import Markup

from course_utils.grading.submission.identify_lesson import exercise_of, names_checked
from course_utils.grading.submission.notebook_file import Cell, Notebook, defined_names
from course_utils.grading.submission.result import Result
from course_utils.rendering.template import render

TEMPLATES = Path(__file__).parent / "templates"
MAX_CODE = 20_000  # characters of one answer


def page(result: Result, notebook: Notebook) -> str:
    """Return the HTML page for one graded submission."""
    title = f"{result.lesson} · {result.student}" if result.student else str(result.lesson)
    exercises = [{"name": exercise.name, "code": _code_of(exercise.name, notebook), "card": Markup(exercise.card)}
                 for exercise in result.exercises]
    return render("student_page.html", TEMPLATES, title=title, score=f"{result.score:g}",
                  max_score=f"{result.max_score:g}", exercises=exercises)


def _code_of(name: str, notebook: Notebook) -> str:
    return "\n\n".join(cell.source.strip("\n") for cell in _cells_of(name, notebook))[:MAX_CODE]


def _cells_of(name: str, notebook: Notebook) -> Iterator[Cell]:
    """The cells in which the student wrote this answer."""
    for cell in notebook.code:
        is_check = name in names_checked(cell) and name not in defined_names(cell.source)
        if not is_check and (name in defined_names(cell.source) or exercise_of(cell) == name == cell.grade_id):
            yield cell
