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
from course_utils.show.card import card
from course_utils.verdict import Verdict

_own: dict[tuple[str, Limits], Sandbox] = {}  # started in this process, where none was lent to it


def prepare() -> None:
    """In a new worker: Ctrl-C is the coordinator's to handle, and one thread is enough."""
    import torch

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)


def grade(submission: Submission, notebook: Notebook, settings: Settings) -> Result:
    """The result for one submission; never raises."""
    started = time.monotonic()
    try:
        lesson = load_lesson(identify(notebook, submission.lesson))
        graded = grade_notebook(notebook, lesson, settings.secret, _address(settings), settings.limits,
                                settings.demonstrations.get(lesson.id, ()))
        result = Result(submission.path, submission.student, lesson.id, [entry(v) for v in graded.verdicts],
                        lesson.max_score, sandbox=settings.kind, digest=notebook.digest)
        if settings.outputs:
            result.outputs = {index: run.outputs for index, run in graded.runs.items()}
    except (BadNotebook, SandboxError) as error:
        result = failed(submission, str(error), settings.kind)
    except Exception as error:  # a fault of the grader: named, and the others are graded all the same
        place = traceback.extract_tb(error.__traceback__)[-1]
        result = failed(submission, f"The grader itself failed: {type(error).__name__}: {error} "
                                    f"({Path(place.filename).name}:{place.lineno}).", settings.kind)
    result.seconds = time.monotonic() - started
    return result


def entry(verdict: Verdict) -> dict[str, Any]:
    """A verdict as plain data, with the card that shows it."""
    return {**verdict.as_json(), "card": card(verdict), "code": [list(line) for line in verdict.code],
            "rung": str(verdict.rung) if verdict.rung else None}


def _address(settings: Settings) -> str:
    """A living sandbox: the one that was lent, else one of this process's own."""
    if settings.address and _answers(settings.address):
        return settings.address
    key = (settings.kind, settings.limits)
    sandbox = _own.setdefault(key, Sandbox(settings.kind, settings.limits))
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
