"""The instructor's secret, and the seeds made of it: nobody can know a submission's inputs beforehand."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from course_utils.paths import state_folder

FILE = "grading-secret"


def instructor_secret(folder: Path | None = None) -> bytes:
    """The secret in the state folder, made on first use and readable by its owner alone.

    Where no state is kept (COURSE_STATE=off), a new one for this run.
    """
    folder = folder or state_folder()
    if folder is None:
        return secrets.token_bytes(32)
    path = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Written whole under another name first: two graders that start together end with the same secret.
        draft = folder / f"{FILE}.{os.getpid()}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(descriptor, secrets.token_hex(32).encode())
            os.close(descriptor)
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return path.read_bytes().strip()
    except OSError as error:
        raise RuntimeError(f"The grader's secret cannot be kept in {path}: {error.strerror}. Set COURSE_STATE to a "
                           "folder that you may write to, or give --seed TEXT.") from error


def seed_for(secret: bytes, digest: str, lesson_id: str, name: str) -> int:
    """The seed of one exercise's fresh inputs for one submission."""
    mark = hmac.new(secret, f"{digest}/{lesson_id}/{name}".encode(), hashlib.sha256).digest()
    return int.from_bytes(mark[:8], "little")
