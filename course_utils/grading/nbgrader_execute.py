"""What stands where nbgrader's Execute stands: cells run in the sandbox, the judge outside decides.

Configured in ``nbgrader_config.py``, so ``nbgrader autograde`` and formgrader's button go this way.
"""

from __future__ import annotations

import atexit
import dataclasses
import threading
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Float, Unicode

from course_utils.grading.gradebook_cells import masters_of
from course_utils.grading.identify import identify
from course_utils.grading.limits import Limits, memory_size
from course_utils.grading.nbgrader_cells import as_notebook, fill, mend
from course_utils.grading.read import BadNotebook, Notebook, notebook_of
from course_utils.grading.run import grade_notebook
from course_utils.grading.sandbox import Sandbox, choose
from course_utils.grading.secret import instructor_secret
from course_utils.grading.worker import entry
from course_utils.lesson import load_lesson

Step = tuple[NotebookNode, dict[str, Any]]
_running: dict[tuple[str, Limits], Sandbox] = {}
_lock = threading.Lock()


class MendCells(NbGraderPreprocessor):
    """Finds nbgrader's cells again where marks were stripped, copied or deleted; first of the sanitizing steps."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Step:
        facts = resources["nbgrader"]
        with Gradebook(facts["db_url"]) as gradebook:
            try:
                masters = masters_of(gradebook, facts["assignment"], facts["notebook"])
            except MissingEntry:
                return nb, resources
        return mend(notebook_of(nb, Path(facts["notebook"])), masters, facts["assignment"]), resources


class SandboxedExecute(NbGraderPreprocessor):
    """Runs a submission in the sandbox, judges its exercises, and puts the verdicts into the check cells.

    Test cells that an instructor added run in the sandbox too; nbgrader reads their outputs as ever.
    """

    sandbox = Unicode("auto", help="auto, bubblewrap, docker or none, as in course grade.").tag(config=True)
    cell_timeout = Float(30.0, help="Seconds for one cell.").tag(config=True)
    memory = Unicode("2G", help="Memory for one submission.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Step:
        notebook = notebook_of(nb, Path(str(resources.get("nbgrader", {}).get("notebook", ""))))
        lesson = _lesson_of(notebook, str(resources.get("nbgrader", {}).get("assignment", "")))
        limits = Limits(cell_seconds=self.cell_timeout, memory_bytes=memory_size(self.memory))
        sandbox = warm_sandbox(self.sandbox, limits)
        graded = grade_notebook(as_notebook(nb, notebook), lesson, instructor_secret(), sandbox.address, limits)
        fill(nb, {index: run.outputs for index, run in graded.runs.items()},
             [entry(verdict) for verdict in graded.verdicts],
             {index: lost.reason for index, lost in graded.lost.items()})
        return nb, resources


def _lesson_of(notebook: Notebook, assignment: str) -> Any:
    """The lesson, or None for another assignment of the instructor's, whose cells just run."""
    try:
        return load_lesson(identify(notebook, assignment))
    except BadNotebook:
        return None


def warm_sandbox(kind: str, limits: Limits) -> Sandbox:
    """The sandbox of this process, started on first use and again where it ended (it does after a long idle time)."""
    with _lock:
        key = (choose(kind), dataclasses.replace(limits))
        sandbox = _running.get(key)
        if sandbox is None:
            sandbox = _running[key] = Sandbox(*key)
            atexit.register(sandbox.stop)
        sandbox.start()
        sandbox.wait()
        return sandbox
