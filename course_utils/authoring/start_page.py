"""The start page, lessons/start.ipynb: which lessons there are, where you are, how an exercise works."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_utils.authoring.build import read_notebook, refuse_edited_lesson, same_cells, write_notebook
from course_utils.authoring.source import SourceError, digest
from course_utils.lesson import Lesson, lessons
from course_utils.paths import lesson_notebook, start_notebook

WELCOME = """\
# PyTorch in Nine Lessons

From your first tensor to an image classifier, trained on a GPU where there is one. A lesson takes about half an hour:
short explanations, code to run, and exercises that answer back at once.

## Where you are

Click into the grey box below and press **Shift + Enter**. So you run every cell of this course."""

HOW = """\
## How an exercise works

- **Write, then check.** An exercise is a cell to fill in, and below it a cell with `check(…)`. Run both. The answer
  says what is right and what is not: what was expected, what came, and often which mistake it is.
- **Stuck?** Open the hints under the check, from a nudge to nearly all of it. `hint("name")` gives them too.
- **The solution** opens under the check once you have passed, or after three different tries.
- **Change things.** Every cell is yours to edit. If nothing makes sense any more: *Kernel > Restart Kernel*, then run
  from the top. *Run All* goes through to the end even where exercises are still open.
- **Your progress** stays in one file on this machine (`.course/progress.json`) and goes nowhere. In a terminal,
  `course status` shows it too."""


def start_page(root: Path) -> NotebookNode:
    """The page for the lessons whose notebooks are there."""
    built = [lesson for lesson in lessons() if lesson_notebook(root, lesson.id).exists()]
    page = new_notebook(cells=[
        new_markdown_cell(WELCOME, id="welcome"),
        new_code_cell("from course_utils import progress\n\nprogress()", id="progress",
                      metadata={"tags": ["nbval-ignore-output"]}),
        new_markdown_cell(f"## The lessons\n\n{_table(built)}", id="lessons"),
        new_markdown_cell(HOW, id="how"),
    ])
    page.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    page.metadata["course"] = {"release": digest(page)}
    return page


def _table(built: list[Lesson]) -> str:
    rows = [f"| {lesson.id.partition('_')[0].lstrip('0')} | [{lesson.title}]({lesson.id}/{lesson.id}.ipynb) | "
            f"{lesson.summary} | {lesson.minutes} min, {len(lesson.exercise_names)} exercises |" for lesson in built]
    return "\n".join(["| | Lesson | What you do | |", "|:-|:-|:-|:-|", *rows])


def build_start_page(root: Path, *, say: Callable[[str], None] = print) -> list[str]:
    """Write the page if it is not up to date, and return the problems found. A page that was edited is left alone."""
    path, page = start_notebook(root), start_page(root)
    try:
        there = read_notebook(path)
        if there is not None and same_cells(there, page):
            return []
        refuse_edited_lesson(there, path)
    except SourceError as error:
        return [str(error)]
    write_notebook(page, path)
    say("written: lessons/start.ipynb")
    return []


def stale_start_page(root: Path) -> list[str]:
    """Whether the page is not as it would be built."""
    try:
        there = read_notebook(start_notebook(root))
    except SourceError as error:
        return [str(error)]
    if there is not None and same_cells(there, start_page(root)):
        return []
    return ["lessons/start.ipynb is not what the lessons make. Run: course build"]
