"""What there is to grade under the paths that were named: everybody in them appears."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from course_utils.grading.submission.hand_in import Place, hand_ins, known_lessons, lesson_of
from course_utils.grading.submission.owner import Owner, owner_of_file, owner_of_folder, student_names
from course_utils.grading.submission.read_file import A_LINK, NO_FILE
from course_utils.grading.submission.result import Submission
from course_utils.grading.submission.walk import UNREADABLE, Found, entries_of, unpacked, walk
from course_utils.printable import printable

NOBODYS = ("lessons", "solutions")  # the course's own folders
Folders = Mapping[str, Sequence[Found]]


def gather(paths: Sequence[Path]) -> list[Submission]:
    """Return the submissions under these paths, in order; a ``problem`` says why one can't be graded.

    A file is graded as it is. A folder, or a zip archive of one, is a class (``STUDENT/LESSON/NOTEBOOK``,
    ``STUDENT/NOTEBOOK``, ``LESSON/STUDENT/NOTEBOOK``, or what Moodle and Canvas download), or one student's, or one
    lesson's of one student. Depth doesn't matter. Links are never followed.
    """
    found: list[Submission] = []
    for path in paths:
        found += _path(path)
    return _distinct(found)


def _path(path: Path) -> list[Submission]:
    below = _below_submitted(path)
    root = _slashed(str(path))
    if below and _is_link_below(path, len(below)):
        return [_problem(path, A_LINK, below)]
    if os.path.isdir(path):
        try:
            folders, loose = _contents(root)
        except OSError as error:
            return [_problem(path, UNREADABLE.format(reason=error.strerror), below)]
    elif path.suffix.lower() == ".zip" and os.path.isfile(path):
        inside = unpacked(Found((), "file", str(path)), str(path.parent))
        if inside[0].reason:
            return [_problem(path, f"The archive cannot be used: {inside[0].reason}. Unpack it and grade the folder.",
                             below)]
        folders, loose = _sorted_into_folders(inside)
    else:
        return [_file(path, below)]
    return sorted(_tree(root, path, below, folders, loose), key=lambda submission: submission.path)


def _file(path: Path, below: tuple[str, ...] | None) -> Submission:
    """Return a notebook on its own. Its student is known below a folder `submitted`, or from its name."""
    folder = str(path.parent)
    if below and len(below) > 1:
        within = str(Path(*path.absolute().parts[:-len(below)]))
        return Submission(printable(str(path)), _student(below[0]), lesson_of(below[1:-1]), within, file=str(path),
                          folder=folder)
    owner = owner_of_file(path.name)
    return Submission(printable(str(path)), printable(owner.name) if owner else None, file=str(path), folder=folder,
                      late=owner is not None and owner.late)


def _tree(root: str, path: Path, below: tuple[str, ...] | None, folders: Folders,
          loose: Sequence[Found]) -> list[Submission]:
    if below:  # one student's folder, or one lesson's of a student
        place = Place(root, _student(below[0]), lesson_of(below[1:]), root)
        return hand_ins(place, _all(folders, loose))
    name = path.absolute().name
    everything = lesson_of([name])
    lessons = [] if below is not None else [top for top in folders if top in known_lessons()]
    others = {top: found for top, found in folders.items() if top not in lessons}
    alone = [thing for thing in loose if owner_of_file(thing.name) is None]
    # Beside one student's own work, folders without any notebook are not students.
    single = below is None and (lessons or any(thing.is_notebook for thing in alone) or not folders) and not any(
        thing.is_notebook or thing.is_archive for found in others.values() for thing in found) and len(
        alone) == len(loose) and not any(owner_of_folder(top).id for top in folders)
    if single and not lessons:
        return _single(root, everything, others, loose)
    rows: list[Submission] = []
    for top in lessons:
        if _holds_students(folders[top]):
            inner, apart = _regrouped(folders[top])
            rows += _class(f"{root}{top}/", top, inner, apart)
        else:
            student = None if name in NOBODYS else _student(name)
            rows += hand_ins(Place(f"{root}{top}/", student, top, root + top), folders[top])
    rows += _class(root, everything, {} if single else others, loose)
    return rows or hand_ins(Place(root, None, everything, root), loose)


def _class(root: str, lesson: str | None, folders: Folders, loose: Sequence[Found]) -> list[Submission]:
    """Return what each student handed in: a folder each, or files whose names say whose they are."""
    owners = {top: owner_of_folder(top) for top in folders}
    files: dict[Owner, list[Found]] = defaultdict(list)
    rows: list[Submission] = []
    for thing in loose:
        owner = owner_of_file(thing.name)
        if owner is not None:
            files[owner].append(thing)
        elif thing.kind in ("link", "special"):
            path = root + thing.name
            whose = _student(thing.name) if thing.kind == "link" and not thing.is_notebook else None
            rows.append(Submission(printable(path), whose, lesson, root, A_LINK if thing.kind == "link" else NO_FILE,
                                   path, folder=root))
        elif thing.is_notebook or thing.is_archive or ".ipynb" in thing.name:
            rows += hand_ins(Place(root, None, lesson, root), [thing])
    names = student_names([*owners.values(), *files])
    for top, found in folders.items():
        owner = owners[top]
        rows += hand_ins(Place(f"{root}{top}/", names[owner.name, owner.id], lesson, root + top), found)
    for owner, found in files.items():
        place = Place(root, names[owner.name, owner.id], lesson, root, owner.late)
        rows += [_own_path(row, found[0], root) for row in hand_ins(place, found)]
    return rows


def _own_path(row: Submission, first: Found, root: str) -> Submission:
    """In a flat download the folder is everybody's, so a student without a notebook is named by the first file."""
    if row.problem and row.path == printable(root.rstrip("/")):
        return replace(row, path=printable(root + "/".join(first.parts)))
    return row


def _single(root: str, lesson: str | None, folders: Folders, loose: Sequence[Found]) -> list[Submission]:
    """Return the notebooks of a folder that is one hand-in, or several without names."""
    notebooks = [thing for thing in loose if thing.is_notebook]
    if len(notebooks) > 1:
        return [row for thing in notebooks for row in hand_ins(Place(root, None, lesson, root), [thing])]
    return hand_ins(Place(root, None, lesson, root), _all(folders, loose))


def _holds_students(found: Sequence[Found]) -> bool:
    """Whether a lesson's folder holds students' folders: Moodle's, or several with notebooks."""
    if any(len(thing.parts) == 1 and thing.is_notebook for thing in found):
        return False
    tops = {thing.parts[0] for thing in found if len(thing.parts) > 1 and thing.is_notebook}
    return len(tops - known_lessons()) > 1 or any(
        owner_of_folder(thing.parts[0]).id for thing in found if thing.parts)


def _contents(root: str) -> tuple[dict[str, list[Found]], list[Found]]:
    folders: dict[str, list[Found]] = {}
    loose: list[Found] = []
    for name, kind in entries_of(root.rstrip("/") or "/" if root else "."):
        if kind == "folder":
            folders[name] = list(walk(root + name))
        else:
            loose.append(Found((name,), kind, root + name))
    return folders, loose


def _sorted_into_folders(found: Iterable[Found]) -> tuple[dict[str, list[Found]], list[Found]]:
    folders: dict[str, list[Found]] = defaultdict(list)
    loose: list[Found] = []
    for thing in found:
        if len(thing.parts) > 1:
            folders[thing.parts[0]].append(replace(thing, parts=thing.parts[1:]))
        else:
            loose.append(thing)
    return folders, loose


def _regrouped(found: Sequence[Found]) -> tuple[dict[str, list[Found]], list[Found]]:
    """Sort a lesson's folder into its students' folders; an empty or unreadable one is a folder, too."""
    folders, loose = _sorted_into_folders(found)
    for thing in [thing for thing in loose if thing.kind in ("empty", "unreadable") and thing.parts]:
        folders[thing.parts[0]].append(replace(thing, parts=()))
        loose.remove(thing)
    return folders, [thing for thing in loose if thing.parts]


def _all(folders: Folders, loose: Sequence[Found]) -> list[Found]:
    inner = [replace(thing, parts=(top, *thing.parts)) for top, found in folders.items() for thing in found]
    return inner + list(loose)


def _below_submitted(path: Path) -> tuple[str, ...] | None:
    """Return the path's parts below the last folder `submitted`, or None if there is none."""
    parts = path.absolute().parts
    if "submitted" not in parts:
        return None
    return parts[len(parts) - parts[::-1].index("submitted"):]


def _is_link_below(path: Path, depth: int) -> bool:
    absolute = path.absolute()
    return any(place.is_symlink() for place in [absolute, *absolute.parents][1 if path.suffix == ".ipynb" else 0:depth])


def _student(name: str) -> str:
    owner = owner_of_folder(name)
    return next(iter(student_names([owner]).values()))


def _problem(path: Path, problem: str, below: tuple[str, ...] | None) -> Submission:
    student = _student(below[0]) if below else None
    return Submission(printable(str(path)), student, lesson_of(below[1:]) if below else None, problem=problem,
                      file=str(path), folder=str(path))


def _slashed(root: str) -> str:
    return "" if root == "." else root.rstrip("/") + "/"


def _distinct(found: Sequence[Submission]) -> list[Submission]:
    """Leave out what was named twice, and give each of the others a path of its own."""
    seen: dict[str, tuple[str, str]] = {}
    kept = []
    for submission in found:
        mark = submission.file, submission.member
        path, number = submission.path, 1
        while path in seen and seen[path] != mark:
            number += 1
            path = f"{submission.path} ({number})"
        if path not in seen:
            seen[path] = mark
            kept.append(submission if number == 1 else replace(submission, path=path))
    return kept
