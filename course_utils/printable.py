"""Text from outside, made fit for files, terminals and XML."""

from __future__ import annotations

import re

# Control characters, halves of surrogate pairs, and marks that reorder or break lines on a screen.
_MARKS = r"\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff"
_UNPRINTABLE = re.compile(rf"[\x00-\x1f{_MARKS}]")
_UNPRINTABLE_IN_LINES = re.compile(rf"[\x00-\x08\x0b-\x1f{_MARKS}]")


def printable(text: str) -> str:
    r"""Return the text on one line, with every character that can't be printed written as its escape.

    >>> printable("a\x1b[31m\nb\udcff")
    'a\\x1b[31m\\nb\\udcff'
    """
    return text if text.isprintable() else _UNPRINTABLE.sub(_escaped, text)


def printable_lines(text: str) -> str:
    r"""Return the text like :func:`printable`, but keep its line breaks and tabs.

    >>> printable_lines("a\r\nb\x00")
    'a\nb\\x00'
    """
    return text if text.isprintable() else _UNPRINTABLE_IN_LINES.sub(_escaped, text.replace("\r\n", "\n"))


def shortened(text: str, most: int) -> str:
    """Return about ``most`` characters of the text, its line breaks kept and the rest printable."""
    return printable_lines(text if len(text) <= most else text[: most - 1] + "…")


def encodable(text: str) -> str:
    r"""Return the text with halves of surrogate pairs written as escapes; terminal colours stay.

    >>> encodable("\x1b[31m\ud800")
    '\x1b[31m\\ud800'
    """
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _escaped(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode()
