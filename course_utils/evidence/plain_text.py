"""Text that somebody else wrote, made fit to be kept, sent and shown."""

from __future__ import annotations

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def encodable(text: str) -> str:
    """Return the text with each lone surrogate replaced, so that it can be written as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def printable(text: str, most: int) -> str:
    r"""Return at most ``most`` characters of the text, without control characters and lone surrogates.

    >>> printable("a\x1b[31m b\ud800", 20)
    'a[31m b?'
    """
    kept = text if len(text) <= most else text[: most - 1] + "…"
    return _CONTROL.sub("", encodable(kept))
