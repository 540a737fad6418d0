"""What went wrong with the gradebook's file, and what to do about it."""

from __future__ import annotations

from pathlib import Path

from nbgrader.api import InvalidEntry
from sqlalchemy.exc import DatabaseError, OperationalError

_KEPT = "then grade again; what was graded is kept."


def describe(file: Path, error: DatabaseError | InvalidEntry) -> str:
    """Return the problem and its repair; nbgrader wraps some of SQLite's errors in its own."""
    reason = str(error.orig) if isinstance(error, DatabaseError) else str(error).partition("\n")[0]
    reason = reason.rpartition("OperationalError) ")[2]
    if "disk is full" in reason:
        return f"{file}: no space left on its disk. Make room, {_KEPT}"
    if "locked" in reason:
        return f"{file} is locked: another program is writing to it. Close that program, {_KEPT}"
    if "readonly" in reason or "unable to open" in reason:
        return (f"{file} cannot be written: {reason}. Make the file and its folder writable for yourself (chmod u+w), "
                f"{_KEPT}")
    if "no such table" in reason or "no such column" in reason:
        return (f"{file} cannot be used: {reason}. If nbgrader was updated, copy the file, run nbgrader db upgrade, "
                "then grade again.")
    if isinstance(error, OperationalError):
        return f"{file} cannot be used: {reason}. Check the file and its disk, {_KEPT}"
    if isinstance(error, DatabaseError):
        return f"{file} is damaged ({reason}). Restore a copy or move the file away, then grade again."
    return f"{file} does not take this entry: {reason}."
