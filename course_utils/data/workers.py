"""DataLoader workers: whether this machine allows them, and a fault that only they show."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset, TensorDataset, get_worker_info

from course_utils.threads import usable_cores

PATIENCE = 30  # seconds to wait for a worker's first batch


class Workers(NamedTuple):
    """How many workers may be used here, and a sentence that says why."""

    number: int
    sentence: str


@cache
def usable_workers(wanted: int = 2) -> Workers:
    """At most ``wanted`` workers, no more than there are cores; none where processes can't be started or can't talk.

    Found out by trying: one worker loads one tiny batch. Sandboxes and small containers forbid processes or shared
    memory; then ``number`` is 0, and a DataLoader with ``num_workers=0`` does the work in the main process.
    """
    count = min(wanted, usable_cores())
    tiny = TensorDataset(torch.zeros(2, 1))
    try:
        for _ in DataLoader(tiny, batch_size=2, num_workers=1, timeout=PATIENCE):
            pass
    except (OSError, RuntimeError, AssertionError, EOFError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        return Workers(0, f"No worker can be started here ({reason}). With num_workers=0 the main process does the "
                          f"work, and everything below runs all the same.")
    return Workers(count, f"{count} worker{'s' * (count != 1)} can be used here.")


class CopiedGenerator(Dataset[tuple[int, int]]):
    """Items are (number of the worker, a random number). All workers draw the same: their generators are copies."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.rng = np.random.default_rng(0)

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> tuple[int, int]:
        info = get_worker_info()
        return (info.id if info else 0), int(self.rng.integers(100))
