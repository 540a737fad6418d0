"""Hostile and unlucky submissions, each with the points that it must get, graded in one run."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from course_utils.grading.grade import Options, grade_paths
from course_utils.grading.sandbox.bubblewrap import Bubblewrap
from course_utils.grading.sandbox.limits import Limits
from course_utils.grading.submission.result import Result
from tests.submission_files import LESSON, Case, cases, notebook_bytes

CASES = cases()
LIMITS = Limits(cell_seconds=12, scratch_bytes=64 * 2**20)
pytestmark = [pytest.mark.sandbox, pytest.mark.slow, pytest.mark.timeout(1200),
              pytest.mark.skipif(Bubblewrap().problem() is not None, reason=f"{Bubblewrap().problem()}")]


@pytest.fixture(scope="module")
def marker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("outside") / "marker"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory, marker: Path) -> dict[str, Result]:
    """All of them graded, by name."""
    folder = tmp_path_factory.mktemp("class")
    for case in CASES:
        place = folder / case.name / LESSON
        place.mkdir(parents=True)
        (place / f"{LESSON}.ipynb").write_bytes(notebook_bytes(case, marker))
    graded = grade_paths([folder], Options("bubblewrap", LIMITS, seed="tests"))
    return {str(result.student): result for result in graded.results}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_gets_its_points(case: Case, results: dict[str, Result]) -> None:
    result = results[case.name]
    told = {exercise.name: (exercise.outcome, exercise.message) for exercise in result.exercises}
    assert result.error is None
    assert result.score == case.points, told
    for name, wanted in case.outcomes.items():
        assert told[name][0] in wanted, told[name]


def test_nothing_was_written_outside_and_nothing_stays_behind(results: dict[str, Result], marker: Path) -> None:
    assert len(results) == len(CASES)
    assert not marker.exists()
    left = [process for process in psutil.process_iter(["cmdline"]) if "86431" in (process.info["cmdline"] or [])]
    assert not left
