"""One edit of a piece of Python: where it is, what it changes, and what it says of the code before it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """A single edit of a source. Lines count from 1, columns in characters from 0, and the end is exclusive."""

    kind: str  # "off by one", "dim", "call dropped" …
    line: int
    column: int
    end_line: int
    end_column: int
    before: str  # the code at the place; empty for an insertion
    after: str  # what stands there afterwards; empty for a removal
    sentence: str  # what is wrong with the code before, for a student whose answer this edit makes right

    def apply(self, source: str) -> str:
        """Return ``source`` with this edit; raise ValueError if ``before`` is not at the place."""
        start = offset_of(source, self.line, self.column)
        end = offset_of(source, self.end_line, self.end_column)
        if source[start:end] != self.before:
            raise ValueError(f"Line {self.line} has {source[start:end]!r}, not {self.before!r}.")
        return source[:start] + self.after + source[end:]

    def inverse(self, source: str) -> Edit:
        """Return the edit that leads from ``self.apply(source)`` back to ``source``."""
        offset_of(source, self.line, self.column)  # raises if the place is not in this source
        lines = self.after.split("\n")
        end_column = len(lines[-1]) + (self.column if len(lines) == 1 else 0)
        return Edit(self.kind, self.line, self.column, self.line + len(lines) - 1, end_column,
                    self.after, self.before, "")


def offset_of(source: str, line: int, column: int) -> int:
    """Return the place of a line (from 1) and column in characters from the start; raise ValueError if outside."""
    start = 0
    for _ in range(line - 1):
        start = source.find("\n", start) + 1
        if start == 0:
            raise ValueError(f"There is no line {line}.")
    end = source.find("\n", start)
    if not 0 <= column <= (len(source) if end < 0 else end) - start:
        raise ValueError(f"Line {line} has no column {column}.")
    return start + column
