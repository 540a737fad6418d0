"""What a submission uses: its processes, and the memory that they hold in any way."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence

IN_MEMORY = ("tmp", "dev/shm")  # folders of the sandbox whose files lie in memory


def descendants(keeper: int, at_most: int) -> list[int]:
    """The child and all below it (the keeper itself is not the submission's); one more than ``at_most`` is enough."""
    found: list[int] = []
    parents = [keeper] if keeper > 0 else []
    while parents and len(found) <= at_most:
        parent = parents.pop()
        with contextlib.suppress(OSError):
            children = [int(pid) for task in os.listdir(f"/proc/{parent}/task")
                        for pid in _read_words(f"/proc/{parent}/task/{task}/children")]
            found += children
            parents += children
    return found


def memory(family: Sequence[int]) -> int:
    """Return the bytes that these processes of one sandbox hold: their own, in memfds, and in files in memory."""
    memfds: dict[int, int] = {}
    for process in family:
        memfds.update(_memfds(process))
    return sum(map(_own_memory, family)) + sum(memfds.values()) + (_files(family[0]) if family else 0)


def _read_words(path: str) -> list[str]:
    with open(path, encoding="ascii") as file:
        return file.read().split()


def _own_memory(process: int) -> int:
    """Bytes that belong to this process: its proportional share, as forks share most of theirs."""
    try:
        with open(f"/proc/{process}/smaps_rollup", encoding="ascii") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("Pss:"))
    except (OSError, StopIteration, ValueError):
        return 0


def _memfds(process: int) -> dict[int, int]:
    """The bytes in each open memfd, by inode: they are nobody's memory as long as they are not mapped."""
    found: dict[int, int] = {}
    with contextlib.suppress(OSError):
        for name in os.listdir(f"/proc/{process}/fd"):
            path = f"/proc/{process}/fd/{name}"
            with contextlib.suppress(OSError):
                if os.readlink(path).startswith("/memfd:"):
                    facts = os.stat(path)
                    found[facts.st_ino] = facts.st_blocks * 512
    return found


def _files(process: int) -> int:
    """The bytes in the sandbox's own folders in memory; without a sandbox these folders are the machine's."""
    used = 0
    for folder in IN_MEMORY:
        with contextlib.suppress(OSError):
            path = f"/proc/{process}/root/{folder}"
            if os.stat(path).st_dev != os.stat(f"/{folder}").st_dev:
                facts = os.statvfs(path)
                used += (facts.f_blocks - facts.f_bfree) * facts.f_frsize
    return used
