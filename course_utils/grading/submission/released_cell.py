"""A cell of the released lesson, as nbgrader keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ReleasedCell:
    """A cell of the released lesson, as nbgrader keeps it."""

    name: str  # its grade_id
    kind: str  # "code" or "markdown"
    source: str
    checksum: str
    locked: bool
    grade: bool
    solution: bool
    task: bool
    points: float | None

    def metadata(self) -> dict[str, Any]:
        marks = {"schema_version": 3, "grade_id": self.name, "grade": self.grade, "solution": self.solution,
                 "locked": self.locked, "task": self.task, "cell_type": self.kind, "checksum": self.checksum}
        return {**marks, "points": self.points} if self.points is not None else marks
