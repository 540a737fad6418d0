"""One notebook graded in this process, as nbgrader asks for it; the sandbox stays warm for the next."""

from __future__ import annotations

import atexit
import threading
from pathlib import Path

import torch
from nbformat import NotebookNode

from course_utils.grading.nbgrader.cells import as_notebook, fill
from course_utils.grading.notebook_run import grade_notebook
from course_utils.grading.sandbox.limits import Limits, memory_size
from course_utils.grading.sandbox.sandbox import Sandbox, choose
from course_utils.grading.sandbox.session import opener
from course_utils.grading.seeds import instructor_secret
from course_utils.grading.submission.demonstrations import release_demonstrations
from course_utils.grading.submission.identify_lesson import identify
from course_utils.grading.submission.notebook_file import BadNotebook, Notebook, notebook_of
from course_utils.grading.submission.result import entry
from course_utils.lesson import Lesson, load_lesson

_running: dict[tuple[str, Limits], Sandbox] = {}
_lock = threading.Lock()


def grade_node(node: NotebookNode, path: Path, assignment: str, kind: str, cell_seconds: float, memory: str) -> None:
    """Run a notebook and put outputs and verdicts into its cells."""
    notebook = notebook_of(node, path)
    limits = Limits(cell_seconds=cell_seconds, memory_bytes=memory_size(memory))
    sandbox = _warm(kind, limits)
    lesson = _lesson_of(notebook, assignment)
    shown = release_demonstrations().get(lesson.id, ()) if lesson else ()
    graded = grade_notebook(as_notebook(node, notebook), lesson, instructor_secret(), opener(sandbox), limits, shown)
    fill(node, {index: run.outputs for index, run in graded.runs.items()},
         [entry(verdict) for verdict in graded.verdicts],
         {index: lost.reason for index, lost in graded.lost.items()})


def _lesson_of(notebook: Notebook, assignment: str) -> Lesson | None:
    """The lesson, or None for another assignment of the instructor's, whose cells just run."""
    try:
        return load_lesson(identify(notebook, assignment))
    except BadNotebook:
        return None


def _warm(kind: str, limits: Limits) -> Sandbox:
    """The sandbox of this process, started on first use and again where it ended (it does after a long idle time)."""
    with _lock:
        key = (choose(kind), limits)
        sandbox = _running.get(key)
        if sandbox is None:
            torch.set_num_threads(1)  # as in the sandbox, so that the judge rounds as the submission does
            sandbox = _running[key] = Sandbox(*key)
            atexit.register(sandbox.stop)
        if sandbox.kind != "docker":
            sandbox.wait()
        return sandbox
