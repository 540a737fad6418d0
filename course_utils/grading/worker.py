"""One submission from its notebook to its result; runs in the grader's own worker processes."""

from __future__ import annotations

import contextlib
import signal
import time
import traceback
from pathlib import Path
from typing import Any

from course_utils.grading.identify import identify
from course_utils.grading.limits import Limits
from course_utils.grading.read import BadNotebook, Notebook
from course_utils.grading.results import Result, Submission, failed
from course_utils.grading.run import grade_notebook
from course_utils.grading.sandbox import Sandbox, SandboxError
from course_utils.grading.settings import Settings
from course_utils.lesson import load_lesson

_own: dict[tuple[str, Limits], Sandbox] = {}  # started in this process, where none was lent to it


def prepare() -> None:
    """In a new worker: Ctrl-C is the coordinator's to handle, and one thread is enough."""
    import torch

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)


def grade(submission: Submission, notebook: Notebook, settings: Settings) -> dict[str, Any]:
    """The result as plain data, with ``outputs`` by cell where they are wanted; never raises."""
    started = time.monotonic()
    outputs: dict[str, Any] = {}
    try:
        lesson = load_lesson(identify(notebook, submission.lesson))
        graded = grade_notebook(notebook, lesson, settings.secret, _address(settings), settings.limits,
                                settings.demonstrations.get(lesson.id, ()))
        result = Result(submission.path, submission.student, lesson.id, graded.verdicts, lesson.max_score,
                        sandbox=settings.kind, digest=notebook.digest)
        outputs = {str(index): run.outputs for index, run in graded.runs.items()} if settings.outputs else {}
    except (BadNotebook, SandboxError) as error:
        result = failed(submission, str(error), settings.kind)
    except Exception as error:  # a fault of the grader: named, and the others are graded all the same
        place = traceback.extract_tb(error.__traceback__)[-1]
        result = failed(submission, f"The grader itself failed: {type(error).__name__}: {error} "
                                    f"({Path(place.filename).name}:{place.lineno}).", settings.kind)
    result.seconds = time.monotonic() - started
    return {**result.whole(), "outputs": outputs}


def _address(settings: Settings) -> str:
    """A living sandbox: the one that was lent, else one of this process's own."""
    if settings.address and _answers(settings.address):
        return settings.address
    key = (settings.kind, settings.limits)
    sandbox = _own.setdefault(key, Sandbox(settings.kind, settings.limits, settings.data))
    sandbox.wait()
    return sandbox.address


def _answers(address: str) -> bool:
    """Whether anything listens there (asking costs one child that ends at once)."""
    import socket

    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as probe:
        try:
            probe.connect(address)
        except OSError:
            return False
    return True
