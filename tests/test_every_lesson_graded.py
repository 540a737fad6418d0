"""Each lesson, solved and untouched, through both ways to grade: 20 points and none."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course_utils.grading.sandbox.bubblewrap import Bubblewrap
from course_utils.lesson import lesson_ids
from tests.conftest import ROOT, Run, answered, submit

POINTS = {"solved": 20.0, "untouched": 0.0}
# What `nbgrader generate_assignment` and `nbgrader autograde` do, and formgrader's buttons, in one process.
NBGRADER = """
import json, sys
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config.loader import PyFileConfigLoader

config = PyFileConfigLoader("nbgrader_config.py").load_config()
api = NbGraderAPI(CourseDirectory(config=config), config=config)
scores = {}
for lesson in sys.argv[1:]:
    steps = [api.generate_assignment(lesson, force=True)]
    steps += [api.autograde(lesson, student) for student in ("solved", "untouched")]
    for step in steps:
        assert step["success"], step["log"] + step.get("error", "")
    with api.gradebook as book:
        scores[lesson] = {entry["student"]: [entry["score"], entry["max_score"], entry["needs_manual_grade"]]
                          for entry in book.submission_dicts(lesson)}
print(json.dumps(scores))
"""


@pytest.fixture
def everything(tmp_path: Path) -> Path:
    """A course folder in which every lesson was handed in twice: solved, and as it was released."""
    for lesson in lesson_ids():
        for part in ("solutions", "lessons"):
            place = tmp_path / part / lesson
            place.mkdir(parents=True)
            shutil.copy(ROOT / part / lesson / f"{lesson}.ipynb", place)
        submit(tmp_path, "solved", answered(lesson), lesson)
        submit(tmp_path, "untouched", answered(lesson, ()), lesson)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    return tmp_path


@pytest.mark.slow
@pytest.mark.sandbox
@pytest.mark.skipif(Bubblewrap().problem() is not None, reason=f"{Bubblewrap().problem()}")
def test_nbgrader_gives_every_solution_20_and_every_release_0(everything: Path) -> None:
    done = subprocess.run([sys.executable, "-c", NBGRADER, *lesson_ids()], cwd=everything, capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    scores = json.loads(done.stdout.splitlines()[-1])
    assert scores == {lesson: {student: [points, 20.0, False] for student, points in POINTS.items()}
                      for lesson in lesson_ids()}
    for lesson in lesson_ids():  # the release is what the course's own build made
        assert (everything / "lessons" / lesson / f"{lesson}.ipynb").read_text() == \
            (ROOT / "lessons" / lesson / f"{lesson}.ipynb").read_text()


@pytest.mark.slow
def test_course_grade_gives_every_solution_20_and_every_release_0(everything: Path, run_in: Run) -> None:
    sandbox = "bubblewrap" if shutil.which("bwrap") else "none"
    graded = run_in(everything, "course", "grade", "submitted", "--json", "-", "--sandbox", sandbox)
    assert graded.returncode == 0, graded.stderr
    results = json.loads(graded.stdout)["results"]
    scores = {(result["student"], result["lesson"]): result["score"] for result in results}
    assert scores == {(student, lesson): points for lesson in lesson_ids()
                      for student, points in POINTS.items()}
    for result in results:
        wanted = "correct" if result["student"] == "solved" else "not_attempted"
        assert {exercise["outcome"] for exercise in result["exercises"]} == {wanted}, result["path"]
