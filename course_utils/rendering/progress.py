"""Progress as a card: a bar for each lesson, a row for each exercise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from course_utils.colours import GREEN
from course_utils.records.store import ExerciseProgress, LessonProgress
from course_utils.rendering.template import BLUE, render
from course_utils.rendering.text import next_text, points_text, state_text


def lesson_card(progress: LessonProgress) -> str:
    """Return one lesson: its bar, and its exercises with their results."""
    return render("progress.html", edge=GREEN if progress.next_exercise is None else BLUE, title=progress.lesson.title,
                  points=points_text(progress.score, progress.max_score),
                  share=_share(progress.score, progress.max_score), lessons=[],
                  exercises=[_exercise(e, e.name == progress.next_exercise) for e in progress.exercises],
                  following=next_text([progress]))


def course_card(states: Sequence[LessonProgress], links: Sequence[str] = ()) -> str:
    """Return all lessons, a line each, and which exercise is next; ``links`` are the lessons to link to."""
    done = all(s.next_exercise is None for s in states)
    return render("progress.html", edge=GREEN if done else BLUE, title="Your progress",
                  points=points_text(sum(s.score for s in states), sum(s.max_score for s in states)), share=None,
                  lessons=[_lesson(state, state.lesson.id in links) for state in states], exercises=[],
                  following=next_text(states))


def _share(score: float, max_score: float) -> int:
    return round(100 * score / max_score) if max_score else 0


def _exercise(exercise: ExerciseProgress, following: bool) -> dict[str, Any]:
    return {"name": exercise.name, "next": following, "points": f"{exercise.score:g} / {exercise.max_score:g}",
            "done": exercise.done, "state": state_text(exercise)}


def _lesson(state: LessonProgress, linked: bool) -> dict[str, Any]:
    number, _, _ = state.lesson.id.partition("_")
    changed = sum(e.changed for e in state.exercises)
    worse = sum(e.stands is not None and not e.changed for e in state.exercises)
    return {"name": f"{number.lstrip('0')} · {state.lesson.title}", "share": _share(state.score, state.max_score),
            "link": f"{state.lesson.id}/{state.lesson.id}.ipynb" if linked else "",
            "points": f"{state.score:g} / {state.max_score:g}",
            "note": "; ".join(note for note in (f"{changed} changed since you passed" if changed else "",
                                                f"{worse} now get fewer points" if worse else "") if note)}
