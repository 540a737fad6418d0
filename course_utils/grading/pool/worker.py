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

from course_utils.grading.grade_one import grade_one
from course_utils.grading.pool.settings import Settings
from course_utils.grading.sandbox.kind import SandboxError
from course_utils.grading.sandbox.kinds import choose
from course_utils.grading.submission.answers import answers_of
from course_utils.grading.submission.notebook_file import BadNotebook, Notebook
from course_utils.grading.submission.result import Result, Submission, failed

_watched: list[object] = []


def prepare() -> None:
    """In a new worker: Ctrl-C is the coordinator's to handle, one thread is enough, and no coordinator, no worker."""
    import torch

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
    parent = multiprocessing.parent_process()
    if parent is not None and not _watched:
        _watched.append(parent)
        threading.Thread(target=_exit_with_parent, args=(parent.sentinel,), daemon=True).start()


def _exit_with_parent(sentinel: int) -> None:
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
        return failed(submission, str(error), settings.kind, unreadable=isinstance(error, BadNotebook))
    except Exception as error:  # a fault of the grader: named, and the others are graded all the same
        place = traceback.extract_tb(error.__traceback__)[-1]
        return failed(submission, f"The grader itself failed: {type(error).__name__}: {error} "
                                  f"({Path(place.filename).name}:{place.lineno}).", settings.kind)


def _graded(submission: Submission, notebook: Notebook, settings: Settings) -> Result:
    one = grade_one(notebook, submission.lesson, settings)
    lesson = one.lesson
    result = Result(submission.path, submission.student, lesson.id if lesson else None, one.exercises,
                    lesson.max_score if lesson else 0.0, sandbox=choose(settings.kind).name, digest=notebook.digest,
                    folder=submission.folder, note=submission.note)
    if one.cells is not None:
        result.autograded = json.dumps(one.cells)
    if settings.feedback:
        result.answers = answers_of((exercise.name for exercise in one.exercises), notebook)
    return result
