"""What stands where nbgrader's Execute stands: cells run in the sandbox, the judge outside decides.

Configured in ``nbgrader_config.py``, so ``nbgrader autograde`` and formgrader's button go this way.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute, NbGraderPreprocessor
from traitlets import Integer, Unicode

if TYPE_CHECKING:
    from course_utils.grading.sandbox.limits import Limits

Step = tuple[NotebookNode, dict[str, Any]]

# Every nbgrader command imports this; what imports torch is imported when it is used.


def submitted_notebook(config: Any, facts: dict[str, Any]) -> Path:
    """Return the path of the notebook that nbgrader is grading, as it was submitted."""
    course = CourseDirectory(config=config)
    folder = course.format_path(course.submitted_directory, str(facts.get("student", "")),
                                str(facts.get("assignment", "")))
    return Path(folder) / f"{facts.get('notebook', '')}.ipynb"


class RestoreCells(NbGraderPreprocessor):
    """Finds nbgrader's cells again where marks were stripped, copied or deleted; first of the sanitizing steps."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Step:
        from course_utils.grading.nbgrader.cells import restore_cells
        from course_utils.grading.nbgrader.released_cells import released_cells
        from course_utils.grading.submission.notebook_file import Cell, Notebook, notebook_of
        from course_utils.grading.submission.read_file import Unreadable, open_file
        from course_utils.lesson import lesson_ids

        facts = resources["nbgrader"]
        with Gradebook(facts["db_url"]) as gradebook:
            try:
                released = released_cells(gradebook, facts["assignment"], facts["notebook"])
            except MissingEntry:
                return nb, resources
        submitted = submitted_notebook(self.config, facts)
        try:
            with open_file(submitted, submitted.parents[2]):
                notebook = notebook_of(nb, submitted, may_be_empty=True)
        except Unreadable as error:  # nbgrader itself follows links: another student's notebook would be graded
            refused = Cell(0, "markdown", f"**This submission was not graded.** {error}", {})
            notebook = Notebook(submitted, [refused], {})
        outputs = {index: cell.outputs for index, cell in enumerate(nb.cells) if cell.get("outputs")}
        restored = restore_cells(notebook, released, facts["assignment"], outputs)
        if "kernelspec" in nb.metadata and facts["assignment"] not in lesson_ids():
            restored.metadata.kernelspec = nb.metadata.kernelspec
        return restored, resources


class SandboxedExecute(Execute):
    """Runs a submission in the sandbox, judges its exercises, and puts the verdicts into the check cells.

    Test cells that an instructor added run in the sandbox too; nbgrader reads their outputs as usual. It stands where
    ``Execute`` stands and listens to its settings: ``--Execute.timeout=60``, ``--no-execute``.
    """

    timeout = Integer(30, allow_none=True, help="Seconds for one cell; none: those for the whole notebook.").tag(
        config=True)
    sandbox = Unicode("auto", help="auto, bubblewrap, docker or none, as in course grade.").tag(config=True)
    memory = Unicode("2G", help="Memory for one submission.").tag(config=True)

    def __call__(self, nb: NotebookNode, resources: dict[str, Any]) -> Step:
        if self.enabled:
            return self.preprocess(nb, resources)
        from course_utils.grading.nbgrader.cells import take_points

        take_points(nb)
        return nb, resources

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any], km: Any = None) -> Step:
        from course_utils.grading.nbgrader.grade_node import grade_node
        from course_utils.grading.nbgrader.written_files import keep_written

        facts = resources.get("nbgrader", {})
        # As it was submitted: nbgrader leaves modules out when it copies, since *.py are answers in a source folder.
        done = grade_node(nb, submitted_notebook(self.config, facts), str(facts.get("assignment", "")), self.sandbox,
                          self._limits())
        keep_written(done.graded.written, Path(resources["metadata"]["path"]))
        return nb, resources

    def _limits(self) -> Limits:
        from course_utils.grading.sandbox.limits import Limits, memory_size

        total = Limits().total_seconds
        cell = total if self.timeout is None or self.timeout < 0 else float(self.timeout)
        return Limits(cell, max(total, 4 * cell), memory_size(self.memory))


class CleanPages(NbGraderPreprocessor):
    """Makes the autograded copy safe to show (see :mod:`course_utils.grading.nbgrader.clean`); runs last."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Step:
        from course_utils.grading.nbgrader.clean import clean_notebook
        from course_utils.grading.nbgrader.released_cells import released_texts

        facts = resources["nbgrader"]
        with Gradebook(facts["db_url"]) as gradebook:
            try:
                texts = released_texts(gradebook, facts["assignment"], facts["notebook"])
            except MissingEntry:
                texts = frozenset()
        return clean_notebook(nb, texts), resources
