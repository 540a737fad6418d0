"""Which data is wanted, and the folders it lies in: ``COURSE_DATA`` and ``COURSE_DATA_DIR``."""

from __future__ import annotations

import os
import tempfile
from enum import StrEnum
from pathlib import Path

import platformdirs

from course_utils.data.errors import DataError
from course_utils.paths import project_root

APPLICATION = "pytorch-in-nine-lessons"


class Mode(StrEnum):
    """What COURSE_DATA says."""

    AUTO = "auto"
    EMBEDDED = "embedded"
    REAL = "real"


def mode() -> Mode:
    """The value of COURSE_DATA; ``auto`` where it is not set."""
    told = os.environ.get("COURSE_DATA", "").strip().lower() or "auto"
    try:
        return Mode(told)
    except ValueError:
        raise DataError(f"COURSE_DATA is '{told}'; it can be auto, embedded or real.") from None


def real_folder() -> Path:
    """Where real data lies: COURSE_DATA_DIR, else ``data/`` of the course, else the user's cache folder."""
    told = os.environ.get("COURSE_DATA_DIR", "").strip()
    if told:
        return Path(told).expanduser().absolute()
    root = project_root()
    return root / "data" if root else cache_folder() / "data"


def cache_folder() -> Path:
    """A folder of this user for what can be made again."""
    return Path(platformdirs.user_cache_dir(APPLICATION, False))


def shipped_folders() -> list[Path]:
    """``data/embedded`` beside the package and of the course's folder: those of them that exist."""
    beside = Path(__file__).resolve().parent.parent.parent / "data" / "embedded"
    root = project_root()
    folders = [beside] if root is None else [beside, root / "data" / "embedded"]
    return [folder for folder in dict.fromkeys(folders) if folder.is_dir()]


def drawing_folders() -> list[Path]:
    """Where drawn image sets may lie, best first: with the course, in the user's cache, in a temporary folder."""
    user = os.getuid() if hasattr(os, "getuid") else "user"
    return [*shipped_folders(), cache_folder() / "embedded", Path(tempfile.gettempdir()) / f"{APPLICATION}-{user}"]
