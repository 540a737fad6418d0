"""One submission from its notebook to its result; runs in the grader's own worker processes."""

from __future__ import annotations

import json
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
import time
import traceback
from dataclasses import replace
from pathlib import Path

from course_utils.grading.nbgrader.cells import as_notebook, fill, mend
from course_utils.grading.notebook_run import OpenSession, grade_notebook
from course_utils.grading.pool.settings import Settings
from course_utils.grading.reports.student_page import page
from course_utils.grading.sandbox.limits import Limits
from course_utils.grading.sandbox.sandbox import Sandbox, SandboxError, choose
from course_utils.grading.sandbox.session import Session, opener
from course_utils.grading.submission.identify_lesson import identify
from course_utils.grading.submission.notebook_file import BadNotebook, Notebook
from course_utils.grading.submission.result import Result, Submission, entry, failed
from course_utils.lesson import load_lesson

_lock = threading.Lock()
_watched: list[object] = []
_own: dict[tuple[str, Limits], Sandbox] = {}  # started in this process, where none was lent to it


def prepare() -> None:
    """In a new worker: Ctrl-C is the coordinator's to handle, one thread is enough, and no coordinator, no worker."""
    import torch

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
    parent = multiprocessing.parent_process()
    if parent is not None and not _watched:
        _watched.append(parent)
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    """End this process when the coordinator has ended, by whatever means."""
    multiprocessing.connection.wait([sentinel])
    os._exit(1)


def grade(submission: Submission, notebook: Notebook, settings: Settings) -> Result:
    """The result for one submission; never raises."""
    started = time.monotonic()
    try:
        try:
            result = _graded(submission, notebook, settings)
        except SandboxError:  # it may have died under an earlier submission: once more, in one of our own
            result = _graded(submission, notebook, replace(settings, address=""))
        return replace(result, seconds=time.monotonic() - started)
    except (BadNotebook, SandboxError) as error:
        return failed(submission, str(error), settings.kind)
    except Exception as error:  # a fault of the grader: named, and the others are graded all the same
        place = traceback.extract_tb(error.__traceback__)[-1]
        return failed(submission, f"The grader itself failed: {type(error).__name__}: {error} "
                                  f"({Path(place.filename).name}:{place.lineno}).", settings.kind)


def _graded(submission: Submission, notebook: Notebook, settings: Settings) -> Result:
    lesson = load_lesson(identify(notebook, submission.lesson))
    masters = settings.masters.get(lesson.id)
    nodes = mend(notebook, masters, lesson.id) if masters else None
    graded = grade_notebook(as_notebook(nodes, notebook) if nodes else notebook, lesson, settings.secret,
                            _opener(settings), settings.limits, settings.demonstrations.get(lesson.id, ()))
    result = Result(submission.path, submission.student, lesson.id, [entry(v) for v in graded.verdicts],
                    lesson.max_score, sandbox=choose(settings.kind), digest=notebook.digest)
    if nodes:
        fill(nodes, {index: run.outputs for index, run in graded.runs.items()}, result.exercises,
             {index: lost.reason for index, lost in graded.lost.items()})
        result.autograded = json.dumps(nodes)
    if settings.feedback:
        result.feedback = page(result, notebook)
    return result


def _opener(settings: Settings) -> OpenSession:
    """Sessions of the sandbox that was lent, while it lives; else of one of this process's own."""
    if settings.address and os.path.exists(settings.address) and not _own:
        return lambda: Session(settings.address, settings.limits)
    with _lock:
        key = (choose(settings.kind), settings.limits)
        sandbox = _own.setdefault(key, Sandbox(*key))
        if sandbox.kind != "docker":
            sandbox.wait()
        return opener(sandbox)
