"""nbgrader's own commands, unmodified, from the project's root."""

from __future__ import annotations

import csv
from pathlib import Path

import nbformat
import pytest
from nbgrader import utils

from course_utils.grading.nbgrader.cells import fill
from course_utils.lesson import load_lesson
from tests.conftest import LESSON, Run, answered, submit
from tests.graded import grades

HALF = ("leibniz_pi", "times_table", "standardize")
LOUD = "    import sys, warnings\n    warnings.warn('careful')\n    print('hello')\n    print('oh', file=sys.stderr)\n"


@pytest.mark.slow
def test_generate_autograde_feedback_and_export_give_the_stated_scores(course_copy: Path, run_in: Run) -> None:
    released = (course_copy / "lessons" / LESSON / f"{LESSON}.ipynb").read_text()
    made = run_in(course_copy, "nbgrader", "generate_assignment", LESSON, "--force")
    assert made.returncode == 0, made.stderr
    assert (course_copy / "lessons" / LESSON / f"{LESSON}.ipynb").read_text().strip() == released.strip()
    assert sorted(p.name for p in (course_copy / "lessons" / LESSON).iterdir()) == [f"{LESSON}.ipynb"]

    half = answered(LESSON, HALF)
    for cell in half.cells:
        if cell.metadata.get("exercise") == "times_table":
            cell.source = cell.source.replace("    k = ", LOUD + "    k = ", 1)
    submit(course_copy, "solved", answered(LESSON))
    submit(course_copy, "half", half)
    submit(course_copy, "untouched", answered(LESSON, ()))

    graded = run_in(course_copy, "nbgrader", "autograde", LESSON)
    assert graded.returncode == 0, graded.stderr
    assert run_in(course_copy, "nbgrader", "generate_feedback", LESSON).returncode == 0
    assert run_in(course_copy, "nbgrader", "export").returncode == 0
    with open(course_copy / "grades.csv", newline="") as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    expected = sum(load_lesson(LESSON)[name].points for name in HALF)
    assert scores == {"solved": 20.0, "half": expected, "untouched": 0.0}

    feedback = (course_copy / "feedback" / "half" / LESSON / f"{LESSON}.html").read_text()
    assert "Not attempted" in feedback
    untouched = nbformat.read(course_copy / "autograded" / "untouched" / LESSON / f"{LESSON}.ipynb", as_version=4)
    checks = [cell for cell in untouched.cells if "check" in cell.metadata or "-check" in
              cell.metadata.get("nbgrader", {}).get("grade_id", "")]
    assert len(checks) == 7
    for cell in checks:
        assert "Not attempted" in str(cell.outputs)
        assert not any(output.output_type == "error" for output in cell.outputs)


@pytest.mark.slow
def test_validate_accepts_the_solved_lesson_and_lists_what_is_open(course_copy: Path, run_in: Run) -> None:
    solved = submit(course_copy, "solved", answered(LESSON))
    shown = run_in(course_copy, "nbgrader", "validate", str(solved))
    assert "Success! Your notebook passes all the tests." in shown.stdout
    untouched = submit(course_copy, "untouched", answered(LESSON, ()))
    shown = run_in(course_copy, "nbgrader", "validate", str(untouched))
    assert "VALIDATION FAILED ON 7 CELL(S)" in shown.stdout


def _graded_by_nbgrader(root: Path, run_in: Run, notebook: nbformat.NotebookNode) -> tuple[dict[str, float], str]:
    """Return the score of each student, and what nbgrader's commands print."""
    submit(root, "mallory", notebook)
    printed = ""
    for command in (("generate_assignment", LESSON, "--force"), ("autograde", LESSON)):
        done = run_in(root, "nbgrader", *command)
        assert done.returncode == 0, done.stderr
        printed += done.stdout + done.stderr
    return grades(root), printed


@pytest.mark.slow
def test_a_renamed_notebook_is_graded_and_the_hand_in_stays_as_it_came(course_copy: Path, run_in: Run) -> None:
    handed_in = submit(course_copy, "renamed", answered(LESSON)).rename(
        course_copy / "submitted" / "renamed" / LESSON / "my homework (2).ipynb")
    before = handed_in.read_bytes()
    two = submit(course_copy, "two", answered(LESSON)).rename(course_copy / "submitted" / "two" / LESSON / "a.ipynb")
    two.with_name("b.ipynb").write_bytes(two.read_bytes())
    assert run_in(course_copy, "nbgrader", "generate_assignment", LESSON, "--force").returncode == 0
    done = run_in(course_copy, "nbgrader", "autograde", LESSON)
    assert "error processing assignment '01_tensors' for student 'two'" in done.stderr
    assert "student 'renamed'" not in done.stderr
    assert grades(course_copy)["renamed"] == 20.0
    assert [path.name for path in handed_in.parent.iterdir()] == [handed_in.name]
    assert handed_in.read_bytes() == before
    assert sorted(path.name for path in two.parent.iterdir()) == ["a.ipynb", "b.ipynb"]


@pytest.mark.slow
def test_notebook_that_claims_another_lesson_gets_no_points(course_copy: Path, run_in: Run) -> None:
    """The assignment names the lesson, and no output of a check cell is read as points."""
    claim = "\n".join(['start("02_autograd")'] * 40)
    cells = [f'claims = """\n{claim}\n"""',
             "class Points:\n    def __repr__(self):\n        return '3.0'",
             "def check(*answers):\n    return Points()",
             *(f"def {name}(*args):\n    return 1" for name in load_lesson(LESSON).exercise_names)]
    evil = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    scores, printed = _graded_by_nbgrader(course_copy, run_in, evil)
    assert scores == {"mallory": 0.0}
    assert "SAWarning" not in printed


def test_check_cell_without_a_verdict_gives_no_points() -> None:
    def graded_cell(name: str, source: str, output: str) -> nbformat.NotebookNode:
        marks = {"grade": True, "solution": False, "grade_id": name, "points": 3.0, "schema_version": 3, "locked": True}
        result = nbformat.v4.new_output("execute_result", data={"text/plain": output})
        return nbformat.v4.new_code_cell(source, metadata={"nbgrader": marks}, outputs=[result])

    cells = [graded_cell("standardize-check", "check(standardize)", "3.0"),
             graded_cell("dropped-check", "check(dropped)", "3.0"), graded_cell("own-test", "own()", "2.0")]
    nodes = nbformat.v4.new_notebook(cells=cells)
    fill(nodes, {number: cell.outputs for number, cell in enumerate(cells)}, [], {})
    assert [utils.determine_grade(cell)[0] for cell in nodes.cells] == [0, 0, 2.0]
    assert "no verdict for dropped" in str(nodes.cells[1].outputs)
