"""course new: starting points that build at once, and say what they lack."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course_utils.authoring.minima import IN_WORDS
from tests.conftest import LESSON, ROOT

pytestmark = pytest.mark.slow
SKIPPED = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of the course with lesson 1, its package included."""
    root = tmp_path_factory.mktemp("clone")
    shutil.copytree(ROOT / "course_utils", root / "course_utils", ignore=SKIPPED)
    for folder in ("solutions", "lessons"):
        shutil.copytree(ROOT / folder / LESSON, root / folder / LESSON, ignore=SKIPPED)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    return root


def course(root: Path, *args: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(root), "COURSE_STATE": "off"}
    return subprocess.run([str(Path(sys.executable).parent / "course"), *args], cwd=root, env=environment,
                          capture_output=True, text=True, check=False, timeout=300)


def test_a_new_lesson_builds_as_a_draft_and_says_what_it_lacks(clone: Path) -> None:
    made = course(clone, "new", "lesson", "b5_audio")
    assert made.returncode == 0, made.stderr
    assert IN_WORDS in made.stdout
    built = course(clone, "build", "b5_audio")
    assert built.returncode == 0, built.stderr
    assert "b5_audio is a draft: it lacks 5 more exercises, 1 repair exercise." in built.stdout
    assert "b5_audio/first_answer is a draft: it lacks 2 alternatives, 4 mistakes." in built.stdout
    release = (clone / "lessons/b5_audio/b5_audio.ipynb").read_text(encoding="utf-8")
    assert "### Exercise 1 · First answer (1 point)" in release
    assert "About 30 minutes, one exercise, 1 point." in release
    assert "# Bonus lesson 5 · Audio" in release
    checked = course(clone, "build", "--check", "b5_audio")
    assert (checked.returncode, checked.stderr) == (0, "")


def test_a_new_exercise_takes_its_place_in_its_lesson(clone: Path) -> None:
    made = course(clone, "new", "exercise", "largest_gap", "--lesson", "1")
    assert made.returncode == 0, made.stderr
    built = course(clone, "build", "1")
    assert built.returncode == 0, built.stderr
    assert "01_tensors/largest_gap is a draft: it lacks 2 alternatives, 4 mistakes." in built.stdout
    release = (clone / f"lessons/{LESSON}/{LESSON}.ipynb").read_text(encoding="utf-8")
    assert "### Exercise 8 · Largest gap (1 point)" in release
    assert "eight exercises, 21 points" in release
    assert release.index("largest_gap") < release.index("## What you have learned")


@pytest.mark.parametrize(("args", "says"), [
    (("lesson", "audio"), "'audio' is not a lesson's id"),
    (("lesson", "01_tensors"), "There is a lesson 01_tensors already"),
    (("exercise", "class", "--lesson", "1"), "not a name that Python takes"),
    (("exercise", "standardize", "--lesson", "1"), "has an exercise 'standardize' already"),
    (("exercise", "x", "--lesson", "77"), "There is no lesson '77'"),
])
def test_what_cannot_be_made_is_named_and_nothing_is_written(clone: Path, args: tuple[str, ...], says: str) -> None:
    before = {path for path in clone.rglob("*") if "__pycache__" not in path.parts}
    refused = course(clone, "new", *args)
    assert refused.returncode in (1, 2)
    assert says in refused.stderr
    assert len(refused.stderr.splitlines()) <= 2
    assert {path for path in clone.rglob("*") if "__pycache__" not in path.parts} == before
