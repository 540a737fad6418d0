"""The page that a student gets back: the verdicts beside their own code, in one self-contained file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from markupsafe import Markup

from course_utils.grading.submission.result import Result
from course_utils.rendering.template import render

TEMPLATES = Path(__file__).parent / "templates"


def page(result: Result) -> str:
    """Return the HTML page for one submission: graded, or with the reason why it could not be."""
    title = " · ".join(part for part in (result.lesson, result.student) if part) or Path(result.path).name
    return render("student_page.html", TEMPLATES, title=title, error=result.error, entry=result.entry,
                  score=f"{result.score:g}", max_score=f"{result.max_score:g}", exercises=_exercises(result))


def _exercises(result: Result) -> list[dict[str, Any]]:
    changed = result.entry.changed if result.entry else ()
    comments = result.entry.comments if result.entry else {}
    return [{"name": exercise.name, "code": result.answers.get(exercise.name, ""), "card": Markup(exercise.card),
             "points": f"{exercise.score:g} of {exercise.max_score:g} points" if exercise.name in changed else "",
             "comment": comments.get(exercise.name, "")}
            for exercise in result.exercises]
