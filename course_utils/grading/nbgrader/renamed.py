"""A notebook that was handed in under another name, for nbgrader, which finds it only under the released one.

nbgrader calls :func:`under_released_name` before it grades a hand-in and :func:`as_it_came` afterwards. In between a
copy with the released name lies in the hand-in's folder.
"""

from __future__ import annotations

import atexit
import shutil
import sys
from pathlib import Path
from typing import Any

from course_utils.lesson import lesson_ids

_copies: set[Path] = set()  # what lies in hand-ins now, and has to go


def under_released_name(*, notebooks: list[str], assignment: str = "", **_: Any) -> None:
    """Copy a hand-in's only notebook to the name that the lesson was released under, and name that one instead.

    A folder with several notebooks, none of them with the released name, stays as it is, since nobody knows which of
    them counts; so do links, and assignments that are no lessons of this course.
    """
    if len(notebooks) != 1:
        return
    handed_in = Path(notebooks[0])
    lesson = assignment if assignment in lesson_ids() else handed_in.parent.name
    released = handed_in.with_name(f"{lesson}.ipynb")
    if lesson not in lesson_ids() or released == handed_in or handed_in.is_symlink() or not handed_in.is_file():
        return
    try:
        with handed_in.open("rb") as source, released.open("xb") as copy:
            _copies.add(released.absolute())
            shutil.copyfileobj(source, copy)
    except OSError as error:
        print(f"{handed_in} has another name than {released.name}, and nbgrader needs a copy of that name: "
              f"{error.strerror}. Let it write into {handed_in.parent}, or use `course grade`.", file=sys.stderr)
        return
    notebooks[:] = [str(released)]


def as_it_came(**_: Any) -> None:
    """Remove the copies."""
    while _copies:
        _copies.pop().unlink(missing_ok=True)


atexit.register(as_it_came)  # nbgrader does not call the hook after a failure
