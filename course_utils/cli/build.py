"""`course build`: sources to notebooks."""

from __future__ import annotations

import click

from course_utils.cli.arguments import LessonName, chosen
from course_utils.lesson import Lesson
from course_utils.paths import require_root


@click.command()
@click.argument("lessons", nargs=-1, type=LessonName(), metavar="[LESSON]...")
@click.option("--check", is_flag=True, help="Write nothing; fail where a notebook is not what its source makes.")
@click.option("--force", is_flag=True, help="Run the solutions again even where nothing has changed.")
def build(lessons: tuple[Lesson, ...], check: bool, force: bool) -> None:
    """Make the notebooks of all LESSONs, or of those named, from their sources.

    solutions/<id>/<id>.py gives solutions/<id>/<id>.ipynb (executed) and lessons/<id>/<id>.ipynb (what students
    open). The build is the course's linter too: it names what is wrong and how to mend it, and then writes nothing
    for that lesson. A lesson that somebody has edited is never overwritten.
    """
    from course_utils.authoring.build import build as build_lesson
    from course_utils.authoring.build import stale
    from course_utils.authoring.lint import unfinished
    from course_utils.authoring.start_page import build_start_page, stale_start_page

    root = require_root()
    failed = False
    for lesson in chosen(lessons):
        faults = stale(lesson, root) if check else build_lesson(lesson, root, force=force, say=click.echo)
        for fault in faults:
            click.echo(f"course: {fault}", err=True)
        failed = failed or bool(faults)
        for line in unfinished(lesson):
            click.echo(line)
        if not faults:
            click.echo(f"{lesson.id}: up to date")
    if not lessons:
        faults = stale_start_page(root) if check else build_start_page(root)
        for fault in faults:
            click.echo(f"course: {fault}", err=True)
        failed = failed or bool(faults)
    if failed:
        raise click.exceptions.Exit(1)
