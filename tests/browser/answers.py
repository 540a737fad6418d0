"""A right and a wrong answer for a lesson, as text to be typed, found from the declarations."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from course_utils.evidence.collect import Plan, collect, encode_cases
from course_utils.exercise import Exercise, source_of
from course_utils.judging.judge import judge
from course_utils.lesson import Lesson

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class WrongAnswer:
    """A named mistake that stands on its own in a notebook cell."""

    exercise: str
    text: str
    sentence: str


def right_answer(lesson: Lesson, name: str) -> str:
    """The solution cell of an exercise, without its markers."""
    notebook = nbformat.read(ROOT / "solutions" / lesson.id / f"{lesson.id}.ipynb", as_version=4)
    source = next(cell.source for cell in notebook.cells if cell.metadata.get("exercise") == name)
    return "\n".join(line for line in source.splitlines() if "### BEGIN" not in line and "### END" not in line)


def typed_mistakes(exercise: Exercise) -> list[str]:
    """The exercise's named mistakes, each as a student would type it."""
    return [source_of(mistake.answer).replace(mistake.answer.__name__, exercise.name)
            for mistake in (exercise.mistakes if exercise.kind != "value" else ())]


def wrong_answer(lesson: Lesson) -> WrongAnswer:
    """The lesson's first mistake whose code needs nothing but the lesson's own imports."""
    for exercise in lesson.exercises:
        for mistake, text in zip(exercise.mistakes, typed_mistakes(exercise), strict=False):
            if text.strip() != exercise.starter_source and _is_named(lesson, exercise, text, mistake.name):
                return WrongAnswer(exercise.name, text, mistake.sentence)
    raise LookupError(f"No mistake of {lesson.id} stands on its own.")


def _is_named(lesson: Lesson, exercise: Exercise, text: str, mistake: str) -> bool:
    namespace: dict[str, Any] = {}
    try:
        exec(_imports(lesson), namespace)
        exec(text, namespace)
    except Exception:
        return False
    cases = exercise.cases(1)
    evidence = collect(namespace, Plan.of(exercise), encode_cases(cases))
    return judge(exercise, cases, evidence).mistake == mistake


def _imports(lesson: Lesson) -> str:
    notebook = nbformat.read(ROOT / "lessons" / lesson.id / f"{lesson.id}.ipynb", as_version=4)
    first = next(cell.source for cell in notebook.cells if cell.cell_type == "code")
    imports = [node for node in ast.parse(first).body if isinstance(node, ast.Import | ast.ImportFrom)]
    return "\n".join(map(ast.unparse, imports))
