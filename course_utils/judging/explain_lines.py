"""What an exception means in the very line that raised it: read as a syntax tree, with what its names hold.

Only what can be seen there is said; where the line does not show the cause, the caller falls back on
:mod:`course_utils.judging.explain_errors`, which knows the message alone.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

import torch

from course_utils.evidence.observation import Raised
from course_utils.evidence.student_lines import parse_line

METHODS = frozenset(name for kind in (torch.Tensor, torch.nn.Module, torch.optim.Optimizer, list, dict, str)
                    for name in dir(kind) if callable(getattr(kind, name, None)))


def explain_line(raised: Raised) -> str:
    """Return what the exception means in the student's last line; empty if the line does not show it."""
    tree = parse_line(raised.lines[-1].code) if raised.lines else None
    if tree is None:
        return ""
    return next((said for look in LOOKS if (said := look(raised, tree))), "")


def _uncalled(raised: Raised, tree: ast.Module) -> str:
    """A method or function of which the parentheses are missing."""
    if not re.search(r"builtin_function_or_method|'(?:method|function)'|method-wrapper|got method", raised.message):
        return ""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    found = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)
             and id(node) not in called | inner and node.attr in METHODS]
    if len(set(found)) == 1:
        return f"`{found[0]}` is the method itself. With parentheses it is called: `{found[0]}()`."
    return "A method or function stands where its result is needed: its parentheses are missing."


def _bitwise(raised: Raised, tree: ast.Module) -> str:
    """``a == 1 & b == 1``, which Python reads as ``a == (1 & b) == 1``."""
    if not re.search(r"ambiguous|unsupported operand type|not supported|bitwise", raised.message):
        return ""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare):
            continue
        inner = [part for part in (node.left, *node.comparators) if isinstance(part, ast.BinOp)
                 and isinstance(part.op, ast.BitAnd | ast.BitOr | ast.BitXor)]
        if inner:
            sign = {ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^"}[type(inner[0].op)]
            return (f"`{sign}` binds more tightly than a comparison, so Python reads `{ast.unparse(inner[0])}` first. "
                    f"Put each comparison in parentheses: `(…) {sign} (…)`.")
    return ""


def _truth(raised: Raised, tree: ast.Module) -> str:
    """A tensor of many truths where one is needed."""
    if "ambiguous" not in raised.message:
        return ""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and len(node.ops) > 1:
            first, second = ast.unparse(node.left), ast.unparse(node.comparators[0])
            return (f"A chain of comparisons is two of them joined by `and`, which needs a single truth. Write "
                    f"`({first} {_sign(node.ops[0])} {second}) & ({second} {_sign(node.ops[1])} "
                    f"{ast.unparse(node.comparators[1])})`.")
        if isinstance(node, ast.BoolOp):
            word, sign = ("and", "&") if isinstance(node.op, ast.And) else ("or", "|")
            return (f"`{word}` needs a single truth on either side, and a tensor holds many. `{sign}` joins them "
                    "element by element, with each comparison in parentheses; `.all()` or `.any()` makes one of many.")
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return "`not` needs a single truth, and a tensor holds many. `~` turns each element round."
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("max", "min"):
            return (f"Python's own `{node.func.id}` compares whole rows with each other. `torch.{node.func.id}`, or "
                    "the tensor's method, works on numbers.")
    decides = any(isinstance(node, ast.If | ast.While | ast.IfExp | ast.Assert) for node in ast.walk(tree))
    if not decides:
        return ""
    return "A single truth decides here, and a tensor holds many. `.all()` or `.any()` makes one of them."


def _sign(op: ast.cmpop) -> str:
    return {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}.get(type(op), "==")


def _none(raised: Raised, tree: ast.Module) -> str:
    """Something is None: which, as far as the line's names tell."""
    if "NoneType" not in raised.message and "None" not in raised.message:
        return ""
    if any(isinstance(node, ast.Attribute) and node.attr == "index" for node in ast.walk(tree)):
        return ("The `.index` of a device without a number, plain `cuda`, is None and means the first: "
                "`(device.index or 0)`.")
    empty = [name for name, facts in raised.names if facts == "None"]
    if not empty:
        return ""
    name = empty[0]
    if name.endswith(".grad"):
        leaf = name.removesuffix(".grad")
        return (f"`{name}` is None: no `backward()` has brought `{leaf}` a gradient. One of these: `backward()` has "
                f"not run yet, `{leaf}` does not want a gradient, or the graph does not lead back to it.")
    return f"`{name}` is None here. Look where it gets its value; a function without `return` returns None."


def _library_words(raised: Raised, tree: ast.Module) -> str:
    """An optimizer that was given a tensor or a model in place of its parameters."""
    if not re.search(r"is not iterable|argument to the optimizer should be an iterable", raised.message):
        return ""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and re.search(r"optim|SGD|Adam", ast.unparse(node.func)) and node.args:
            return (f"An optimizer takes the parameters: `model.parameters()`, or a list of tensors. Here it gets "
                    f"`{ast.unparse(node.args[0])}`.")
        if isinstance(node, ast.For | ast.comprehension) and isinstance(node.iter, ast.Call | ast.Name | ast.Attribute):
            kind = re.match(r"'(\w+)' object is not iterable", raised.message)
            text = ast.unparse(node.iter)
            if kind and kind[1] == "int":
                return f"`{text}` is a number, and a loop needs things to go through: `range({text})` counts up to it."
            return f"`{text}` is a single thing, and a loop needs several to go through." if kind else ""
    return ""


LOOKS: tuple[Callable[[Raised, ast.Module], str], ...] = (_uncalled, _bitwise, _truth, _none, _library_words)
