"""`course grade` and `course check` from outside."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest

from course_utils.grading import bubblewrap
from tests.conftest import LESSON, Run, answered, submit
from tests.submission_files import lesson_notebook

sandboxed = pytest.mark.skipif(not bubblewrap.available(), reason="bubblewrap is not installed, or may not be used")
pytestmark = [pytest.mark.slow, pytest.mark.sandbox, sandboxed]


def grades(folder: Path) -> dict[str, float]:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
        return {entry["student"]: entry["score"] for entry in book.submission_dicts(LESSON)}


def results_of(run: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run.stdout)["results"]
    return found


def test_solved_half_and_untouched_print_the_contract(course_copy: Path, run_in: Run) -> None:
    for student, names in (("solved", None), ("half", ("leibniz_pi", "times_table")), ("untouched", ())):
        submit(course_copy, student, answered(LESSON, names))
    done = run_in(course_copy, "course", "grade", "submitted", "--json", "-")
    assert done.returncode == 0, done.stderr
    results = {result["student"]: result for result in results_of(done)}
    assert {name: result["score"] for name, result in results.items()} == {"solved": 20, "half": 5, "untouched": 0}
    assert {e["outcome"] for e in results["untouched"]["exercises"]} == {"not_attempted"}
    assert results["solved"]["path"] == f"submitted/solved/{LESSON}/{LESSON}.ipynb"
    assert results["solved"]["sandbox"] == "bubblewrap"
    alone = run_in(course_copy, "course", "grade", results["solved"]["path"].replace("submitted", "./submitted"),
                   "--json", "-", "--sandbox", "none")
    assert results_of(alone)[0]["score"] == 20


def test_bad_input_is_named_and_the_rest_is_graded(course_copy: Path, run_in: Run) -> None:
    submit(course_copy, "ada", answered(LESSON))
    bad = course_copy / "submitted"
    for student, content in (("text", "hello"), ("empty", ""), ("other", json.dumps(
            {"cells": [{"cell_type": "code", "source": "x = 1", "metadata": {}}], "nbformat": 4}))):
        submit(course_copy, student, answered(LESSON)).write_text(content)
    (bad / "nobody").mkdir()
    (bad / "folder" / LESSON / f"{LESSON}.ipynb").mkdir(parents=True)
    done = run_in(course_copy, "course", "grade", "submitted", "gone.ipynb", "--json", "-", "--gradebook")
    assert done.returncode == 1
    scores = {result["path"]: result["score"] for result in results_of(done) if not result["error"]}
    assert scores == {f"submitted/ada/{LESSON}/{LESSON}.ipynb": 20.0}
    lines = done.stderr.strip().splitlines()
    for word in ("text", "empty", "other", "nobody", "gone.ipynb"):
        assert sum(word in line.split(":")[1] for line in lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert grades(course_copy) == {"ada": 20.0}


def test_wrong_usage_is_told_with_status_two(course_copy: Path, run_in: Run) -> None:
    for wrong in ([], ["x", "--jobs", "0"], ["x", "--sandbox", "paper"], ["x", "--memory", "much"], ["x", "--what"]):
        done = run_in(course_copy, "course", "grade", *wrong)
        assert done.returncode == 2, wrong
        assert done.stderr.startswith("course")
        assert "Traceback" not in done.stderr


def test_a_renamed_file_is_known_by_its_content_and_grades_are_the_same_each_time(tmp_path: Path, run_in: Run) -> None:
    path = tmp_path / "meine Lösung (endgültig) 提交.ipynb"
    path.write_text(json.dumps(lesson_notebook({"leibniz_pi": "def leibniz_pi(n):\n    return 3"})))
    runs = [results_of(run_in(tmp_path, "course", "grade", path.name, "--json", "-"))[0] for _ in range(2)]
    for entry in runs:
        entry.pop("seconds")
    assert runs[0] == runs[1]
    assert (runs[0]["student"], runs[0]["lesson"], runs[0]["score"]) == (None, LESSON, 17.0)


def test_all_files_are_written_and_feedback_holds_no_markup_of_the_student(course_copy: Path, run_in: Run) -> None:
    evil = answered(LESSON)
    for cell in evil.cells:
        if cell.metadata.get("exercise") == "leibniz_pi":
            cell.source = "def leibniz_pi(n):\n    raise ValueError('<script>alert(1)</script>')"
    submit(course_copy, "eve", evil)
    done = run_in(course_copy, "course", "grade", "submitted", "--csv", "a.csv", "--junit", "a.xml", "--json", "a.json",
                  "--feedback", "pages", "--report", "class.html")
    assert done.returncode == 0, done.stderr
    page = (course_copy / "pages" / "eve" / f"{LESSON}.html").read_text()
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "17 of 20 points" in page
    for name in ("a.csv", "a.xml", "a.json", "class.html"):
        assert (course_copy / name).stat().st_size > 100
    assert "17 of 20" in done.stderr


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


def noted(state: Path, lines: int, process: subprocess.Popen[str]) -> None:
    """Wait until a run has noted so many results."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        notes = list((state / "grading").glob("*.jsonl")) if (state / "grading").exists() else []
        if any(len(note.read_text().splitlines()) >= lines for note in notes):
            return
        time.sleep(0.05)
    pytest.fail(f"no {lines} results were noted")


def test_a_worker_that_dies_costs_nobody_anything(course_copy: Path, tmp_path: Path) -> None:
    for number in range(10):
        submit(course_copy, f"s{number}", answered(LESSON))
    state = tmp_path / "state"
    command = [str(Path(sys.executable).parent / "course"), "grade", "submitted", "--gradebook"]
    process = subprocess.Popen(command, cwd=course_copy, stderr=subprocess.PIPE, text=True,
                               env={**os.environ, "COURSE_STATE": str(state), "COURSE_DATA": "embedded"})
    noted(state, 2, process)
    servers = [child for child in psutil.Process(process.pid).children()
               if "multiprocessing.forkserver" in " ".join(child.cmdline())]
    workers = [worker for server in servers for worker in server.children()]
    assert workers
    workers[0].kill()
    told = process.communicate(timeout=120)[1]
    assert process.returncode == 0, told
    assert grades(course_copy) == {f"s{number}": 20.0 for number in range(10)}


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["ctrl-c", "killed"])
def test_a_run_that_was_stopped_goes_on(course_copy: Path, run_in: Run, tmp_path: Path, how: signal.Signals) -> None:
    for number in range(8):
        submit(course_copy, f"s{number}", answered(LESSON, ("leibniz_pi",) if number % 2 else None))
    state = tmp_path / "state"
    command = [str(Path(sys.executable).parent / "course"), "grade", "submitted", "--gradebook", "--jobs", "1"]
    process = subprocess.Popen(command, cwd=course_copy, stderr=subprocess.PIPE, text=True, start_new_session=True,
                               env={**os.environ, "COURSE_STATE": str(state), "COURSE_DATA": "embedded"})
    noted(state, 3, process)
    process.send_signal(how)
    told = process.communicate(timeout=60)[1]
    if how is signal.SIGINT:
        assert process.returncode == 1
        assert "The same command goes on from there" in told
    done = run_in(course_copy, "course", "grade", "submitted", "--gradebook", "--json", "-")
    assert done.returncode == 0, done.stderr
    assert "taken over" in done.stderr
    expected = {f"s{number}": 3.0 if number % 2 else 20.0 for number in range(8)}
    assert grades(course_copy) == expected
    assert {r["student"]: r["score"] for r in results_of(done)} == expected
    assert not list((state / "grading").glob("*.jsonl"))


def test_a_demonstration_is_run_where_an_answer_needs_it(course_copy: Path, run_in: Run) -> None:
    release = nbformat.read(course_copy / "lessons" / LESSON / f"{LESSON}.ipynb", as_version=4)
    demo = nbformat.v4.new_code_cell("import time\ntime.sleep(0)\nhandy = 4", metadata={"demo": True})
    release.cells.insert(1, demo)
    nbformat.write(release, course_copy / "lessons" / LESSON / f"{LESSON}.ipynb")
    needs = answered(LESSON)
    needs.cells.insert(1, nbformat.v4.new_code_cell(demo.source))
    for cell in needs.cells:
        if cell.metadata.get("exercise") == "leibniz_pi":
            cell.source = cell.source.replace("return 4 *", "return handy *")
    submit(course_copy, "ada", needs)
    done = run_in(course_copy, "course", "grade", "submitted", "--json", "-")
    assert [result["score"] for result in results_of(done)] == [20.0]


def test_a_cluster_gives_the_same_results(course_copy: Path, run_in: Run, tmp_path: Path,
                                          monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed", reason="Dask is not installed (the extra 'cluster')")
    for number in range(4):
        submit(course_copy, f"s{number}", answered(LESSON, ("leibniz_pi", "standardize")[:number % 3]))
    local = run_in(course_copy, "course", "grade", "submitted", "--json", "-", "--seed", "same")
    monkeypatch.setenv("COURSE_STATE", str(tmp_path / "state"))
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1",
                                  dashboard_address=None, worker_dashboard_address=None) as cluster:
        away = run_in(course_copy, "course", "grade", "submitted", "--json", "-", "--seed", "same", "--gradebook",
                      "--cluster", cluster.scheduler_address)
    assert away.returncode == 0, away.stderr

    def plain(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{key: value for key, value in r.items() if key not in ("seconds", "sandbox")} for r in results]

    assert plain(results_of(local)) == plain(results_of(away))
    assert grades(course_copy) == {r["student"]: r["score"] for r in results_of(local)}


def test_no_cluster_is_told(course_copy: Path, run_in: Run) -> None:
    submit(course_copy, "ada", answered(LESSON))
    done = run_in(course_copy, "course", "grade", "submitted", "--cluster", "tcp://127.0.0.1:1")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) <= 3
    assert "Traceback" not in done.stderr


def test_check_runs_your_own_notebook(course_copy: Path, run_in: Run) -> None:
    nbformat.write(answered(LESSON, ("leibniz_pi",)), course_copy / "lessons" / LESSON / f"{LESSON}.ipynb")
    done = run_in(course_copy, "course", "check", "1")
    assert done.returncode == 0, done.stderr
    assert "3 of 20 points" in done.stdout
    assert run_in(course_copy, "course", "check", "99").returncode == 2
    (course_copy / "lessons" / LESSON / f"{LESSON}.ipynb").write_text("{")
    broken = run_in(course_copy, "course", "check", "1")
    assert broken.returncode == 1
    assert "not JSON" in broken.stderr
