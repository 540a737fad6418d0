"""`course build`: sources to notebooks."""

from __future__ import annotations

from pathlib import Path

import click

from course_utils.cli.arguments import LessonName
from course_utils.declaration_error import DeclarationError
from course_utils.lesson import Lesson, lesson_ids, load_lesson
from course_utils.paths import require_root


@click.command()
@click.argument("lessons", nargs=-1, type=LessonName(), metavar="[LESSON]...")
@click.option("--check", is_flag=True, help="Write nothing; fail where a notebook is not what its source makes.")
@click.option("--force", is_flag=True, help="Run the solutions again even where nothing has changed.")
def build(lessons: tuple[Lesson, ...], check: bool, force: bool) -> None:
    """Make the notebooks of all LESSONs, or of those named, from their sources.

    solutions/<id>/<id>.py gives solutions/<id>/<id>.ipynb (executed) and lessons/<id>/<id>.ipynb (what students
    open). The build is the course's linter too: it says what is wrong and how to fix it, and then writes nothing
    for that lesson. A lesson that somebody has edited is never overwritten.
    """
    from course_utils.authoring.start_page import build_start_page, stale_start_page

    root = require_root()
    failed = [lesson for lesson in lessons or lesson_ids() if not _build_one(lesson, root, check, force)]
    if not lessons and not failed:
        _report(problems := stale_start_page(root) if check else build_start_page(root, say=click.echo))
        failed += problems
    if failed:
        raise click.exceptions.Exit(1)


def _build_one(named: Lesson | str, root: Path, check: bool, force: bool) -> bool:
    """Build or check a lesson, report it, and return whether it is in order."""
    from course_utils.authoring.build import build as build_lesson
    from course_utils.authoring.build import stale
    from course_utils.authoring.lint import unfinished

    written: list[str] = []

    def say(line: str) -> None:
        written.append(line)
        click.echo(line)

    try:
        lesson = load_lesson(named) if isinstance(named, str) else named
        problems = stale(lesson, root) if check else build_lesson(lesson, root, force=force, say=say)
        _report(problems)
        if not problems:
            for line in unfinished(lesson):
                click.echo(line)
    except DeclarationError as error:
        _report(problems := [str(error)])
    if not problems and not written:
        click.echo(f"{lesson.id}: up to date")
    return not problems


def _report(problems: list[str]) -> None:
    for problem in problems:
        click.echo(f"course: {problem}", err=True)
