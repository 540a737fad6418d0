"""What is in a folder or a zip archive, at any depth: named, but never followed and never opened."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from course_utils.grading.submission.archive import members
from course_utils.grading.submission.read_file import Unreadable

LEFT_OUT = frozenset({"__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini", "$RECYCLE.BIN"})  # and hidden names
MAX_ENTRIES = 20_000  # in one student's folder
UNREADABLE = "The folder cannot be read: {reason}. Make it readable and grade again."


@dataclass(frozen=True, slots=True)
class Found:
    """Something in a folder."""

    parts: tuple[str, ...]  # its path from the student's folder on
    kind: str  # "file", "link", "special", "empty" (a folder) or "unreadable" (a folder)
    file: str  # its path on disk; of an archive's member, the archive's
    member: str = ""
    reason: str = ""  # why a folder or an archive can't be read

    @property
    def name(self) -> str:
        return self.parts[-1] if self.parts else ""

    @property
    def is_notebook(self) -> bool:
        return self.name.lower().endswith(".ipynb")

    @property
    def is_archive(self) -> bool:
        return self.kind == "file" and not self.member and self.name.lower().endswith(".zip")


def left_out(name: str) -> bool:
    """Whether this is nobody's work: hidden, or kept by a program for itself."""
    return name.startswith(".") or name in LEFT_OUT


def kind_of(entry: os.DirEntry[str]) -> str:
    """Return "folder", or the kind of a :class:`Found`. A link is a link, wherever it leads."""
    try:
        if entry.is_symlink():
            return "link"
        if entry.is_dir(follow_symlinks=False):
            return "folder"
        return "file" if entry.is_file(follow_symlinks=False) else "special"
    except OSError:
        return "special"


def entries_of(folder: str, at_most: int | None = None) -> list[tuple[str, str]]:
    """Return the folder's entries as (name, kind), sorted; raise OSError if it can't be read."""
    with os.scandir(folder) as entries:
        return sorted((entry.name, kind_of(entry)) for entry in islice(entries, at_most) if not left_out(entry.name))


def walk(folder: str) -> Iterator[Found]:
    """Yield everything below a folder. Links aren't followed, and a folder without end ends with a note."""
    seen = 0
    waiting: list[tuple[str, tuple[str, ...]]] = [(folder, ())]
    while waiting:
        place, parts = waiting.pop()
        try:
            entries = entries_of(place, MAX_ENTRIES + 1)
        except OSError as error:
            yield Found(parts, "unreadable", place, reason=UNREADABLE.format(reason=error.strerror))
            continue
        seen += len(entries)
        if seen > MAX_ENTRIES:
            yield Found(parts, "unreadable", place, reason=f"There are more than {MAX_ENTRIES:,} files in this "
                        "student's folder. Hand in the notebook alone.")
            return
        if not entries:
            yield Found(parts, "empty", place)
        for name, kind in reversed(entries):
            if kind == "folder":
                waiting.append((f"{place}/{name}", (*parts, name)))
        for name, kind in entries:
            if kind != "folder":
                yield Found((*parts, name), kind, f"{place}/{name}")


def unpacked(archive: Found, within: str) -> list[Found]:
    """Return what is in a zip archive; if it can't be opened, the archive again with the reason."""
    try:
        found = members(Path(archive.file), Path(within))
    except Unreadable as error:
        return [replace(archive, reason=str(error).rstrip("."))]
    inside = []
    for name, kind in found:
        parts = tuple(part for part in name.replace("\\", "/").split("/") if part not in ("", ".", ".."))
        if kind != "folder" and parts and not any(left_out(part) for part in parts):
            inside.append(Found((*archive.parts, *parts), kind, archive.file, name))
    return inside or [replace(archive, reason="it is empty")]
