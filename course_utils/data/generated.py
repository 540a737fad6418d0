"""The stand-ins of image datasets: generated on first use, in the original's on-disk format."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

from course_utils.data.dataset import StandIn, named
from course_utils.data.errors import DataError, disk_error
from course_utils.data.places import drawing_folders
from course_utils.data.registry import dataset

MANIFEST = "drawn.json"  # the files with their sizes and md5s, written last


def ensure_generated(name: str) -> Path:
    """Return the folder of a dataset's generated stand-in; generate it if it isn't there yet.

    The images are written into a temporary folder that is then renamed, so a set that is there is complete, and two
    processes that generate at the same time don't disturb each other. If the course's folder can't be written to, the
    user's cache folder is used, and then a temporary folder.
    """
    stand_in = dataset(name).stand_in
    if stand_in is None:
        raise DataError(f"'{name}' has no generated stand-in.")
    folders = drawing_folders()
    for folder in folders:
        if _is_complete(folder / stand_in.folder):
            return folder / stand_in.folder
    errors_met: list[OSError] = []
    for folder in folders:
        try:
            return _generate(folder, stand_in)
        except OSError as error:
            errors_met.append(error)
    raise disk_error(errors_met[-1], folders[-1], "generating the images")


def md5s(folder: Path) -> dict[str, str]:
    """The md5 of each file of a drawn set, by its path below the folder."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return {path: digest for path, (_, digest) in manifest.items()}


def _generate(folder: Path, stand_in: StandIn) -> Path:
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    target = folder / stand_in.folder
    staging = Path(tempfile.mkdtemp(prefix=f".{stand_in.folder}-", dir=folder))
    try:
        named(stand_in.generate)(staging, stand_in.training, stand_in.test)
        files = {path.relative_to(staging).as_posix(): (path.stat().st_size, _md5(path))
                 for path in sorted(staging.rglob("*")) if path.is_file()}
        (staging / MANIFEST).write_text(json.dumps(files, indent=1), encoding="utf-8")
        staging.chmod(0o755)
        try:
            os.rename(staging, target)
        except OSError:
            if not _is_complete(target):  # another process was first, or what is there is damaged
                shutil.rmtree(target, ignore_errors=True)
                os.rename(staging, target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    if not _is_complete(target):
        raise DataError(f"The embedded images in {target} are not what was drawn. Remove that folder and try again.")
    return target


def _is_complete(folder: Path) -> bool:
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
