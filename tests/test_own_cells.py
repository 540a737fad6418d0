"""An instructor's own nbgrader cells: kept by every build and both editors, released and graded as nbgrader does."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from course_utils.authoring.build import build, stale
from course_utils.lesson import load_lesson
from tests.conftest import LESSON, Run, answered, submit

SOURCE = f"solutions/{LESSON}/{LESSON}.py"
SOLUTION = f"solutions/{LESSON}/{LESSON}.ipynb"
RELEASE = f"lessons/{LESSON}/{LESSON}.ipynb"
TEST = {"grade": True, "grade_id": "own-test", "locked": True, "points": 2, "schema_version": 3, "solution": False,
        "task": False}
ESSAY = {**TEST, "grade_id": "essay", "locked": False, "points": 5, "solution": True}
TEST_CELL = f'''# %% nbgrader={json.dumps(TEST)}
assert times_table(2).shape == (2, 2)
### BEGIN HIDDEN TESTS
assert times_table(3)[2, 2] == 9
### END HIDDEN TESTS

'''
ESSAY_CELL = f"# %% [markdown] nbgrader={json.dumps(ESSAY)}\n# What is broadcasting good for?\n\n"
BEFORE = "# %% [markdown]\n# ## What you have learned"


def with_own_cells(root: Path, cells: str = TEST_CELL + ESSAY_CELL) -> str:
    """Put cells before the summary of the lesson's source; return the source."""
    source = root / SOURCE
    text = source.read_text()
    assert text.count(BEFORE) == 1
    source.write_text(text.replace(BEFORE, cells + BEFORE))
    return source.read_text()


def own_cells(path: Path) -> dict[str, NotebookNode]:
    """Return the two own cells of a notebook by their grade_id."""
    cells = nbformat.read(path, as_version=4).cells
    return {cell.metadata.nbgrader.grade_id: cell for cell in cells
            if cell.metadata.get("nbgrader", {}).get("grade_id") in ("own-test", "essay")}


def test_own_cells_survive_builds_and_an_edit_in_jupyterlab(course_copy: Path) -> None:
    lesson = load_lesson(LESSON)
    text = with_own_cells(course_copy)
    for _ in range(2):
        assert build(lesson, course_copy) == []
        assert (course_copy / SOURCE).read_text() == text
    notebook = nbformat.read(course_copy / SOLUTION, as_version=4)
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id == "own-test":
            cell.source = cell.source.replace("== 9", "== 3 * 3")
        elif grade_id == "essay":
            cell.metadata.nbgrader.points = 6
    nbformat.write(notebook, course_copy / SOLUTION)
    assert build(lesson, course_copy) == []
    assert (course_copy / SOURCE).read_text() == text.replace("== 9", "== 3 * 3").replace('"points": 5', '"points": 6')
    assert stale(lesson, course_copy) == []
    released = own_cells(course_copy / RELEASE)
    assert released["own-test"].source == "assert times_table(2).shape == (2, 2)"
    assert "SOLUTION" not in (course_copy / RELEASE).read_text()
    assert [released[name].metadata.nbgrader.points for name in ("own-test", "essay")] == [2, 6]


@pytest.mark.parametrize(("cells", "says"), [
    (TEST_CELL.replace("own-test", "times_table-check"), "times_table-check"),
    (TEST_CELL.replace("### END HIDDEN TESTS\n", ""), "END HIDDEN TESTS"),
    (TEST_CELL + TEST_CELL, "own-test"),
    (TEST_CELL.replace('"points": 2, ', ""), "points"),
    (TEST_CELL.replace('"points": 2', '"points": -2'), "points"),
    (TEST_CELL.replace('"grade_id": "own-test", ', ""), "grade_id"),
    (ESSAY_CELL.replace('"solution": true', '"solution": false'), "essay"),
    (ESSAY_CELL.replace('"schema_version": 3, ', ""), "schema_version"),
    (TEST_CELL.replace('"grade": true', '"grade": tru'), "nbgrader"),
], ids=range(9))
def test_an_own_cell_that_nbgrader_refuses_is_named(course_copy: Path, cells: str, says: str) -> None:
    text = with_own_cells(course_copy, cells)
    (fault,) = build(load_lesson(LESSON), course_copy)
    assert says in fault
    assert "traceback" not in fault.lower()
    assert len(fault.splitlines()) == 1
    assert (course_copy / SOURCE).read_text() == text


@pytest.mark.slow
@pytest.mark.sandbox
def test_own_cells_are_graded_by_nbgrader(course_copy: Path, run_in: Run) -> None:
    with_own_cells(course_copy)
    assert build(load_lesson(LESSON), course_copy) == []
    made = run_in(course_copy, "nbgrader", "generate_assignment", LESSON, "--force")
    assert made.returncode == 0, made.stderr
    right = nbformat.read(course_copy / RELEASE, as_version=4)
    answers = {cell.metadata.exercise: cell.source for cell in answered(LESSON).cells if "exercise" in cell.metadata}
    for cell in right.cells:
        if "exercise" in cell.metadata:
            cell.source = answers[cell.metadata.exercise]
    wrong = nbformat.from_dict(right)
    for cell in wrong.cells:
        if cell.metadata.get("exercise") == "times_table":
            cell.source = "def times_table(n):\n    return torch.ones(n, n)"  # passes the visible test only
    submit(course_copy, "right", right)
    submit(course_copy, "wrong", wrong)
    graded = run_in(course_copy, "nbgrader", "autograde", LESSON)
    assert graded.returncode == 0, graded.stderr
    with sqlite3.connect(course_copy / "gradebook.db") as book:
        rows = book.execute(
            "select student.id, base_cell.name, grade.auto_score, grade_cells.max_score from grade "
            "join base_cell on base_cell.id = grade.cell_id join grade_cells on grade_cells.id = grade.cell_id "
            "join submitted_notebook on submitted_notebook.id = grade.notebook_id join submitted_assignment "
            "on submitted_assignment.id = submitted_notebook.assignment_id "
            "join student on student.id = submitted_assignment.student_id").fetchall()
    scores = {(student, cell): (score, most) for student, cell, score, most in rows}
    assert scores["right", "own-test"] == (2, 2)
    assert scores["wrong", "own-test"] == (0, 2)
    assert scores["right", "essay"][1] == 5
