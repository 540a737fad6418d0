"""`course grade --gradebook`: nbgrader's own gradebook, also where it is locked, damaged or out of room."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest

from tests.conftest import LESSON, Run, answered, submit
from tests.graded import GRADING, grades

pytestmark = GRADING


def test_the_gradebook_is_nbgraders(course_copy: Path, run_in: Run) -> None:
    """Stripped marks, deleted checks and a renamed file lose nothing; nbgrader's own commands go on from there."""
    stripped = answered(LESSON)
    for cell in stripped.cells:
        cell.metadata = {}
    unchecked = answered(LESSON)
    unchecked.cells = [cell for cell in unchecked.cells if "check" not in cell.metadata]
    submit(course_copy, "stripped", stripped)
    submit(course_copy, "unchecked", unchecked)
    renamed = submit(course_copy, "renamed", answered(LESSON))
    renamed.rename(renamed.with_name("final version.ipynb"))
    done = run_in(course_copy, "course", "grade", "submitted", "--gradebook")
    assert done.returncode == 0, done.stderr
    assert grades(course_copy) == dict.fromkeys(("stripped", "unchecked", "renamed"), 20.0)
    nbformat.validate(nbformat.read(course_copy / "autograded" / "renamed" / LESSON / f"{LESSON}.ipynb", as_version=4))
    assert run_in(course_copy, "nbgrader", "generate_feedback", LESSON).returncode == 0
    assert run_in(course_copy, "nbgrader", "export").returncode == 0
    book = (course_copy / "gradebook.db")
    before = grades(course_copy)
    assert run_in(course_copy, "course", "grade", "submitted", "--gradebook").returncode == 0
    assert grades(course_copy) == before
    book.write_bytes(b"no database at all" * 100)
    damaged = run_in(course_copy, "course", "grade", "submitted", "--gradebook")
    assert damaged.returncode == 1
    assert "damaged" in damaged.stderr
    assert "Traceback" not in damaged.stderr


def test_a_locked_gradebook_is_told_and_the_scores_are_there(course_copy: Path, run_in: Run) -> None:
    submit(course_copy, "ada", answered(LESSON))
    assert run_in(course_copy, "course", "grade", "submitted", "--gradebook").returncode == 0
    lock = sqlite3.connect(course_copy / "gradebook.db", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    done = run_in(course_copy, "course", "grade", "submitted", "--gradebook", "--json", "-")
    lock.close()
    assert done.returncode == 1
    assert "locked" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_gradebook_without_solutions_is_told(course_copy: Path, run_in: Run) -> None:
    submit(course_copy, "ada", answered(LESSON))
    shutil.rmtree(course_copy / "solutions")
    done = run_in(course_copy, "course", "grade", "submitted", "--gradebook")
    assert done.returncode == 1
    assert done.stderr.startswith("course: ")
    assert "solutions is missing" in done.stderr
    assert "without --gradebook" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_gradebook_without_write_permission_is_reported_with_the_repair(course_copy: Path, run_in: Run) -> None:
    submit(course_copy, "ada", answered(LESSON, ()))
    assert run_in(course_copy, "course", "grade", "submitted", "--gradebook").returncode == 0
    with open(course_copy / "nbgrader_config.py", "a") as file:  # root may write any file, so SQLite has to refuse
        file.write('\nc.CourseDirectory.db_url = "sqlite:///file:gradebook.db?mode=ro&uri=true"\n')
    submit(course_copy, "bob", answered(LESSON, ()))
    done = run_in(course_copy, "course", "grade", "submitted", "--gradebook", "--json", "-")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "writable" in done.stderr
    assert "upgrade" not in done.stderr


FULL_TMPDIR = """
mount -t tmpfs -o size=100k tmpfs "$PLACE" || exit 77
TMPDIR="$PLACE" course grade submitted
echo "status $?"
ls -A "$PLACE"
"""


def test_full_tmpdir_is_reported_in_a_line_and_nothing_is_left(course_copy: Path) -> None:
    submit(course_copy, "ada", answered(LESSON, ()))
    place = Path(tempfile.mkdtemp(prefix="full-", dir="/tmp"))  # short: a deep TMPDIR is not used at all
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(["unshare", "--user", "--map-root-user", "--mount", "bash", "-c", FULL_TMPDIR],
                          capture_output=True, text=True, check=False, cwd=course_copy,
                          env={**os.environ, "PATH": path, "PLACE": str(place), "COURSE_STATE": "off",
                               "COURSE_DATA": "embedded"})
    place.rmdir()
    if not done.stdout:
        pytest.skip(f"no file system of our own may be made here: {done.stderr.strip()[:100]}")
    assert done.stdout == "status 1\n"
    assert len(done.stderr.splitlines()) == 1
    assert "No space left on device. Free some space there" in done.stderr


FULL_DISK = """
mount -t tmpfs -o size=$SIZE tmpfs "$COURSE" && cp -r "$KEPT"/. "$COURSE" && cd "$COURSE" || exit 77
COURSE_STATE=off course grade submitted --gradebook --json - >"$OUT/first.json" 2>"$OUT/first.txt"
echo $? >"$OUT/first.status"
find autograded -name '.course-*' >"$OUT/torn.txt"
mount -o remount,size=64M "$COURSE"
COURSE_STATE=off course grade submitted --gradebook --json - >"$OUT/second.json" 2>"$OUT/second.txt"
echo $? >"$OUT/second.status"
cp gradebook.db "$OUT"
"""


@pytest.mark.parametrize("kilobytes", [40, 320], ids=["before the first", "in the midst"])
def test_a_full_disk_is_told_and_leaves_nothing_half_written(course_copy: Path, tmp_path: Path,
                                                             kilobytes: int) -> None:
    """On a file system of its own, so small that the gradebook fills it; then room is made."""
    for number in range(6):
        submit(course_copy, f"s{number}", answered(LESSON))
    taken = sum(-(-path.stat().st_size // 4096) * 4 for path in course_copy.rglob("*") if path.is_file())
    out, place = tmp_path / "out", tmp_path / "small"
    out.mkdir()
    place.mkdir()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "bash", "-c", FULL_DISK], capture_output=True, text=True,
        check=False, env={**os.environ, "PATH": path, "SIZE": f"{taken + kilobytes}k", "COURSE": str(place),
                          "KEPT": str(course_copy), "OUT": str(out), "COURSE_DATA": "embedded"})
    if not (out / "first.status").exists():
        pytest.skip(f"no file system of our own may be made here: {done.stderr.strip()[:100]}")
    told = (out / "first.txt").read_text()
    assert (out / "first.status").read_text() == "1\n", told
    assert "o space left" in told
    assert "Make room" in told
    assert "Traceback" not in told
    assert "[SQL" not in told
    first = (out / "first.json").read_text()
    graded = sum(not result["error"] for result in json.loads(first)["results"]) if first else 0
    assert (graded > 0) == (kilobytes > 100)
    assert graded < 6
    assert (out / "torn.txt").read_text() == ""
    assert (out / "second.status").read_text() == "0\n", (out / "second.txt").read_text()
    assert grades(out) == {f"s{number}": 20.0 for number in range(6)}
