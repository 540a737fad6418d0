"""What is said under a traceback in the student's own cell."""

from __future__ import annotations

from collections.abc import Sequence

from course_utils.rendering.template import BLUE, note
from course_utils.rendering.text import names_text, numbered, plain

Lines = Sequence[tuple[int, str]]
Names = Sequence[tuple[str, str]]


def error_text(sentence: str, lines: Lines, names: Names) -> str:
    """Return the explanation, the student's line, and what it worked on."""
    parts = [f"What this means: {plain(sentence)}", numbered(lines)]
    return "\n".join([*parts, plain(names_text(names))] if names else parts)


def error_html(sentence: str, lines: Lines, names: Names) -> str:
    """Return the same as a card."""
    return note(BLUE, sentence, "What this means.", numbered(lines), names_text(names) if names else "")
