"""Grading many submissions: one executor, results as they come, nothing lost when something dies."""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from pathlib import Path

from course_utils.grading.read import BadNotebook, read_notebook
from course_utils.grading.results import Result, Submission, failed
from course_utils.grading.settings import Settings
from course_utils.grading.worker_calls import grade, prepare
from course_utils.project import project_root

MAX_TRIES = 2  # a submission under which a worker died is tried once more, alone


def local_pool(jobs: int) -> Executor:
    """Worker processes forked from one that has the course imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["course_utils.grading.worker"])
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=prepare)


def grade_all(submissions: Sequence[Submission], settings: Settings, jobs: int,
              executor: Executor | None = None) -> Iterator[Result]:
    """The results as they come, in no order.

    ``executor`` is any standard executor (Dask's, say); without one, ``jobs`` local processes.
    """
    own = executor is None
    pool = executor or local_pool(jobs)
    queue = list(reversed(submissions))
    tries: dict[str, int] = {}
    running: dict[Future[Result], Submission] = {}
    try:
        while queue or running:
            while queue and len(running) < 2 * jobs:
                submission = queue.pop()
                if submission.problem:
                    yield failed(submission, submission.problem, settings.kind)
                    continue
                try:
                    notebook = read_notebook(Path(submission.path),
                                             Path(submission.within) if submission.within else None)
                except BadNotebook as error:
                    yield failed(submission, str(error), settings.kind)
                    continue
                running[pool.submit(grade, submission, notebook, settings)] = submission
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            broken = []
            for future in done:
                submission = running.pop(future)
                try:
                    yield future.result()
                except (BrokenExecutor, OSError) as error:
                    broken.append(submission)
                    reason = f"The grader's worker died on it: {type(error).__name__}."
            if broken:
                for submission in [*broken, *running.values()]:
                    tries[submission.path] = tries.get(submission.path, 0) + 1
                    if tries[submission.path] > MAX_TRIES or not own:
                        yield failed(submission, reason, settings.kind)
                    else:
                        queue.append(submission)
                running.clear()
                if own:
                    pool.shutdown(wait=False, cancel_futures=True)
                    pool = local_pool(jobs)
    finally:
        if own:
            _stop(pool)


def _stop(pool: Executor) -> None:
    """End the workers at once: what they have in hand is not waited for."""
    for process in list((getattr(pool, "_processes", None) or {}).values()):
        process.terminate()
    pool.shutdown(wait=True, cancel_futures=True)


def default_jobs() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def release_demonstrations() -> dict[str, tuple[str, ...]]:
    """The cells of each released lesson that only show something, by their text."""
    root = project_root()
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted((root / "lessons").glob("*/*.ipynb")) if root else []:
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            found[path.stem] = tuple("".join(cell["source"]) for cell in cells if cell["metadata"].get("demo"))
        except (OSError, ValueError, KeyError, TypeError):  # a damaged release saves no work, and costs nobody
            continue
    return found
