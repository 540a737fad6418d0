"""A limit of time on a student's code in a check, and what is shown when it was stopped.

On the main thread of a system with alarms, SIGALRM stops the code; elsewhere a timer asks the interpreter to raise in
the thread that runs it. Neither can end a single long call into compiled code; that is stopped as it returns.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import signal
import threading
from collections.abc import Iterator
from types import FrameType

from course_utils.evidence.observation import StudentLine
from course_utils.evidence.student_lines import in_own_code, own_lines
from course_utils.judging.outcome import Outcome
from course_utils.judging.verdict import Verdict

SECONDS = 20.0
AGAIN = 0.5  # seconds until the next try, for code that catches everything
PATIENCE = 3  # tries at which none of the student's code was running


class TookTooLong(BaseException):
    """Raised in code that has used up its time; no `except Exception` catches it."""


class Interrupted(KeyboardInterrupt):
    """An interrupted check. IPython shows its one sentence and no frames."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def _render_traceback_(self) -> list[str]:
        return [self.sentence]


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise :class:`TookTooLong` in what runs within, once it has run for so many seconds."""
    main = threading.current_thread() is threading.main_thread()
    with _by_alarm(seconds) if main and hasattr(signal, "setitimer") else _by_timer(seconds):
        yield


@contextlib.contextmanager
def _by_alarm(seconds: float) -> Iterator[None]:
    ignored = itertools.count()

    def stop(number: int, frame: FrameType | None) -> None:
        # Not in the midst of putting things back after the student's code, unless that seems to have no end.
        if in_own_code(frame) or next(ignored) > PATIENCE:
            raise TookTooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _by_timer(seconds: float) -> Iterator[None]:
    thread, done = threading.get_ident(), threading.Event()

    def watch() -> None:
        wait = seconds
        while not done.wait(wait):
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(TookTooLong))
            wait = AGAIN

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), None)


def stopped_verdict(name: str, points: float, stop: BaseException, seconds: float) -> Verdict:
    """Return the verdict on an answer that used up its time, with the line in which it was stopped."""
    lines = own_lines(stop.__traceback__)
    where = " It was stopped in the line that is marked." if lines else ""
    loop = " Is there a loop that does not end?" if any(_loops(line) for line in lines) else ""
    return Verdict(name, Outcome.TIMEOUT, 0.0, float(points), (
        f"Your code had not finished after {seconds:g} seconds, so the check stopped it.{where}{loop}"),
        code=tuple((line.number, line.code) for line in lines))


def interrupted(name: str, stop: BaseException) -> Interrupted:
    """Return what to raise for an interrupted check."""
    lines = own_lines(stop.__traceback__)
    where = f" in line {lines[-1].number} of your code, `{lines[-1].code.strip()}`" if lines else ""
    return Interrupted(f"The check of {name} was interrupted{where}, so there is no result.")


def _loops(line: StudentLine) -> bool:
    return line.code.strip().startswith(("while", "for"))
