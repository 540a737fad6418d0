"""What is said under a traceback in the student's own cell."""

from __future__ import annotations

from collections.abc import Sequence

from course_utils.rendering.template import BLUE, note
from course_utils.rendering.text import names_text, numbered, plain

Lines = Sequence[tuple[int, str]]
Names = Sequence[tuple[str, str]]


def error_text(raised: str, sentence: str, lines: Lines, names: Names) -> str:
    """Return the exception's own words, what they mean, the student's line, and what it worked on."""
    parts = [raised, f"What this means: {plain(sentence)}", *([numbered(lines)] if lines else [])]
    return "\n".join([*parts, plain(names_text(names))] if names else parts)


def error_html(raised: str, sentence: str, lines: Lines, names: Names) -> str:
    """Return the same as a card."""
    return note(BLUE, sentence, "What this means.", numbered(lines) if lines else "",
                names_text(names) if names else "", raised)
