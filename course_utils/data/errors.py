"""What goes wrong with data, in a sentence that names the repair."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path


class DataError(RuntimeError):
    """The data can't be had or isn't what it should be; the message says what to do."""


def disk_error(error: OSError, folder: Path, doing: str) -> DataError:
    """An OSError met while writing into ``folder``, in words: no space, no permission, or the system's own reason."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        try:
            free = f" ({shutil.disk_usage(folder).free / 2**20:.0f} MiB free)"
        except OSError:
            free = ""
        return DataError(f"The disk is full{free}: {doing} in {folder} stopped, and nothing half-written was kept as "
                         f"data. Make room, or set COURSE_DATA_DIR to a folder on another disk, and try again.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return DataError(f"{folder} can't be written to, so {doing} is not possible there. "
                         f"Set COURSE_DATA_DIR to a folder of yours, or ask for write permission.")
    return DataError(f"{doing[:1].upper()}{doing[1:]} in {folder} failed: {error.strerror or error}.")
