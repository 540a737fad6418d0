"""Whether a real dataset is in its folder, complete and unchanged."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from course_utils.data.contents import describe_bad_contents
from course_utils.data.dataset import DataSet, File
from course_utils.data.places import real_folder


@dataclass(frozen=True)
class Problem:
    """Why a real set can't be used."""

    text: str
    absent: bool  # nothing of it is there; otherwise it is there, but damaged


def find_problem(spec: DataSet, folder: Path | None = None) -> Problem | None:
    """Return what is wrong with the dataset in the folder (default: that of real data); None if it is complete."""
    folder = folder or real_folder()
    missing = [file for file in spec.files if not (folder / file.path).is_file()]
    if len(missing) == len(spec.files):
        return Problem(f"{spec.title} is not in {folder}.", absent=True)
    if missing:
        names = ", ".join(Path(file.path).name for file in missing)
        return Problem(f"{spec.title} in {folder} is incomplete: {names} missing.", absent=False)
    for file in spec.files:
        path = folder / file.path
        try:
            stat = path.stat()
            mismatch = _mismatch(path, file, stat.st_size, stat.st_mtime_ns)
        except OSError as error:
            mismatch = f"it can't be read ({error.strerror or error})"
        if mismatch:
            return Problem(f"{path} is not the original: {mismatch}.", absent=False)
    return None


@lru_cache(maxsize=64)
def _mismatch(path: Path, file: File, size: int, _modified: int) -> str | None:
    """How a file differs from the published one; remembered while its size and time stay the same."""
    if file.size and size == 0:
        return "it is empty"
    kind, _, expected = file.digest.partition(":")
    if file.size == 0:
        found = hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n").rstrip(b"\n")).hexdigest()
    elif file.size == size:
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, lambda: hashlib.new(kind, usedforsecurity=False)).hexdigest()
    else:
        found = ""
    if found == expected:
        return None
    odd = describe_bad_contents(path)
    if odd:
        return odd
    if file.size > size:
        return f"it has {size:,} of {file.size:,} bytes, so it was cut short"
    if found:
        return f"its {kind} is {found[:12]}… where {expected[:12]}… belongs, so it was altered or damaged"
    return f"it has {size:,} bytes where {file.size:,} belong"
