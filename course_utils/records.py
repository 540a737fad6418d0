"""What a student has done so far: kept in one small file on this machine, sent nowhere.

The file is ``.course/progress.json`` beside the lessons, or in the user's data folder where
there is no such folder; ``COURSE_STATE`` names another folder, ``COURSE_STATE=off`` keeps nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import platformdirs

from course_utils.exercise import Exercise, source_of
from course_utils.lesson import Lesson, lessons
from course_utils.outcome import Outcome
from course_utils.project import project_root
from course_utils.verdict import Verdict

ATTEMPTS_FOR_SOLUTION = 3
VERSION = 1


@dataclass
class Record:
    """What is known of one exercise."""

    score: float = 0.0  # the best so far
    outcome: str = Outcome.NOT_ATTEMPTED  # of the last check
    attempts: int = 0  # different wrong answers
    hints: int = 0  # how many hints were shown
    fingerprint: str = ""  # of the exercise when the best score was reached
    last: str = ""  # a digest of the last answer's verdict, to tell a new try from the same again


@dataclass(frozen=True)
class ExerciseProgress:
    name: str
    score: float
    max_score: float
    outcome: Outcome
    changed: bool  # the exercise was changed since it was passed


@dataclass(frozen=True)
class LessonProgress:
    lesson: Lesson
    exercises: tuple[ExerciseProgress, ...] = field(default=())

    @property
    def score(self) -> float:
        return sum(e.score for e in self.exercises)

    @property
    def max_score(self) -> float:
        return self.lesson.max_score

    @property
    def next_exercise(self) -> str | None:
        """The first exercise that has not all its points, or was changed since."""
        return next((e.name for e in self.exercises if e.score < e.max_score or e.changed), None)


def state_folder() -> Path | None:
    """Where progress is kept, or None for nowhere."""
    told = os.environ.get("COURSE_STATE")
    if told == "off":
        return None
    if told:
        return Path(told)
    root = project_root()
    return root / ".course" if root else Path(platformdirs.user_data_dir("pytorch-in-nine-lessons", False))


def fingerprint(exercise: Exercise) -> str:
    """A digest of what an answer must do; it changes when the exercise does."""
    text = f"{exercise.points} {exercise.parts} {source_of(exercise.reference_answer)}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def load() -> dict[str, dict[str, Record]]:
    """All records, by lesson and exercise; a damaged file counts as an empty one (and is kept aside)."""
    folder = state_folder()
    path = folder / "progress.json" if folder else None
    if path is None or not path.exists():
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        known = Record.__dataclass_fields__
        return {lesson: {name: Record(**{k: v for k, v in record.items() if k in known})
                         for name, record in records.items()}
                for lesson, records in data["lessons"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        with contextlib.suppress(OSError):
            path.replace(path.with_suffix(".damaged.json"))
        return {}


@contextlib.contextmanager
def updated(lesson_id: str, name: str) -> Iterator[Record]:
    """The record of one exercise, to be changed; written when the block ends."""
    folder = state_folder()
    if folder is None:
        yield Record()
        return
    with _locked(folder):
        records = load()
        record = records.setdefault(lesson_id, {}).setdefault(name, Record())
        yield record
        data = {"version": VERSION,
                "lessons": {k: {n: asdict(r) for n, r in v.items()} for k, v in records.items()}}
        _write(folder / "progress.json", json.dumps(data, indent=1))


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One writer at a time, where the system has file locks (two notebooks may be open)."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = open(folder / "lock", "w")  # noqa: SIM115
    except OSError:
        yield
        return
    with lock:
        try:
            import fcntl
        except ImportError:  # Windows
            yield
            return
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(path: Path, text: str) -> None:
    """The whole file or the old one; a folder that cannot be written to loses only the progress."""
    with contextlib.suppress(OSError):
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
            file.write(text)
        os.replace(file.name, path)


def remember(lesson_id: str, exercise: Exercise, verdict: Verdict) -> Record:
    """Note a verdict; a wrong answer counts as an attempt when it differs from the one before."""
    with updated(lesson_id, exercise.name) as record:
        mark = fingerprint(exercise)
        if verdict.score >= record.score or record.fingerprint != mark:
            record.score, record.fingerprint = verdict.score, mark
        record.outcome = str(verdict.outcome)
        digest = hashlib.sha256(f"{verdict.outcome}{verdict.message}{verdict.got}{verdict.code}".encode()).hexdigest()
        real = verdict.outcome in (Outcome.WRONG, Outcome.ERROR, Outcome.PARTIAL)
        if real and digest[:16] != record.last:
            record.attempts += 1
        record.last = digest[:16]
        return record


def solution_earned(record: Record, exercise: Exercise) -> bool:
    """Whether the reference may be shown: once it is passed, or after three real attempts."""
    return record.score >= exercise.points or record.attempts >= ATTEMPTS_FOR_SOLUTION


def lesson_progress(lesson: Lesson) -> LessonProgress:
    """The state of one lesson."""
    records = load().get(lesson.id, {})
    found = []
    for exercise in lesson.exercises:
        record = records.get(exercise.name, Record())
        changed = bool(record.fingerprint) and record.score > 0 and record.fingerprint != fingerprint(exercise)
        found.append(ExerciseProgress(exercise.name, min(record.score, exercise.points), float(exercise.points),
                                      Outcome(record.outcome), changed))
    return LessonProgress(lesson, tuple(found))


def all_progress() -> list[LessonProgress]:
    return [lesson_progress(lesson) for lesson in lessons()]
