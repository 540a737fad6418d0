"""What grading a submission gives: plain data, as `course grade --json` writes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from course_utils.judging.verdict import Verdict

CONTRACT = ("name", "score", "max_score", "outcome", "mistake", "message")


@dataclass(frozen=True)
class Submission:
    """A notebook to grade, and where it stands."""

    path: str
    student: str | None = None  # None for a notebook on its own
    lesson: str | None = None  # as the folders name it; the content decides
    within: str | None = None  # the folder that was handed in: links must not lead out of it
    problem: str | None = None  # why there is nothing to grade, where that is known before reading


@dataclass
class Result:
    """A graded submission. ``exercises`` hold the contract's entries, and with them what shows them:
    ``card`` (HTML), ``code`` (the lines on which it failed) and ``rung``."""

    path: str
    student: str | None
    lesson: str | None
    exercises: list[dict[str, Any]] = field(default_factory=list)
    max_score: float = 0.0
    seconds: float = 0.0
    sandbox: str = "none"
    error: str | None = None
    digest: str = ""  # of the submission's code
    feedback: str = ""  # the page for the student, where one is wanted
    autograded: str = ""  # the notebook with verdicts as JSON, where the gradebook wants it

    @property
    def score(self) -> float:
        return round(sum(exercise["score"] for exercise in self.exercises), 4)

    def as_json(self) -> dict[str, Any]:
        """The submission's entry in ``results``."""
        exercises = [{key: exercise[key] for key in CONTRACT} for exercise in self.exercises]
        return {"path": self.path, "student": self.student, "lesson": self.lesson, "score": self.score,
                "max_score": self.max_score, "seconds": round(self.seconds, 2), "sandbox": self.sandbox,
                "error": self.error, "exercises": exercises}


def entry(verdict: Verdict) -> dict[str, Any]:
    """A verdict as plain data, with the card that shows it."""
    from course_utils.rendering.card import card  # the coordinator imports this module, and no torch

    return {**verdict.as_json(), "card": card(verdict), "code": [list(line) for line in verdict.code],
            "rung": str(verdict.rung) if verdict.rung else None}


def failed(submission: Submission, reason: str, sandbox: str = "none") -> Result:
    """The result of what could not be graded."""
    return Result(submission.path, submission.student, submission.lesson, sandbox=sandbox, error=reason)


def document(results: Sequence[Result]) -> dict[str, Any]:
    """What ``course grade --json`` writes."""
    return {"results": [result.as_json() for result in results]}


def shown_path(path: Path) -> str:
    """A path as a person would type it from here."""
    try:
        return str(path.relative_to(Path.cwd())) if path.is_absolute() else str(path)
    except ValueError:
        return str(path)
