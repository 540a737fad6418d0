"""Reading a lesson's source, and writing nbgrader's metadata and stable ids into its cells."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbformat import NotebookNode

from course_utils.lesson import Lesson

# What jupytext writes into the .py of a paired notebook: our marks, not nbgrader's metadata.
CELL_METADATA_FILTER = "exercise,check,demo,tags,-all"
NOTEBOOK_METADATA_FILTER = "-jupytext.text_representation.jupytext_version"


class SourceError(ValueError):
    """A lesson's source has a fault; the message names the place and the repair."""


def read_source(path: Path, lesson: Lesson) -> NotebookNode:
    """The notebook of a lesson, without outputs, as its source and its exercises declare it."""
    try:
        notebook = jupytext.read(path, fmt="py:percent")
    except (ValueError, UnicodeDecodeError) as error:
        raise SourceError(f"{path.name} cannot be read as a jupytext percent script: {error}") from error
    _check_marks(notebook, lesson, path)
    names: dict[str, int] = {}
    for cell in notebook.cells:
        _mark(cell, lesson)
        cell["id"] = _unique(_cell_id(cell), names)
    notebook.metadata = NotebookNode({
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"},
        "jupytext": {"formats": "ipynb,py:percent", "cell_metadata_filter": CELL_METADATA_FILTER,
                     "notebook_metadata_filter": NOTEBOOK_METADATA_FILTER},
        "course": {"lesson": lesson.id},
    })
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata["course"]["digest"] = digest(notebook, lesson)
    return notebook


def paired_text(notebook: NotebookNode) -> str:
    """The source as jupytext writes it when the solution is saved in JupyterLab.

    A source in any other form would look to jupytext like an edit that one of the two files has missed, and
    JupyterLab would refuse to open the solution.
    """
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
        marks["nbgrader"] = _nbgrader(f"{marks['check']}-check", grade=True, locked=True,
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
        return f"{cell.metadata['check']}-check"
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
