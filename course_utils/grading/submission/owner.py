"""Whose a folder or file is, by the names that Moodle and Canvas give to what they download."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from course_utils.printable import printable

# "Anna Bauer_12026_assignsubmission_file_", a folder or the beginning of a file's name
_MOODLE = re.compile(r"(?P<name>.+)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)(?:_.*)?", re.S)
# "khan_LATE_13_99_01_tensors-1.ipynb", always a file
_CANVAS = re.compile(r"(?P<name>[^_]+)_(?P<late>LATE_)?(?P<id>\d+)_(?:\d+_|text\b).*", re.S)
_LONGEST = 255  # bytes: a student's name becomes a folder's


@dataclass(frozen=True)
class Owner:
    """A student as a name in a download tells."""

    name: str
    id: str = ""  # the number that tells two students of one name apart
    late: bool = False


def owner_of_folder(name: str) -> Owner:
    """Return whose folder this is.

    >>> owner_of_folder("Anna Bauer_12026_assignsubmission_file_").name
    'Anna Bauer'
    """
    match = _MOODLE.fullmatch(name)
    return Owner(match["name"], match["id"]) if match else Owner(name)


def owner_of_file(name: str) -> Owner | None:
    """Return whose file this is, or None if its name doesn't tell.

    >>> owner_of_file("khan_LATE_13_99_01_tensors-1.ipynb")
    Owner(name='khan', id='13', late=True)
    """
    if match := _MOODLE.fullmatch(name):
        return Owner(match["name"], match["id"])
    if match := _CANVAS.fullmatch(name):
        return Owner(match["name"], match["id"], late=bool(match["late"]))
    return None


def student_names(owners: Iterable[Owner]) -> dict[tuple[str, str], str]:
    """Return a printable name for each (name, id). Students of one name keep their numbers."""
    ids: dict[str, set[str]] = defaultdict(set)
    for owner in owners:
        ids[owner.name].add(owner.id)
    found: dict[tuple[str, str], str] = {}
    taken: set[str] = set()
    for name, numbers in ids.items():
        for number in sorted(numbers):
            shown = _short(printable(name if len(numbers) == 1 or not number else f"{name}_{number}"))
            while shown in taken:
                shown = f"{_short(shown, _LONGEST - 4)} (2)"
            taken.add(shown)
            found[name, number] = shown
    return found


def _short(text: str, longest: int = _LONGEST) -> str:
    return text.encode()[:longest].decode(errors="ignore")
