"""The mutants of an exercise: every single edit of its right answers."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from types import CodeType
from typing import Any

from course_utils.authoring.equivalent import why_equivalent
from course_utils.exercise import Exercise, Same
from course_utils.mutation.edit import Edit
from course_utils.mutation.edits import edits

_MAX_SHOWN = 160


@dataclass(frozen=True)
class Form:
    """One right answer to an exercise: its reference or an alternative."""

    exercise: Exercise
    answer: Any

    @property
    def name(self) -> str:
        """What the output calls it."""
        return "reference" if self.answer is self.exercise.reference_answer else str(self.answer.__name__)

    @cached_property
    def source(self) -> str:
        """The answer's code, dedented, with its own decorators and without the course's."""
        text = textwrap.dedent(inspect.getsource(self.answer))
        node = ast.parse(text).body[0]
        assert isinstance(node, ast.FunctionDef | ast.ClassDef)
        own = [f"@{ast.unparse(decorator)}" for decorator in node.decorator_list
               if not ast.unparse(decorator).startswith("exercise.")]
        return "\n".join([*own, *text.splitlines()[node.lineno - 1:]])

    def made_of(self, source: str) -> Any:
        """The answer that another source declares, in a copy of the module that declares this one."""
        namespace = dict(vars(sys.modules[self.answer.__module__]))
        exec(compile(source, "<mutant>", "exec", dont_inherit=True), namespace)
        return namespace[self.answer.__name__]


@dataclass(frozen=True)
class Mutant:
    """A right answer with one edit."""

    form: Form
    edit: Edit

    @cached_property
    def source(self) -> str:
        """Its code."""
        return self.edit.apply(self.form.source)

    @property
    def line(self) -> str:
        """The line of the answer where the edit starts."""
        return self.form.source.split("\n")[self.edit.line - 1].strip()

    @cached_property
    def label(self) -> str:
        """The edit as "before → after"; what is put around code or behind it is shown as ``float(…)``, ``(…).T``."""
        before, after = _one_line(self.edit.before), _one_line(self.edit.after)
        inner = f"({before})"
        if before and inner in after and self.edit.kind != "brackets":
            before, after = "", after.replace(inner, "(…)", 1)
        elif self.edit.kind == "no_grad missing":
            before, after = "", _one_line(self.edit.after.partition(":")[0] + ":")
        return f"{_shown(before)} → {_shown(after)}".strip()

    def is_meant_by(self, same: Same) -> bool:
        """Whether a declaration of edits that do the same covers this one."""
        return ((not same.edits or self.label in {_one_line(edit) for edit in same.edits})
                and _one_line(same.line) in _one_line(self.line) and same.kind in ("", self.edit.kind))

    @property
    def why_equivalent(self) -> str:
        """Why the mutant is no wrong answer if it passes; empty if that has to be declared."""
        return why_equivalent(self.form.exercise, self.form.source, self.edit)


def forms(exercise: Exercise) -> list[Form]:
    """The exercise's right answers."""
    return [Form(exercise, answer) for answer in (exercise.reference_answer, *exercise.alternatives)]


def mutants(form: Form) -> list[Mutant]:
    """Every single edit of a right answer that makes other code of it, likely slips first."""
    same = _bytecode(form.source)
    return [mutant for edit in edits(form.source)
            if not _tells_nothing_new(edit) and _bytecode((mutant := Mutant(form, edit)).source) != same]


def _tells_nothing_new(edit: Edit) -> bool:
    """Whether another edit does the same (``sum(dim=0)`` for ``sum(0)``), or is a smaller step the same way."""
    return edit.kind in ("unbiased", "statement moved") or (edit.kind == "dim missing" and "=" not in edit.after)


def _bytecode(source: str) -> object:
    """What Python makes of a source, without places and docstrings; the source itself if it can't be compiled."""
    try:
        return _said(compile(source, "<mutant>", "exec", dont_inherit=True, optimize=2))
    except (SyntaxError, ValueError, RecursionError):
        return source


def _said(code: CodeType) -> object:
    return (code.co_code, code.co_names, code.co_varnames, code.co_argcount, code.co_exceptiontable,
            tuple(_said(const) if isinstance(const, CodeType) else (type(const), repr(const))
                  for const in code.co_consts))


def _one_line(code: str) -> str:
    return " ".join(code.split())


def _shown(text: str) -> str:
    stripped = text.strip()
    return stripped if len(stripped) <= _MAX_SHOWN else stripped[:_MAX_SHOWN - 1] + "…"


def lines_of(found: list[Mutant]) -> Iterator[str]:
    """Each mutant as `course mutants` prints it."""
    for mutant in found:
        yield f"{mutant.form.name}, line {mutant.edit.line}, {mutant.edit.kind}: {mutant.label}    in: {mutant.line}"
