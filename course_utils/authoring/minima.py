"""The least that a finished lesson and a finished exercise have. The build, the tests and `course new` read it here."""

from __future__ import annotations

from collections.abc import Iterator

from course_utils.exercise import Exercise
from course_utils.lesson import Lesson

EXERCISES, REPAIRS = 6, 1  # of a lesson
ALTERNATIVES, HINTS, MISTAKES = 2, 2, 4  # of an exercise
VALUE_MISTAKES = 1  # of an exercise that asks for a value: most wrong values have no cause that could be named

IN_WORDS = (
    f"An exercise needs an objective, {HINTS} hints, {ALTERNATIVES} alternatives and {MISTAKES} mistakes "
    f"({VALUE_MISTAKES} if it asks for a value); a lesson needs {EXERCISES} exercises, {REPAIRS} of them a repair.")


def missing_in_exercise(exercise: Exercise) -> Iterator[str]:
    """Yield what an exercise has too few of: ``2 alternatives``."""
    mistakes = VALUE_MISTAKES if exercise.kind == "value" else MISTAKES
    hints = sum(bool(hint.strip()) for hint in exercise.hints)
    for noun, there, least in (("hint", hints, HINTS), ("alternative", len(exercise.alternatives), ALTERNATIVES),
                               ("mistake", len(exercise.mistakes), mistakes)):
        if there < least:
            yield _more(least - there, there, noun)


def missing_in_lesson(lesson: Lesson) -> Iterator[str]:
    """Yield what a lesson has too few of: ``5 more exercises``."""
    exercises = len(lesson.exercise_names)
    repairs = sum(exercise.repair for exercise in lesson.exercises)
    for noun, there, least in (("exercise", exercises, EXERCISES), ("repair exercise", repairs, REPAIRS)):
        if there < least:
            yield _more(least - there, there, noun)


def _more(number: int, there: int, noun: str) -> str:
    return f"{number}{' more' if there else ''} {noun}{'s' * (number != 1)}"
