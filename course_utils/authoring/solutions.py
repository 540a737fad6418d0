"""Putting declared solutions into a lesson's cells, where its source has the mark ``...  ### SOLUTION``.

The reference of an exercise is the only copy of its solution. A cell of the source holds what students are given
(signature, docstring, lines that stay) and marks where the rest belongs:

    def standardize(x):
        \"\"\"Each column with mean 0 and standard deviation 1.\"\"\"
        ...  ### SOLUTION

A value is marked as ``shares_memory = ...  ### SOLUTION``. (The dots keep the source valid Python.)
"""

from __future__ import annotations

import ast
import re
import textwrap
from dataclasses import dataclass

from course_utils.evidence.same_code import same_code
from course_utils.exercise import Exercise

MARK = "...  ### SOLUTION"
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
MARK_LINE = re.compile(r"^([ \t]*)(?:(?:\w+ = )?\.\.\. *)?### SOLUTION[ \t]*$", re.MULTILINE)
_BLOCK = re.compile(rf"^([ \t]*){BEGIN}.*?^[ \t]*{END}[ \t]*$", re.MULTILINE | re.DOTALL)
_Body = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class SolutionError(ValueError):
    """A cell and its declared solution don't fit together; the message says how to repair it."""


@dataclass(frozen=True)
class _Place:
    """Where a mark stands: inside which definitions, and between which statements."""

    path: tuple[str, ...]  # names of methods and nested functions, without the exercise itself
    top: bool  # outside the definition of the exercise
    before: tuple[str, ...]  # the statements of the same body that students are given, as code
    after: tuple[str, ...]
    owner: str = ""  # the function or class at the top that the mark is in
    arguments: tuple[str, ...] | None = None  # of the function that the mark is in


def fill(cell: str, exercise: Exercise) -> str:
    """Return the cell with each mark replaced by the solution's lines, between nbgrader's own marks.

    Raises
    ------
    SolutionError
        There is no mark, or the lines around it are not those of the reference.
    """
    cell = unfill(cell, exercise)
    if not MARK_LINE.search(cell):
        raise SolutionError(f"the cell of '{exercise.name}' doesn't say where its solution goes. Write {MARK} there.")
    places = _places(cell, exercise)

    def block(mark: re.Match[str]) -> str:
        lines = _solution_lines(places.pop(0), exercise)
        return textwrap.indent("\n".join([BEGIN, lines, END]), mark[1], lambda line: line.strip() != "")

    return MARK_LINE.sub(block, cell)


def unfill(cell: str, exercise: Exercise) -> str:
    """Return the cell with each block between nbgrader's marks replaced by the source's mark.

    Raises
    ------
    SolutionError
        A block is not what the reference says: it would be a second, different copy.
    """
    def mark(found: re.Match[str]) -> str:
        name = f"{exercise.name} = " if exercise.kind == "value" else ""
        return f"{found[1]}{name}{MARK}"

    if not _BLOCK.search(cell):
        return MARK_LINE.sub(mark, cell)
    marked = _BLOCK.sub(mark, cell)
    if not same_code(fill(marked, exercise), cell):
        raise SolutionError(f"the solution of '{exercise.name}' differs from its reference. Change it in the module "
                            f"that declares '{exercise.name}', and write {MARK} in the lesson.")
    return marked


def _places(cell: str, exercise: Exercise) -> list[_Place]:
    """Find the marks of a cell, in order."""
    lines = [number for number, line in enumerate(cell.splitlines(), start=1) if MARK_LINE.fullmatch(line)]
    try:
        tree = ast.parse(MARK_LINE.sub(r"\1...", cell))
    except SyntaxError as error:
        reason = f"{error.msg} (line {error.lineno})"
        raise SolutionError(f"the cell of '{exercise.name}' is not Python: {reason}.") from None
    found: dict[int, _Place] = {}

    def search(body: _Body, path: tuple[str, ...]) -> None:
        for statement in body.body:
            if isinstance(statement, ast.Expr) and statement.lineno in lines:
                given = [ast.unparse(other) for other in _statements(body) if other is not statement]
                position = [other.lineno for other in _statements(body)].index(statement.lineno)
                found[statement.lineno] = _Place(path[1:], not path, tuple(given[:position]), tuple(given[position:]),
                                                 path[0] if path else "", _arguments(body))
            elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                search(statement, (*path, statement.name))

    search(tree, ())
    if missing := [line for line in lines if line not in found]:
        raise SolutionError(f"the cell of '{exercise.name}' has {MARK} inside a statement (line {missing[0]}). Put it "
                            "into the body of a function or class.")
    return [found[line] for line in lines]


def _solution_lines(place: _Place, exercise: Exercise) -> str:
    """Return the reference's lines that belong at a mark, dedented."""
    source = exercise.reference_source
    tree = ast.parse(source)
    (top,) = tree.body
    assert isinstance(top, ast.FunctionDef | ast.ClassDef)
    if place.owner and place.owner != exercise.name:
        raise SolutionError(f"the cell marked '{exercise.name}' defines '{place.owner}'. Rename it to "
                            f"'{exercise.name}'.")
    if place.top:
        return _value(source, top, exercise) if exercise.kind == "value" else source.replace(top.name, exercise.name, 1)
    body: _Body = top
    for name in place.path:
        named = [n for n in body.body if isinstance(n, ast.FunctionDef | ast.ClassDef) and n.name == name]
        if not named:
            raise SolutionError(f"the reference of '{exercise.name}' has no {name}, but the lesson's cell does.")
        body = named[0]
    if (wanted := _arguments(body)) != place.arguments and wanted is not None and place.arguments is not None:
        where = ".".join((exercise.name, *place.path))
        raise SolutionError(f"the cell has {where}({', '.join(place.arguments)}), but the reference has "
                            f"{where}({', '.join(wanted)}). Make them the same.")
    statements = _statements(body)
    first, last = len(place.before), len(statements) - len(place.after)
    given = [ast.unparse(s) for s in [*statements[:first], *statements[last:]]]
    if first >= last or given != [*place.before, *place.after]:
        where = ".".join((exercise.name, *place.path))
        raise SolutionError(f"the lines around {MARK} in '{where}' are not those of its reference. Make them the same.")
    begin = _first_line(statements[first])
    if first:  # comments above a statement belong to it
        begin = (statements[first - 1].end_lineno or 0) + 1
    return textwrap.dedent("\n".join(source.splitlines()[begin - 1 : statements[last - 1].end_lineno])).strip("\n")


def _value(source: str, top: ast.FunctionDef | ast.ClassDef, exercise: Exercise) -> str:
    """Return ``name = value`` from the reference's ``return value``."""
    (returned,) = _statements(top)
    if not isinstance(returned, ast.Return) or returned.value is None:
        raise SolutionError(f"the reference of the value '{exercise.name}' should be a single return.")
    lines = source.splitlines()[returned.lineno - 1 : returned.end_lineno]
    return textwrap.dedent("\n".join(lines)).replace("return ", f"{exercise.name} = ", 1)


def _statements(body: _Body) -> list[ast.stmt]:
    """Return the statements of a body without its docstring."""
    first = body.body[0]
    has_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(
        first.value.value, str)
    return body.body[1:] if has_docstring else body.body


def _arguments(body: _Body) -> tuple[str, ...] | None:
    """Return the names of a function's parameters; None for anything else."""
    if not isinstance(body, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    return tuple(argument.arg for argument in ast.walk(body.args) if isinstance(argument, ast.arg))


def _first_line(statement: ast.stmt) -> int:
    """Return the line on which a statement begins, its decorators included."""
    decorators = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])
