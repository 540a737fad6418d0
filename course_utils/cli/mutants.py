"""`course mutants`: which single edits of right answers the checks don't notice."""

from __future__ import annotations

import os
import signal
import sys

import click

from course_utils.cli.arguments import LessonName, chosen
from course_utils.lesson import Lesson


@click.command()
@click.argument("lessons", nargs=-1, type=LessonName(), metavar="[LESSON]...")
@click.option("--exercise", "only", multiple=True, metavar="NAME", help="Only this exercise; may be given again.")
@click.option("--seeds", type=click.IntRange(min=1), default=1, show_default=True,
              help="How many times the inputs are drawn. A mutant survives if it passes once.")
@click.option("--same", "show_same", is_flag=True, help="Also print the mutants that do the same, with the reason.")
def mutants(lessons: tuple[Lesson, ...], only: tuple[str, ...], seeds: int, show_same: bool) -> int:
    """Edit the references and alternatives in every way that a student slips, and print the edits that pass.

    For every exercise of the lessons, or of those named, it prints how many mutants there are, how many the check
    notices, how many do the same, and those that survive; at the end a table in Markdown. Exit status 1 if one
    survives, or a declaration covers none. A survivor needs inputs that show the difference or, if there is none, a
    declaration with the reason: exercise.does_the_same.
    """
    os.environ["COURSE_DATA"] = "embedded"
    from course_utils.authoring.mutants import lines_of
    from course_utils.authoring.survivors import Counts, find_survivors

    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # so that its processes end with it
    holds = True
    table = ["", "| lesson | mutants | killed | the same | surviving |", "| --- | ---: | ---: | ---: | ---: |"]
    for lesson in chosen(lessons):
        reports = []
        for exercise in lesson.exercises:
            if only and exercise.name not in only:
                continue
            report = find_survivors(exercise, range(1, seeds + 1))
            holds = holds and report.holds
            reports.append(report)
            click.echo(f"{lesson.id} {exercise.name}: {report.tried} mutants, {report.killed} killed, "
                       f"{len(report.same)} the same, {len(report.surviving)} surviving  ({report.seconds:.1f} s, "
                       f"{report.stopped} stopped)")
            for line in lines_of(report.surviving):
                click.echo(f"    {line}")
            for unmatched in report.unmatched:
                what = ", ".join([*unmatched.edits, unmatched.line, unmatched.kind]).strip(", ")
                click.echo(f"    does_the_same({what}) covers no mutant that passes. Remove it, or correct it.")
            if show_same:
                for mutant, reason in report.same:
                    click.echo(f"    the same: {next(lines_of([mutant]))}\n        {reason}")
        counts = Counts.of(reports)
        if reports:
            table.append(f"| {lesson.id} | {counts.tried:,} | {counts.killed:,} | {counts.same:,} | "
                         f"{counts.surviving:,} |")
    click.echo("\n".join(table))
    return 0 if holds else 1
