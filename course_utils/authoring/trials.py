"""Trying many mutants: in processes of their own, each with a time limit, that leave nothing behind."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from multiprocessing.connection import Connection

import torch

from course_utils.authoring.mutants import Form, Mutant
from course_utils.judging.passing import Passing

BATCH = 25  # mutants in one process between two looks whether it still judges right answers right
_MEMORY = 3 * 2**30  # bytes that a process may take beyond what it started with
_SETTING_UP = 60.0  # seconds
_PR_SET_PDEATHSIG = 1
_FILE_SIZE = 256 * 2**20  # bytes
_SLOWEST, _SLOWER = 3.0, 20.0  # seconds for one mutant: at least, and times what the right answer takes


class _Fate(Enum):
    """What came of one mutant."""

    PASSED = "full points"
    UNLUCKY = "killed by an input that was drawn"
    KILLED = "killed by a visible input"


@dataclass
class Trials:
    """What came of trying the mutants of one form."""

    passed: set[int] = field(default_factory=set)  # their numbers
    unlucky: set[int] = field(default_factory=set)  # those that only inputs drawn for this seed have killed
    stopped: int = 0  # mutants that hung or ended their process


class NotRight(RuntimeError):
    """A declared right answer does not pass when its source runs alone."""


def try_all(passing: Passing, form: Form, mutants: Sequence[Mutant]) -> Trials:
    """Judge each mutant of a form. A process that hangs is ended with all that it started, and its mutant is killed.

    Raises NotRight if the form itself does not pass.
    """
    if not mutants:
        return Trials()
    begin = time.monotonic()
    if _fate(passing, form, form.source) is not _Fate.PASSED:
        raise NotRight(f"'{form.name}' of {form.exercise.name} does not get full points when its source runs alone.")
    limit = max(_SLOWEST, _SLOWER * (time.monotonic() - begin))
    trials = Trials()
    at = 0
    alone_until = 0  # mutants before this one run one by one, since one of them spoiled its process
    while at < len(mutants):
        batch = 1 if at < alone_until else BATCH
        reached, spoiled = _in_a_process(passing, form, mutants, at, batch, limit, trials)
        if spoiled:
            trials.passed -= set(range(at, reached))
            trials.unlucky -= set(range(at, reached))
            alone_until = max(alone_until, reached)
            if batch == 1:
                at = reached
        else:
            at = reached
    return trials


def _in_a_process(passing: Passing, form: Form, mutants: Sequence[Mutant], start: int, batch: int, limit: float,
                  trials: Trials) -> tuple[int, bool]:
    """Try a batch of mutants; return the number of the first that is left, and whether the batch has to be tried again.

    It has to if the right answer does not pass any more in the process that tried them.
    """
    receiving, sending = multiprocessing.Pipe(duplex=False)
    scratch = tempfile.mkdtemp(prefix="mutants-")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of threads beside a fork
        pid = os.fork()
    if pid == 0:
        receiving.close()
        _child(passing, form, mutants[start:start + batch], sending, scratch)
    sending.close()
    at = start
    try:
        if not _is_set_up(receiving):
            raise RuntimeError("The process that should try mutants could not be set up.")
        while at < min(start + batch, len(mutants)):
            if not receiving.poll(limit):
                trials.stopped += 1
                return at + 1, False
            try:
                fate = receiving.recv()
            except (EOFError, OSError):  # the process ended itself
                trials.stopped += 1
                return at + 1, False
            if fate is _Fate.PASSED:
                trials.passed.add(at)
            elif fate is _Fate.UNLUCKY:
                trials.unlucky.add(at)
            at += 1
        with contextlib.suppress(EOFError, OSError):
            if batch > 1 and receiving.poll(limit):
                return at, receiving.recv() is not _Fate.PASSED
        return at, batch > 1
    finally:
        receiving.close()
        _end(pid)
        shutil.rmtree(scratch, ignore_errors=True)


def _is_set_up(receiving: Connection) -> bool:
    with contextlib.suppress(EOFError, OSError):
        return receiving.poll(_SETTING_UP) and receiving.recv() == "set up"
    return False


def _end(pid: int) -> None:
    """End a process and all that it started; it leads a group of its own."""
    for end in (lambda: os.killpg(pid, signal.SIGKILL), lambda: os.kill(pid, signal.SIGKILL)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            end()
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


def _child(passing: Passing, form: Form, mutants: Sequence[Mutant], sending: Connection, scratch: str) -> None:
    """Try the mutants, send for each whether it passed, and end this process."""
    try:
        os.setsid()
        os.chdir(scratch)
        os.environ["TMPDIR"] = tempfile.tempdir = scratch
        _end_with_the_parent()
        _limit()
        sending.send("set up")
        sys.stdin = open(os.devnull)  # noqa: SIM115
        for mutant in mutants:
            sending.send(_fate(passing, form, mutant.source))
        if len(mutants) > 1:
            sending.send(_fate(passing, form, form.source))
    finally:
        os._exit(0)


def _end_with_the_parent() -> None:
    """Let the system end this process if the parent is killed; elsewhere than on Linux it ends at the next result."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _limit() -> None:
    if sys.platform == "linux":
        with open("/proc/self/statm", encoding="ascii") as file:
            size = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (size + _MEMORY, size + _MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_SIZE, _FILE_SIZE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _fate(passing: Passing, form: Form, source: str) -> _Fate:
    """What an answer with this source gets."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            declared = form.made_of(source)
            failed = passing.first_failure(declared)
            if failed is not None:
                return _Fate.UNLUCKY if passing.cases[failed].fresh else _Fate.KILLED
            value = passing.exercise.make(declared)
            return _Fate.PASSED if passing.has_full_points(value) else _Fate.UNLUCKY
    except (Exception, SystemExit):
        return _Fate.KILLED
    finally:
        torch.set_grad_enabled(True)
