"""`course status`: progress over the lessons."""

from __future__ import annotations

import json

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def status(as_json: bool) -> None:
    """Your points in each lesson, and the next exercise.

    It is kept in .course/progress.json beside the lessons, and goes nowhere else.
    """
    from course_utils.records.store import all_progress
    from course_utils.rendering.text import course_text

    states = all_progress()
    if as_json:
        click.echo(json.dumps({"lessons": [
            {"lesson": s.lesson.id, "score": s.score, "max_score": s.max_score, "next": s.next_exercise,
             "exercises": [{"name": e.name, "score": e.score, "max_score": e.max_score, "outcome": str(e.outcome),
                            "changed": e.changed,
                             "stands": e.score if e.stands is None else e.stands}
                            for e in s.exercises]} for s in states]}))
        return
    click.echo(course_text(states))
    open_lesson = next((s for s in states if s.next_exercise), None)
    if open_lesson:
        click.echo(f"Open it with: course lab {open_lesson.lesson.id}")
