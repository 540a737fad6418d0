"""What training loops forget: eval, train, zero_grad, step, backward, no_grad, super().__init__()."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from course_utils.mutation.source import Change, Source

_MODEL = re.compile(r"(.*_)?(model|net|network|module|clf|classifier|encoder|backbone|m)\d*")
_OPTIMIZER = re.compile(r"(.*_)?(optimizer|optimiser|optim|opt|sgd|adam)\d*", re.IGNORECASE)
_LOSS = re.compile(r"(.*_)?(loss|value|error|objective|cost)\d*")
_MODEL_METHODS = frozenset({"eval", "train", "parameters", "state_dict", "load_state_dict", "zero_grad", "modules",
                            "named_parameters"})
_OPTIMIZER_METHODS = frozenset({"step", "zero_grad", "param_groups"})
_SAID = {
    "eval()": "The model should be in eval mode at this point.",
    "train()": "The model should be in train mode at this point.",
    "zero_grad()": "Old gradients are still there at this point, and `backward` adds new ones to them.",
    "step()": "The optimizer should update the weights at this point.",
    "backward()": "The gradients should be computed at this point.",
    "zero_()": "The tensor still holds its old numbers here.",
}


def training(source: Source) -> Iterator[Change]:
    """The statements of a training or evaluation loop put in where they are missing; without a graph or with one."""
    for function in [*source.of(ast.FunctionDef)]:
        usual = dict.fromkeys(_usual(source, function))
        for body in _blocks(function):
            for statement, said in usual:
                yield from _insert_everywhere(source, body, statement, said)
        yield from _copies(source, function)
    yield from _super(source)


def _copies(source: Source, function: ast.FunctionDef) -> Iterator[Change]:
    """A copy of a parameter that is changed in place, made at the start."""
    changed = {node.value.id for node in source.of(ast.Subscript)
               if isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name)}
    changed |= {node.target.id for node in source.of(ast.AugAssign) if isinstance(node.target, ast.Name)}
    changed |= {node.func.value.id for node in source.of(ast.Call) if isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name) and node.func.attr.endswith("_")}
    for arg in function.args.args:
        if arg.arg in changed and source.function_of(function.body[0]) is function:
            for method in ("clone", "copy"):
                change = insertion(source, function.body, 0, f"{arg.arg} = {arg.arg}.{method}()")
                if change is not None:
                    yield Change(14, "copy missing", *change,
                                 f"`{arg.arg}` is changed here, and it belongs to the caller.")


def _usual(source: Source, function: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    for name in [*source.scope(function.body[0]), *_attributes(source, function)]:
        uses = _uses(source, name)
        last = name.rpartition(".")[2]
        if uses & {"backward"} or _LOSS.fullmatch(last):
            yield f"{name}.backward()", _SAID["backward()"]
        if (uses & _OPTIMIZER_METHODS and not uses & {"eval", "train"}) or _OPTIMIZER.fullmatch(last):
            yield f"{name}.zero_grad()", _SAID["zero_grad()"]
            yield f"{name}.step()", _SAID["step()"]
        if uses & (_MODEL_METHODS - {"zero_grad"}) or _MODEL.fullmatch(last):
            yield f"{name}.eval()", _SAID["eval()"]
            yield f"{name}.train()", _SAID["train()"]
            yield f"{name}.zero_grad()", _SAID["zero_grad()"]
        if "grad" in uses:
            yield f"{name}.grad = None", _SAID["zero_grad()"]
            yield f"{name}.grad.zero_()", _SAID["zero_grad()"]


def _uses(source: Source, name: str) -> set[str]:
    """The attributes that the source takes of a name."""
    return {node.attr for node in source.of(ast.Attribute) if source.code(node.value) == name}


def _attributes(source: Source, function: ast.FunctionDef) -> list[str]:
    if not isinstance(source.parents.get(function), ast.ClassDef):
        return []
    found = {source.code(node): None for node in source.of(ast.Attribute)
             if isinstance(node.value, ast.Name) and node.value.id == "self"
             and (_MODEL.fullmatch(node.attr) or _OPTIMIZER.fullmatch(node.attr))}
    return list(found)


def _blocks(function: ast.FunctionDef) -> Iterator[list[ast.stmt]]:
    """The blocks of a function, without those of functions in it."""
    waiting: list[ast.AST] = [function]
    while waiting:
        node = waiting.pop(0)
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block:
                yield block
        waiting += [child for child in ast.iter_child_nodes(node)
                    if isinstance(child, ast.stmt | ast.excepthandler | ast.match_case)
                    and not isinstance(child, ast.FunctionDef | ast.ClassDef)]


def _insert_everywhere(source: Source, block: list[ast.stmt], statement: str, said: str) -> Iterator[Change]:
    for index in range(len(block) + 1):
        change = insertion(source, block, index, statement)
        if change is not None and statement not in {source.code(s) for s in block[max(0, index - 1):index + 1]}:
            yield Change(19, "statement missing", *change, said)


def insertion(source: Source, block: list[ast.stmt], index: int, statement: str) -> tuple[int, int, str] | None:
    """The change that puts a statement into a block before its ``index``-th: start, end, text. None if it can't be."""
    neighbour = block[min(index, len(block) - 1)]
    start, end = source.span(neighbour)
    if isinstance(neighbour, ast.FunctionDef | ast.ClassDef) and neighbour.decorator_list:
        start = source.span(neighbour.decorator_list[0])[0] - 1
    indent = indent_of(source, neighbour)
    if indent is None:
        return None
    lines = statement.replace("\n", "\n" + indent)
    if index and isinstance(block[index - 1], ast.Return | ast.Raise | ast.Break | ast.Continue):
        return None  # it would never run
    if index < len(block):
        if source.text[start:start + 4] == "elif":
            return None
        return start, start, f"{lines}\n{indent}"
    return end, end, f"\n{indent}{lines}"


def indent_of(source: Source, statement: ast.stmt) -> str | None:
    """The blanks before a statement; None if it does not stand at the start of its line."""
    start = source.span(statement)[0]
    line = source.text[source.text.rfind("\n", 0, start) + 1:start]
    return line if not line.strip() else None


def _super(source: Source) -> Iterator[Change]:
    for method in source.of(ast.FunctionDef):
        if method.name == "__init__" and isinstance(source.parents.get(method), ast.ClassDef):
            for index in (0, len(method.body)):
                change = insertion(source, method.body, index, "super().__init__()")
                if change is not None:
                    yield Change(11, "statement missing", *change,
                                 "The base class is not set up: its own `__init__` has to run first.")
