"""Lessons: which there are, and the exercises of each in their order."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from course_utils.exercise import Exercise

ANSWERS = "course_utils.exercises"
PREFIX = "lesson_"


class UnknownLesson(LookupError):
    """There is no lesson of that name."""


class AnswersUnavailable(RuntimeError):
    """The package was installed without its answers, as in the grader's sandbox."""


@dataclass(frozen=True)
class Lesson:
    """A lesson's facts. Its exercises are modules of the same package."""

    id: str  # "01_tensors": the name of its folders and notebooks
    title: str
    summary: str  # one sentence for the start page
    objectives: tuple[str, ...]  # what you will be able to do at the end
    exercise_names: tuple[str, ...]  # in the order in which the lesson asks them
    minutes: int = 30
    draft: bool = False  # the build says what is still missing, and takes it all the same
    one_thread: bool = True  # its networks train no slower on one thread than on several

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        return tuple(load_exercise(self.id, name) for name in self.exercise_names)

    @property
    def max_score(self) -> float:
        return float(sum(exercise.points for exercise in self.exercises))

    def __getitem__(self, name: str) -> Exercise:
        if name not in self.exercise_names:
            known = ", ".join(self.exercise_names)
            raise LookupError(f"Lesson {self.id} has no exercise '{name}'. It has: {known}.")
        return load_exercise(self.id, name)


def answers_available() -> bool:
    """Whether the package came with its answers (it does not in the grader's sandbox)."""
    return importlib.util.find_spec(ANSWERS) is not None


@cache
def lesson_ids() -> tuple[str, ...]:
    """The ids of all lessons, in order; bonus lessons (``b1_…``) come last."""
    if not answers_available():
        return ()
    package = importlib.import_module(ANSWERS)
    found = (m.name.removeprefix(PREFIX) for m in pkgutil.iter_modules(package.__path__) if m.ispkg)
    return tuple(sorted(found, key=lambda name: (not name[0].isdigit(), name)))


@cache
def load_lesson(lesson_id: str) -> Lesson:
    """The lesson with this id; raises UnknownLesson with the ids that there are."""
    if not answers_available():
        raise AnswersUnavailable("The answers are not installed here, so nothing can be judged here.")
    if lesson_id not in lesson_ids():
        raise UnknownLesson(f"There is no lesson '{lesson_id}'. The lessons are: {', '.join(lesson_ids())}.")
    lesson: Lesson = importlib.import_module(f"{ANSWERS}.{PREFIX}{lesson_id}").LESSON
    return lesson


@cache
def load_exercise(lesson_id: str, name: str) -> Exercise:
    """The exercise declared in ``course_utils/exercises/lesson_<id>/<name>.py``."""
    module = importlib.import_module(f"{ANSWERS}.{PREFIX}{lesson_id}.{name}")
    exercise: Exercise = module.exercise
    return exercise


def lessons() -> Iterator[Lesson]:
    """All lessons, in order."""
    return (load_lesson(lesson_id) for lesson_id in lesson_ids())


def resolve_lesson_id(text: str) -> str:
    """A lesson's id from what a person types: ``1``, ``01``, ``tensors``, a path, or the id."""
    wanted = re.sub(r"\.(ipynb|py)$", "", text.strip().rstrip("/").rsplit("/", 1)[-1])
    for lesson_id in lesson_ids():
        number, _, word = lesson_id.partition("_")
        if wanted in (lesson_id, number, word, number.lstrip("0")):
            return lesson_id
    raise UnknownLesson(f"There is no lesson '{text}'. The lessons are: {', '.join(lesson_ids())}.")
