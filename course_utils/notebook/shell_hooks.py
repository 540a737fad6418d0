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

from course_utils.evidence.collect import raised_by
from course_utils.evidence.near_names import nearest
from course_utils.evidence.observation import Raised
from course_utils.evidence.student_lines import own_lines
from course_utils.judging.explain import explain_raised
from course_utils.judging.explain_errors import one_line
from course_utils.judging.explain_syntax import explain_syntax
from course_utils.judging.notebook_names import NotebookNames
from course_utils.notebook.notebook_file import names_around
from course_utils.rendering.error import Lines, error_html, error_text
from course_utils.rendering.error import Names as LineNames
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


def install(shell: Any, exercise_names: Names, lesson_id: Callable[[], str], said: Callable[[str, str], Any]) -> None:
    """Prepare an IPython shell, once; ``said(plain, html)`` makes a displayable thing of an explanation."""
    if any(isinstance(t, ByName) for t in shell.ast_transformers):
        return
    shell.ast_transformers.append(ByName(exercise_names))
    if shell.custom_exceptions:
        return  # somebody else's handler is there, and stays

    def on_error(shell: Any, kind: type[BaseException], error: BaseException, tb: TracebackType,
                 tb_offset: int | None = None) -> None:
        if isinstance(error, SyntaxError) and not own_lines(tb):
            shell.showsyntaxerror()  # as IPython does it for code that it could not read, without frames of its own
            return  # unreadable explains it
        shell.showtraceback((kind, error, tb), tb_offset=tb_offset, running_compiled_code=True)
        show(error)

    def unreadable(result: Any) -> None:
        if isinstance(result.error_before_exec, SyntaxError):
            show(result.error_before_exec)

    def show(error: BaseException) -> None:
        shown = explanation(error, exercise_names(), names_around(shell, lesson_id()))
        if shown is not None:
            from IPython.display import display

            display(said(*shown))

    shell.events.register("post_run_cell", unreadable)  # some of it never comes to on_error

    shell.set_custom_exc((Exception,), on_error)


def share_cores(shell: Any) -> None:
    """Before each cell, leave the cores to other processes that they use; once for each shell."""
    import torch

    if torch.get_num_threads() > 1 and not getattr(shell, "course_shares_cores", False):
        shell.course_shares_cores = True
        shell.events.register("pre_run_cell", FreeCores(usable_cores()))


def explanation(error: BaseException, exercise_names: Iterable[str] = (),
                notebook: NotebookNames | None = None) -> tuple[str, str] | None:
    """An error in the student's own cell in a sentence, as plain text and as HTML; None where nothing is to be said."""
    if hasattr(error, "_render_traceback_"):  # it says all there is to say
        return None
    raised = raised_by(error)
    if isinstance(error, SyntaxError) and not raised.lines:
        return _shown(f"{raised.type}: {error.msg}", explain_syntax(error), _syntax_line(error), ())
    sentence = explain_raised(raised, notebook)
    if isinstance(error, NameError):
        sentence = _exercise_meant(raised, list(exercise_names)) or sentence
    if not raised.lines:
        return None
    last = raised.lines[-1]
    return _shown(f"{raised.type}: {one_line(raised.message)}", sentence, ((last.number, last.code),), raised.names)


def _shown(raised: str, sentence: str, lines: Lines, names: LineNames) -> tuple[str, str] | None:
    if not sentence:
        return None
    return error_text(raised, sentence, lines, names), error_html(raised, sentence, lines, names)


def _syntax_line(error: SyntaxError) -> Lines:
    return ((error.lineno, error.text.rstrip("\n")),) if error.lineno and error.text else ()


def _exercise_meant(raised: Raised, exercises: list[str]) -> str:
    """What to say of a name that is an exercise's, or nearly."""
    if raised.name in exercises:
        return f"`{raised.name}` is an exercise of this lesson. Run the cell in which you write it first."
    near = nearest(raised.name, exercises, 1) if not raised.near else []
    return f"Nothing is called `{raised.name}` here. Did you mean the exercise `{near[0]}`?" if near else ""
