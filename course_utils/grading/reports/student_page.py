"""The page that a student gets back: the verdicts beside their own code, in one self-contained file."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from course_utils.grading.submission.identify_lesson import exercise_of, names_checked
from course_utils.grading.submission.notebook_file import Cell, Notebook, names_bound
from course_utils.grading.submission.result import ExerciseResult, Result

STYLE = """
:root{color-scheme:light dark;--line:#8884;--soft:#8881}
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;padding:0 1rem;max-width:76rem}
h1{font-size:1.5rem;margin:0}h2{font-size:1.05rem;margin:0 0 .5rem}
.score{font-size:1.2rem;margin:.2rem 0 1.5rem}
section{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:1rem;border-top:1px solid var(--line);
padding:1rem 0}
pre{margin:0;padding:.7rem;background:var(--soft);border-radius:6px;overflow:auto;
font:13.5px/1.45 ui-monospace,monospace}
@media(max-width:50rem){section{grid-template-columns:minmax(0,1fr)}}
"""
# Nothing in the page may run or load: what stands in it was written by a stranger.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
MAX_CODE = 20_000


def page(result: Result, notebook: Notebook) -> str:
    """The HTML page for one graded submission."""
    title = f"{result.lesson} · {result.student}" if result.student else str(result.lesson)
    sections = "".join(_section(exercise, notebook) for exercise in result.exercises)
    return (f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
            f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main><h1>{escape(title)}</h1>"
            f'<p class="score">{result.score:g} of {result.max_score:g} points</p>{sections}</main></body></html>')


def _section(exercise: ExerciseResult, notebook: Notebook) -> str:
    name = exercise.name
    code = "\n\n".join(cell.source.strip("\n") for cell in _cells_of(name, notebook))
    shown = escape(code[:MAX_CODE]) if code else "(nothing was written)"
    return (f"<section><div><h2>{escape(name)}</h2><pre>{shown}</pre></div>"
            f"<div>{exercise.card}</div></section>")


def _cells_of(name: str, notebook: Notebook) -> Iterator[Cell]:
    """The cells in which the student wrote this answer."""
    for cell in notebook.code:
        is_check = name in names_checked(cell) and name not in names_bound(cell.source)
        if not is_check and (name in names_bound(cell.source) or exercise_of(cell) == name == cell.grade_id):
            yield cell
