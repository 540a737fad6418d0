"""All single edits of a piece of Python, likely slips first."""

from __future__ import annotations

import ast
from collections.abc import Hashable, Iterator, Sequence
from textwrap import dedent

from course_utils.mutation.edit import Edit, offset_of
from course_utils.mutation.operators import OPERATORS
from course_utils.mutation.source import Change, Source

_BODIES = frozenset({"body", "orelse", "finalbody", "handlers", "cases"})
_UNSEEN = frozenset({"ctx", "type_comment", "kind", "type_ignores"})


def edits(source: str, names: Sequence[str] = (), material: Sequence[str] = ()) -> list[Edit]:
    """Return every single edit of a dedented function, class or assignment; none if it can't be parsed.

    Each result can be parsed, and no two results are the same but for layout. ``names`` are further names in scope.
    ``material`` holds pieces of code that may be put in: statements, expressions, and what follows a value
    (``.sum(dim=0)``). The edits of ``edit.apply(source)`` lead back to ``source`` if what the edit changed is among
    the ``material`` (see :func:`piece_at`), and mostly without it: usual slips are known both ways.
    """
    return list(iter_edits(source, names, material))


def iter_edits(source: str, names: Sequence[str] = (), material: Sequence[str] = ()) -> Iterator[Edit]:
    """Yield the edits that :func:`edits` returns, in the same order, each as soon as it is known."""
    try:
        parsed = Source(source, tuple(names), tuple(material))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    changes = [change for operator in OPERATORS for change in operator(parsed)]
    changes.sort(key=lambda change: change.rank)
    units = _Units(parsed)
    seen = set()
    for change in changes:
        key = units.key(change)
        if key is not None and key not in seen:
            seen.add(key)
            line, column = parsed.place(change.start)
            end_line, end_column = parsed.place(change.end)
            yield Edit(change.kind, line, column, end_line, end_column, source[change.start:change.end],
                       change.after, change.sentence)


def piece_at(source: str, edit: Edit) -> str:
    """Return the smallest expression or statement of ``source`` that holds the place of an edit."""
    parsed = Source(source)
    start, end = (offset_of(source, edit.line, edit.column), offset_of(source, edit.end_line, edit.end_column))
    found, smallest = source, len(source) + 1
    nodes: list[ast.stmt | ast.expr] = [*parsed.statements, *parsed.expressions()]
    for node in nodes:
        first, last = parsed.span(node)
        if first <= start and end <= last and last - first < smallest:
            found, smallest = dedent(" " * node.col_offset + source[first:last]), last - first
    return found


class _Units:
    """A source as a list of its statements, so that a change within one needs only that one parsed again."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.keys = _flat(source.tree)
        self.spans = [self._span(statement) for statement in source.statements]
        # Docstrings are no units of their own, but count as statements of the tree.
        known = set(source.statements)
        self.numbers = [number for number, node in enumerate(_statements(source.tree)) if node in known]

    def _span(self, statement: ast.stmt) -> tuple[int, int]:
        start, end = self.source.span(statement)
        body = getattr(statement, "body", None)
        if not body:
            return start, end
        if isinstance(statement, ast.Match | ast.Try):
            return -1, -1  # its cases hold expressions, so it is parsed with the whole
        return start, self.source.span(body[0])[0]

    def key(self, change: Change) -> Hashable | None:
        """What the changed code says, whatever its layout; None if it can't be parsed or says the same as before."""
        for index in range(len(self.spans) - 1, -1, -1):
            start, end = self.spans[index]
            if start <= change.start and change.end <= end:
                return self._key_of_unit(index, change)
        return self._key_of_whole(change)

    def _key_of_unit(self, index: int, change: Change) -> Hashable | None:
        start, end = self.spans[index]
        text = self.source.text
        changed = text[start:change.start] + change.after + text[change.end:end]
        statement = self.source.statements[index]
        if getattr(statement, "body", None):
            if changed.startswith("elif"):
                changed = changed[2:]
            header = changed.rstrip()
            changed = (header if header.endswith(":") else header + "\n") + " pass"
        tree = _parsed(changed)
        if tree is None or len(tree.body) != 1 or getattr(tree.body[0], "orelse", None) \
                or bool(getattr(tree.body[0], "body", None)) != bool(getattr(statement, "body", None)):
            return self._key_of_whole(change)
        key = _key(tree.body[0], header=True)
        number = self.numbers[index]
        return None if key == self.keys[number][1] else (number, key)

    def _key_of_whole(self, change: Change) -> Hashable | None:
        text = self.source.text
        tree = _parsed(text[:change.start] + change.after + text[change.end:])
        if tree is None:
            return None
        keys = _flat(tree)
        if len(keys) == len(self.keys):
            different = [number for number, (old, new) in enumerate(zip(self.keys, keys, strict=True)) if old != new]
            if not different:
                return None
            if len(different) == 1 and keys[different[0]][0] == self.keys[different[0]][0]:
                return different[0], keys[different[0]][1]
        return tuple(keys)


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _statements(tree: ast.AST) -> list[ast.AST]:
    """All statements and what holds some (handlers, cases), in the order of the text."""
    found: list[ast.AST] = []
    for name in _bodies(tree):
        for child in getattr(tree, name):
            found += [child, *_statements(child)]
    return found


def _bodies(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Lambda | ast.IfExp):
        return []
    return [name for name in node._fields if name in _BODIES]


def _flat(node: ast.AST, place: str = "") -> list[tuple[str, Hashable]]:
    """Each statement with its place among the others and what it says, without the statements in it."""
    found: list[tuple[str, Hashable]] = []
    for name in _bodies(node):
        for child in getattr(node, name):
            found.append((f"{place}/{name}", _key(child, header=True)))
            found += _flat(child, f"{place}/{name}")
    return found


def _key(node: object, header: bool = False) -> Hashable:
    """What a node says, as something that can be compared; ``header`` leaves out the statements in it."""
    if isinstance(node, ast.Constant):
        return node.value.__class__, repr(node.value)
    if isinstance(node, ast.AST):
        said: list[Hashable] = [node.__class__.__name__]
        for name in node._fields:
            if name not in _UNSEEN and not (header and name in _BODIES):
                value = getattr(node, name, None)
                said.append(value if value is None or value.__class__ is str else _key(value))
        return tuple(said)
    if isinstance(node, list):
        return tuple([_key(child) for child in node])
    return node  # type: ignore[return-value]
