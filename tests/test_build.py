"""course build: what it makes, what it refuses, and that it loses nothing."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from course_utils.authoring.build import build, stale
from course_utils.authoring.execute import Execution, Failure
from course_utils.authoring.lint import lint_execution, lint_release
from course_utils.authoring.lint_declarations import lint_declarations
from course_utils.authoring.source import SourceError, read_source
from course_utils.exercise import Exercise, case
from course_utils.lesson import load_lesson
from tests.conftest import LESSON, ROOT

SOURCE = f"solutions/{LESSON}/{LESSON}.py"
SOLUTION = f"solutions/{LESSON}/{LESSON}.ipynb"
RELEASE = f"lessons/{LESSON}/{LESSON}.ipynb"


def files(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_a_build_of_what_is_built_changes_nothing(course_copy: Path) -> None:
    before = files(course_copy)
    assert build(load_lesson(LESSON), course_copy) == []
    assert files(course_copy) == before
    assert stale(load_lesson(LESSON), course_copy) == []


def test_a_lost_release_is_made_again_byte_for_byte(course_copy: Path) -> None:
    before = (course_copy / RELEASE).read_bytes()
    (course_copy / RELEASE).unlink()
    assert build(load_lesson(LESSON), course_copy) == []
    assert (course_copy / RELEASE).read_bytes() == before


def test_check_names_what_is_stale_and_writes_nothing(course_copy: Path) -> None:
    source = course_copy / SOURCE
    source.write_text(source.read_text().replace("# Lesson 1", "# Lesson One"))
    before = files(course_copy)
    faults = stale(load_lesson(LESSON), course_copy)
    assert len(faults) == 2
    assert all("course build 01_tensors" in fault for fault in faults)
    assert files(course_copy) == before


def test_a_lesson_that_a_student_edited_is_never_overwritten(course_copy: Path) -> None:
    path = course_copy / RELEASE
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2].source += "\n# my notes"
    nbformat.write(notebook, path)
    source = course_copy / SOURCE
    source.write_text(source.read_text().replace("# Lesson 1", "# Lesson One"))
    before = files(course_copy)
    (fault,) = build(load_lesson(LESSON), course_copy)
    assert "edited by hand" in fault
    assert "Move it away" in fault
    assert files(course_copy) == before


def test_a_lesson_that_was_only_run_may_be_replaced(course_copy: Path) -> None:
    path = course_copy / RELEASE
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].outputs = [new_output("stream", text="x")]
    nbformat.write(notebook, path)
    assert build(load_lesson(LESSON), course_copy) == []


def edit(path: Path, cell_id: str, old: str, new: str) -> None:
    """Edit one cell of a notebook as JupyterLab would save it."""
    notebook = nbformat.read(path, as_version=4)
    (cell,) = [cell for cell in notebook.cells if cell.id == cell_id]
    assert old in cell.source
    cell.source = cell.source.replace(old, new)
    nbformat.write(notebook, path)


def heading_of(path: Path, title: str) -> str:
    """The id of the cell with this heading."""
    return next(cell.id for cell in nbformat.read(path, as_version=4).cells if title in cell.source)


def test_an_edit_made_in_jupyterlab_reaches_the_source(course_copy: Path) -> None:
    path = course_copy / SOLUTION
    before = (course_copy / SOURCE).read_text()
    edit(path, heading_of(path, "· A times table"), "· A times table (", "· The times table (")
    assert build(load_lesson(LESSON), course_copy) == []
    expected = before.replace("### Exercise · A times table", "### Exercise · The times table")
    assert (course_copy / SOURCE).read_text() == expected
    assert "### Exercise 3 · The times table (2 points)" in path.read_text(encoding="utf-8")
    assert stale(load_lesson(LESSON), course_copy) == []


def test_a_new_cell_of_jupyterlab_reaches_the_source(course_copy: Path) -> None:
    path = course_copy / SOLUTION
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(3, new_code_cell("torch.eye(2)", metadata={"tags": ["nbval-ignore-output"]}))
    nbformat.write(notebook, path)
    assert build(load_lesson(LESSON), course_copy) == []
    assert '# %% tags=["nbval-ignore-output"]\ntorch.eye(2)\n' in (course_copy / SOURCE).read_text()


def test_a_solution_changed_in_jupyterlab_is_refused_and_kept(course_copy: Path) -> None:
    edit(course_copy / SOLUTION, "standardize", "x.mean(dim=0)", "x.mean(dim=1)")
    before = files(course_copy)
    (fault,) = build(load_lesson(LESSON), course_copy)
    assert "the solution of 'standardize' differs from its reference" in fault
    assert files(course_copy) == before


def test_source_and_notebook_that_were_both_edited_are_kept(course_copy: Path) -> None:
    path = course_copy / SOLUTION
    edit(path, heading_of(path, "· A times table"), "· A times table (", "· The times table (")
    source = course_copy / SOURCE
    source.write_text(source.read_text().replace("# Lesson 1", "# Lesson One"))
    before = files(course_copy)
    (fault,) = build(load_lesson(LESSON), course_copy)
    assert "were both edited since the last build" in fault
    assert files(course_copy) == before


@pytest.mark.parametrize("text", ["not json", "", "[]", '{"cells": 3}'])
def test_a_damaged_notebook_is_named_and_left(course_copy: Path, text: str) -> None:
    (course_copy / RELEASE).write_text(text)
    (fault,) = build(load_lesson(LESSON), course_copy)
    assert "is not a notebook" in fault
    assert (course_copy / RELEASE).read_text() == text


@pytest.mark.parametrize(("old", "new", "says"), [
    ('# %% exercise="times_table"', '# %% exercise="time_table"', "'time_table' is no exercise"),
    ('# %% check="times_table"', "# %%", "'times_table' has no check cell"),
    ('# %% check="times_table"', '# %% check="leibniz_pi"', 'a second cell is marked check="leibniz_pi"'),
])
def test_a_wrong_mark_is_named_with_its_repair(course_copy: Path, old: str, new: str, says: str) -> None:
    source = course_copy / SOURCE
    source.write_text(source.read_text().replace(old, new))
    with pytest.raises(SourceError, match=says):
        read_source(source, load_lesson(LESSON))


@pytest.mark.parametrize(("old", "new", "says"), [
    ("### Exercise · A times table", "### Exercise 9 · A times table (7 points)",
     "'Exercise 9' heads 'times_table', which is exercise 3"),
    ("### Exercise · A times table", "### Exercise · A times table (7 points)",
     "'7 points' heads 'times_table', which has 2"),
    ("{exercises}, {points}", "six exercises, 20 points", "'six exercises' should be seven exercises"),
    ("{exercises}, {points}", "{exercises}, 19 points", "'19 points' should be 20"),
    ("{minutes} minutes, {exercises}", "5 minutes, {exercises}", "'5 minutes' should be 30"),
])
def test_a_number_that_contradicts_the_declarations_is_refused(course_copy: Path, old: str, new: str,
                                                               says: str) -> None:
    source = course_copy / SOURCE
    text = source.read_text()
    assert old in text
    source.write_text(text.replace(old, new))
    (fault,) = stale(load_lesson(LESSON), course_copy)
    assert says in fault
    assert f"{LESSON}.py, cell" in fault


def test_a_number_that_agrees_is_left_to_the_build(course_copy: Path) -> None:
    source = course_copy / SOURCE
    before = source.read_text()
    by_hand = before.replace("### Exercise · A times table", "### Exercise 3 · A times table (2 points)")
    source.write_text(by_hand.replace("{exercises}, {points}", "seven exercises, 20 points"))
    assert build(load_lesson(LESSON), course_copy) == []
    assert source.read_text() == before


def test_the_release_holds_no_answer_and_no_output() -> None:
    release = nbformat.read(ROOT / RELEASE, as_version=4)
    solution = nbformat.read(ROOT / SOLUTION, as_version=4)
    for given, solved in zip(release.cells, solution.cells, strict=True):
        assert given.id == solved.id
        if given.cell_type == "code":
            assert given.outputs == []
        if "exercise" in given.metadata:
            assert given.source != solved.source
    assert "SOLUTION" not in (ROOT / RELEASE).read_text()


def test_the_linter_names_what_an_exercise_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = load_lesson(LESSON)
    bare = Exercise("bare", 2, "", (), [case(1)], kind="value", parts={"": 1})
    monkeypatch.setattr(type(lesson), "exercises", (bare,))
    text = "\n".join(lint_declarations(lesson))
    for lack in ("it lacks 2 hints, 2 alternatives, 1 mistake", "no objective", "no reference",
                 "its parts give 1 points", "starter_text"):
        assert lack in text


def test_the_linter_names_failures_warnings_lost_points_and_slow_cells() -> None:
    lesson = load_lesson(LESSON)
    warned = new_code_cell("f()", outputs=[new_output("stream", name="stderr", text="UserWarning: old")])
    lost = new_code_cell("check(times_table)", metadata={"check": "times_table"},
                         outputs=[new_output("execute_result", {"text/plain": "1.0"})])
    notebook = new_notebook(cells=[warned, lost])
    text = "\n".join(lint_execution(lesson, Execution(notebook, {0: 99.0, 1: 0.1}, None), ROOT / SOURCE))
    for fault in ("cell 1 (f()): it prints a warning", "cell 1 (f()): it takes 99 s", "does not get 2 points"):
        assert fault in text
    failed = Execution(notebook, {}, Failure(2, "check(times_table)", "CheckFailed: no"))
    assert "cell 2 (check(times_table)): CheckFailed" in "\n".join(lint_execution(lesson, failed, ROOT / SOURCE))


def test_the_linter_refuses_a_starter_that_passes_or_fails() -> None:
    lesson = load_lesson(LESSON)
    passes = new_code_cell("def times_table(n):\n    k = torch.arange(1, n + 1)\n    return k[:, None] * k",
                           metadata={"exercise": "times_table"})
    fails = new_code_cell("1 / 0", metadata={"exercise": "leibniz_pi"})
    notebook = new_notebook(cells=[new_code_cell("import torch"), passes, fails])
    text = "\n".join(lint_release(lesson, notebook))
    assert "the starter of times_table is judged 'correct'" in text
    assert "the starter of leibniz_pi raises ZeroDivisionError" in text
