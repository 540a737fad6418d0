"""The worker's functions by name, so that whoever hands out work need not import what does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from course_utils.grading.pool.settings import Settings
    from course_utils.grading.submission.notebook_file import Notebook
    from course_utils.grading.submission.result import Result, Submission


def prepare() -> None:
    from course_utils.grading.pool import worker

    worker.prepare()


def grade(submission: Submission, notebook: Notebook, settings: Settings) -> Result:
    from course_utils.grading.pool import worker

    return worker.grade(submission, notebook, settings)
