"""A grader that is stopped, killed or loses a worker ends with the gradebook of an undisturbed run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.conftest import LESSON, Run, answered, submit
from tests.graded import GRADING, grades, results_of

pytestmark = GRADING


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
