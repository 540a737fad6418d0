"""A piece of Python as text and as a tree, with the place of every node in the text."""

from __future__ import annotations

import ast
import builtins
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
MODULES = frozenset({"torch", "nn", "F", "np", "numpy", "pd", "math", "plt", "copy", "random", "time", "os", "json",
                     "statistics", "transforms", "datasets", "torchvision", "v2"})
BUILTINS = frozenset(dir(builtins))
_BINDS = (ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.Attribute, ast.Subscript, ast.Call, ast.Await,
          ast.Starred)
_ATOMS = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp,
          ast.SetComp, ast.JoinedStr)


@dataclass(frozen=True)
class Change:
    """An edit in the making: ``text[start:end]`` becomes ``after``. Likely slips have a low rank."""

    rank: int
    kind: str
    start: int
    end: int
    after: str
    sentence: str


@dataclass
class Source:
    """Python code, its tree, and what operators ask about both. Raises SyntaxError if the text can't be parsed."""

    text: str
    names: tuple[str, ...] = ()  # further names in scope
    material: tuple[str, ...] = ()  # pieces of code that may be inserted
    tree: ast.Module = field(init=False)
    parents: dict[ast.AST, ast.AST] = field(init=False, default_factory=dict)
    statements: list[ast.stmt] = field(init=False, default_factory=list)  # in the order of the text
    _by_type: dict[type[ast.AST], list[ast.AST]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.tree = ast.parse(self.text)
        self.starts = [0, *(match.end() for match in re.finditer("\n", self.text))]
        self._ascii = self.text.isascii()
        self._visit(self.tree)

    def _visit(self, node: ast.AST) -> None:
        """Note a node and all below it that may be edited: no annotations, docstrings or pieces of f-strings."""
        self._by_type.setdefault(type(node), []).append(node)
        if isinstance(node, ast.stmt):
            self.statements.append(node)
        if isinstance(node, ast.JoinedStr):  # Python 3.11 gives no places within
            return
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    self.parents[child] = node
                    if not _is_text(child):
                        self._visit(child)

    def of(self, kind: type[Node]) -> list[Node]:
        """The nodes of one type, in the order of the text."""
        return self._by_type.get(kind, [])  # type: ignore[return-value]

    def expressions(self) -> Iterator[ast.expr]:
        """All expressions whose value is used."""
        for nodes in list(self._by_type.values()):
            if isinstance(nodes[0], ast.expr):
                for node in nodes:
                    assert isinstance(node, ast.expr)
                    if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del) or isinstance(node, ast.Slice):
                        continue
                    yield node

    def offset(self, line: int, column: int) -> int:
        """The place in the text of a line and a column in bytes, as the tree has them."""
        start = self.starts[line - 1]
        if self._ascii:
            return start + column
        end = self.starts[line] if line < len(self.starts) else len(self.text)
        return start + len(self.text[start:end].encode()[:column].decode(errors="ignore"))

    def place(self, offset: int) -> tuple[int, int]:
        """The line from 1 and the column in characters of a place in the text."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1]

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Where a node starts and ends, without brackets around it."""
        return (self.offset(node.lineno, node.col_offset),  # type: ignore[attr-defined]
                self.offset(node.end_lineno, node.end_col_offset))  # type: ignore[attr-defined]

    def code(self, node: ast.AST) -> str:
        """The text of a node, without brackets around it."""
        start, end = self.span(node)
        return self.text[start:end]

    def outer(self, node: ast.AST) -> tuple[int, int]:
        """Where a node starts and ends, with the brackets around it."""
        start, end = self.span(node)
        parent = self.parents.get(node)
        limit = -1
        if isinstance(parent, ast.Call) and node is not parent.func:
            limit = self.call_bracket(parent)
        elif isinstance(parent, ast.ClassDef | ast.arguments | ast.keyword):
            return start, end
        while True:
            left, right = start - 1, end
            while left >= 0 and self.text[left] in " \t\n\\":
                left -= 1
            while right < len(self.text) and self.text[right] in " \t\n\\":
                right += 1
            if (left < 0 or right >= len(self.text) or left == limit
                    or (self.text[left], self.text[right]) != ("(", ")")):
                return start, end
            start, end = left, right + 1

    def call_bracket(self, call: ast.Call) -> int:
        """Where the bracket of a call opens."""
        return self.text.index("(", self.outer(call.func)[1])

    def in_brackets(self, node: ast.AST) -> bool:
        """Whether a node has brackets of its own around it."""
        return self.outer(node) != self.span(node)

    def is_atom(self, node: ast.AST) -> bool:
        """Whether a method can be called on a node's text as it is."""
        if isinstance(node, ast.Constant):
            return isinstance(node.value, str) and self.span(node)[1] - self.span(node)[0] > 0
        return isinstance(node, _ATOMS) or (isinstance(node, ast.Tuple | ast.GeneratorExp)
                                            and self.code(node).startswith("("))

    def as_atom(self, node: ast.AST) -> str:
        """The text of a node, in brackets if a method can't be called on it otherwise."""
        return self.code(node) if self.is_atom(node) else f"({self.code(node)})"

    def in_place_of(self, node: ast.AST, child: ast.AST) -> str:
        """The text of ``child`` such that it can stand in the place of ``node``."""
        binds = isinstance(self.parents.get(node), _BINDS) and not self._is_argument(node)
        return self.as_atom(child) if binds and not self.in_brackets(node) else self.code(child)

    def suffixed(self, node: ast.expr, suffix: str) -> tuple[int, int, str]:
        """The change that puts ``suffix`` (``.item()``, ``[0]``) after a node: start, end, text."""
        start, end = self.outer(node)
        if self.is_atom(node) or (start, end) != self.span(node):
            return end, end, suffix
        return start, end, f"({self.code(node)}){suffix}"

    def _is_argument(self, node: ast.AST) -> bool:
        parent = self.parents.get(node)
        return ((isinstance(parent, ast.Call) and node is not parent.func)
                or (isinstance(parent, ast.Subscript) and node is not parent.value))

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around a node, from the inside out."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def function_of(self, node: ast.AST) -> Function | None:
        """The function around a node."""
        return next((n for n in self.ancestors(node) if isinstance(n, Function)), None)

    def method_of(self, node: ast.AST) -> ast.FunctionDef | None:
        """The method around a node, if it is in a class and has a first parameter."""
        for around in self.ancestors(node):
            if isinstance(around, ast.FunctionDef) and isinstance(self.parents.get(around), ast.ClassDef):
                return around if around.args.args else None
        return None

    def statement_of(self, node: ast.AST) -> ast.stmt | None:
        """The innermost statement that holds a node."""
        if isinstance(node, ast.stmt):
            return node
        return next((n for n in self.ancestors(node) if isinstance(n, ast.stmt)), None)

    @cached_property
    def imported(self) -> frozenset[str]:
        """Names that stand for modules, usual ones and those that the source imports."""
        imports: list[ast.Import | ast.ImportFrom] = [*self.of(ast.Import), *self.of(ast.ImportFrom)]
        aliases = [alias for node in imports for alias in node.names]
        return MODULES | {alias.asname or alias.name.partition(".")[0] for alias in aliases}

    def scope(self, node: ast.AST) -> tuple[str, ...]:
        """The variables that can be used where a node stands, in the order in which they are made."""
        function = self.function_of(node)
        key = function or self.tree
        if key not in self._scopes:
            self._scopes[key] = self._names_in(function)
        return self._scopes[key]

    @cached_property
    def _scopes(self) -> dict[ast.AST, tuple[str, ...]]:
        return {}

    def _names_in(self, function: Function | None) -> tuple[str, ...]:
        found: dict[str, None] = {}
        around: list[Function] = []
        while function is not None:
            around.insert(0, function)
            function = self.function_of(function)
        for each in around:
            arguments = each.args
            every = [*arguments.posonlyargs, *arguments.args, *filter(None, [arguments.vararg]), *arguments.kwonlyargs,
                     *filter(None, [arguments.kwarg])]
            found |= dict.fromkeys(arg.arg for arg in every)
            found |= dict.fromkeys(name.id for name in self.of(ast.Name)
                                   if not isinstance(name.ctx, ast.Load) and self.function_of(name) is each)
            found |= dict.fromkeys(inner.name for inner in self.of(ast.FunctionDef)
                                   if self.function_of(inner) is each)
        if not around:
            found |= dict.fromkeys(name.id for name in self.of(ast.Name)
                                   if not isinstance(name.ctx, ast.Load) and self.function_of(name) is None)
        return tuple(name for name in (found | dict.fromkeys(self.names)) if name not in self.imported)


def _is_text(node: ast.AST) -> bool:
    """Whether a node is a docstring, or any other text that stands for itself."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def short(code: str) -> str:
    """A piece of code as a sentence shows it: on one line, and no longer than 40 characters."""
    line = " ".join(code.split())
    return line if len(line) <= 40 else line[:37] + "…"
