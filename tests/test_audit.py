"""course audit: nothing for nothing, all for the solution, and what hostile submissions get."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from course_utils.grading.audit import audit_hostile, audit_lessons, commit_of
from course_utils.grading.grade import Options
from course_utils.lesson import load_lesson
from tests.conftest import LESSON, ROOT
from tests.graded import GRADING

pytestmark = GRADING


def test_a_lesson_gives_nothing_for_nothing_and_all_for_its_solution() -> None:
    (found,) = audit_lessons([load_lesson(LESSON)], ROOT, Options("bubblewrap", seed="audit"))
    assert (found.untouched, found.constants, found.solution, found.points) == (0, 0, 20, 20)
    assert found.holds


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone with three of the hostile submissions, one of which expects what it does not get."""
    (tmp_path / "tests" / "submissions").mkdir(parents=True)
    shutil.copy(ROOT / "tests" / "submission_files.py", tmp_path / "tests")
    for name in ("always_equal", "prints"):
        shutil.copy(ROOT / "tests" / "submissions" / f"{name}.py", tmp_path / "tests" / "submissions")
    text = (ROOT / "tests" / "submissions" / "always_equal.py").read_text(encoding="utf-8")
    (tmp_path / "tests" / "submissions" / "expects_too_much.py").write_text(text.replace("# points: ", "# points: 1"))
    return tmp_path


def test_a_submission_that_gets_what_it_should_not_is_named(clone: Path) -> None:
    found = audit_hostile(clone, Options("bubblewrap", seed="audit"))
    assert found is not None
    assert (found.number, found.wrong) == (3, ("expects_too_much",))
    assert commit_of(clone) == "no commit"


def test_a_package_without_its_tests_has_no_hostile_submissions(tmp_path: Path) -> None:
    assert audit_hostile(tmp_path, Options("bubblewrap")) is None
