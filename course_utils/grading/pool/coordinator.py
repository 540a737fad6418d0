"""Grading many submissions: one executor, results as they come, nothing lost when something dies."""

from __future__ import annotations

import contextlib
import multiprocessing
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from pathlib import Path

from course_utils.grading.pool.lazy_worker import grade, prepare
from course_utils.grading.pool.settings import Settings
from course_utils.grading.sandbox.short_tmpdir import shorten
from course_utils.grading.submission.companions import files_beside
from course_utils.grading.submission.notebook_file import BadNotebook, read_notebook
from course_utils.grading.submission.result import Result, Submission, failed

MAX_TRIES = 2  # a submission under which a worker died is tried so often


def local_pool(jobs: int) -> Executor:
    """Worker processes forked from one that has the course imported."""
    shorten()  # multiprocessing has sockets in there, too
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["course_utils.grading.pool.preload"])
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=prepare)


class Coordinator:
    """Hands out submissions and takes in results; what dies meanwhile costs only what it had in hand."""

    def __init__(self, jobs: int, executor: Executor | None = None) -> None:
        self.jobs, self.lent = jobs, executor
        self.pool = executor or local_pool(jobs)
        if executor is None:
            # The workers' parent begins to import while the rest is made ready; submit waits for that.
            threading.Thread(target=self._begin).start()
        self.tries: dict[str, int] = {}
        self.running: dict[Future[Result], Submission] = {}

    def _begin(self) -> None:
        with contextlib.suppress(Exception):  # what is wrong is told by the first submission
            self.pool.submit(prepare)

    def grade(self, submissions: Sequence[Submission], settings: Settings) -> Iterator[Result]:
        """The results as they come, in no order."""
        self.settings = settings
        queue = list(reversed(submissions))
        try:
            while queue or self.running:
                while queue and len(self.running) < self._capacity(queue[-1]):
                    following = queue.pop()
                    try:
                        early = self._dispatch(following)
                    except BrokenExecutor as error:  # found broken now, before what it had in hand came back
                        queue.append(following)
                        yield from self._requeue(self._restart_pool(), error, queue)
                    else:
                        yield from early
                if not self.running:
                    continue
                done, _ = wait(self.running, return_when=FIRST_COMPLETED)
                for future in done:
                    if (submission := self.running.pop(future, None)) is None:
                        continue
                    try:
                        yield future.result()
                    except Exception as error:  # the worker died, or its machine
                        interrupted = [submission]
                        if self.lent is None and isinstance(error, BrokenExecutor):
                            interrupted += self._restart_pool()
                        yield from self._requeue(interrupted, error, queue)
        finally:
            self.close()

    def _capacity(self, next_one: Submission) -> int:
        """How many submissions may be in hand: what waits is held in memory, and a suspect is tried alone."""
        suspects = {next_one.path, *(submission.path for submission in self.running.values())} & self.tries.keys()
        return 1 if suspects else 2 * self.jobs

    def _dispatch(self, submission: Submission) -> list[Result]:
        """Send a submission to a worker; its result at once where there is nothing to run."""
        if submission.problem:
            return [failed(submission, submission.problem, self.settings.kind, unreadable=True)]
        try:
            within = Path(submission.within) if submission.within else None
            notebook = read_notebook(submission.place, within, submission.member)
            if submission.student is not None and not submission.member:  # beside a single file may be anybody's
                notebook.files = files_beside(submission.place)
        except BadNotebook as error:
            return [failed(submission, str(error), self.settings.kind, unreadable=True)]
        except Exception as error:  # a fault of the grader: named, and the others are graded all the same
            return [failed(submission, f"The grader itself failed: {type(error).__name__}: {error}.",
                           self.settings.kind)]
        self.running[self.pool.submit(grade, submission, notebook, self.settings)] = submission
        return []

    def _requeue(self, interrupted: list[Submission], error: Exception, queue: list[Submission]) -> list[Result]:
        """Put submissions under which a worker died back into the queue; the results of those that had their tries."""
        given_up = []
        for submission in interrupted:
            self.tries[submission.path] = self.tries.get(submission.path, 0) + 1
            if self.tries[submission.path] < MAX_TRIES:
                queue.append(submission)
            else:
                reason = f"The grader's worker died on it ({type(error).__name__})."
                given_up.append(failed(submission, reason, self.settings.kind))
        return given_up

    def _restart_pool(self) -> list[Submission]:
        """Begin a new pool; what the broken one had in hand."""
        interrupted = list(self.running.values())
        self.running.clear()
        self.close()
        self.pool = local_pool(self.jobs)
        return interrupted

    def close(self) -> None:
        """End our own workers at once: what they have in hand is not waited for."""
        if self.lent is not None:
            for future in self.running:
                future.cancel()
            return
        for process in list((getattr(self.pool, "_processes", None) or {}).values()):
            process.terminate()
        self.pool.shutdown(wait=True, cancel_futures=True)
