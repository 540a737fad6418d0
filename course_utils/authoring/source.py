"""Reading a lesson's source, and writing nbgrader's metadata and stable ids into its cells."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbformat import NotebookNode

from course_utils.authoring.numbers import contradictions, numbered, without_numbers
from course_utils.authoring.solutions import SolutionError, fill, unfill
from course_utils.cell_names import check_name
from course_utils.exercise import Exercise
from course_utils.lesson import Lesson

# What jupytext writes into the .py of a paired notebook: our marks, not nbgrader's metadata.
MARKS = ("exercise", "check", "demo", "tags")
CELL_METADATA_FILTER = f"{','.join(MARKS)},-all"
NOTEBOOK_METADATA_FILTER = "-jupytext.text_representation.jupytext_version"


class SourceError(ValueError):
    """A lesson's source has a fault; the message names the place and the repair."""


def read_source(path: Path, lesson: Lesson) -> NotebookNode:
    """Return the notebook of a lesson, without outputs, as its source and its exercises declare it."""
    notebook = read_script(path)
    _check_marks(notebook, lesson, path)
    names: dict[str, int] = {}
    for number, (cell, exercise) in enumerate(_with_exercises(notebook, lesson), start=1):
        cell["id"] = _unique(_cell_id(cell), names)  # of the source's text: a changed number is the same cell
        cell.source = _rendered(cell, exercise, lesson, f"{path.name}, cell {number}")
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
        raise SourceError(f"{path.name} cannot be read as a jupytext percent script: {error}") from error


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
        cell.metadata = NotebookNode({k: v for k, v in cell.metadata.items() if k in MARKS})
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


def _check_marks(notebook: NotebookNode, lesson: Lesson, path: Path) -> None:
    """Every exercise has one solution cell and, later, one check cell; nothing else is marked."""
    places: dict[tuple[str, str], int] = {}
    for number, cell in enumerate(notebook.cells, start=1):
        for mark in ("exercise", "check"):
            name = cell.metadata.get(mark)
            if name is None:
                continue
            if name not in lesson.exercise_names:
                raise SourceError(f"{path.name}, cell {number}: '{name}' is no exercise of {lesson.id}. "
                                  f"Declare it in its package, or correct the mark.")
            if (mark, name) in places:
                raise SourceError(f"{path.name}, cell {number}: a second cell is marked {mark}=\"{name}\".")
            places[mark, name] = number
    for name in lesson.exercise_names:
        at, checked = places.get(("exercise", name)), places.get(("check", name))
        if at is None or checked is None:
            raise SourceError(f"{path.name}: '{name}' has no {'solution' if at is None else 'check'} cell. Add one "
                              f"with the header # %% {'exercise' if at is None else 'check'}=\"{name}\".")
        if checked < at:
            raise SourceError(f"{path.name}: the check of '{name}' stands before its solution. Move it behind.")


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
    return hashlib.sha256(cell.source.encode()).hexdigest()[:8]


def _unique(name: str, names: dict[str, int]) -> str:
    names[name] = names.get(name, 0) + 1
    return name if names[name] == 1 else f"{name}-{names[name]}"


def digest(notebook: NotebookNode, lesson: Lesson | None = None) -> str:
    """A digest of what the cells say, and of the exercises where a lesson is given; not of outputs."""
    cells = [[cell.cell_type, cell.source, cell.metadata.get("exercise"), cell.metadata.get("check"),
              cell.metadata.get("demo"), cell.metadata.get("tags")] for cell in notebook.cells]
    parts = [e.reference_source + str(e.points) for e in lesson.exercises] if lesson else []
    return hashlib.sha256(json.dumps([cells, parts]).encode()).hexdigest()[:16]
