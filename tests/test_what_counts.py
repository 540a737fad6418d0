"""What counts is what stands at the end: many tries, changed cell types, rebound names, files beside the notebook."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from course_utils.grading.submission.companions import MAX_FILE, MAX_FILES, files_beside
from tests.conftest import LESSON, Run, answered, submit
from tests.graded import grades

WRONG = "def standardize(x):\n    return x"
ROADS = ["course", "nbgrader"]


def answer_cell(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if cell.metadata.get("exercise") == name)


def check_cell(notebook: NotebookNode, name: str) -> int:
    return next(i for i, cell in enumerate(notebook.cells) if cell.metadata.get("check") == name)


def many_tries(checked: bool) -> NotebookNode:
    """Fifteen wrong tries above the right answer, each in a cell of its own."""
    notebook = answered(LESSON)
    place = notebook.cells.index(answer_cell(notebook, "standardize"))
    tries = [new_code_cell(WRONG + f"  # {number}") for number in range(15)]
    checks = [new_code_cell("check(standardize)") for _ in tries]
    more = [cell for pair in zip(tries, checks, strict=True) for cell in pair] if checked else tries
    notebook.cells[place:place] = more
    return notebook


def as_markdown(name: str, *, mark: bool) -> NotebookNode:
    """An answer whose cell has become Markdown, with or without its mark."""
    notebook = answered(LESSON)
    cell = answer_cell(notebook, name)
    cell.cell_type = "markdown"
    for field in ("outputs", "execution_count"):
        cell.pop(field, None)
    if not mark:
        cell.metadata = {}
    return notebook


def imports_as_raw() -> NotebookNode:
    notebook = answered(LESSON)
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code")
    cell.cell_type = "raw"
    for field in ("outputs", "execution_count"):
        cell.pop(field, None)
    return notebook


def rebound(line: str) -> NotebookNode:
    """A right answer whose name another line takes before the check."""
    notebook = answered(LESSON)
    notebook.cells.insert(check_cell(notebook, "standardize"), new_code_cell(line))
    return notebook


def with_a_helper() -> NotebookNode:
    notebook = answered(LESSON)
    cell = answer_cell(notebook, "standardize")
    cell.source = "from my_helpers import centred\n" + cell.source.replace("(x - mean)", "centred(x)")
    return notebook


CLASS = {
    "tries": many_tries(checked=False),
    "checked_tries": many_tries(checked=True),
    "markdown": as_markdown("standardize", mark=True),
    "unmarked": as_markdown("standardize", mark=False),
    "raw_imports": imports_as_raw(),
    "rebound": rebound("standardize = standardize(torch.arange(6.).reshape(3, 2))"),
    "rebound_to_text": rebound("standardize = 'done'"),
    "helper": with_a_helper(),
}


@pytest.mark.sandbox
@pytest.mark.parametrize("road", ROADS)
def test_nobody_loses_what_stands_at_the_end(course_copy: Path, run_in: Run, road: str) -> None:
    for student, notebook in CLASS.items():
        path = submit(course_copy, student, notebook)
        if student == "helper":
            (path.parent / "my_helpers.py").write_text("def centred(x):\n    return x - x.mean(dim=0)\n")
    released = run_in(course_copy, "nbgrader", "generate_assignment", LESSON, "--force")
    assert released.returncode == 0, released.stderr
    command = {"course": ("course", "grade", "submitted", "--gradebook", "--sandbox", "none"),
               "nbgrader": ("nbgrader", "autograde", LESSON, "--SandboxedExecute.sandbox=none")}[road]
    graded = run_in(course_copy, *command)
    assert graded.returncode == 0, graded.stderr
    assert grades(course_copy) == dict.fromkeys(CLASS, 20.0)


def test_a_rebound_name_is_named_in_the_grade_of_a_lost_answer(course_copy: Path, run_in: Run) -> None:
    notebook = answered(LESSON, ())
    answer_cell(notebook, "standardize").source = "standardize = torch.ones(2)"
    submit(course_copy, "ada", notebook)
    graded = run_in(course_copy, "course", "grade", "submitted", "--json", "-", "--sandbox", "none")
    entries: list[dict[str, Any]] = json.loads(graded.stdout)["results"][0]["exercises"]
    message = next(entry["message"] for entry in entries if entry["name"] == "standardize")
    assert message.startswith("`standardize` stands for a tensor here, not for a function.")


def test_only_small_ordinary_files_lie_beside_a_notebook(tmp_path: Path) -> None:
    notebook = tmp_path / "01_tensors.ipynb"
    nbformat.write(answered(LESSON, ()), notebook)
    (tmp_path / "helpers.py").write_text("x = 1")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "table.csv").write_text("1,2")
    (tmp_path / "other.ipynb").write_text("{}")
    (tmp_path / ".hidden").write_text("x")
    (tmp_path / "timestamp.txt").write_text("now")
    (tmp_path / "large.bin").write_bytes(b"0" * (MAX_FILE + 1))
    (tmp_path / "link.py").symlink_to("/etc/passwd")
    (tmp_path / "folder").symlink_to("/etc")
    os.mkfifo(tmp_path / "pipe")
    assert files_beside(notebook) == {"helpers.py": b"x = 1", "data/table.csv": b"1,2"}
    for number in range(2 * MAX_FILES):
        (tmp_path / f"many{number}.txt").write_text("x")
    assert len(files_beside(notebook)) == MAX_FILES


@pytest.mark.parametrize("road", ROADS)
def test_a_link_to_a_classmates_notebook_gets_nothing(course_copy: Path, run_in: Run, road: str) -> None:
    alice = submit(course_copy, "alice", answered(LESSON))
    linked = course_copy / "submitted" / "mallory" / LESSON / f"{LESSON}.ipynb"
    linked.parent.mkdir(parents=True)
    linked.symlink_to(alice)
    released = run_in(course_copy, "nbgrader", "generate_assignment", LESSON, "--force")
    assert released.returncode == 0, released.stderr
    run_in(course_copy, *{"course": ("course", "grade", "submitted", "--gradebook", "--sandbox", "none"),
                          "nbgrader": ("nbgrader", "autograde", LESSON, "--SandboxedExecute.sandbox=none")}[road])
    found = grades(course_copy)
    assert (found["alice"], found.get("mallory", 0.0)) == (20.0, 0.0)
