"""What is said under a traceback in the student's own cell."""

from __future__ import annotations

from collections.abc import Sequence

from course_utils.rendering.style import BLUE, block, code, frame, inline
from course_utils.rendering.text import names_text, numbered, plain

Lines = Sequence[tuple[int, str]]
Names = Sequence[tuple[str, str]]


def error_text(sentence: str, lines: Lines, names: Names) -> str:
    """The explanation, the student's line, and what it worked on."""
    parts = [f"What this means: {plain(sentence)}", numbered(lines)]
    return "\n".join([*parts, plain(names_text(names))] if names else parts)


def error_html(sentence: str, lines: Lines, names: Names) -> str:
    """The same as a card."""
    parts = [f"<div><strong>What this means.</strong> {inline(sentence)}</div>", code(numbered(lines))]
    if names:
        parts.append(block(inline(names_text(names)), gap=4))
    return frame(BLUE, "".join(parts))
