"""When something was handed in, by nbgrader's ``timestamp.txt``, whatever that file holds or is."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from course_utils.grading.submission.read_file import Unreadable, read_file
from course_utils.printable import printable

NAME = "timestamp.txt"
_LONGEST = 200  # bytes; nbgrader writes 30


class Timestamp(NamedTuple):
    """A time as nbgrader writes it (UTC), or None; and what is wrong with the file, if anything is."""

    text: str | None
    note: str = ""


def timestamp_of(folder: Path) -> Timestamp:
    """Return the time in the folder's ``timestamp.txt``. No content and no kind of file raises or blocks."""
    path = folder / NAME
    if not os.path.lexists(path):
        return Timestamp(None)
    try:
        data = read_file(path, folder, _LONGEST + 1)
    except Unreadable as error:
        return Timestamp(None, f"{NAME} was not read. {error}".replace("the notebook itself", "it as a text file"))
    text = data.decode("utf-8-sig", "replace").strip()
    if not text:
        return Timestamp(None, f"{NAME} is empty, so the time of submission is not known. Correct or delete it.")
    time = _utc(text) if len(data) <= _LONGEST else None
    if time is None:
        return Timestamp(None, f'{NAME} holds no time, but "{printable(text[:40])}". Correct or delete it.')
    return Timestamp(f"{time:%Y-%m-%d %H:%M:%S.%f} UTC")


def _utc(text: str) -> datetime | None:
    """Return the time in UTC, understood as nbgrader's own reader does; None if it is no time."""
    from nbgrader.utils import parse_utc  # slow to import, and not every run has a gradebook

    try:
        time = parse_utc(text)
    except Exception:  # dateutil raises nearly anything for text that is no time
        return None
    return time if isinstance(time, datetime) and time.year >= 1000 else None
