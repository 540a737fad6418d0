"""Getting real data: download, check, and put into place only what is whole."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from course_utils.data.dataset import DataSet, named
from course_utils.data.download import Unreachable, download
from course_utils.data.errors import DataError, disk_error
from course_utils.data.places import Mode, mode, real_folder
from course_utils.data.registry import dataset
from course_utils.data.verify import find_problem


def fetch(name: str, bar: bool = False, timeout: float = 20) -> Path:
    """Get the real set into the folder of real data and return that folder; nothing to do where it is whole.

    Parameters
    ----------
    name : "pima", "cifar10" or "mnist".
    bar : whether a progress bar is shown.
    timeout : seconds to wait for a server that says nothing.

    Raises
    ------
    DataError
        It can't be had: no network, no space, no permission, other bytes than expected, or COURSE_DATA=embedded.
    """
    if mode() is Mode.EMBEDDED:
        raise DataError(f"COURSE_DATA=embedded keeps the course off the network. Unset it to fetch {name}.")
    return fetch_set(dataset(name), real_folder(), bar, timeout)


def fetch_set(spec: DataSet, folder: Path, bar: bool = False, timeout: float = 20) -> Path:
    """``fetch`` for a given set and folder."""
    if find_problem(spec, folder) is None:
        return folder
    staging = folder / f".fetching-{spec.name}"
    try:
        staging.mkdir(parents=True, exist_ok=True)
        with _fetch_lock(staging, spec):
            _check_space(spec, folder, staging)
            for archive in spec.archives:
                target = staging / archive.path
                target.parent.mkdir(parents=True, exist_ok=True)
                if not _use_archive_placed_by_hand(folder / archive.path, target, archive.digest):
                    download(archive.urls, target, archive.digest, timeout, bar)
            _unpack(spec, staging)
            wrong = find_problem(spec, staging)
            if wrong:
                raise DataError(f"The download of {spec.title} did not give what it should. {wrong.text}")
            for file in spec.files:
                (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
                os.replace(staging / file.path, folder / file.path)
    except Unreachable as error:
        _tidy(staging)
        raise DataError(f"{error} {_elsewhere(spec, folder)}") from None
    except OSError as error:
        raise disk_error(error, folder, f"fetching {spec.title}") from None
    shutil.rmtree(staging, ignore_errors=True)
    return folder


def _tidy(staging: Path) -> None:
    """Keep what a next try can go on from, and no empty folder."""
    if not any(path.is_file() and path.stat().st_size for path in staging.rglob("*")):
        shutil.rmtree(staging, ignore_errors=True)


def _elsewhere(spec: DataSet, folder: Path) -> str:
    """What to do where the network lets nothing through."""
    archives = "; ".join(f"{a.urls[0]} as {folder / a.path}" for a in spec.archives[:1])
    more = f" (and the {len(spec.archives) - 1} others beside it)" if len(spec.archives) > 1 else ""
    return (f"Behind a proxy, set HTTPS_PROXY=http://HOST:PORT and try again; or get {archives}{more} by hand "
            f"({spec.archives[0].digest.replace(':', ' ')}), then `course data fetch {spec.name}`.")


def _check_space(spec: DataSet, folder: Path, staging: Path) -> None:
    """Say beforehand that a download won't fit."""
    there = sum(path.stat().st_size for path in staging.rglob("*") if path.is_file())
    free = shutil.disk_usage(folder).free
    if free + there < spec.size:
        raise DataError(f"{spec.title} needs {spec.size / 2**20:.0f} MiB while it is fetched, and {folder} has "
                        f"{free / 2**20:.0f} MiB free. Make room, or set COURSE_DATA_DIR to a folder on another disk.")


def _use_archive_placed_by_hand(given: Path, target: Path, digest: str) -> bool:
    """Whether the archive was put into the data folder by hand; then it stands in for the download."""
    import pooch

    kind, _, expected = digest.partition(":")
    if not given.is_file() or pooch.file_hash(str(given), alg=kind) != expected:
        return False
    target.unlink(missing_ok=True)
    try:
        os.link(given, target)
    except OSError:
        shutil.copyfile(given, target)
    return True


def _unpack(spec: DataSet, staging: Path) -> None:
    """Let torchvision's own download find the verified archives there; it then only unpacks them."""
    if not spec.unpack:
        return
    for file in spec.files:  # an interrupted unpacking may have left halves
        (staging / file.path).unlink(missing_ok=True)
    named(spec.unpack)(staging, download=True)


@contextlib.contextmanager
def _fetch_lock(staging: Path, spec: DataSet) -> Iterator[None]:
    """Let one process at a time fetch a dataset."""
    lock = FileLock(staging / "lock", blocking=False)
    try:
        with lock:
            yield
    except Timeout:
        raise DataError(f"Another `course data fetch {spec.name}` is running in {staging.parent}. "
                        f"Let it finish, then look with `course data status`.") from None
