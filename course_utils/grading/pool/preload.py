"""Imported once by the process from which the workers are forked: all that grading needs."""

from __future__ import annotations

import contextlib

from course_utils.grading.sandbox.warm_imports import graded_lessons  # isort: skip
import course_utils.grading.pool.worker  # noqa: F401
from course_utils.lesson import lesson_ids, load_lesson

for _lesson in graded_lessons().intersection(lesson_ids()) or lesson_ids():
    with contextlib.suppress(Exception):  # a broken exercise is told when its lesson is graded
        assert load_lesson(_lesson).exercises
