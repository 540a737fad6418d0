"""What several commands take: the name of a lesson."""

from __future__ import annotations

from typing import Any

import click

from course_utils.lesson import Lesson, UnknownLesson, lessons, load_lesson, resolve_lesson_id


class LessonName(click.ParamType):  # type: ignore[type-arg]
    """A lesson by its id, number or word: ``01_tensors``, ``1``, ``tensors``."""

    name = "lesson"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Lesson:
        if isinstance(value, Lesson):
            return value
        try:
            return load_lesson(resolve_lesson_id(value))
        except UnknownLesson as error:
            self.fail(str(error), param, ctx)


def chosen(named: tuple[Lesson, ...]) -> list[Lesson]:
    """The lessons that were named, or all."""
    return list(named) or list(lessons())
