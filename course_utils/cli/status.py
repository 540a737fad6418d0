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
    from rich.console import Console
    from rich.table import Table

    from course_utils.records import all_progress

    states = all_progress()
    if as_json:
        click.echo(json.dumps({"lessons": [
            {"lesson": s.lesson.id, "score": s.score, "max_score": s.max_score, "next": s.next_exercise,
             "exercises": [{"name": e.name, "score": e.score, "max_score": e.max_score, "outcome": str(e.outcome),
                            "changed": e.changed} for e in s.exercises]} for s in states]}))
        return
    table = Table(box=None, pad_edge=False)
    for heading, justify in (("Lesson", "left"), ("", "left"), ("Points", "right"), ("Next", "left")):
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]
    for state in states:
        filled = round(20 * state.score / state.max_score)
        changed = [e.name for e in state.exercises if e.changed]
        following = state.next_exercise or "done"
        note = f" (changed since you passed it: {', '.join(changed)})" if changed else ""
        table.add_row(f"{state.lesson.id}", "█" * filled + "·" * (20 - filled),
                      f"{state.score:g}/{state.max_score:g}", following + note)
    Console(highlight=False).print(table)
    open_lesson = next((s for s in states if s.next_exercise), None)
    if open_lesson:
        click.echo(f"\nNext: {open_lesson.next_exercise} in {open_lesson.lesson.id}."
                   f"  course lab {open_lesson.lesson.id}")
    else:
        click.echo("\nAll lessons are done.")
