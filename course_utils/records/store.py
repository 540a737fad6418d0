"""What a student has done so far: kept in one small file on this machine, sent nowhere.

The file is ``.course/progress.json`` beside the lessons, or in the user's data folder where
there is no such folder; ``COURSE_STATE`` names another folder, ``COURSE_STATE=off`` keeps nothing.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from filelock import FileLock

from course_utils.exercise import Exercise, source_of
from course_utils.files import write_whole
from course_utils.judging.outcome import Outcome
from course_utils.judging.verdict import Verdict
from course_utils.lesson import Lesson, lessons
from course_utils.paths import state_folder
from course_utils.records.since_last import since_last, spot_of

ATTEMPTS_FOR_SOLUTION = 3
MAX_TRIES = 20
VERSION = 2


@dataclass
class Record:
    """What is known of one exercise."""

    score: float = 0.0  # the best so far
    outcome: str = Outcome.NOT_ATTEMPTED  # of the last check
    attempts: int = 0  # different wrong answers
    hints: int = 0  # how many hints were shown
    fingerprint: str = ""  # of the exercise when the best score was reached
    source: str = ""  # a digest of the code that was checked last
    last_score: float = -1.0  # at the last check; negative if it is not known
    tries: list[str] = field(default_factory=list)  # digests of the wrong answers so far, the last one last
    rung: str = ""  # where the last check stopped; empty when it was right
    spot: str = ""  # on which input it stopped
    mistake: str = ""  # the mistake that it named
    right: int = 0  # on how many inputs it was right
    parts: list[str] = field(default_factory=list)  # which parts were right


@dataclass(frozen=True)
class ExerciseProgress:
    name: str
    score: float
    max_score: float
    outcome: Outcome
    changed: bool  # the exercise was changed since it was passed
    stands: float | None = None  # the points of the answer that stands now, if they are fewer than the best

    @property
    def done(self) -> bool:
        """Whether the answer that stands now has all points of the exercise as it is now."""
        return self.score >= self.max_score and not self.changed and self.stands is None


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
        """The first exercise that has not all its points, was changed since, or whose answer has become worse."""
        return next((e.name for e in self.exercises if not e.done), None)


def fingerprint(exercise: Exercise) -> str:
    """A digest of what an answer must do; it changes when the exercise does.

    Comments, layout and wording don't count; what is computed, the inputs' kinds and the points do.
    """
    inputs = [(case.part, _kinds(list(case.args)), _kinds(dict(case.kwargs))) for case in exercise.cases(0)]
    rules = (exercise.points, sorted(exercise.parts.items()), exercise.rtol, exercise.atol, exercise.check_dtype,
             exercise.check_device, exercise.check_grad, exercise.allow_changes)
    text = f"{rules} {inputs} {_normal_form(source_of(exercise.reference_answer))}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _kinds(value: Any) -> Any:
    """The type, and for tensors and arrays the shape: the same on every machine, as values may not be."""
    if isinstance(value, dict):
        return [(str(key), _kinds(item)) for key, item in value.items()]
    if isinstance(value, list | tuple):
        return [_kinds(item) for item in value[:20]]
    shape = getattr(value, "shape", None)
    return f"{type(value).__name__}{'' if shape is None else tuple(shape)}"


def _normal_form(source: str) -> str:
    """Return the code without comments, layout and docstrings: the same whichever Python reads it."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


def load() -> dict[str, dict[str, Record]]:
    """All records, by lesson and exercise; a damaged file counts as an empty one (and is kept aside)."""
    folder = state_folder()
    path = folder / "progress.json" if folder else None
    if path is None or not path.exists():
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        found = {str(lesson): {str(name): _record(kept) for name, kept in records.items()}
                 for lesson, records in data["lessons"].items()}
        if data.get("version", VERSION) < VERSION:
            for record in (record for records in found.values() for record in records.values()):
                record.fingerprint = ""  # version 1 took it of tokens, which differ between Pythons
        return found
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        with contextlib.suppress(OSError):
            path.replace(path.with_suffix(".damaged.json"))
        return {}


def _record(kept: dict[str, Any]) -> Record:
    """A record from its JSON; raises TypeError or ValueError where a value is not of its kind."""
    known = {f.name: f for f in fields(Record)}
    record = Record(**{name: value for name, value in kept.items() if name in known})
    for name in ("score", "attempts", "hints", "right", "last_score"):
        value = getattr(record, name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise TypeError(f"'{name}' should be a number.")
    for name in ("tries", "parts"):
        if not isinstance(getattr(record, name), list):
            raise TypeError(f"'{name}' should be a list.")
    Outcome(record.outcome)
    return record


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
    """Let one process at a time write (two notebooks may be open); a folder that can't be written to has no lock."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "lock")
        lock.acquire()
    except OSError:
        yield
        return
    try:
        yield
    finally:
        lock.release()


def _write(path: Path, text: str) -> None:
    """The whole file or the old one; a folder that cannot be written to loses only the progress."""
    with contextlib.suppress(OSError):
        write_whole(path, text)


def remember(lesson_id: str, exercise: Exercise, verdict: Verdict, source: str | None = None) -> tuple[Record, str]:
    """Note a verdict on an answer with this source. Returns the record, and what changed since the last check."""
    with updated(lesson_id, exercise.name) as record:
        mark = fingerprint(exercise)
        digest = hashlib.sha256(
            f"{verdict.outcome}{verdict.message}{verdict.got}{verdict.code}{verdict.right}".encode()).hexdigest()[:16]
        code = hashlib.sha256(source.encode("utf-8", "replace")).hexdigest()[:16] if source is not None else ""
        since = since_last(record, verdict, digest, code) if record.fingerprint in ("", mark) else ""
        record.source, record.last_score = code, verdict.score
        if verdict.score >= record.score or record.fingerprint != mark:
            record.score, record.fingerprint = verdict.score, mark
        record.outcome = str(verdict.outcome)
        record.rung = "" if verdict.correct or verdict.rung is None else str(verdict.rung)
        record.spot = spot_of(verdict)
        record.mistake = verdict.mistake or ""
        record.right = verdict.right
        record.parts = [part for part, right in verdict.parts.items() if right]
        if verdict.outcome in (Outcome.WRONG, Outcome.ERROR, Outcome.PARTIAL):
            record.attempts += digest not in record.tries
            record.tries = [*(d for d in record.tries if d != digest), digest][-MAX_TRIES:]
        return record, since


def note_standing(lesson_id: str, exercise: Exercise, verdict: Verdict) -> None:
    """Note what the answer in the saved notebook gets; it is no attempt."""
    with updated(lesson_id, exercise.name) as record:
        record.last_score, record.outcome = verdict.score, str(verdict.outcome)
        if verdict.score >= record.score or record.fingerprint != fingerprint(exercise):
            record.score, record.fingerprint = verdict.score, fingerprint(exercise)


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
                                      Outcome(record.outcome), changed,
                                      record.last_score if 0 <= record.last_score < record.score else None))
    return LessonProgress(lesson, tuple(found))


def all_progress() -> list[LessonProgress]:
    return [lesson_progress(lesson) for lesson in lessons()]
