"""One notebook from its cells to its verdicts: which lesson it is, its sandbox, its run, the judge.

The pool's workers, nbgrader's preprocessor and ``course check`` all grade through :func:`grade_one`.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from course_utils.grading.notebook_run import Graded, OpenSession, grade_notebook
from course_utils.grading.pool.settings import Settings
from course_utils.grading.sandbox.kinds import choose
from course_utils.grading.sandbox.limits import Limits
from course_utils.grading.sandbox.sandbox import Sandbox
from course_utils.grading.sandbox.session import Session, session_factory
from course_utils.grading.submission.cell_types import with_types_restored
from course_utils.grading.submission.identify_lesson import identify
from course_utils.grading.submission.notebook_file import Notebook
from course_utils.grading.submission.result import ExerciseResult, exercise_result
from course_utils.lesson import Lesson, lesson_ids, load_lesson

if TYPE_CHECKING:
    from nbformat import NotebookNode

_running: dict[tuple[str, Limits], Sandbox] = {}  # this process's own, started on first use
_lock = threading.Lock()


@dataclass(frozen=True)
class GradedOne:
    """What grading one notebook gave."""

    lesson: Lesson | None
    graded: Graded
    exercises: tuple[ExerciseResult, ...]
    cells: NotebookNode | None  # nbgrader's cells with outputs and verdicts, where a gradebook wants them


def grade_one(notebook: Notebook, named: str | None, settings: Settings, cells: NotebookNode | None = None,
              *, assigned: bool = False) -> GradedOne:
    """Run a notebook and judge its exercises.

    ``named`` is the lesson named by the folder or file. ``cells`` are nbgrader's, if they are restored already;
    otherwise they are restored here if ``settings`` bring the released lesson. With ``assigned``, ``named`` decides
    whatever the notebook contains: it is a lesson, or an instructor's own assignment whose cells only run.

    Raises
    ------
    BadNotebook
        It is no lesson of this course (and not ``assigned``).
    SandboxError
        There is no sandbox, or it is gone.
    """
    lesson = _assigned_lesson(named) if assigned else load_lesson(identify(notebook, named))
    lesson_id = lesson.id if lesson else ""
    if cells is None and lesson_id in settings.released:
        from course_utils.grading.nbgrader.cells import restore_cells

        cells = restore_cells(notebook, settings.released[lesson_id], lesson_id)
    if cells is not None:
        from course_utils.grading.nbgrader.cells import as_notebook

        notebook = as_notebook(cells, notebook)
    if lesson is not None:
        notebook = with_types_restored(notebook, lesson.exercise_names, settings.release_code.get(lesson_id, ()))
    graded = grade_notebook(notebook, lesson, settings.secret, open_session(settings), settings.limits,
                            settings.demonstrations.get(lesson_id, ()))
    exercises = tuple(exercise_result(verdict) for verdict in graded.verdicts)
    if cells is not None:
        from course_utils.grading.nbgrader.cells import fill

        fill(cells, {index: run.outputs for index, run in graded.runs.items()}, exercises,
             {index: lost.reason for index, lost in graded.lost.items()},
             {index: run.raised for index, run in graded.runs.items() if run.raised})
    return GradedOne(lesson, graded, exercises, cells)


def _assigned_lesson(named: str | None) -> Lesson | None:
    return load_lesson(named) if named in lesson_ids() else None


def open_session(settings: Settings) -> OpenSession:
    """Return what opens a session: of the sandbox that was lent, while it lives, or of this process's own."""
    if settings.address and os.path.exists(settings.address) and not _running:
        return lambda: Session(settings.address, settings.limits)
    return session_factory(running_sandbox(settings.kind, settings.limits))


def running_sandbox(name: str, limits: Limits) -> Sandbox:
    """Return this process's sandbox: started on first use, and again if it has ended after a long idle time."""
    with _lock:
        kind = choose(name)
        sandbox = _running.setdefault((kind.name, limits), Sandbox(kind, limits))
        if kind.forks:
            sandbox.wait()
        return sandbox
