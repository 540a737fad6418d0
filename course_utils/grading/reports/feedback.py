"""The students' pages on disk, where ``nbgrader release_feedback`` looks for them."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from course_utils.files import write_whole
from course_utils.grading.reports.student_page import page
from course_utils.grading.submission.exchange_files import SECRET, TIMESTAMP, read_exchange_file
from course_utils.grading.submission.result import Result


def write_feedback(folder: Path, results: Sequence[Result]) -> None:
    """Write a page for each graded submission, and for each that its student has to hand in again.

    A page goes to ``STUDENT/LESSON/LESSON.html``, with the exchange's two files if the class uses the exchange;
    without a student or a lesson, it has the name of the file that was submitted.
    """
    by_exchange = any(_exchange_file(result, SECRET) for result in results)
    written: set[Path] = set()
    for result in sorted(results, key=lambda result: bool(result.error)):  # a graded notebook's page counts
        place = folder / _place(result)
        if place in written or (result.error and not result.unreadable):
            continue
        written.add(place)
        write_whole(place, page(result))
        if by_exchange and result.student and result.lesson:
            # release_feedback stops at the first page that lacks one of them.
            write_whole(place.with_name(TIMESTAMP), _exchange_file(result, TIMESTAMP) or "")
            write_whole(place.with_name(SECRET), _exchange_file(result, SECRET) or secrets.token_hex(32))


def _place(result: Result) -> Path:
    if result.student and result.lesson:
        lesson = _file_name(result.lesson)
        return Path(_file_name(result.student), lesson, f"{lesson}.html")
    name = f"{_file_name(Path(result.path).stem)}.html"
    return Path(_file_name(result.student), name) if result.student else Path(name)


def _exchange_file(result: Result, name: str) -> str | None:
    path = Path(result.path)
    return read_exchange_file(path if path.is_dir() else path.parent, name)


def _file_name(text: str) -> str:
    """Return the text as the name of one file: no separators, and nothing hidden."""
    return re.sub(r"[/\\\0]", "_", text).lstrip(".") or "_"
