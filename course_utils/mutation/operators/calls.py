"""Calls: one too many, or one missing around or after a value."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from course_utils.mutation.source import BUILTINS, Change, Source, short

# What is put after a value: the suffix, how likely it is forgotten, and what is wrong without it.
_CONVERSIONS = {
    ".item()": "a Python number is needed", ".detach()": "the result without its graph is needed",
    ".clone()": "a copy is needed", ".T": "it has to be transposed", ".float()": "floating-point numbers are needed",
    ".long()": "integers are needed", ".bool()": "truth values are needed", ".cpu()": "it has to be on the CPU",
    ".numpy()": "an array is needed", ".tolist()": "a list is needed", ".grad": "its gradient is needed",
    ".values": "only the values are needed", ".indices": "only the indices are needed", ".copy()": "a copy is needed",
    ".data": "only its numbers are needed", ".requires_grad_()": "PyTorch has to record what is done with it",
}
_STEPS = (".sum()", ".mean()", ".sqrt()", ".square()", ".abs()", ".sum(dim=0)", ".sum(dim=1)", ".mean(dim=0)",
          ".argmax(dim=1)", ".softmax(dim=1)", ".sigmoid()")
_SHAPES = (".squeeze()", ".squeeze(1)", ".unsqueeze(0)", ".unsqueeze(1)", ".flatten()", ".flatten(1)",
           ".permute(0, 3, 1, 2)", ".permute(2, 0, 1)", ".permute(1, 2, 0)")
_AROUND = {"int": "a Python int is needed", "float": "a Python number is needed", "list": "a list is needed",
           "len": "how many there are is needed", "torch.tensor": "a tensor is needed"}
_LIKELY = frozenset({".item()", ".detach()", ".clone()", ".float()", ".T"})


def calls(source: Source) -> Iterator[Change]:
    """``x`` for ``x.sqrt()`` or ``float(x)``, and the other way round."""
    for call in source.of(ast.Call):
        yield from _dropped(source, call)
    for node in list(source.expressions()):
        if _has_a_value(source, node):
            yield from _after(source, node)
            yield from _around(source, node)


def _dropped(source: Source, call: ast.Call) -> Iterator[Change]:
    if isinstance(source.parents[call], ast.Expr):
        return  # dropping the statement is another edit
    func = call.func
    if isinstance(func, ast.Attribute) and not _is_module(source, func.value):
        start, end = source.outer(func.value)[1], source.span(call)[1]
        yield Change(21, "call dropped", start, end, "",
                     f"One step too many: `{short(source.text[start:end].strip())}` should not be there.")
    for argument in call.args[:2]:
        if not isinstance(argument, ast.Starred | ast.GeneratorExp):
            yield Change(24 if argument is call.args[0] else 30, "call dropped", *source.span(call),
                         source.in_place_of(call, argument),
                         f"One step too many: `{short(source.code(func))}(…)` should not be there.")


def _after(source: Source, node: ast.expr) -> Iterator[Change]:
    code = short(source.code(node))
    parent = source.parents[node]
    following = f".{parent.attr}" if isinstance(parent, ast.Attribute) else ""
    is_result = isinstance(parent, ast.Return | ast.Assign | ast.AugAssign)
    for suffix, why in _CONVERSIONS.items():
        likely = suffix in _LIKELY
        if suffix.rstrip("()") != following and (is_result or (likely and isinstance(
                parent, ast.Call | ast.BinOp))):
            yield Change((16 if likely else 28) + (0 if is_result else 6), "conversion missing",
                         *source.suffixed(node, suffix), f"`{code}` is not enough: {why}.")
    if is_result or isinstance(parent, ast.Call):
        for suffix in _SHAPES:
            yield Change(30 if is_result else 41, "shape", *source.suffixed(node, suffix),
                         f"`{code}` does not have the shape that is needed here.")
    if is_result:
        for suffix in _STEPS:
            yield Change(32, "step missing", *source.suffixed(node, suffix), f"A step is missing after `{code}`.")


def _around(source: Source, node: ast.expr) -> Iterator[Change]:
    parent = source.parents[node]
    if not isinstance(parent, ast.Return | ast.Assign | ast.AugAssign):
        return
    for function, why in _AROUND.items():
        yield Change(31, "conversion missing", *source.outer(node), f"{function}({source.code(node)})",
                     f"`{short(source.code(node))}` is not enough: {why}.")


def _has_a_value(source: Source, node: ast.expr) -> bool:
    """Whether a call can be put around or after an expression."""
    if isinstance(node, ast.Constant | ast.Starred | ast.Lambda | ast.JoinedStr | ast.Tuple | ast.List | ast.Dict
                  | ast.GeneratorExp | ast.FormattedValue | ast.Slice):
        return False
    if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant):
        return False
    parent = source.parents[node]
    if isinstance(parent, ast.Call) and node is parent.func:
        return False
    if isinstance(parent, ast.Attribute | ast.BinOp | ast.withitem | ast.Expr | ast.Raise) and isinstance(
            node, ast.Attribute | ast.Name) and _is_module(source, node):
        return False
    if isinstance(parent, ast.ClassDef | ast.withitem | ast.Expr | ast.Raise | ast.excepthandler):
        return False
    if isinstance(node, ast.Name):
        return node.id != "self" and node.id not in source.imported and (
            node.id in source.scope(node) or node.id not in BUILTINS)
    return not (isinstance(node, ast.Attribute) and _is_module(source, node))


def _is_module(source: Source, node: ast.AST) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in source.imported
