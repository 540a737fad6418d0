"""What grading a submission gives: plain data, as `course grade --json` writes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course_utils.outcome import Outcome, Rung
from course_utils.verdict import Verdict


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
    """A graded submission."""

    path: str
    student: str | None
    lesson: str | None
    verdicts: list[Verdict] = field(default_factory=list)
    max_score: float = 0.0
    seconds: float = 0.0
    sandbox: str = "none"
    error: str | None = None
    digest: str = ""

    @property
    def score(self) -> float:
        return round(sum(verdict.score for verdict in self.verdicts), 4)

    def as_json(self) -> dict[str, Any]:
        """The submission's entry in ``results``."""
        return {"path": self.path, "student": self.student, "lesson": self.lesson, "score": self.score,
                "max_score": self.max_score, "seconds": round(self.seconds, 2), "sandbox": self.sandbox,
                "error": self.error, "exercises": [verdict.as_json() for verdict in self.verdicts]}

    def whole(self) -> dict[str, Any]:
        """All of it as JSON, for the journal and between processes."""
        return {**self.as_json(), "digest": self.digest, "exercises": [_whole(v) for v in self.verdicts]}

    @classmethod
    def from_whole(cls, data: dict[str, Any]) -> Result:
        return cls(data["path"], data["student"], data["lesson"], [_verdict(v) for v in data["exercises"]],
                   data["max_score"], data["seconds"], data["sandbox"], data["error"], data["digest"])


def failed(submission: Submission, reason: str, sandbox: str = "none", max_score: float = 0.0) -> Result:
    """The result of what could not be graded."""
    return Result(submission.path, submission.student, submission.lesson, max_score=max_score, sandbox=sandbox,
                  error=reason)


def document(results: Sequence[Result]) -> dict[str, Any]:
    """What ``course grade --json`` writes."""
    return {"results": [result.as_json() for result in results]}


def shown_path(path: Path) -> str:
    """A path as a person would type it from here."""
    try:
        return str(path.relative_to(Path.cwd())) if path.is_absolute() else str(path)
    except ValueError:
        return str(path)


def _whole(verdict: Verdict) -> dict[str, Any]:
    return {**verdict.as_json(), "rung": str(verdict.rung) if verdict.rung else None, "call": verdict.call,
            "expected": verdict.expected, "got": verdict.got, "code": [list(line) for line in verdict.code],
            "printed": verdict.printed, "parts": verdict.parts}


def _verdict(data: dict[str, Any]) -> Verdict:
    return Verdict(data["name"], Outcome(data["outcome"]), data["score"], data["max_score"], data["message"],
                   data["mistake"], Rung(data["rung"]) if data["rung"] else None, data["call"], data["expected"],
                   data["got"], tuple((int(n), str(line)) for n, line in data["code"]), data["printed"],
                   data["parts"])
