"""The notebook that students get: nbgrader's own generate_assignment, in a scratch course."""

from __future__ import annotations

import logging
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from course_utils.authoring.source import SourceError

_RAISED = re.compile(r"^ *(?:[A-Za-z_]\w*\.)*(\w*(?:Error|Exception|Exit|Invalid\w*|Entry)): (.+)$", re.MULTILINE)
_POINTLESS = ("NbGraderException", "SystemExit")  # raised about an exception that the log has already shown


def generate(notebook: NotebookNode, lesson_id: str, root: Path) -> NotebookNode:
    """Return what ``nbgrader generate_assignment`` makes of a solution; the gradebook is left alone."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "solutions" / lesson_id
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{lesson_id}.ipynb")
        shutil.copy(root / "nbgrader_config.py", scratch)
        config: Config = PyFileConfigLoader("nbgrader_config.py", path=scratch).load_config()
        config.CourseDirectory.root = scratch
        config.CourseDirectory.db_url = f"sqlite:///{scratch}/gradebook.db"
        api = NbGraderAPI(CourseDirectory(config=config), config=config)
        with _quiet(api.log):
            result = api.generate_assignment(lesson_id)
        if not result["success"]:
            raise SourceError(f"nbgrader can't release {lesson_id}: {_reason(result)}")
        return nbformat.read(Path(scratch) / "lessons" / lesson_id / f"{lesson_id}.ipynb", as_version=4)


@contextmanager
def _quiet(log: logging.Logger) -> Iterator[None]:
    """Keep nbgrader's errors for the result, without printing them."""
    level, propagate, handlers = log.level, log.propagate, list(log.handlers)
    log.setLevel(logging.ERROR)
    log.propagate, log.handlers = False, [logging.NullHandler()]
    try:
        yield
    finally:
        log.setLevel(level)
        log.propagate, log.handlers = propagate, handlers


def _reason(result: dict[str, Any]) -> str:
    """Return the last line of the exception that stopped nbgrader."""
    text = f"{result.get('error') or ''}\n{result.get('log') or ''}"
    raised = [found for found in _RAISED.finditer(text) if found[1] not in _POINTLESS]
    if raised:
        return raised[-1][2] if raised[-1][1] in ("RuntimeError", "ValueError") else raised[-1][0].strip()
    lines = text.strip().splitlines()
    return lines[-1] if lines else "it gives no reason"
