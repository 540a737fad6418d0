"""An assignment that is no lesson: nbgrader's own habits hold, and its cells run in the sandbox all the same."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader import utils

from course_utils.grading.inside.written import MAX_FILE, may_leave, written_files
from course_utils.grading.nbgrader.cells import take_points
from course_utils.grading.nbgrader.clean import clean_notebook
from course_utils.grading.nbgrader.written_files import keep_written
from course_utils.grading.sandbox.session import _split
from tests.conftest import Run

TASK = "Give the name `a` the value **1**, as in $a = 1$: <kbd>a = 1</kbd>."
# A student's answer, and the points of the two tests: that a is 1, and that the notebook knows that it is graded.
ANSWERS = {
    "right": ("a = 1", (1, 1)),
    "wrong": ("a = 2", (0, 1)),
    "hides": ("import IPython\nIPython.core.interactiveshell.InteractiveShell.showtraceback = lambda *_, **__: None",
              (0, 1)),
    "breaks": ("import IPython\nIPython.core.interactiveshell.InteractiveShell.showtraceback = None", (0, 1)),
    "writes": ("a = 1\nopen('table.csv', 'w').write('a,b')\nopen('page.html', 'w').write('<script>')", (1, 1)),
    "slow": ("import time\ntime.sleep(20)\na = 1", (0, 1)),
}


def marked(grade_id: str, **marks: Any) -> dict[str, Any]:
    return {"nbgrader": {"schema_version": 3, "grade_id": grade_id, "grade": False, "solution": False, "locked": False,
                         "task": False, **marks}}


def assignment(answer: str | None, kernel: str = "python3") -> nbformat.NotebookNode:
    """Return the assignment with an answer; without cells for None."""
    cells = [] if answer is None else [
        new_markdown_cell(TASK, metadata=marked("task", locked=True)),
        new_code_cell(answer, metadata=marked("answer", solution=True)),
        new_code_cell("assert a == 1", metadata=marked("is-one", grade=True, locked=True, points=1)),
        new_code_cell("import os\nassert os.environ['NBGRADER_EXECUTION'] == 'autograde'",
                      metadata=marked("is-graded", grade=True, locked=True, points=1))]
    spec = {"name": kernel, "display_name": kernel, "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": spec})


def put(path: Path, notebook: nbformat.NotebookNode) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


@pytest.mark.slow
@pytest.mark.sandbox
def test_an_own_assignment_is_graded_as_nbgrader_grades(course_copy: Path, run_in: Run) -> None:
    put(course_copy / "solutions/ps1/p1.ipynb", assignment("### BEGIN SOLUTION\na = 1\n### END SOLUTION"))
    made = run_in(course_copy, "nbgrader", "generate_assignment", "ps1")
    assert made.returncode == 0, made.stderr
    for student, (answer, _) in ANSWERS.items():
        put(course_copy / f"submitted/{student}/ps1/p1.ipynb", assignment(answer))
    put(course_copy / "submitted/empty/ps1/p1.ipynb", assignment(None))
    graded = run_in(course_copy, "nbgrader", "autograde", "ps1", "--Execute.timeout=5")
    assert graded.returncode == 0, graded.stderr
    with sqlite3.connect(course_copy / "gradebook.db") as book:
        rows = book.execute(
            "select student.id, base_cell.name, grade.auto_score from grade "
            "join base_cell on base_cell.id = grade.cell_id "
            "join submitted_notebook on submitted_notebook.id = grade.notebook_id join submitted_assignment "
            "on submitted_assignment.id = submitted_notebook.assignment_id "
            "join student on student.id = submitted_assignment.student_id").fetchall()
    points = {(student, cell): score for student, cell, score in rows}
    expected = {student: scores for student, (_, scores) in ANSWERS.items()} | {"empty": (0, 1)}
    assert {student: (points[student, "is-one"], points[student, "is-graded"]) for student in expected} == expected
    autograded = course_copy / "autograded"
    assert sorted(path.name for path in (autograded / "writes/ps1").iterdir()) == ["p1.ipynb", "table.csv"]
    assert (autograded / "writes/ps1/table.csv").read_text() == "a,b"
    assert nbformat.read(autograded / "right/ps1/p1.ipynb", as_version=4).cells[0].source == TASK


@pytest.mark.slow
@pytest.mark.sandbox
def test_an_assignment_for_another_language_is_refused_in_a_sentence(course_copy: Path, run_in: Run) -> None:
    put(course_copy / "solutions/ps1/p1.ipynb", assignment("a <- 1", kernel="ir"))
    assert run_in(course_copy, "nbgrader", "generate_assignment", "ps1").returncode == 0
    put(course_copy / "submitted/right/ps1/p1.ipynb", assignment("a <- 1", kernel="ir"))
    graded = run_in(course_copy, "nbgrader", "autograde", "ps1")
    assert graded.returncode == 1
    assert "p1.ipynb is for the kernel 'ir', and the sandbox runs Python only." in graded.stderr
    assert not (course_copy / "autograded/right/ps1").exists()


def test_a_notebook_that_is_not_run_gives_no_points_for_exercises_of_the_course() -> None:
    def cell(name: str, source: str) -> nbformat.NotebookNode:
        output = new_output("execute_result", data={"text/plain": "3.0"})
        return new_code_cell(source, metadata=marked(name, grade=True, locked=True, points=3.0), outputs=[output])

    nodes = new_notebook(cells=[cell("standardize-check", "check(standardize)"), cell("own-test", "own()")])
    take_points(nodes)
    assert [utils.determine_grade(node)[0] for node in nodes.cells] == [0, 3.0]
    assert "--no-execute" in str(nodes.cells[0].outputs)


def test_released_markdown_stays_as_it_is_and_only_where_it_is_unchanged() -> None:
    hostile = f"{TASK}<img src=x onerror=alert(1)>"
    nodes = new_notebook(cells=[new_markdown_cell(TASK), new_markdown_cell(hostile)])
    kept, cleaned = clean_notebook(nodes, {TASK}).cells
    assert kept.source == TASK
    assert "onerror" not in cleaned.source


def test_only_small_plain_files_leave_the_sandbox(tmp_path: Path) -> None:
    for name in ("plot.png", "put.csv", "page.html", "module.py", ".hidden.txt", "large.txt"):
        (tmp_path / name).write_bytes(b"x" * (MAX_FILE + 1 if name == "large.txt" else 3))
    (tmp_path / "folder.txt").mkdir()
    (tmp_path / "away.txt").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe.txt")
    assert written_files(tmp_path, {"put.csv"}) == {"plot.png": b"xxx"}
    assert not may_leave("../plot.png", b"")
    assert not may_leave("plot.png\n", b"")


@pytest.mark.parametrize(("listed", "contents", "files"), [
    ([["a.txt", 2], ["b.csv", 1]], b"xyz", {"a.txt": b"xy", "b.csv": b"z"}),
    ([["../a.txt", 2], ["b.csv", 1]], b"xyz", {"b.csv": b"z"}),
    ([["a.txt", 9]], b"xyz", {}),
    ([["a.txt", -1]], b"xyz", {}),
    ([["a.txt"], 7, None], b"xyz", {}),
    ("a.txt", b"xyz", {}),
    (None, b"", {}),
])
def test_what_a_child_says_of_its_files_is_not_believed(listed: Any, contents: bytes, files: dict[str, bytes]) -> None:
    assert _split(listed, contents) == files


def test_files_never_replace_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("mine")
    keep_written({"a.txt": b"theirs", "b.txt": b"new"}, tmp_path)
    assert (tmp_path / "a.txt").read_text() == "mine"
    assert (tmp_path / "b.txt").read_bytes() == b"new"
