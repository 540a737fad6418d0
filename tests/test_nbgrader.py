"""nbgrader's own commands, unmodified, from the project's root."""

from __future__ import annotations

import csv
from pathlib import Path

import nbformat
import pytest

from course_utils.lesson import load_lesson
from tests.conftest import LESSON, Run, answered, submit

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
