"""Where a declaration is, as file and line."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import Any

from course_utils.declaration_error import shown
from course_utils.exercise import Exercise
from course_utils.lesson import Lesson, lesson_package


def lesson_place(lesson: Lesson, keyword: str = "") -> str:
    """Return the file and line that declare a lesson, or one of its keywords."""
    return _place(lesson_package(lesson.id) / "__init__.py", "Lesson", keyword)


def exercise_place(lesson: Lesson, exercise: Exercise, keyword: str = "") -> str:
    """Return the file and line that declare an exercise, or one of its keywords."""
    return _place(lesson_package(lesson.id) / f"{exercise.name}.py", "Exercise", keyword)


def answer_place(lesson: Lesson, exercise: Exercise, answer: Any) -> str:
    """Return the file and line of a declared answer."""
    try:
        file, line = inspect.getsourcefile(answer), inspect.getsourcelines(answer)[1]
    except (OSError, TypeError):
        return exercise_place(lesson, exercise)
    return f"{shown(Path(file or ''))}:{line}"


def _place(file: Path, kind: str, keyword: str) -> str:
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return shown(file)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
             and node.func.id == kind]
    if not calls:
        return shown(file)
    lines = [part.value.lineno for part in calls[0].keywords if part.arg == keyword]
    return f"{shown(file)}:{lines[0] if lines else calls[0].lineno}"
