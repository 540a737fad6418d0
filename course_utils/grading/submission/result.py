"""What grading a submission gives: plain data, as `course grade --json` writes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_utils.grading.submission.gradebook_entry import GradebookEntry, Missing
from course_utils.printable import printable, printable_lines

if TYPE_CHECKING:
    from course_utils.judging.verdict import Verdict


@dataclass(frozen=True)
class ExerciseResult:
    """One exercise's verdict as the coordinator, the tables and the pages need it."""

    name: str
    score: float
    max_score: float
    outcome: str
    mistake: str | None
    message: str
    card: str = ""  # the verdict as HTML
    code: tuple[tuple[int, str], ...] = ()  # the student's lines that led to an exception: (line number, text)
    rung: str | None = None  # the step of the judge's ladder where the answer stopped
    line: int | None = None  # of the cell, in which a change makes the answer right, if one was found
    edit: str | None = None  # the kind of that change
    wrong_code: str = ""  # the code that it replaces

    def __post_init__(self) -> None:
        # Messages quote the student's values and exceptions, which may hold anything.
        object.__setattr__(self, "message", printable_lines(self.message))
        object.__setattr__(self, "card", printable_lines(self.card))
        object.__setattr__(self, "wrong_code", printable_lines(self.wrong_code))
        object.__setattr__(self, "code", tuple((number, printable_lines(text)) for number, text in self.code))

    def as_json(self) -> dict[str, Any]:
        """Return the exercise's entry in ``course grade --json``."""
        return {"name": self.name, "score": self.score, "max_score": self.max_score, "outcome": self.outcome,
                "mistake": self.mistake, "message": self.message, "line": self.line, "edit": self.edit}


def exercise_result(verdict: Verdict) -> ExerciseResult:
    """Return a verdict with the card that shows it."""
    from course_utils.rendering.card import card  # the coordinator imports this module, and no torch

    slip = verdict.located.slips[0] if verdict.located else None
    return ExerciseResult(verdict.name, verdict.score, verdict.max_score, str(verdict.outcome), verdict.mistake,
                          verdict.told, card(verdict), verdict.code, str(verdict.rung) if verdict.rung else None,
                          slip.line if slip else None, slip.kind if slip else None, slip.code.strip() if slip else "")


@dataclass(frozen=True)
class Submission:
    """A notebook to grade and its place, or what is in that place instead of one."""

    path: str  # as people read it: printable, and different for each submission
    student: str | None = None  # None for a notebook on its own
    lesson: str | None = None  # as the folders name it; if they name none, the content decides
    within: str | None = None  # the student's folder: nothing outside it is read
    problem: str | None = None  # why there is nothing to grade, if that is known before reading
    file: str = ""  # the path on disk, if it differs from ``path``
    member: str = ""  # the notebook's name in the archive ``file``
    folder: str = ""  # that holds the hand-in's other files, timestamp.txt among them
    note: str = ""  # what people should know of a submission that is graded all the same
    late: bool = False  # as Canvas marks it in the file's name

    @property
    def place(self) -> Path:
        """Where the file is."""
        return Path(self.file or self.path)


@dataclass
class Result:
    """A graded submission. Its texts are made printable here, once for all that write them."""

    path: str
    student: str | None
    lesson: str | None
    exercises: tuple[ExerciseResult, ...] = ()
    max_score: float = 0.0
    seconds: float = 0.0
    sandbox: str = "none"
    error: str | None = None
    digest: str = ""  # of the submission's code
    answers: dict[str, str] = field(default_factory=dict)  # the student's code by exercise, if pages are written
    autograded: str = ""  # the notebook with verdicts as JSON, if a gradebook is written
    unreadable: bool = False  # the submission itself can't be graded; the error is written to its student
    entry: GradebookEntry | None = None  # what the gradebook says, once it is saved there
    folder: str = ""  # that holds the submission's other files, timestamp.txt among them
    note: str = ""  # what people should know of it although it was graded

    def __post_init__(self) -> None:
        self.path = printable(self.path)
        self.student = None if self.student is None else printable(self.student)
        self.error = None if self.error is None else printable(self.error)
        self.note = printable(self.note)

    @property
    def score(self) -> float:
        """The points: the gradebook's if it is written, otherwise the sum of the verdicts'."""
        return self.entry.score if self.entry else round(sum(exercise.score for exercise in self.exercises), 4)

    def as_json(self) -> dict[str, Any]:
        """The submission's entry in ``results``."""
        facts = {"path": self.path, "student": self.student, "lesson": self.lesson, "score": self.score,
                 "max_score": self.max_score, "seconds": round(self.seconds, 2), "sandbox": self.sandbox,
                 "error": self.error, "exercises": [exercise.as_json() for exercise in self.exercises]}
        return {**facts, "gradebook": self.entry.as_json()} if self.entry and self.entry.says_more else facts

    @classmethod
    def parse(cls, kept: dict[str, Any]) -> Result:
        """Return the result that ``dataclasses.asdict`` turned into ``kept``; raise TypeError or KeyError otherwise."""
        exercises = tuple(ExerciseResult(**{**entry, "code": tuple((int(n), str(t)) for n, t in entry["code"])})
                          for entry in kept["exercises"])
        return cls(**{**kept, "exercises": exercises})


def failed(submission: Submission, reason: str, sandbox: str = "none", *, unreadable: bool = False) -> Result:
    """Return the result of what could not be graded."""
    return Result(submission.path, submission.student, submission.lesson, sandbox=sandbox, error=reason,
                  unreadable=unreadable, folder=submission.folder, note=submission.note)


def document(results: Sequence[Result], missing: Sequence[Missing] | None = None) -> dict[str, Any]:
    """Return what ``course grade --json`` writes; with a gradebook, who of the roster handed in nothing, too."""
    found: dict[str, Any] = {"results": [result.as_json() for result in results]}
    return found if missing is None else {**found, "missing": [asdict(one) for one in missing]}


def display_path(path: Path) -> str:
    """A path as a person would type it from here."""
    try:
        return str(path.relative_to(Path.cwd())) if path.is_absolute() else str(path)
    except ValueError:
        return str(path)
