"""Trying a student's code with a change in it: runs where the student's code runs, and judges nothing."""

from __future__ import annotations

import contextlib
import linecache
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType
from typing import Any

from course_utils.evidence.collect import Plan, observe
from course_utils.evidence.observation import Evidence, Observation, Raised, encode_evidence

NAME = "<ipykernel_variant>"  # taken for a cell, so that a class finds its own source


def try_variant(namespace: Mapping[str, Any], plan: Plan, inputs: bytes, source: str, only: Sequence[int],
                seconds: float) -> bytes:
    """Return evidence on the answer that ``source`` defines, tried on the inputs with the numbers ``only``.

    It is defined in a copy of ``namespace``, which stays as it is. What takes longer than ``seconds`` for one input
    ends with a TimeoutError, where the system can interrupt it.
    """
    names = dict(namespace)
    try:
        with _stopped_after(seconds):
            linecache.cache[NAME] = (len(source), None, source.splitlines(True), NAME)
            exec(compile(source, NAME, "exec"), names)
    except (Exception, SystemExit) as error:
        raised = Raised(type(error).__name__, (), str(error)[:200])
        return encode_evidence(Evidence(True, observations=tuple(Observation(None, raised) for _ in only)))
    observations: list[Observation] = []
    for index in only:
        with _stopped_after(seconds):
            observations += observe(names.get(plan.name), plan, inputs, [index])
    return encode_evidence(Evidence(True, observations=tuple(observations)))


@contextlib.contextmanager
def _stopped_after(seconds: float) -> Iterator[None]:
    """Raise TimeoutError within after ``seconds``, in a main thread of a system that has timers."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
