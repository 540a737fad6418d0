"""What nbgrader's gradebook says about a submission: with it, the tables and pages say the same."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

NO_SUBMISSION = "No submission."
NEW_STUDENT = "Not in the roster; entered as a new student."


@dataclass(frozen=True)
class OwnCell:
    """A graded cell that the instructor added to the lesson: a test, an essay or a task."""

    name: str
    score: float | None  # None: nobody has graded it yet
    max_score: float
    text: str  # what the student wrote, or how the test failed
    comment: str


@dataclass(frozen=True)
class GradebookEntry:
    """A submission's entry, read back after it was saved."""

    score: float  # with manual points and extra credit, less the late penalty
    max_score: float
    penalty: float
    seconds_late: float
    new_student: bool  # the student was not in the roster
    changed: tuple[str, ...]  # the exercises whose points are not the verdict's
    comments: dict[str, str]  # the instructor's, by exercise
    cells: tuple[OwnCell, ...]
    note: str = ""  # to the instructor

    def as_json(self) -> dict[str, Any]:
        """Return the entry as ``course grade --json`` writes it: without what the student wrote."""
        facts = asdict(self)
        for cell in facts["cells"]:
            del cell["text"]
        return facts

    @property
    def says_more(self) -> bool:
        """Whether the entry holds more than the verdicts do."""
        return bool(self.penalty or self.seconds_late > 0 or self.new_student or self.changed or self.comments
                    or self.cells or self.note)

    @property
    def all_comments(self) -> dict[str, str]:
        """The instructor's comments, by exercise or own cell."""
        return {**self.comments, **{cell.name: cell.comment for cell in self.cells if cell.comment}}

    @property
    def late(self) -> str:
        """How late the submission was, for a person; empty if it was in time."""
        return duration(self.seconds_late) if self.seconds_late > 0 else ""


@dataclass(frozen=True)
class Missing:
    """A student of the roster who handed in nothing for a lesson."""

    student: str
    lesson: str


def duration(seconds: float) -> str:
    """Return a length of time for a person.

    >>> duration(5400), duration(90_000), duration(20)
    ('1 h 30 min', '1 d 1 h', '1 min')
    """
    minutes = math.ceil(seconds / 60)
    parts = ((minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "min"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number)
