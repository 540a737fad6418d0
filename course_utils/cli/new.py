"""`course new`: starting points for lessons and exercises."""

from __future__ import annotations

from pathlib import Path

import click

from course_utils.cli.arguments import LessonName
from course_utils.lesson import Lesson
from course_utils.paths import require_root


@click.group()
def new() -> None:
    """Write a starting point for a lesson or an exercise.

    What is written builds at once, as a draft; `course build` then says what is still missing.
    """


@new.command()
@click.argument("lesson_id", metavar="ID")
def lesson(lesson_id: str) -> None:
    """Write a lesson: ID is a number and a word, like 10_audio, or b5_audio for a bonus lesson."""
    from course_utils.authoring.scaffold import new_lesson

    root = require_root()
    _report(new_lesson(lesson_id, root), root, lesson_id)


@new.command()
@click.argument("name")
@click.option("--lesson", "of", required=True, type=LessonName(), metavar="ID", help="The lesson that it belongs to.")
def exercise(name: str, of: Lesson) -> None:
    """Write an exercise: NAME is the function, class or value that the student writes."""
    from course_utils.authoring.scaffold import new_exercise

    root = require_root()
    _report(new_exercise(name, of, root), root, of.id)


def _report(files: list[Path], root: Path, lesson_id: str) -> None:
    from course_utils.authoring.minima import IN_WORDS

    for file in files:
        click.echo(f"written: {file.relative_to(root)}")
    click.echo(f"{IN_WORDS}\nNow edit these files, and run: course build {lesson_id}")
