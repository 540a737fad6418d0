"""`course audit`: what the checks and the grader hold, measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from course_utils.cli.arguments import LessonName, chosen
from course_utils.lesson import Lesson
from course_utils.paths import require_root

if TYPE_CHECKING:
    from course_utils.authoring.survivors import Counts


@click.command()
@click.argument("lessons", nargs=-1, type=LessonName(), metavar="[LESSON]...")
@click.option("--sandbox", type=click.Choice(("auto", "bubblewrap", "docker")), default="auto",
              show_default=True, help="Where the submissions run. Some are hostile, so none is not a choice.")
@click.option("--mutants", is_flag=True,
              help="Also try every single edit of every right answer, as `course mutants` does (minutes per lesson).")
def audit(lessons: tuple[Lesson, ...], sandbox: str, mutants: bool) -> int:
    """Measure what the grader gives for nothing, for constants and for the solution, as a table in Markdown.

    For every lesson, or those named, it grades the lesson as students get it, notebooks that answer every exercise with
    a constant, and the solution. In a clone it also grades the hostile and unlucky submissions of tests/submissions.
    Exit status 1 if anything gets what it should not.
    """
    import course_utils.grading.fast_imports  # noqa: F401  # isort: skip
    from course_utils.grading.audit import audit_hostile, audit_lessons, commit_of
    from course_utils.grading.grade import Options
    from course_utils.grading.sandbox.kinds import choose

    root = require_root()
    options = Options(choose(sandbox).name, seed="audit")
    click.echo("| lesson | untouched | only constants | the solution |" + " mutants | killed | surviving |" * mutants)
    click.echo("| --- | ---: | ---: | ---: |" + " ---: | ---: | ---: |" * mutants)
    holds = True
    for lesson, found in zip(chosen(lessons), audit_lessons(chosen(lessons), root, options), strict=True):
        row = f"| {found.lesson} | {found.untouched:g} | {found.constants:g} | {found.solution:g} of {found.points:g} |"
        if mutants:
            counts = _mutants_of(lesson)
            row += f" {counts.tried:,} | {counts.killed:,} | {counts.surviving:,} |"
            holds = holds and counts.surviving == 0
        click.echo(row)
        holds = holds and found.holds
    hostile = audit_hostile(root, options)
    if hostile is not None:
        click.echo(f"\nHostile and unlucky submissions with exactly the points they should have: "
                   f"{hostile.number - len(hostile.wrong)} of {hostile.number}.")
        for name in hostile.wrong:
            click.echo(f"- not as it should be: tests/submissions/{name}.py")
        holds = holds and not hostile.wrong
    click.echo(f"\nMeasured by `course audit` on commit {commit_of(root)}, sandbox: {options.sandbox}.")
    return 0 if holds else 1


def _mutants_of(lesson: Lesson) -> Counts:
    from course_utils.authoring.survivors import Counts, find_survivors

    return Counts.of([find_survivors(exercise) for exercise in lesson.exercises])
