"""`course check`: run your own lesson notebooks, and print each exercise's verdict."""

from __future__ import annotations

import click

from course_utils.cli.arguments import LessonName, chosen
from course_utils.lesson import Lesson


@click.command()
@click.argument("lessons", nargs=-1, type=LessonName(), metavar="[LESSON]...")
def check(lessons: tuple[Lesson, ...]) -> int:
    """Run your own lesson notebooks and print each exercise's verdict.

    Your code runs as it would in JupyterLab, in a process of its own, from the first cell to the
    last; `course status` then shows what the saved answers get. LESSON is a number, a word or an
    id: 1, tensors, 01_tensors. Without one, all lessons.
    """
    import course_utils.grading.fast_imports  # noqa: F401  # isort: skip
    from course_utils.grading.sandbox.warm_imports import preload_lessons
    from course_utils.grading.self_check import check_lesson
    from course_utils.records.store import note_standing

    problems = 0
    wanted = chosen(lessons)
    preload_lessons(lesson.id for lesson in wanted)
    for lesson in wanted:
        text, verdicts = check_lesson(lesson)
        click.echo(text, err=verdicts is None)
        problems += verdicts is None
        for verdict in verdicts or ():
            note_standing(lesson.id, lesson[verdict.name], verdict)
    return 1 if problems else 0
