"""What a student's code says, read from its text alone: nothing of it runs.

A declared mistake states a cause. Where other causes give the same results, ``shown_by`` asks the code itself:

>>> code = read_code("def f(net, x):\\n    loss = net(x).sum()\\n    loss.backward()")
>>> code.calls("backward"), code.calls("zero_grad"), code.has("net(x)"), code.in_order("sum", "backward")
(1, 0, True, True)
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

MAX_SOURCE = 20_000  # characters
OPERATORS: dict[str, type[ast.operator]] = {
    "+": ast.Add, "-": ast.Sub, "*": ast.Mult, "/": ast.Div, "//": ast.FloorDiv, "%": ast.Mod, "**": ast.Pow,
    "@": ast.MatMult}

COMPARISONS: dict[str, type[ast.cmpop]] = {
    "==": ast.Eq, "!=": ast.NotEq, "<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE}


@dataclass(frozen=True)
class Code:
    """The code of one answer."""

    tree: ast.Module

    def calls(self, name: str) -> int:
        """How many calls of ``name`` there are: ``name(…)`` or ``….name(…)``."""
        return sum(called == name for called, _ in self._calls())

    def arguments(self, name: str) -> list[list[str]]:
        """The positional arguments of each call of ``name``, as code laid out in one way."""
        return [[ast.unparse(given) for given in node.args] for node in ast.walk(self.tree)
                if isinstance(node, ast.Call)
                and name in (getattr(node.func, "id", None), getattr(node.func, "attr", None))]

    def in_order(self, *names: str) -> bool:
        """Whether each of ``names`` is called, and the first call of each stands after that of the one before.

        Calls count in the order in which they run within a line: in ``f(x).g()`` that is f, g.
        """
        first: dict[str, tuple[int, int]] = {}
        for called, place in self._calls():
            first[called] = min(place, first.get(called, place))
        places = [first.get(name) for name in names]
        known = [place for place in places if place is not None]
        return len(known) == len(places) and known == sorted(known) and len(set(known)) == len(known)

    def names(self, name: str) -> bool:
        """Whether ``name`` occurs as a name, an attribute, a parameter or a keyword."""
        return any(name in (getattr(node, "id", None), getattr(node, "attr", None), getattr(node, "arg", None))
                   for node in ast.walk(self.tree))

    def has(self, expression: str) -> bool:
        """Whether the code contains this expression or statement, however it is laid out."""
        wanted = ast.parse(textwrap.dedent(expression)).body[0]
        sought = ast.dump(wanted.value if isinstance(wanted, ast.Expr) else wanted)
        return any(ast.dump(node) == sought for node in ast.walk(self.tree) if type(node) is not ast.Expr)

    def loops(self) -> int:
        """How many for and while loops and comprehensions there are."""
        return sum(isinstance(node, ast.For | ast.While | ast.comprehension) for node in ast.walk(self.tree))

    def inside_loop(self, name: str) -> bool:
        """Whether ``name`` is called in the body of a loop."""
        return any(name in {called for called, _ in _calls_in(part)} for node in ast.walk(self.tree)
                   if isinstance(node, ast.For | ast.While) for part in node.body)

    def returns(self) -> bool:
        """Whether a ``return`` with a value stands anywhere."""
        return any(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(self.tree))

    def return_in_loop(self) -> bool:
        """Whether a ``return`` stands in the body of a loop."""
        return any(isinstance(node, ast.Return) for loop in ast.walk(self.tree) if isinstance(loop, ast.For | ast.While)
                   for part in loop.body for node in ast.walk(part))

    def conditions(self) -> int:
        """How many ``if`` statements and conditional expressions there are."""
        return sum(isinstance(node, ast.If | ast.IfExp) for node in ast.walk(self.tree))

    def uncalled(self, name: str) -> bool:
        """Whether the attribute ``….name`` is taken somewhere without being called."""
        called = {id(node.func) for node in ast.walk(self.tree) if isinstance(node, ast.Call)}
        return any(isinstance(node, ast.Attribute) and node.attr == name and id(node) not in called
                   for node in ast.walk(self.tree))

    def operator(self, symbol: str) -> bool:
        """Whether an arithmetic operator occurs, in place (``//=``) or not."""
        kind = OPERATORS[symbol]
        return any(isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, kind)
                   for node in ast.walk(self.tree))

    def discards(self, name: str) -> bool:
        """Whether a statement is nothing but a call of ``….name(…)`` or ``name(…)``, so that its result is lost."""
        return any(isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
                   and name in (getattr(node.value.func, "attr", None), getattr(node.value.func, "id", None))
                   for node in ast.walk(self.tree))

    def compares(self, symbol: str) -> bool:
        """Whether a comparison occurs, such as ``==`` or ``<=``."""
        kind = COMPARISONS[symbol]
        return any(isinstance(operator, kind) for node in ast.walk(self.tree) if isinstance(node, ast.Compare)
                   for operator in node.ops)

    def compared(self, name: str) -> bool:
        """Whether ``name`` or ``….name`` itself, and nothing made from it, stands on a side of a comparison."""
        return any(name in (getattr(side, "attr", None), getattr(side, "id", None))
                   for node in ast.walk(self.tree) if isinstance(node, ast.Compare)
                   for side in (node.left, *node.comparators))

    def negates_a_power(self) -> bool:
        """Whether a minus stands before a whole power, as in ``-1.0 ** k``, which is ``-(1.0 ** k)``."""
        return any(isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and _is_power(node.operand)
                   for node in ast.walk(self.tree))

    def divides_a_power(self) -> bool:
        """Whether a first power is divided by a number, as in ``x ** 1/2``, which is ``(x ** 1) / 2``."""
        return any(isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and isinstance(node.right, ast.Constant)
                   and _is_power(node.left, of=1) for node in ast.walk(self.tree))

    def subtracts_into_a_new_one(self) -> bool:
        """Whether a name is bound to itself minus something, as in ``x = x - step``, which makes a new object."""
        return any(isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp)
                   and isinstance(node.value.op, ast.Sub) and isinstance(node.value.left, ast.Name)
                   and node.value.left.id in {target.id for target in node.targets if isinstance(target, ast.Name)}
                   for node in ast.walk(self.tree))

    def _calls(self) -> Iterator[tuple[str, tuple[int, int]]]:
        return _calls_in(self.tree)


def _is_power(node: ast.expr, of: int | None = None) -> bool:
    """Whether an expression is a power, with the exponent ``of`` if that is given."""
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and (
        of is None or (isinstance(node.right, ast.Constant) and node.right.value == of))


def _calls_in(tree: ast.AST) -> Iterator[tuple[str, tuple[int, int]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            place = (node.end_lineno or 0, node.end_col_offset or 0)
            if isinstance(node.func, ast.Name):
                yield node.func.id, place
            elif isinstance(node.func, ast.Attribute):
                yield node.func.attr, place


def read_code(source: str | None) -> Code | None:
    """Return the code in ``source``, or None if there is none, or Python can't read it."""
    if source is None or len(source) > MAX_SOURCE:
        return None
    try:
        return Code(ast.parse(textwrap.dedent(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
