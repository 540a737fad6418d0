"""The steps of nbgrader's generate_assignment that are ours."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

Step = tuple[NotebookNode, dict[str, Any]]


class InsertStarters(NbGraderPreprocessor):
    """Puts the declared starter where nbgrader's stub does not fit; runs after ClearSolutions."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Step:
        lesson_id = nb.metadata.get("course", {}).get("lesson")
        if lesson_id is None:
            return nb, resources
        from course_utils.lesson import load_lesson  # late: it imports torch, and every nbgrader command reads this

        lesson = load_lesson(lesson_id)
        for cell in nb.cells:
            name = cell.metadata.get("exercise")
            starter = lesson[name].starter_source if name else None
            if starter is not None:
                cell.source = starter
        return nb, resources


class SignRelease(NbGraderPreprocessor):
    """Takes out what is for authors only, and notes what was released, to tell edited lessons; runs last."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Step:
        if "course" in nb.metadata:
            from course_utils.authoring.source import digest

            nb.metadata.pop("jupytext", None)
            for author_only in ("digest", "cells"):
                nb.metadata.course.pop(author_only, None)
            nb.metadata.course["release"] = digest(nb)
        return nb, resources
