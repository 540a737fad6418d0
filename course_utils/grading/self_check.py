"""A student's own notebooks: run and judged as the grader would, but without isolation and with nothing held back."""

from __future__ import annotations

from collections.abc import Sequence

from course_utils.grading.grade_one import grade_one
from course_utils.grading.pool.settings import Settings
from course_utils.grading.sandbox.kind import SandboxError
from course_utils.grading.sandbox.limits import Limits
from course_utils.grading.submission.demonstrations import release_code
from course_utils.grading.submission.notebook_file import BadNotebook, read_notebook
from course_utils.grading.submission.result import display_path
from course_utils.judging.verdict import Verdict
from course_utils.lesson import Lesson
from course_utils.paths import lesson_notebook, require_root
from course_utils.rendering.text import points_text, verdict_text

LIMITS = Limits(cell_seconds=120.0, total_seconds=1200.0, memory_bytes=16 * 2**30, processes=1000)


def check_lesson(lesson: Lesson) -> tuple[str, Sequence[Verdict] | None]:
    """Return the verdicts on your copy of a lesson as text, and the verdicts; None if it could not be run."""
    path = lesson_notebook(require_root(), lesson.id)
    try:
        settings = Settings("none", LIMITS, b"own notebooks", release_code=release_code())
        one = grade_one(read_notebook(path), lesson.id, settings)
        if one.lesson is not lesson:
            raise BadNotebook(f"This is the notebook of {one.lesson.id if one.lesson else 'no lesson'}.")
    except (BadNotebook, SandboxError) as error:
        return f"course: {display_path(path)}: {error}", None
    score = sum(verdict.score for verdict in one.graded.verdicts)
    lines = [f"{lesson.id}: {points_text(score, lesson.max_score)}"]
    lines += ["  " + verdict_text(verdict).replace("\n", "\n  ") for verdict in one.graded.verdicts]
    return "\n".join(lines), one.graded.verdicts
