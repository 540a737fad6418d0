"""Files beside a notebook: a student's own modules and small data, which the submission finds in its working folder."""

from __future__ import annotations

import os
import stat
from pathlib import Path

MAX_FILES = 50
MAX_FILE = 5 * 2**20  # bytes
MAX_ALL = 20 * 2**20
MAX_DEPTH = 2  # folders below the notebook's
NOT_THEIRS = ("timestamp.txt", "submission_secret.txt")  # nbgrader's own


def files_beside(notebook: Path) -> dict[str, bytes]:
    """Return the ordinary files beside a notebook, by their path from there, as far as they are small.

    Links are not followed, and nothing that could block is opened. Other notebooks and hidden files stay out.
    """
    found: dict[str, bytes] = {}
    left = MAX_ALL
    for path in sorted(_ordinary_files(notebook.parent)):
        content = _read(path)
        if content is None or len(content) > left:
            continue
        found[path.relative_to(notebook.parent).as_posix()] = content
        left -= len(content)
        if len(found) == MAX_FILES:
            break
    return found


def _ordinary_files(folder: Path) -> list[Path]:
    paths: list[Path] = []
    for directory, folders, files in os.walk(folder):
        here = Path(directory)
        deep = len(here.relative_to(folder).parts) >= MAX_DEPTH
        folders[:] = [] if deep else [name for name in folders if _is_visible(name) and not (here / name).is_symlink()]
        paths += [here / name for name in files if _is_visible(name) and not name.endswith(".ipynb")
                  and name not in NOT_THEIRS]
        if len(paths) > 20 * MAX_FILES:
            break
    return paths


def _is_visible(name: str) -> bool:
    return not name.startswith((".", "__pycache__", "__MACOSX"))


def _read(path: Path) -> bytes | None:
    """Return a small ordinary file's bytes; None for anything else."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError:
        return None
    with open(descriptor, "rb") as file:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > MAX_FILE:
            return None
        return file.read(MAX_FILE)
