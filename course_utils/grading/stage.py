"""What of the package goes into the sandbox: everything but the answers and the grader."""

from __future__ import annotations

import shutil
from pathlib import Path

import course_utils

LEFT_OUT = ("exercises", "authoring", "cli", "__pycache__")
GRADING_INSIDE = ("__init__.py", "apart.py", "child.py", "wire.py", "zygote.py")


def stage_package(folder: Path) -> Path:
    """Copy the package without its answers to ``folder/course_utils``; returns ``folder``."""
    source = Path(course_utils.__file__).resolve().parent
    target = folder / "course_utils"

    def left_out(directory: str, names: list[str]) -> list[str]:
        here = Path(directory)
        if here == source:
            return [name for name in names if name in LEFT_OUT]
        if here == source / "grading":
            return [name for name in names if name not in GRADING_INSIDE]
        return [name for name in names if name == "__pycache__"]

    shutil.copytree(source, target, ignore=left_out)
    return folder
