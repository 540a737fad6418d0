"""Zip archives that were handed in: listed and read in memory, within limits; nothing is ever unpacked to disk."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from course_utils.grading.submission.read_file import MAX_FILE, Unreadable, open_file

MAX_MEMBERS = 10_000
MAX_DIRECTORY = 2 * 2**20  # bytes of the archive's own table of contents
_END = struct.Struct("<4s4H2LH")
_BROKEN = (OSError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError,
           LookupError, struct.error, OverflowError, MemoryError)


def members(path: Path, within: Path | None = None) -> list[tuple[str, str]]:
    """Return the archive's members as (name, kind), the kind "file", "folder" or "link".

    Raises
    ------
    Unreadable
        It can't be read here; the message is a noun phrase or half a sentence that says why.
    """
    with _opened(path, within) as archive:
        kinds = []
        for info in archive.infolist():
            is_link = stat.S_ISLNK(info.external_attr >> 16)
            kinds.append((info.filename, "link" if is_link else "folder" if info.is_dir() else "file"))
        return kinds


def read_member(path: Path, name: str, within: Path | None = None, limit: int = MAX_FILE) -> bytes:
    """Return at most ``limit`` bytes of one member; raise :class:`Unreadable` if it can't be read."""
    with _opened(path, within) as archive:
        info = archive.getinfo(name)
        if info.flag_bits & 1:
            raise Unreadable("it is encrypted")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unreadable("it is packed in an unusual way")
        if info.file_size > MAX_FILE:
            raise Unreadable(f"it holds more than {MAX_FILE // 2**20} MB")
        with archive.open(info) as member:
            return member.read(limit)


@contextmanager
def _opened(path: Path, within: Path | None) -> Iterator[zipfile.ZipFile]:
    with open_file(path, within) as file:
        try:
            _check_directory(_tail(file))
            with zipfile.ZipFile(file) as archive:
                yield archive
        except Unreadable:
            raise
        except _BROKEN:
            raise Unreadable("it is damaged") from None


def _tail(file: object) -> bytes:
    """Return the end of the file, which holds the archive's end record and a comment of up to 64 KiB."""
    from io import BufferedIOBase

    assert isinstance(file, BufferedIOBase)
    size = file.seek(0, 2)
    file.seek(max(0, size - _END.size - 2**16))
    return file.read()


def _check_directory(tail: bytes) -> None:
    """Refuse a table of contents that would fill the memory before the first look at it."""
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise Unreadable("it is not a whole zip archive")
    _, _, _, _, count, directory, _, _ = _END.unpack_from(tail, at)
    if b"PK\x06\x07" in tail[max(0, at - 20):at] or directory > MAX_DIRECTORY or count > MAX_MEMBERS:
        raise Unreadable(f"it has more than {MAX_MEMBERS:,} members")
