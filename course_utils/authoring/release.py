"""The notebook that students get: nbgrader's own generate_assignment, in a scratch course."""

from __future__ import annotations

import logging
import shutil
import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from course_utils.authoring.source import SourceError


def generate(notebook: NotebookNode, lesson_id: str, root: Path) -> NotebookNode:
    """What ``nbgrader generate_assignment`` makes of a lesson's solution, leaving the gradebook alone."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "solutions" / lesson_id
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{lesson_id}.ipynb")
        shutil.copy(root / "nbgrader_config.py", scratch)
        config: Config = PyFileConfigLoader("nbgrader_config.py", path=scratch).load_config()
        config.CourseDirectory.root = scratch
        config.CourseDirectory.db_url = f"sqlite:///{scratch}/gradebook.db"
        api = NbGraderAPI(CourseDirectory(config=config), config=config)
        api.log.setLevel(logging.CRITICAL)
        result = api.generate_assignment(lesson_id)
        if not result["success"]:
            reason = (result.get("error") or result.get("log") or "").strip().splitlines() or ["no reason given"]
            raise SourceError(f"nbgrader cannot release {lesson_id}: {reason[-1]}")
        return nbformat.read(Path(scratch) / "lessons" / lesson_id / f"{lesson_id}.ipynb", as_version=4)
