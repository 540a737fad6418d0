"""The two small files that nbgrader's exchange puts beside a notebook; ``release_feedback`` needs both."""

from __future__ import annotations

import os
import stat
from pathlib import Path

TIMESTAMP, SECRET = "timestamp.txt", "submission_secret.txt"
MAX_BYTES = 1024


def read_exchange_file(folder: Path, name: str) -> str | None:
    """Return the file's text; None if it is no regular file, too large, or no text. Links are not followed."""
    try:
        # Not blocking: a pipe without a writer would never open.
        descriptor = os.open(folder / name, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        with open(descriptor, "rb") as file:
            data = file.read(MAX_BYTES + 1) if stat.S_ISREG(os.fstat(descriptor).st_mode) else None
        return None if data is None or len(data) > MAX_BYTES else data.decode()
    except (OSError, UnicodeDecodeError):
        return None
