"""Building lessons: source to executed solution and to release, and telling what is stale."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course_utils.authoring.execute import execute, tidy
from course_utils.authoring.lint import lint_execution, lint_release
from course_utils.authoring.lint_answers import lint_answers
from course_utils.authoring.lint_declarations import lint_declarations
from course_utils.authoring.release import generate
from course_utils.authoring.source import (
    SourceError,
    digest,
    normal_text,
    read_script,
    read_source,
    shown_source,
)
from course_utils.files import write_whole
from course_utils.lesson import Lesson
from course_utils.paths import lesson_notebook, solution_notebook, solution_source

Say = Callable[[str], None]


def build(lesson: Lesson, root: Path, *, force: bool = False, say: Say = print) -> list[str]:
    """Write both notebooks of a lesson and return the problems found. If there are any, write nothing.

    The solution is executed only if its source or its exercises have changed, or with ``force``, so building twice
    changes nothing. ``say`` is called with what is done; if nothing is written, it isn't called.
    """
    source = solution_source(root, lesson.id)
    faults = [*_missing(source), *lint_declarations(lesson)]
    if faults:
        return faults
    try:
        fresh = read_source(source, lesson)
        solution = read_notebook(solution_notebook(root, lesson.id))
        if solution is not None and is_edited(solution):
            say(f"{lesson.id}: taking over what was edited in {source.stem}.ipynb")
            write_whole(source, edited_source(solution, fresh, source, lesson))
            fresh = read_source(source, lesson)
        released = read_notebook(lesson_notebook(root, lesson.id))
        refuse_edited_lesson(released, lesson_notebook(root, lesson.id))
        release = generate(fresh, lesson.id, root)
    except SourceError as error:
        return [str(error)]
    faults = list(lint_release(lesson, release)) or list(lint_answers(lesson, again=force))
    if faults:
        return faults
    if force or not is_current(solution, fresh):
        say(f"{lesson.id}: running the solution")
        faults = _execute_twice(lesson, fresh, source)
        if faults:
            return faults
        solution = fresh
        write_notebook(fresh, solution_notebook(root, lesson.id))
        say(f"{lesson.id}: written: solutions/{lesson.id}/{lesson.id}.ipynb")
    if released is None or not same_cells(released, release):
        write_notebook(release, lesson_notebook(root, lesson.id))
        say(f"{lesson.id}: written: lessons/{lesson.id}/{lesson.id}.ipynb")
    if source.read_text(encoding="utf-8") != (text := normal_text(read_script(source), lesson)):
        write_whole(source, text)
        say(f"{lesson.id}: written: {shown_source(source)}, in the form that the build keeps")
    return []


def stale(lesson: Lesson, root: Path) -> list[str]:
    """Return what is not as its source says; nothing if both notebooks are up to date."""
    source = solution_source(root, lesson.id)
    faults = [*_missing(source), *lint_declarations(lesson, inputs=False)]
    if faults:
        return faults
    repair = f"Run: course build {lesson.id}"
    try:
        fresh = read_source(source, lesson)
        solution, released = (read_notebook(p(root, lesson.id)) for p in (solution_notebook, lesson_notebook))
        if not is_current(solution, fresh):
            faults.append(f"solutions/{lesson.id}/{lesson.id}.ipynb is not what its source makes. {repair}")
        if released is None or not same_cells(released, generate(fresh, lesson.id, root)):
            faults.append(f"lessons/{lesson.id}/{lesson.id}.ipynb is not what its source makes. {repair}")
        if source.read_text(encoding="utf-8") != normal_text(read_script(source), lesson):
            faults.append(f"{shown_source(source)} is not in the form that the build keeps. {repair}")
    except SourceError as error:
        faults.append(str(error))
    return faults


def _missing(source: Path) -> list[str]:
    return [] if source.exists() else [f"{shown_source(source)} doesn't exist. Write the lesson's source there."]


def _execute_twice(lesson: Lesson, notebook: NotebookNode, source: Path) -> list[str]:
    """Run the whole solution, and then once without its demonstrations: the score may not need them."""
    execution = execute(notebook, source.parent)
    faults = list(lint_execution(lesson, execution, source))
    if faults or not any(cell.metadata.get("demo") for cell in notebook.cells):
        return faults
    short = nbformat.from_dict(notebook)
    short.cells = [nbformat.from_dict(cell) for cell in notebook.cells if not cell.metadata.get("demo")]
    failure = execute(short, source.parent).failure
    if failure:
        return [f"{shown_source(source)}: without its demonstrations it fails at '{failure.source.splitlines()[0]}' "
                f"({failure.reason}). A later cell needs something from a cell marked demo: move it out."]
    return []


def is_current(solution: NotebookNode | None, fresh: NotebookNode) -> bool:
    """Whether the committed solution has these cells and outputs made from this source."""
    if solution is None or solution.metadata.get("course", {}).get("digest") != fresh.metadata["course"]["digest"]:
        return False
    return same_cells(solution, fresh)


def same_cells(one: NotebookNode, other: NotebookNode) -> bool:
    """Equal in cells (source, ids, metadata) and in the notebook's metadata; outputs aside."""
    return _skeleton(one) == _skeleton(other)


def _skeleton(notebook: NotebookNode) -> object:
    cells = [(cell.get("id"), cell.cell_type, cell.source,
              {k: v for k, v in cell.metadata.items() if k not in ("collapsed", "scrolled", "execution", "jupyter")})
             for cell in notebook.cells]
    return cells, {k: v for k, v in notebook.metadata.get("course", {}).items() if k != "cells"}


def is_edited(solution: NotebookNode) -> bool:
    """Whether a built solution was edited since, in JupyterLab for instance."""
    signed = solution.metadata.get("course", {}).get("cells")
    return signed is not None and signed != digest(solution)


def edited_source(solution: NotebookNode, fresh: NotebookNode, source: Path, lesson: Lesson) -> str:
    """Return the source with what was edited in the notebook; cells that were not keep the text they have in it.

    Raises
    ------
    SourceError
        Both were edited, or the notebook holds a solution that is not the reference.
    """
    if solution.metadata["course"].get("digest") != fresh.metadata["course"]["digest"]:
        raise SourceError(f"{source.stem}.ipynb and {source.name} were both edited since the last build. Undo one of "
                          "the two edits, or make the notebook's in the source as well and delete the notebook.")
    written = {cell.id: (cell.source, text.source)
               for cell, text in zip(fresh.cells, read_script(source).cells, strict=True)}
    edited = nbformat.from_dict(solution)
    for cell in edited.cells:
        rendered, text = written.get(cell.get("id"), (None, ""))
        if cell.source == rendered:
            cell.source = text
    return normal_text(edited, lesson)


def refuse_edited_lesson(released: NotebookNode | None, path: Path) -> None:
    """Stop where a student has worked in the lesson."""
    if released is None:
        return
    signed = released.metadata.get("course", {}).get("release")
    if signed != digest(released):
        raise SourceError(f"{path.parent.name}/{path.name} has been edited by hand, and is left as it is. Move it "
                          f"away to keep it (or delete it), then build again.")


def read_notebook(path: Path) -> NotebookNode | None:
    """The notebook at ``path``, or None where there is none; SourceError where it is damaged."""
    if not path.exists():
        return None
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:  # nbformat lets through whatever a file that is no notebook makes it trip over
        raise SourceError(f"{path.parent.name}/{path.name} is not a notebook ({type(error).__name__}). Move it away, "
                          f"then build again.") from error


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    """The whole file at once, so that an interrupted build leaves the old one."""
    tidy(notebook)
    if "digest" in notebook.metadata.get("course", {}):
        notebook.metadata["course"]["cells"] = digest(notebook)
    write_whole(path, nbformat.writes(notebook, version=4) + "\n")
