"""What of the package goes into the sandbox: what lessons use, and neither answers nor judge nor grader."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import course_utils

FONTS = "fonts"  # beside the package
# Folders of the package; a new one stays outside until it is named here.
FOLDERS = ("data", "evidence", "figures", "grading/inside", "models", "plotting", "probes", "training")


def staging_error(folder: Path, error: OSError) -> str:
    """Return in a sentence why the sandbox's folder could not be filled; copytree would list every file."""
    found: object = error.args[0] if isinstance(error, shutil.Error) and error.args else None
    reason = str(found[0][-1]) if isinstance(found, list) and found else (error.strerror or str(error))
    reason = re.sub(r"^\[Errno \d+\] |: '.*$", "", reason)
    return (f"The sandbox's folder {folder} cannot be filled: {reason}. Free some space there, or set TMPDIR to a "
            "folder on another disk.")


def stage_package(folder: Path) -> Path:
    """Copy the package's own modules and :data:`FOLDERS` to ``folder/course_utils``; return ``folder``."""
    source = Path(course_utils.__file__).resolve().parent
    target = folder / "course_utils"
    target.mkdir(parents=True)
    for module in source.glob("*.py"):
        shutil.copy(module, target)
    for name in FOLDERS:
        shutil.copytree(source / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(source / "grading" / "__init__.py", target / "grading")
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
