"""Reading a lesson's source, and writing nbgrader's metadata and stable ids into its cells."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbformat import NotebookNode

from course_utils.authoring.headers import MARKS, header_lines, lint_headers
from course_utils.authoring.lint_cells import lint_cells
from course_utils.authoring.numbers import contradictions, numbered, without_numbers
from course_utils.authoring.solutions import SolutionError, fill, unfill
from course_utils.cell_names import check_name
from course_utils.declaration_error import like
from course_utils.exercise import Exercise
from course_utils.lesson import Lesson

CELL_METADATA_FILTER = f"{','.join(MARKS)},-all"
NOTEBOOK_METADATA_FILTER = "-jupytext.text_representation.jupytext_version"


class SourceError(ValueError):
    """A lesson's source has a fault; the message names the place and the repair."""


def read_source(path: Path, lesson: Lesson) -> NotebookNode:
    """Return the notebook of a lesson, without outputs, as its source and its exercises declare it."""
    notebook = read_script(path)
    text = path.read_text(encoding="utf-8")

    def at(number: int, line: str = "") -> str:
        return _place(path, text, len(notebook.cells), number, line)

    for line, problem in lint_headers(text):
        raise SourceError(f"{shown_source(path)}:{line}: {problem}")
    _check_marks(notebook, lesson, path, at)
    for cell_problem in lint_cells(notebook.cells, lesson, at):
        raise SourceError(cell_problem)
    names: dict[str, int] = {}
    for number, (cell, exercise) in enumerate(_with_exercises(notebook, lesson), start=1):
        cell["id"] = _unique(_cell_id(cell), names)  # of the source's text: a changed number is the same cell
        cell.source = _rendered(cell, exercise, lesson, at(number))
        _mark(cell, lesson)
    notebook.metadata = NotebookNode({
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"},
        "course": {"lesson": lesson.id},
    })
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata["course"]["digest"] = digest(notebook, lesson)
    return notebook


def read_script(path: Path) -> NotebookNode:
    """Return a source's cells as they are written."""
    try:
        return jupytext.read(path, fmt="py:percent")
    except (ValueError, UnicodeDecodeError) as error:
        raise SourceError(f"{shown_source(path)} can't be read as a jupytext percent script ({error}). Save it as "
                          "UTF-8 text.") from error


def shown_source(path: Path) -> str:
    """Return the path of a source as it is shown, from the project's folder."""
    return "/".join(path.parts[-3:])


def _place(path: Path, text: str, cells: int, number: int, line: str = "") -> str:
    """Return the place of a cell, with the number of its first line, or of ``line`` if the cell has it."""
    starts = header_lines(text)
    if len(starts) != cells:  # a string holds what looks like a header
        return f"{shown_source(path)}, cell {number}"
    start = starts[number - 1]
    end = starts[number] - 1 if number < cells else len(text.splitlines())
    within = [n for n, written in enumerate(text.splitlines()[start - 1 : end], start)
              if line.strip() and line.strip() in written]
    return f"{shown_source(path)}, cell {number} (line {within[0] if within else start})"


def _with_exercises(notebook: NotebookNode, lesson: Lesson) -> list[tuple[NotebookNode, Exercise | None]]:
    """Pair each cell with the exercise that it holds or, in prose, that comes next."""
    pairs: list[tuple[NotebookNode, Exercise | None]] = []
    following: Exercise | None = None
    for cell in reversed(notebook.cells):
        name = cell.metadata.get("exercise")
        if name is not None:
            following = lesson[name]
        pairs.append((cell, following))
    return pairs[::-1]


def _rendered(cell: NotebookNode, exercise: Exercise | None, lesson: Lesson, place: str) -> str:
    """Return a cell of the source with the declared solution, or the declared numbers, in place."""
    if cell.cell_type == "markdown":
        for contradiction in contradictions(cell.source, lesson, exercise):
            raise SourceError(f"{place}: {contradiction}. Leave the numbers out; the build writes them.")
        return numbered(cell.source, lesson, exercise)
    if "exercise" in cell.metadata and exercise is not None:
        try:
            return fill(cell.source, exercise)
        except SolutionError as error:
            raise SourceError(f"{place}: {error}") from None
    return str(cell.source)


def normal_text(notebook: NotebookNode, lesson: Lesson) -> str:
    """Return a source as the build keeps it and JupyterLab saves it: with marks where the build fills in."""
    notebook = nbformat.from_dict(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = without_numbers(cell.source)
        elif "exercise" in cell.metadata:
            try:
                cell.source = unfill(cell.source, lesson[cell.metadata["exercise"]])
            except SolutionError as error:
                raise SourceError(f"{lesson.id}: {error}") from None
        cell.metadata = NotebookNode(_kept_marks(cell))
    notebook.metadata = NotebookNode({
        "jupytext": {"cell_metadata_filter": CELL_METADATA_FILTER,
                     "notebook_metadata_filter": NOTEBOOK_METADATA_FILTER},
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    })
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    saved = nbformat.reads(nbformat.writes(notebook), as_version=4)  # metadata in the order of a file
    return str(jupytext.writes(saved, fmt="py:percent"))


def _kept_marks(cell: NotebookNode) -> dict[str, Any]:
    """Return what a source keeps of a cell's metadata: nbgrader's only if the build doesn't write it."""
    marks = {key: value for key, value in cell.metadata.items() if key in MARKS and key != "nbgrader"}
    own = own_nbgrader(cell)
    return {**marks, "nbgrader": own} if own else marks


def own_nbgrader(cell: NotebookNode) -> dict[str, Any] | None:
    """Return nbgrader's settings of an instructor's own test cell or essay; None for any other cell."""
    settings = cell.metadata.get("nbgrader")
    if not isinstance(settings, dict) or "exercise" in cell.metadata or "check" in cell.metadata:
        return None
    return {key: value for key, value in settings.items() if key != "checksum"} or None


def _check_marks(notebook: NotebookNode, lesson: Lesson, path: Path, at: Callable[[int], str]) -> None:
    """Check that every exercise has one solution cell and, after it, one check cell."""
    places: dict[tuple[str, str], int] = {}
    for number, cell in enumerate(notebook.cells, start=1):
        for mark in ("exercise", "check"):
            name = cell.metadata.get(mark)
            if name is None:
                continue
            if name not in lesson.exercise_names:
                raise SourceError(f"{at(number)}: '{name}' is no exercise of {lesson.id}."
                                  f"{like(name, lesson.exercise_names)} Correct the mark, or declare it there.")
            if (mark, name) in places:
                raise SourceError(f"{at(number)}: a second cell is marked {mark}=\"{name}\" (the first is cell "
                                  f"{places[mark, name]}). Remove one.")
            places[mark, name] = number
    for name in lesson.exercise_names:
        solved, checked = places.get(("exercise", name)), places.get(("check", name))
        if solved is None or checked is None:
            what, mark = ("solution", "exercise") if solved is None else ("check", "check")
            raise SourceError(f"{shown_source(path)}: '{name}' has no {what} cell. Add one with the header "
                              f"# %% {mark}=\"{name}\".")
        if checked < solved:
            raise SourceError(f"{at(checked)}: the check of '{name}' comes before its solution. Move it after that.")


def _mark(cell: NotebookNode, lesson: Lesson) -> None:
    marks = cell.metadata
    if "exercise" in marks:
        marks["nbgrader"] = _nbgrader(marks["exercise"], solution=True)
    elif "check" in marks:
        points = float(lesson[marks["check"]].points)
        marks["nbgrader"] = _nbgrader(check_name(marks["check"]), grade=True, locked=True,
                                      points=int(points) if points.is_integer() else points)
    elif cell.cell_type == "markdown":
        marks["editable"] = marks.get("editable", True)
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None
    marks.pop("lines_to_next_cell", None)


def _nbgrader(grade_id: str, *, solution: bool = False, grade: bool = False, locked: bool = False,
              points: float | None = None) -> dict[str, Any]:
    metadata = {"schema_version": 3, "grade_id": grade_id, "solution": solution, "grade": grade,
                "locked": locked, "task": False}
    return metadata if points is None else {**metadata, "points": points}


def _cell_id(cell: NotebookNode) -> str:
    if "exercise" in cell.metadata:
        return str(cell.metadata["exercise"])
    if "check" in cell.metadata:
        return check_name(cell.metadata["check"])
    if own := own_nbgrader(cell):
        return str(own["grade_id"])[:64]
    return hashlib.sha256(cell.source.encode()).hexdigest()[:8]


def _unique(name: str, names: dict[str, int]) -> str:
    names[name] = names.get(name, 0) + 1
    return name if names[name] == 1 else f"{name}-{names[name]}"


def digest(notebook: NotebookNode, lesson: Lesson | None = None) -> str:
    """Return a digest of what the cells say, and of the exercises if a lesson is given; not of outputs."""
    cells = [[cell.cell_type, cell.source, cell.metadata.get("exercise"), cell.metadata.get("check"),
              cell.metadata.get("demo"), cell.metadata.get("tags"),
              *([sorted(own.items())] if (own := own_nbgrader(cell)) else [])] for cell in notebook.cells]
    parts = [e.reference_source + str(e.points) for e in lesson.exercises] if lesson else []
    return hashlib.sha256(json.dumps([cells, parts]).encode()).hexdigest()[:16]
