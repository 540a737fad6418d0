"""What a submission may use."""

from __future__ import annotations

import re
from dataclasses import dataclass

GIB = 2**30
_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


@dataclass(frozen=True)
class Limits:
    """Limits on one submission."""

    cell_seconds: float = 30.0  # for one cell, and for one exercise's check
    total_seconds: float = 600.0  # for all of it, replays included
    memory_bytes: int = 2 * GIB  # of all its processes together
    scratch_bytes: int = 512 * 2**20  # in files; and once more in shared memory
    processes: int = 100
    open_files: int = 1024


def memory_size(text: str) -> int:
    """Bytes from ``2G``, ``1500M`` or ``2GiB``; raises ValueError."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?\s*", text, re.IGNORECASE)
    if not found:
        raise ValueError(f"'{text}' is no size. Write 2G or 1500M.")
    size = int(float(found[1]) * _UNITS[found[2].upper()])
    if size < 256 * 2**20:
        raise ValueError(f"'{text}' is too small: importing torch alone takes 256M.")
    return size
