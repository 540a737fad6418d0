"""The embedded image sets: drawn on first use, kept in the original's on-disk format."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from course_utils.data.errors import DataError, disk_trouble
from course_utils.data.places import drawing_folders

TRAIN, TEST = 5000, 1000  # images


def _shapes(folder: Path) -> None:
    from course_utils.data.formats import write_cifar10
    from course_utils.data.shapes import NAMES, draw_shapes

    write_cifar10(folder, draw_shapes(TRAIN, seed=1), draw_shapes(TEST, seed=2), list(NAMES))


def _digits(folder: Path) -> None:
    from course_utils.data.digits import draw_digits
    from course_utils.data.formats import write_mnist

    write_mnist(folder, draw_digits(TRAIN, seed=1), draw_digits(TEST, seed=2))


# The number is raised when the drawing changes, so that old pictures are not taken for new ones.
DRAWINGS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "cifar10": ("drawn-shapes-2", _shapes),
    "mnist": ("drawn-digits-1", _digits),
}
MANIFEST = "drawn.json"  # the files with their sizes and md5s, written last


def drawn(name: str) -> Path:
    """The folder of an embedded image set, drawn now where it is not there yet.

    It is drawn into a temporary folder and renamed, so a set that is there is whole, and two processes that draw at
    once don't disturb each other. Where the course's folder can't be written to, the user's cache folder and then a
    temporary folder are taken.
    """
    below, draw = DRAWINGS[name]
    folders = drawing_folders()
    for folder in folders:
        if _is_whole(folder / below):
            return folder / below
    troubles: list[OSError] = []
    for folder in folders:
        try:
            return _draw(folder, below, draw)
        except OSError as error:
            troubles.append(error)
    raise disk_trouble(troubles[-1], folders[-1], "drawing the embedded images")


def md5s(folder: Path) -> dict[str, str]:
    """The md5 of each file of a drawn set, by its path below the folder."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return {path: digest for path, (_, digest) in manifest.items()}


def _draw(folder: Path, below: str, draw: Callable[[Path], None]) -> Path:
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    target = folder / below
    staging = Path(tempfile.mkdtemp(prefix=f".{below}-", dir=folder))
    try:
        draw(staging)
        files = {path.relative_to(staging).as_posix(): (path.stat().st_size, _md5(path))
                 for path in sorted(staging.rglob("*")) if path.is_file()}
        (staging / MANIFEST).write_text(json.dumps(files, indent=1), encoding="utf-8")
        staging.chmod(0o755)
        try:
            os.rename(staging, target)
        except OSError:
            if not _is_whole(target):  # another process was first, or what is there is damaged
                shutil.rmtree(target, ignore_errors=True)
                os.rename(staging, target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    if not _is_whole(target):
        raise DataError(f"The embedded images in {target} are not what was drawn. Remove that folder and try again.")
    return target


def _is_whole(folder: Path) -> bool:
    """Whether all files are there as they were drawn, by this user or with the course."""
    try:
        if hasattr(os, "getuid") and folder.stat().st_uid not in (os.getuid(), 0, Path(__file__).stat().st_uid):
            return False  # a stranger's files are not read: they are pickles
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        for path, (size, digest) in manifest.items():
            stat = (folder / path).stat()
            if stat.st_size != size or _md5_of(folder / path, size, stat.st_mtime_ns) != digest:
                return False
    except (OSError, ValueError, TypeError, AttributeError):
        return False
    return bool(manifest)


@lru_cache(maxsize=64)
def _md5_of(path: Path, _size: int, _modified: int) -> str:
    return _md5(path)


def _md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
