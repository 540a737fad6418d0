"""PyTorch's threads on a machine that has other work.

OpenMP's threads normally spin while they wait for each other. When another process holds one of the cores, the
threads that spin keep the one that is late from finishing, and a small network trains a hundred times as slowly.
Two things help (``benchmarks/lessons.py`` measures both):

- a passive wait policy: threads sleep while they wait. It is read once, when PyTorch loads OpenMP, so it has to be in
  the environment before ``import torch``;
- no more threads than there are free cores. Small networks are fastest on one thread anyway.
"""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Callable

# Any of these means that somebody has already decided how threads wait.
DECIDED = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME")
LATE = "PyTorch was imported before the course, so the course could not set how PyTorch's threads wait. "


def wait_passively() -> bool:
    """Ask OpenMP for a passive wait policy, in this process and in those it starts.

    Return whether this process's threads follow a policy from the environment; False means that PyTorch was
    imported before anybody chose one.
    """
    in_time = "torch" not in sys.modules or any(name in os.environ for name in DECIDED)
    if not any(name in os.environ for name in DECIDED):
        os.environ["OMP_WAIT_POLICY"] = "passive"
    return in_time


# Chosen when this module is first imported, which course_utils does before anything of it can import PyTorch.
IN_TIME = wait_passively()


def choose_threads(one_thread: bool, in_time: bool = IN_TIME) -> str:
    """Set PyTorch's threads for a lesson; return a line for the student, empty if there is nothing to do.

    ``one_thread`` says that the lesson's networks train no slower on one thread, ``in_time`` that the threads follow a
    policy of the environment. OMP_NUM_THREADS in the environment overrules this, and so does
    ``torch.set_num_threads`` afterwards.
    """
    import torch

    threads = torch.get_num_threads()
    if threads == 1 or "OMP_NUM_THREADS" in os.environ:
        return ""
    if one_thread:
        torch.set_num_threads(1)
        return "" if in_time else f"{LATE}It now uses one thread; torch.set_num_threads({threads}) undoes this."
    return "" if in_time else f"{LATE}If this lesson is slow, restart the kernel and run this cell first."


def processor_seconds() -> tuple[float, float]:
    """Return the seconds of processor time used so far by all processes of this machine, and by this one."""
    import psutil

    everybody, own = psutil.cpu_times(), psutil.Process().cpu_times()
    busy = everybody.user + everybody.system + getattr(everybody, "nice", 0.0)  # Windows has no nice
    return busy, own.user + own.system


class FreeCores:
    """Keeps PyTorch's threads down to the cores that other processes leave free; called before each cell.

    What others used is averaged since the call before. A number of threads that somebody else set is left alone.
    """

    SHORTEST = 0.05  # seconds; averages over less than that say nothing

    def __init__(self, cores: int, seconds: Callable[[], tuple[float, float]] = processor_seconds,
                 clock: Callable[[], float] = time.monotonic) -> None:
        import torch

        self.most = self.threads = torch.get_num_threads()
        self.cores, self.seconds, self.clock = cores, seconds, clock
        self.at, self.used = clock(), seconds()

    def __call__(self, *_: object) -> None:
        import torch

        now, used = self.clock(), self.seconds()
        if now - self.at < self.SHORTEST or torch.get_num_threads() != self.threads:
            return
        others = ((used[0] - self.used[0]) - (used[1] - self.used[1])) / (now - self.at)
        self.at, self.used = now, used
        self.threads = max(1, min(self.most, self.cores - math.floor(others + 0.5)))
        if self.threads != torch.get_num_threads():
            torch.set_num_threads(self.threads)


def usable_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
