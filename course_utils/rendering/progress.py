"""Progress as a card: a bar for each lesson, a row for each exercise."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from course_utils.records.store import ExerciseProgress, LessonProgress
from course_utils.rendering.style import BLUE, GREEN, LINE, MUTED, TINT, block, frame, inline
from course_utils.rendering.text import next_text, points_text, state_text

CELL = "border:0;padding:2px 14px 2px 0;text-align:left;vertical-align:middle"


def lesson_card(progress: LessonProgress) -> str:
    """One lesson: its bar, and its exercises with what became of them."""
    title = (f'<div><strong>{escape(progress.lesson.title)}</strong><span style="{MUTED}"> &middot; '
             f"{points_text(progress.score, progress.max_score)}</span></div>")
    rows = "".join(_exercise(e, e.name == progress.next_exercise) for e in progress.exercises)
    table = _table(rows)
    return frame(_edge(progress), title + bar(progress.score, progress.max_score) + table
                 + block(inline(next_text([progress]))))


def course_card(states: Sequence[LessonProgress], links: Sequence[str] = ()) -> str:
    """All lessons, a line each, and which exercise is next; ``links`` are the lessons to link to."""
    rows = "".join(_lesson(state, state.lesson.id in links) for state in states)
    total = points_text(sum(s.score for s in states), sum(s.max_score for s in states))
    done = all(s.next_exercise is None for s in states)
    return frame(GREEN if done else BLUE,
                 f'<div><strong>Your progress</strong><span style="{MUTED}"> &middot; {total}</span></div>'
                 + _table(rows) + block(inline(next_text(states))))


def bar(score: float, max_score: float, width: str = "14em") -> str:
    """How much is done, as a bar; the numbers beside it say the same."""
    share = 0 if not max_score else round(100 * score / max_score)
    filled = f'<div style="width:{share}%;height:100%;background:{GREEN}"></div>'
    return (f'<div role="img" aria-label="{share} percent" style="width:{width};max-width:100%;height:0.6em;'
            f'margin:3px 0;border:1px solid {LINE};background:{TINT}">{filled}</div>')


def _table(rows: str) -> str:
    return ('<table style="margin:6px 0 0 0;border:0;border-collapse:collapse;color:inherit;font-size:inherit">'
            f"{rows}</table>")


def _exercise(exercise: ExerciseProgress, following: bool) -> str:
    name = f"<strong>{escape(exercise.name)}</strong>" if following else escape(exercise.name)
    return (f'<tr style="background:none"><td style="{CELL}">{name}</td>'
            f'<td style="{CELL};text-align:right;white-space:nowrap">{exercise.score:g} / {exercise.max_score:g}</td>'
            f'<td style="{CELL}">{_mark(exercise)}{escape(state_text(exercise))}</td></tr>')


def _mark(exercise: ExerciseProgress) -> str:
    filled = exercise.score >= exercise.max_score and not exercise.changed
    colour = GREEN if filled else LINE
    return (f'<span aria-hidden="true" style="display:inline-block;width:0.7em;height:0.7em;margin-right:6px;'
            f'border:1px solid {colour};background:{colour if filled else "none"}"></span>')


def _lesson(state: LessonProgress, linked: bool) -> str:
    number, _, _ = state.lesson.id.partition("_")
    name = escape(f"{number.lstrip('0')} · {state.lesson.title}")
    if linked:
        name = f'<a href="{state.lesson.id}/{state.lesson.id}.ipynb">{name}</a>'
    changed = sum(e.changed for e in state.exercises)
    note = f"{changed} changed since you passed" if changed else ""
    return (f'<tr style="background:none"><td style="{CELL}">{name}</td>'
            f'<td style="{CELL}">{bar(state.score, state.max_score, "10em")}</td>'
            f'<td style="{CELL};text-align:right;white-space:nowrap">{state.score:g} / {state.max_score:g}</td>'
            f'<td style="{CELL}">{note}</td></tr>')


def _edge(progress: LessonProgress) -> str:
    return GREEN if progress.next_exercise is None else BLUE

