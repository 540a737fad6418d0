"""What a student wrote for each exercise, for the page that they get back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from course_utils.grading.submission.identify_lesson import exercise_of, names_checked
from course_utils.grading.submission.notebook_file import Cell, Notebook, defined_names

MAX_CODE = 20_000  # characters of one answer


def answers_of(names: Iterable[str], notebook: Notebook) -> dict[str, str]:
    """Return the code of each exercise by its name."""
    return {name: "\n\n".join(cell.source.strip("\n") for cell in _cells_of(name, notebook))[:MAX_CODE]
            for name in names}


def _cells_of(name: str, notebook: Notebook) -> Iterator[Cell]:
    """Yield the cells in which the student wrote this answer."""
    for cell in notebook.code:
        is_check = name in names_checked(cell) and name not in defined_names(cell.source)
        if not is_check and (name in defined_names(cell.source) or exercise_of(cell) == name == cell.grade_id):
            yield cell
