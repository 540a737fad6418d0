"""nbgrader's cells in a submission: put right before it runs, and filled with verdicts after.

Students' editors strip metadata, and students copy, delete and edit cells. nbgrader's record of
the released lesson says which cells there have to be, so they are found again by
their mark, else by what they define or check, and put back where they are missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from course_utils.cell_names import exercise_name, is_check
from course_utils.grading.nbgrader.clean import clean_output
from course_utils.grading.submission.cell_types import with_types_restored
from course_utils.grading.submission.identify_lesson import exercise_of, names_checked
from course_utils.grading.submission.notebook_file import Cell, Notebook, defined_names
from course_utils.grading.submission.released_cell import ReleasedCell
from course_utils.grading.submission.result import ExerciseResult
from course_utils.lesson import lesson_ids, load_lesson

Output = dict[str, Any]
_NEW = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}


def restore_cells(notebook: Notebook, released: Sequence[ReleasedCell], lesson_id: str,
                  outputs: Mapping[int, Sequence[NotebookNode]] | None = None) -> NotebookNode:
    """The submission as a valid notebook, with each released cell's mark on one cell.

    ``outputs`` are those to be kept, by the cell's place in the submission; otherwise there are none.
    """
    notebook = with_types_restored(notebook, {exercise_name(cell.name) for cell in released if cell.kind == "code"})
    cells = [cell for cell in notebook.cells if cell.kind in _NEW]
    chosen = {original.name: _find(original, cells) for original in released}
    by_cell = {id(cell): original for original in released if (cell := chosen[original.name]) is not None}
    nodes = [_node(cell, by_cell.get(id(cell))) for cell in cells]
    for cell, node in zip(cells, nodes, strict=True):
        if node.cell_type == "code":
            node.outputs = list((outputs or {}).get(cell.index, ()))
    places = {node.metadata.nbgrader.grade_id: node for node in nodes if "nbgrader" in node.metadata}
    before: NotebookNode | None = None
    for original in released:
        if original.name in places:
            before = places[original.name]
        elif (original.grade and not original.solution) or original.task:
            node = _node(Cell(-1, original.kind, original.source, {}), original)
            nodes.insert(_place(nodes, before, original), node)
            before = node
    for number, node in enumerate(nodes):
        node["id"] = f"cell-{number}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new_notebook(cells=nodes, metadata={"kernelspec": kernel, "course": {"lesson": lesson_id}})


def _find(original: ReleasedCell, cells: Sequence[Cell]) -> Cell | None:
    """The last cell that bears the mark; else the last that defines the answer, or checks it."""
    same = [cell for cell in cells if cell.kind == original.kind]
    for marked in ([cell for cell in some if cell.grade_id == original.name] for some in (same, cells)):
        if marked:
            return marked[-1]
    unmarked = [cell for cell in same if not cell.grade_id]
    if original.grade and not original.solution:
        name = exercise_name(original.name)
        found = [c for c in unmarked if name in names_checked(c) or c.source.strip() == original.source.strip()]
    elif original.solution:
        found = [cell for cell in unmarked if cell.kind == "code" and original.name in defined_names(cell.source)]
    else:
        found = [cell for cell in unmarked if cell.source.strip() == original.source.strip()]
    return found[-1] if found else None


def _place(nodes: Sequence[NotebookNode], before: NotebookNode | None, original: ReleasedCell) -> int:
    """Where to put a missing cell back: behind what it checks, else behind the one that stood before it."""
    name = exercise_name(original.name)
    for number in range(len(nodes) - 1, -1, -1):
        if nodes[number].cell_type == "code" and name in defined_names(nodes[number].source):
            return number + 1
    if before is not None:
        return next(number for number, node in enumerate(nodes) if node is before) + 1
    return len(nodes) if original.task else 0


def _node(cell: Cell, original: ReleasedCell | None) -> NotebookNode:
    metadata: dict[str, Any] = {}
    if original is not None:
        metadata["nbgrader"] = original.metadata()
    source = original.source if original is not None and original.locked else cell.source
    return _NEW[original.kind if original is not None else cell.kind](source, metadata=metadata)


def as_notebook(nodes: NotebookNode, original: Notebook) -> Notebook:
    """A notebook in nbformat's form as the grader runs it."""
    cells = [Cell(i, node.cell_type, node.source, dict(node.metadata)) for i, node in enumerate(nodes.cells)]
    return Notebook(original.path, cells, original.metadata, original.files)


def fill(nodes: NotebookNode, outputs: Mapping[int, Sequence[Output]], exercises: Sequence[ExerciseResult],
         lost: Mapping[int, str], raised: Mapping[int, str] | None = None) -> None:
    """Put outputs into the cells, and the verdicts into the check cells.

    An exercise's points come from its verdict alone: without one its check cell gets an error, whatever it printed.
    So does a graded cell that did not run, or that raised (``raised``, by the cell's index) while the submission kept
    the traceback from being shown, because nbgrader gives full marks to a cell without an error.
    """
    verdicts = {exercise.name: exercise for exercise in exercises}
    count = 0
    for index, node in enumerate(nodes.cells):
        if node.cell_type != "code":
            continue
        marks = node.metadata.get("nbgrader", {})
        ran = index in outputs
        count += ran
        node.execution_count = count if ran else None
        found = [dict(output) for output in outputs.get(index, ())]
        name = _checked_exercise(node) if marks.get("grade") else ""
        if name in verdicts:
            found = [verdict_output(verdicts[name], float(marks.get("points", 0)))]
        elif name:
            found = [error_output("NoVerdict", f"The grader has no verdict for {name}, so this check gives no points.")]
        elif index in lost:
            found = [error_output("NotRun", lost[index])]
        elif marks.get("grade"):
            found = graded_outputs(found, float(marks.get("points", 0))) if ran else [
                error_output("NotRun", "This cell did not run.")]
            hidden = (raised or {}).get(index)
            if hidden and all(output["output_type"] != "error" for output in found):
                found.append(error_output(hidden, "This cell raised it, and an earlier cell keeps errors from being "
                                                  "shown."))
        node.outputs = [nbformat.from_dict(_numbered(clean_output(output), node.execution_count)) for output in found]


def take_points(nodes: NotebookNode) -> None:
    """Leave no points to the checks of the course in a notebook that is not run: its outputs are the student's own."""
    for node in nodes.cells:
        if node.cell_type == "code" and node.metadata.get("nbgrader", {}).get("grade") and _checked_exercise(node):
            node.outputs = [nbformat.from_dict(error_output("NotRun", (
                "The notebook was not run (--no-execute), so this check gives no points.")))]


def _checked_exercise(node: NotebookNode) -> str:
    """Return the exercise of the course that this is the check cell of, or "" if it is none."""
    cell = Cell(0, node.cell_type, node.source, dict(node.metadata))
    name = exercise_of(cell)
    ours = is_check(cell.grade_id) and (name in names_checked(cell) or any(
        name in load_lesson(lesson_id).exercise_names for lesson_id in lesson_ids()))
    return name if ours else ""


def _numbered(output: Output, count: int | None) -> Output:
    return {**output, "execution_count": count} if output["output_type"] == "execute_result" else output


def verdict_output(verdict: ExerciseResult, points: float) -> Output:
    """What nbgrader reads as partial credit, and what a person reads."""
    share = verdict.score / verdict.max_score if verdict.max_score else 0.0
    score = repr(round(min(1.0, share) * points, 4))
    return {"output_type": "execute_result", "metadata": {}, "execution_count": None,
            "data": {"text/plain": score, "text/html": verdict.card}}


def error_output(name: str, reason: str) -> Output:
    return {"output_type": "error", "ename": name, "evalue": reason, "traceback": [f"{name}: {reason}"]}


def graded_outputs(outputs: list[Output], points: float) -> list[Output]:
    """An ordinary test cell's outputs, so that a mere warning costs nothing and nothing odd gives points."""
    kept: list[Output] = []
    for output in outputs:
        if output["output_type"] == "stream":
            output = {**output, "name": "stdout"}
        if output["output_type"] == "execute_result":
            text = str(output["data"].get("text/plain", "")).strip()
            if not _is_number(text):
                output = {"output_type": "display_data", "data": output["data"], "metadata": {}}
            elif not 0 <= float(text) <= points:
                output = error_output("NoScore", f"{text[:40]} is no score between 0 and {points:g}.")
        kept.append(output)
    return kept


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?(nan|inf|infinity)", text, re.I) is not None
