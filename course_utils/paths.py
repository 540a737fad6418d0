"""Where the course lies on this machine."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


class NoProject(RuntimeError):
    """The command needs the course's folders, and they are not here."""


def is_root(folder: Path) -> bool:
    return (folder / "lessons").is_dir() and (folder / "nbgrader_config.py").is_file()


def project_root(start: Path | None = None) -> Path | None:
    """The folder with ``lessons/`` in it: this one, one above it, or the one of an editable install."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if is_root(folder):
            return folder
    installed = Path(__file__).resolve().parent.parent
    return installed if is_root(installed) else None


def require_root() -> Path:
    """The course's folder, or NoProject with the repair."""
    root = project_root()
    if root is None:
        raise NoProject("The course's folders are not here. Go into the folder that holds 'lessons' and try again.")
    return root


def state_folder() -> Path | None:
    """Where progress is kept, or None for nowhere."""
    told = os.environ.get("COURSE_STATE")
    if told == "off":
        return None
    if told:
        return Path(told)
    root = project_root()
    return root / ".course" if root else Path(platformdirs.user_data_dir("pytorch-in-nine-lessons", False))


def solution_source(root: Path, lesson_id: str) -> Path:
    return root / "solutions" / lesson_id / f"{lesson_id}.py"


def solution_notebook(root: Path, lesson_id: str) -> Path:
    return root / "solutions" / lesson_id / f"{lesson_id}.ipynb"


def lesson_notebook(root: Path, lesson_id: str) -> Path:
    return root / "lessons" / lesson_id / f"{lesson_id}.ipynb"


def start_notebook(root: Path) -> Path:
    return root / "lessons" / "start.ipynb"
