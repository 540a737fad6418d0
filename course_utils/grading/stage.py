"""What of the package goes into the sandbox: everything but the answers and the grader."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import course_utils

FONTS = "fonts"  # beside the package
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
    _stage_fonts(folder / FONTS)
    return folder


def _stage_fonts(folder: Path) -> None:
    """Copy Matplotlib's list of this machine's fonts, else each sandbox takes seconds to make one."""
    import matplotlib

    folder.mkdir()
    for known in Path(matplotlib.get_cachedir()).glob("fontlist-*.json"):
        shutil.copy(known, folder)


def stage_data(folder: Path) -> None:
    """Copy the embedded data to ``folder/data/embedded``, where the staged package looks for it.

    What is not drawn yet is drawn now: inside, nothing could be kept.
    """
    from course_utils.data.places import drawing_folders, shipped_folders

    target = folder / "data" / "embedded"
    drawn = subprocess.run([sys.executable, "-c", "from course_utils.data import prepare; prepare()"],
                           capture_output=True, text=True, check=False)
    if drawn.returncode != 0:
        reason = drawn.stderr.strip().splitlines() or ["no reason given"]
        raise RuntimeError(f"The embedded data cannot be made: {reason[-1]}")
    for place in reversed([*shipped_folders(), *drawing_folders()]):  # the best last, so that it wins
        if place.is_dir():
            shutil.copytree(place, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".*"))
