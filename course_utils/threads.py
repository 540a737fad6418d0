"""PyTorch's threads on a busy machine.

OpenMP's threads normally spin while they wait for each other. When another process holds one of the cores, the
threads that spin keep the one that is late from finishing, and a small network trains a hundred times as slowly.
With a passive wait policy they sleep instead, at no measurable cost (``benchmarks/lessons.py``). The policy is read
once, when PyTorch loads OpenMP, so it has to be in the environment before ``import torch``.
"""

from __future__ import annotations

import os
import sys

# Any of these means that somebody has already decided how threads wait, or that there is only one.
DECIDED = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME")


def wait_passively() -> bool:
    """Ask OpenMP for a passive wait policy, in this process and in those it starts.

    Return whether this process's threads follow a policy from the environment; False means that PyTorch was
    imported before anybody chose one.
    """
    in_time = "torch" not in sys.modules or any(name in os.environ for name in DECIDED)
    if not any(name in os.environ for name in DECIDED):
        os.environ["OMP_WAIT_POLICY"] = "passive"
    return in_time


def use_one_thread() -> str:
    """Set PyTorch to one thread, and return a line that says so and how to undo it; empty if it already has one."""
    import torch

    threads = torch.get_num_threads()
    if threads == 1:
        return ""
    torch.set_num_threads(1)
    return (f"PyTorch now uses one thread, because it was imported before the course could set how its threads wait. "
            f"torch.set_num_threads({threads}) undoes this.")


def restart_advice() -> str:
    """The line for a lesson that several threads speed up; empty if PyTorch has only one."""
    import torch

    if torch.get_num_threads() == 1:
        return ""
    return ("PyTorch was imported before the course, so this lesson may be slow on a busy machine. "
            "Restart the kernel and run this cell first.")
