"""What a lesson changes in the notebook's own shell, from ``start(...)`` on.

Two things. ``check(name)`` on a name that does not exist yet gives the card that says so, not a
NameError: the cell's code is read as ``check("name")``. And an exception in the student's own
cell gets a sentence of explanation under its traceback.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any

from course_utils.evidence.student_lines import names_on_last_line, own_lines
from course_utils.judging.explain_errors import explain
from course_utils.rendering.error import error_html, error_text
from course_utils.threads import FreeCores, usable_cores

BY_NAME = ("check", "hint", "solution")
Names = Callable[[], Iterable[str]]


class ByName(ast.NodeTransformer):
    """``check(standardize)`` becomes ``check("standardize")`` where that is an exercise of the open lesson."""

    def __init__(self, exercise_names: Names) -> None:
        self.exercise_names = exercise_names

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Call(func=ast.Name(id=function), args=[ast.Name(id=name) as argument], keywords=[]) if (
                    function in BY_NAME and name in set(self.exercise_names())):
                node.args = [ast.copy_location(ast.Constant(name), argument)]
        return node


def install(shell: Any, exercise_names: Names, said: Callable[[str, str], Any]) -> None:
    """Prepare an IPython shell, once; ``said(plain, html)`` makes a displayable thing of an explanation."""
    if any(isinstance(t, ByName) for t in shell.ast_transformers):
        return
    shell.ast_transformers.append(ByName(exercise_names))
    if shell.custom_exceptions:
        return  # somebody else's handler is there, and stays

    def on_error(shell: Any, kind: type[BaseException], error: BaseException, tb: TracebackType,
                 tb_offset: int | None = None) -> None:
        shell.showtraceback((kind, error, tb), tb_offset=tb_offset, running_compiled_code=True)
        shown = explanation(error, exercise_names())
        if shown is not None:
            from IPython.display import display

            display(said(*shown))

    shell.set_custom_exc((Exception,), on_error)


def share_cores(shell: Any) -> None:
    """Before each cell, leave the cores to other processes that they use; once for each shell."""
    import torch

    if torch.get_num_threads() > 1 and not getattr(shell, "course_shares_cores", False):
        shell.course_shares_cores = True
        shell.events.register("pre_run_cell", FreeCores(usable_cores()))


def explanation(error: BaseException, exercise_names: Iterable[str] = ()) -> tuple[str, str] | None:
    """An error in the student's own cell in a sentence, as plain text and as HTML; None where nothing is to be said."""
    lines = own_lines(error.__traceback__)
    try:
        message = str(error)
    except Exception:  # __str__ may be anybody's
        return None
    sentence = explain(type(error).__name__, message)
    if isinstance(error, NameError) and error.name is not None and error.name in set(exercise_names):
        sentence = f"`{error.name}` is an exercise of this lesson. Run the cell in which you write it first."
    if not sentence or not lines:
        return None
    last = [(lines[-1].number, lines[-1].code)]
    names = tuple(names_on_last_line(error.__traceback__).items())
    return error_text(sentence, last, names), error_html(sentence, last, names)
