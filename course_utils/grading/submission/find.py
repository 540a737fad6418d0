"""What there is to grade under the paths that were named."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from course_utils.grading.submission.result import Submission

_LESSON = re.compile(r"(\d\d|b\d+)_\w+")
LEFT_OUT = (".ipynb_checkpoints", "__pycache__")


def gather(paths: Sequence[Path]) -> list[Submission]:
    """The submissions under these paths, in order; what is wrong with a place is told in its ``problem``.

    A file is graded as it is. A folder is taken as ``<student>/<lesson>/<notebook>.ipynb``, or as
    one student's, or as one lesson's of one student, by how deep its notebooks lie; links to
    folders are not followed.
    """
    found: list[Submission] = []
    for path in paths:
        found += _folder(path) if path.is_dir() else [_file(path)]
    return _mark_duplicates(found)


def _file(path: Path) -> Submission:
    """A notebook on its own; below a folder `submitted` its student is known."""
    parts = path.absolute().parts
    if len(parts) >= 4 and parts[-4] == "submitted":
        return Submission(str(path), parts[-3], parts[-2])
    return Submission(str(path))


def _folder(folder: Path) -> list[Submission]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        return [Submission(str(folder), problem=f"The folder cannot be read: {error.strerror}.")]
    notebooks = list(_notebooks(folder))
    if not notebooks:
        return [Submission(str(folder), problem="There is no notebook in this folder.")]
    depth = max(len(path.relative_to(folder).parts) for path in notebooks)
    submissions = [_placed(folder, path, depth) for path in notebooks]
    if depth == 3:
        submissions += _students_without(folder, entries, {s.student for s in submissions})
    return sorted(submissions, key=lambda s: s.path)


def _notebooks(folder: Path) -> Iterator[Path]:
    for directory, names, files in os.walk(folder):
        names[:] = sorted(name for name in names if name not in LEFT_OUT and not name.startswith("."))
        if len(Path(directory).relative_to(folder).parts) >= 3:
            names[:] = []
        yield from (Path(directory) / file for file in sorted(files) if file.endswith(".ipynb")
                    and not file.startswith("."))


def _placed(folder: Path, path: Path, depth: int) -> Submission:
    """Who and what a notebook is by its place; ``depth`` 3 is a class, 2 one student, 1 one lesson."""
    parts = path.relative_to(folder).parts
    above = folder.absolute().parts
    student = lesson = None
    if depth >= 3:
        student = parts[0] if len(parts) > 1 else None
        lesson = parts[1] if len(parts) > 2 else None
    elif depth == 2 and len(parts) == 2:
        # <lesson>/<notebook> of one student, or <student>/<notebook> of a class
        student, lesson = (_student(above), parts[0]) if _LESSON.fullmatch(parts[0]) else (parts[0], None)
    elif len(above) >= 3 and above[-3] == "submitted":
        student, lesson = above[-2], above[-1]
    within = folder / parts[0] if depth >= 3 and len(parts) > 1 else folder
    return Submission(str(path), student, lesson, str(within))


def _student(above: tuple[str, ...]) -> str | None:
    """Whose folder this is; the course's own folders are nobody's."""
    return None if above[-1] in ("lessons", "solutions") else above[-1]


def _students_without(folder: Path, entries: Sequence[Path], seen: set[str | None]) -> list[Submission]:
    return [Submission(str(entry), entry.name, problem="There is no notebook in this student's folder.")
            for entry in entries
            if entry.is_dir() and entry.name not in seen and entry.name not in LEFT_OUT
            and not entry.name.startswith(".")]


def _mark_duplicates(found: list[Submission]) -> list[Submission]:
    """Of several notebooks in one student's folder for one lesson, let the one with the lesson's name count."""
    together: dict[tuple[str, str, str], list[Submission]] = defaultdict(list)
    for submission in found:
        if submission.student and submission.lesson:
            folder = os.path.dirname(submission.path)
            together[submission.student, submission.lesson, folder].append(submission)
    problems: dict[int, str] = {}
    for (_, lesson, _), group in together.items():
        if len(group) == 1:
            continue
        named = [submission for submission in group if Path(submission.path).stem == lesson]
        reason = (f"{lesson}.ipynb in the same folder counts instead. Remove one of the two." if named else
                  f"There are {len(group)} notebooks for one lesson here. Keep one, and name it {lesson}.ipynb.")
        problems |= {id(other): reason for other in group if other not in named and not other.problem}
    return [replace(submission, problem=problems[id(submission)]) if id(submission) in problems else submission
            for submission in found]
