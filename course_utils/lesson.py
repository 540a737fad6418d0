"""Lessons: which there are, and the exercises of each in their order."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from types import ModuleType

from course_utils.declaration_error import EXERCISES, DeclarationError, like, line_of, load_error, shown
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
    file = lesson_package(lesson_id) / "__init__.py"
    lesson = getattr(_import(f"{ANSWERS}.{PREFIX}{lesson_id}", file), "LESSON", None)
    if not isinstance(lesson, Lesson):
        raise DeclarationError(f"{shown(file)}: it has no LESSON. Declare it: LESSON = Lesson(\"{lesson_id}\", …).")
    if lesson.id != lesson_id:
        raise DeclarationError(f"{line_of(file, 'id=', 'Lesson(')}: the id of LESSON is {lesson.id!r}, but its "
                               f"folder is {PREFIX}{lesson_id}. Write \"{lesson_id}\", or rename the folder.")
    for name in ("exercise_names", "objectives"):
        texts = getattr(lesson, name)
        if not isinstance(texts, tuple) or not all(isinstance(text, str) for text in texts):
            raise DeclarationError(f"{line_of(file, name)}: {name} is not a tuple of strings. Put the strings in "
                                   "parentheses, with a comma after each one.")
    return lesson


def lesson_package(lesson_id: str) -> Path:
    """Return the folder that declares a lesson and its exercises."""
    return EXERCISES / f"{PREFIX}{lesson_id}"


@cache
def load_exercise(lesson_id: str, name: str) -> Exercise:
    """Return the exercise declared in ``course_utils/exercises/lesson_<id>/<name>.py``.

    Raises
    ------
    DeclarationError
        The module is missing, can't be imported, or declares no exercise of this name.
    """
    package = lesson_package(lesson_id)
    file = package / f"{name}.py"
    if not file.is_file():
        place = line_of(package / "__init__.py", name, "exercise_names")
        raise DeclarationError(f"{place}: {_missing_module(name, package)}")
    module = _import(f"{ANSWERS}.{PREFIX}{lesson_id}.{name}", file)
    exercise = getattr(module, "exercise", None)
    if not isinstance(exercise, Exercise):
        others = [key for key, value in vars(module).items() if isinstance(value, Exercise)]
        raise DeclarationError(f"{shown(file)}: it declares no 'exercise'. " + (
            f"Rename '{others[0]}' to 'exercise'." if others else
            f"Begin with: exercise = Exercise(\"{name}\", …)."))
    if exercise.name != name:
        raise DeclarationError(f"{line_of(file, 'name=', 'Exercise(')}: its exercise is named {exercise.name!r}, but "
                               f"the file is {name}.py. Write name=\"{name}\", or rename the file and its "
                               "entry in exercise_names.")
    return exercise


def _import(module: str, file: Path) -> ModuleType:
    """Import a module of the declarations; DeclarationError says where it fails and why."""
    try:
        return importlib.import_module(module)
    except DeclarationError:
        raise
    except Exception as error:
        keywords = {kind.__name__: [f.name for f in fields(kind) if f.init] for kind in (Exercise, Lesson)}
        raise load_error(error, file, keywords) from error


def _missing_module(name: str, package: Path) -> str:
    """Return what is wrong with an entry of ``exercise_names`` that has no module."""
    there = sorted(file.stem for file in package.glob("*.py") if file.stem != "__init__")
    for first in there:
        if name.startswith(first) and (rest := name.removeprefix(first)) in there:
            return f"'{name}' in exercise_names are two names. Put a comma between \"{first}\" and \"{rest}\"."
    return (f"exercise_names lists '{name}', but there is no {name}.py beside it."
            f"{like(name, there)} Correct the name, or write that module.")


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
