"""Cells whose type was changed by a slip of the keyboard: they are run as what they were."""

from __future__ import annotations

import ast
from collections.abc import Collection
from dataclasses import replace

from course_utils.cell_names import exercise_name
from course_utils.grading.submission.demonstrations import code_digest
from course_utils.grading.submission.notebook_file import Cell, Notebook, defined_names, strip_magics


def with_types_restored(notebook: Notebook, exercises: Collection[str],
                        release_code: Collection[str] = ()) -> Notebook:
    """Return the notebook with every cell as code that was code in the release, or that defines an answer.

    Such a cell bears the mark of an exercise, or has the text of a code cell of the release (``release_code`` holds
    digests), or is Python that defines an exercise's name, which no code cell does.
    """
    answered = {name for cell in notebook.code for name in defined_names(cell.source)}
    missing = set(exercises) - answered

    def was_code(cell: Cell) -> bool:
        if cell.kind not in ("markdown", "raw") or not cell.source.strip():
            return False
        return (exercise_name(cell.grade_id) in exercises or code_digest(cell.source) in release_code
                or (_is_python(cell.source) and bool(missing & defined_names(cell.source))))

    if not any(map(was_code, notebook.cells)):
        return notebook
    cells = [replace(cell, kind="code") if was_code(cell) else cell for cell in notebook.cells]
    return replace(notebook, cells=cells)


def _is_python(source: str) -> bool:
    try:
        return bool(ast.parse(strip_magics(source)).body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
