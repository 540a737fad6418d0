"""The released lesson as nbgrader's gradebook keeps it."""

from __future__ import annotations

from nbgrader.api import Gradebook

from course_utils.grading.submission.released_cell import ReleasedCell


def released_cells(gradebook: Gradebook, assignment: str, notebook: str) -> list[ReleasedCell]:
    """Return the released cells of a lesson in their order; raise MissingEntry where it was never generated."""
    found = gradebook.find_notebook(notebook, assignment)
    graded = {cell.name: float(cell.max_score) for cell in found.grade_cells}
    solutions = {cell.name for cell in found.solution_cells}
    tasks = {cell.name: float(cell.max_score) for cell in found.task_cells}
    return [ReleasedCell(cell.name, cell.cell_type, cell.source, cell.checksum or "", bool(cell.locked),
                   cell.name in graded, cell.name in solutions, cell.name in tasks,
                   graded.get(cell.name, tasks.get(cell.name)))
            for cell in found.source_cells]


def released_texts(gradebook: Gradebook, assignment: str, notebook: str) -> frozenset[str]:
    """Return the instructor's Markdown cells of a lesson; raise MissingEntry, as above."""
    return frozenset(cell.source for cell in released_cells(gradebook, assignment, notebook) if cell.kind == "markdown")
