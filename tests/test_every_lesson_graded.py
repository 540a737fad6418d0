"""Each lesson, solved and untouched, through the grader: 20 points and none."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from course_utils.lesson import lesson_ids
from tests.conftest import ROOT, Run, answered, submit


@pytest.mark.slow
def test_every_solution_gets_20_and_every_release_0(tmp_path: Path, run_in: Run) -> None:
    for lesson in lesson_ids():
        submit(tmp_path, "solved", answered(lesson), lesson)
        submit(tmp_path, "untouched", answered(lesson, ()), lesson)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    sandbox = "bubblewrap" if shutil.which("bwrap") else "none"
    graded = run_in(tmp_path, "course", "grade", "submitted", "--json", "-", "--sandbox", sandbox)
    assert graded.returncode == 0, graded.stderr
    results = json.loads(graded.stdout)["results"]
    scores = {(result["student"], result["lesson"]): result["score"] for result in results}
    assert scores == {(student, lesson): points for lesson in lesson_ids()
                      for student, points in (("solved", 20.0), ("untouched", 0.0))}
    for result in results:
        wanted = "correct" if result["student"] == "solved" else "not_attempted"
        assert {exercise["outcome"] for exercise in result["exercises"]} == {wanted}, result["path"]
