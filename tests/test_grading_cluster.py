"""`course grade --cluster`: the same results from workers of a real Dask scheduler."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import LESSON, Run, answered, submit
from tests.graded import GRADING, grades, results_of

pytestmark = GRADING


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
