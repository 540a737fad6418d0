"""Reading a file that was handed in: never through a link, never from a pipe, never without a limit."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

MAX_FILE = 256 * 2**20  # bytes; a larger file isn't even opened
A_LINK = "This is a link, and links are never followed. Hand in the file itself."
NO_FILE = "This is not an ordinary file. Hand in the notebook itself."
A_FOLDER = "This is a folder, not a notebook. Name the .ipynb file in it."


class Unreadable(ValueError):
    """The file can't be read; the message says why and how to fix it."""


def open_file(path: Path, within: Path | None = None) -> BinaryIO:
    """Return the open file; raise :class:`Unreadable` if it's anything but an ordinary file.

    ``within`` is the student's folder: no folder between it and the file may be a link.
    """
    try:
        _refuse_links(path, within)
        if path.is_dir():
            raise Unreadable(A_FOLDER)
        # Not blocking: a pipe without a writer would never open.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        raise Unreadable("There is no such file.") from None
    except Unreadable:
        raise
    except (OSError, ValueError, RuntimeError) as error:
        number = getattr(error, "errno", None)
        if number in (errno.ELOOP, errno.ENXIO):  # ENXIO: a socket, or a device that isn't there
            raise Unreadable(A_LINK if number == errno.ELOOP else NO_FILE) from None
        reason = getattr(error, "strerror", None) or "its path holds a null byte"
        raise Unreadable(f"The file cannot be read: {reason}.") from None
    file = open(descriptor, "rb")  # noqa: SIM115
    facts = os.fstat(descriptor)
    problem = None if stat.S_ISREG(facts.st_mode) else NO_FILE
    if facts.st_size > MAX_FILE:
        problem = (f"The file has {facts.st_size / 2**20:,.0f} MB; at most {MAX_FILE // 2**20} are read. Clear its "
                   "outputs (Edit, Clear Outputs of All Cells) and hand it in again.")
    if problem:
        file.close()
        raise Unreadable(problem)
    return file


def read_file(path: Path, within: Path | None = None, limit: int = MAX_FILE) -> bytes:
    """Return at most ``limit`` bytes of a file; raise :class:`Unreadable` if it's anything but an ordinary file."""
    try:
        with open_file(path, within) as file:
            return file.read(limit)
    except OSError as error:
        raise Unreadable(f"The file cannot be read: {error.strerror}.") from None


def _refuse_links(path: Path, within: Path | None) -> None:
    if path.is_symlink():
        if within is not None and not os.path.realpath(path).startswith(os.path.realpath(within) + os.sep):
            raise Unreadable("This is a link that leads out of the folder handed in. Hand in the notebook itself.")
        raise Unreadable(A_LINK)
    if within is None:
        return
    inside = os.path.relpath(path, within)
    if os.path.realpath(path) != os.path.normpath(os.path.join(os.path.realpath(within), inside)):
        raise Unreadable("A folder above this file is a link, and links are never followed. Hand in the folder "
                         "itself.")
