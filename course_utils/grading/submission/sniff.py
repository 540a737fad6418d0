"""What a file looks like by its content, for those who handed in something that is no notebook."""

from __future__ import annotations

import json
import re

_BEGINNINGS = (
    (b"PK\x03\x04", "a zip archive"), (b"PK\x05\x06", "an empty zip archive"), (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "an image"), (b"\xff\xd8\xff", "an image"), (b"GIF8", "an image"), (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"), (b"\x1f\x8b", "a gzip archive"), (b"\xd0\xcf\x11\xe0", "an Office document"),
    (b"{\\rtf", "an RTF document"), (b"version https://git-lfs", "a pointer of Git LFS"),
    (b"SQLite format 3", "a database"), (b"\x7fELF", "a program"),
)
_OFFICE = ((b"word/", "a Word document"), (b"xl/", "an Excel workbook"), (b"ppt/", "a PowerPoint presentation"),
           (b"opendocument", "an OpenDocument file"))
_PYTHON = re.compile(r"^(import \w|from [\w.]+ import |def \w+\(|class \w+[(:]|# %%|\w+ = )", re.M)
HEAD = 64 * 1024  # bytes that are looked at


def looks_like(data: bytes) -> str:
    """Return what the bytes look like, as a noun phrase.

    >>> looks_like(b"%PDF-1.7 ..."), looks_like(b"<!DOCTYPE html><html>"), looks_like(b"import torch")
    ('a PDF document', 'an HTML page', 'Python source code')
    """
    head = data[:HEAD]
    if not head.strip():
        return "an empty file"
    for beginning, name in _BEGINNINGS:
        if head.startswith(beginning):
            if name == "a zip archive":
                return next((office for mark, office in _OFFICE if mark in head), name)
            return name
    text = decoded(head)
    begins = text[:200].lstrip("\ufeff \t\r\n")
    if re.match(r"<(!doctype html|html|head|body|meta|script|div)\b", begins, re.I):
        return "an HTML page"
    if begins.startswith("<?xml"):
        return "an XML document"
    if re.search(r"^(<{7} |>{7} )", text, re.M):
        return "a notebook with Git's conflict marks in it"
    if begins.startswith("{"):
        return "a notebook that is damaged or was cut short"
    if sum(char < " " and char not in "\t\r\n\f\x1b" for char in text) > len(text) // 50:
        return "a binary file"
    return "Python source code" if _PYTHON.search(text) else "plain text"


def decoded(data: bytes) -> str:
    """Return the bytes as text, in UTF-8, UTF-16 or UTF-32, with or without a byte order mark."""
    try:
        return data.decode(json.detect_encoding(data), "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("latin-1")
