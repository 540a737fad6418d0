"""A student's own notebooks: run and judged as the grader would, but without walls and with all said."""

from __future__ import annotations

from course_utils.grading.notebook_run import grade_notebook
from course_utils.grading.sandbox.limits import Limits
from course_utils.grading.sandbox.sandbox import Sandbox, SandboxError
from course_utils.grading.sandbox.session import opener
from course_utils.grading.sandbox.warm_imports import only
from course_utils.grading.submission.identify_lesson import identify
from course_utils.grading.submission.notebook_file import BadNotebook, read_notebook
from course_utils.grading.submission.result import shown_path
from course_utils.lesson import Lesson
from course_utils.paths import lesson_notebook, require_root
from course_utils.rendering.text import points_text, verdict_text

LIMITS = Limits(cell_seconds=120.0, total_seconds=1200.0, memory_bytes=16 * 2**30, processes=1000)


def check_lesson(lesson: Lesson) -> tuple[str, bool]:
    """The verdicts on your copy of a lesson as text, and whether it could not be run."""
    path = lesson_notebook(require_root(), lesson.id)
    try:
        notebook = read_notebook(path)
        found = identify(notebook, lesson.id)
        if found != lesson.id:
            raise BadNotebook(f"This is the notebook of {found}.")
        only([lesson.id])
        with Sandbox("none", LIMITS) as sandbox:
            sandbox.wait()
            graded = grade_notebook(notebook, lesson, b"own notebooks", opener(sandbox), LIMITS)
    except (BadNotebook, SandboxError) as error:
        return f"course: {shown_path(path)}: {error}", True
    score = sum(verdict.score for verdict in graded.verdicts)
    lines = [f"{lesson.id}: {points_text(score, lesson.max_score)}"]
    lines += ["  " + verdict_text(verdict).replace("\n", "\n  ") for verdict in graded.verdicts]
    return "\n".join(lines), False
