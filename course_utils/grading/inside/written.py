"""Files that a submission wrote into its working folder: which of them may leave the sandbox."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Collection
from pathlib import Path

MAX_FILES = 20
MAX_FILE = 2**20  # bytes
# Text, tables and pictures, which nothing runs; directly in the folder.
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]{0,80}\.(txt|log|csv|tsv|json|png|jpg|jpeg)")


def may_leave(name: str, content: bytes) -> bool:
    """Whether a file is of a kind and size that is kept beside the autograded notebook."""
    return _NAME.fullmatch(name) is not None and len(content) <= MAX_FILE


def written_files(folder: Path, put: Collection[str]) -> dict[str, bytes]:
    """Return the small ordinary files in a folder that are not among those ``put`` there, by their names."""
    found: dict[str, bytes] = {}
    for name in sorted(os.listdir(folder)):
        if len(found) == MAX_FILES:
            break
        if name in put or not _NAME.fullmatch(name) or not stat.S_ISREG(os.lstat(folder / name).st_mode):
            continue
        descriptor = os.open(folder / name, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        with open(descriptor, "rb") as file:
            content = file.read(MAX_FILE + 1)
        if may_leave(name, content):
            found[name] = content
    return found
