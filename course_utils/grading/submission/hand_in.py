"""What one student handed in for one lesson: the notebook to grade, or a sentence on what is there instead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from pkgutil import iter_modules

from course_utils.grading.submission.archive import read_member
from course_utils.grading.submission.notebook_file import MAX_DIRECT, is_notebook
from course_utils.grading.submission.read_file import A_LINK, NO_FILE, Unreadable, read_file
from course_utils.grading.submission.result import Submission
from course_utils.grading.submission.timestamp import NAME as TIMESTAMP
from course_utils.grading.submission.walk import Found, unpacked
from course_utils.printable import printable

MAX_NOTEBOOKS = 50  # in one hand-in; with more, none is graded
MAX_TRIED = 10  # files without the right ending whose content is looked at
MAX_NAMED = 3  # things that a sentence names
_PACKED = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz")
_KINDS = {"link": " (a link)", "special": " (a pipe, socket or device)", "empty": " (an empty folder)"}


@dataclass(frozen=True)
class Place:
    """A student's folder, or the part of one that belongs to a lesson."""

    path: str  # as it was named, with a "/" at its end
    student: str | None = None
    lesson: str | None = None
    within: str = ""  # nothing outside this folder is read
    late: bool = False


@cache
def known_lessons() -> frozenset[str]:
    """The lessons' ids by their folders: the coordinator asks for them, and imports no torch."""
    spec = find_spec("course_utils.exercises")
    folders = spec.submodule_search_locations if spec else None
    return frozenset(module.name.removeprefix("lesson_") for module in iter_modules(folders or [])
                     if module.ispkg and module.name.startswith("lesson_"))


def lesson_of(parts: Sequence[str]) -> str | None:
    """Return the first folder's name that is a lesson's."""
    return next((part for part in parts if part in known_lessons()), None)


def hand_ins(place: Place, found: Sequence[Found]) -> list[Submission]:
    """Return a student's submissions: one for each lesson's folder, at least one in all."""
    if place.lesson is not None or len(found) == 1:
        first = lesson_of(found[0].parts[:1]) if found and place.lesson is None else None
        return _hand_in(replace(place, lesson=first) if first else place, found, first)
    groups: dict[str | None, list[Found]] = defaultdict(list)
    for thing in found:
        groups[lesson_of(thing.parts[:1])].append(thing)
    silent = groups.pop(None, [])
    rows = [row for lesson, group in groups.items()
            for row in _hand_in(replace(place, lesson=lesson), group, lesson)]
    if silent or not rows:
        apart = _hand_in(place, silent, None)
        # Beside lesson folders, files that are no notebook are no hand-in of their own.
        rows += [row for row in apart if not rows or not row.problem or row.path.lower().endswith(".ipynb")]
    return _one_for_each_lesson(rows)


def _hand_in(place: Place, found: Sequence[Found], folder: str | None) -> list[Submission]:
    base = f"{place.path}{folder}" if folder else place.path.rstrip("/") or ("/" if place.path else ".")
    graded = _notebooks(found, place)
    if not graded:
        found = [thing for packed in found for thing in (unpacked(packed, place.within) if packed.is_archive
                                                         else [packed])]
        graded = _notebooks(found, place)
    if len(graded) > MAX_NOTEBOOKS:
        return [_row(place, base, base, problem=f"There are {len(graded)} notebooks here. Keep one for each lesson.")]
    left = [_named(thing, folder) for thing in found if thing.kind in ("link", "special") and not thing.is_notebook]
    beside = f"Left out: {_listed(left)}." if left and graded else ""
    rows = [_submission(place, base, thing, beside) for thing in graded]
    for thing in found:
        if thing.kind == "unreadable" or (thing.is_notebook and thing.kind in ("link", "special")):
            problem = thing.reason or (A_LINK if thing.kind == "link" else NO_FILE)
            rows.append(_row(place, base, _path(place, thing), problem=problem, file=thing.file))
            if len(rows) > MAX_NOTEBOOKS:
                break
    rows = rows or [_row(place, base, base, problem=_nothing(found, folder))]
    return _one_for_each_lesson(rows) if place.lesson else rows


def _notebooks(found: Sequence[Found], place: Place) -> list[Found]:
    """Return the notebooks by their ending; if there are none, those by their content."""
    files = [thing for thing in found if thing.kind == "file"]
    named = [thing for thing in files if thing.is_notebook]
    if named:
        return named
    others = [thing for thing in files if not thing.is_archive and thing.name != TIMESTAMP]
    others.sort(key=lambda thing: ".ipynb" not in thing.name.lower())
    return [thing for thing in others[:MAX_TRIED] if _holds_a_notebook(thing, place)]


def _holds_a_notebook(thing: Found, place: Place) -> bool:
    within = Path(place.within)
    try:
        data = (read_member(Path(thing.file), thing.member, within, MAX_DIRECT + 1) if thing.member
                else read_file(Path(thing.file), within, MAX_DIRECT + 1))
    except Unreadable:
        return False
    return is_notebook(data) or (len(data) > MAX_DIRECT and ".ipynb" in thing.name.lower())


def _submission(place: Place, base: str, thing: Found, beside: str) -> Submission:
    notes = [beside] if beside else []
    if thing.member:
        notes.append(f"Taken from {_short(PurePosixPath(thing.file).name)}.")
    if not thing.is_notebook:
        notes.append(f"{_short(thing.name)} was graded because its content is a notebook. Rename it to end in .ipynb.")
    row = _row(place, base, _path(place, thing), file=thing.file, member=thing.member, note=" ".join(notes))
    return row if row.lesson else replace(row, lesson=lesson_of(thing.parts[:-1]))


def _row(place: Place, base: str, path: str, problem: str | None = None, file: str = "", member: str = "",
         note: str = "") -> Submission:
    return Submission(printable(path), place.student, place.lesson, place.within, problem, file or path, member,
                      base, note, place.late)


def _path(place: Place, thing: Found) -> str:
    return place.path + "/".join(thing.parts)


def _nothing(found: Sequence[Found], folder: str | None) -> str:
    """Return the sentence for a place without a notebook, with what is there."""
    things = [thing for thing in found if thing.name != TIMESTAMP and not (
        thing.kind == "empty" and thing.parts in ((), (folder,)))]
    if not things:
        return "There is no notebook: the folder is empty. Hand in the lesson's .ipynb file."
    packed = any(thing.name.lower().endswith(_PACKED) for thing in things)
    repair = "Unpack it and hand in the notebook." if packed else "Hand in the lesson's .ipynb file."
    names = [_named(thing, folder) for thing in things]
    return f"There is no notebook here; there {'is' if len(names) == 1 else 'are'} {_listed(names)}. {repair}"


def _named(thing: Found, folder: str | None) -> str:
    parts = thing.parts[1:] if folder and len(thing.parts) > 1 else thing.parts
    reason = f" ({thing.reason})" if thing.reason else _KINDS.get(thing.kind, "")
    return _short("/".join(parts)) + reason


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MAX_NAMED
    return ", ".join(names[:MAX_NAMED]) + (f" and {more} more" if more > 0 else "")


def _short(name: str) -> str:
    shown = printable(name)
    return shown if len(shown) <= 80 else f"{shown[:40]}…{shown[-35:]}"


def _one_for_each_lesson(rows: list[Submission]) -> list[Submission]:
    """Of several notebooks of one student for one lesson, let the one with the lesson's name count."""
    together: dict[str, list[Submission]] = defaultdict(list)
    for row in rows:
        if row.student and row.lesson and not row.problem:
            together[row.lesson].append(row)
    problems: dict[int, str] = {}
    for lesson, group in together.items():
        if len(group) == 1:
            continue
        named = [row for row in group if PurePosixPath(row.path).stem == lesson]
        depth = min((row.path.count("/") for row in named), default=0)
        named = [row for row in named if row.path.count("/") == depth]
        problem = f"There are {len(group)} notebooks for one lesson here. Keep one, and name it {lesson}.ipynb."
        if len(named) == 1:
            beside = {row.folder + "/" + PurePosixPath(row.path).name for row in named} >= {named[0].path}
            problem = (f"{lesson}.ipynb {'in the same folder' if beside else 'nearer the top'} counts instead. "
                       "Remove one of the two.")
        problems |= {id(row): problem for row in group if len(named) != 1 or row is not named[0]}
    return [replace(row, problem=problems[id(row)]) if id(row) in problems else row for row in rows]
