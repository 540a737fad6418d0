"""What stands where nbgrader's Execute stands: cells run in the sandbox, the judge outside decides.

Configured in ``nbgrader_config.py``, so ``nbgrader autograde`` and formgrader's button go this way.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Float, Unicode

Step = tuple[NotebookNode, dict[str, Any]]

# Every nbgrader command imports this; what imports torch is imported when it is used.


class RestoreCells(NbGraderPreprocessor):
    """Finds nbgrader's cells again where marks were stripped, copied or deleted; first of the sanitizing steps."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Step:
        from course_utils.grading.nbgrader.cells import restore_cells
        from course_utils.grading.nbgrader.released_cells import released_cells
        from course_utils.grading.submission.notebook_file import notebook_of

        facts = resources["nbgrader"]
        with Gradebook(facts["db_url"]) as gradebook:
            try:
                released = released_cells(gradebook, facts["assignment"], facts["notebook"])
            except MissingEntry:
                return nb, resources
        return restore_cells(notebook_of(nb, Path(facts["notebook"])), released, facts["assignment"]), resources


class SandboxedExecute(NbGraderPreprocessor):
    """Runs a submission in the sandbox, judges its exercises, and puts the verdicts into the check cells.

    Test cells that an instructor added run in the sandbox too; nbgrader reads their outputs as ever.
    """

    sandbox = Unicode("auto", help="auto, bubblewrap, docker or none, as in course grade.").tag(config=True)
    cell_timeout = Float(30.0, help="Seconds for one cell.").tag(config=True)
    memory = Unicode("2G", help="Memory for one submission.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Step:
        from course_utils.grading.nbgrader.grade_node import grade_node

        facts = resources.get("nbgrader", {})
        grade_node(nb, str(facts.get("notebook", "")), str(facts.get("assignment", "")), self.sandbox,
                   self.cell_timeout, self.memory)
        return nb, resources
