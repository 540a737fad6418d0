"""One notebook graded in this process, as nbgrader asks for it; the sandbox stays warm for the next."""

from __future__ import annotations

import re
from pathlib import Path

import torch
from nbformat import NotebookNode

from course_utils.grading.grade_one import GradedOne, grade_one
from course_utils.grading.pool.settings import Settings
from course_utils.grading.sandbox.limits import Limits
from course_utils.grading.seeds import instructor_secret
from course_utils.grading.submission.companions import files_beside
from course_utils.grading.submission.demonstrations import release_code, release_demonstrations
from course_utils.grading.submission.notebook_file import notebook_of
from course_utils.lesson import lesson_ids


def grade_node(node: NotebookNode, path: Path, assignment: str, kind: str, limits: Limits) -> GradedOne:
    """Run a notebook and put outputs and verdicts into its cells.

    The lesson is the one that the assignment is named after, or the notebook as the gradebook knows it. If neither is
    a lesson, the assignment is the instructor's own and its cells only run. The notebook's content decides nothing.
    An own assignment for another language than Python raises ValueError.
    """
    torch.set_num_threads(1)  # as in the sandbox, so that the judge rounds as the submission does
    settings = Settings(kind, limits, instructor_secret(), demonstrations=release_demonstrations(),
                        release_code=release_code())
    submitted = notebook_of(node, path, may_be_empty=True)
    submitted.files = files_beside(path)
    named = assignment if assignment in lesson_ids() else path.stem
    kernel = node.metadata.get("kernelspec", {}).get("name", "python3")
    if named not in lesson_ids() and not re.match("python", kernel, re.IGNORECASE):
        raise ValueError(f"{path.name} is for the kernel '{kernel}', and the sandbox runs Python only. Choose a Python "
                         "kernel in the assignment's source, then run nbgrader generate_assignment again.")
    return grade_one(submitted, named, settings, node, assigned=True)
