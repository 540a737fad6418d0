"""Networks: an activation or a layer too many or missing."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from course_utils.mutation.operators.dims import call_name
from course_utils.mutation.source import Change, Source, short

_ACTIVATIONS = ("torch.relu({})", "torch.sigmoid({})", "torch.softmax({}, dim=1)", "torch.log_softmax({}, dim=1)",
                "F.relu({})")
_LAYERS = ("nn.ReLU()", "nn.Flatten()", "nn.Sigmoid()", "nn.Softmax(dim=1)", "nn.Dropout(0.5)", "nn.Dropout(0.2)",
           "nn.MaxPool2d(2)")


def layers(source: Source) -> Iterator[Change]:
    """An activation around a layer's output or a network's, and a layer more in a Sequential."""
    for method in source.of(ast.FunctionDef):
        if method.name != "forward":
            continue
        for node in [n for kind in (ast.Call, ast.Name, ast.BinOp) for n in source.of(kind)]:
            if source.function_of(node) is method and _is_an_output(source, node):
                for activation in _ACTIVATIONS:
                    if "relu" in activation and _is_a_relu(node, source.parents[node]):
                        continue
                    yield Change(25, "activation missing", *source.outer(node), activation.format(source.code(node)),
                                 f"An activation is missing around `{short(source.code(node))}`.")
    for call in source.of(ast.Call):
        if call_name(call) in ("Sequential", "__init__") and (call.args or call_name(call) == "Sequential"):
            yield from _in_a_sequential(source, call)


def _is_a_relu(*nodes: ast.AST) -> bool:
    """Whether one of these is a relu already; of another one nothing would change."""
    return any(isinstance(node, ast.Call) and call_name(node) == "relu" for node in nodes)


def _is_an_output(source: Source, node: ast.expr) -> bool:
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        return False
    parent = source.parents[node]
    if isinstance(parent, ast.Return | ast.Assign):
        return True
    return isinstance(parent, ast.Call) and node in parent.args and isinstance(node, ast.Call)


def _in_a_sequential(source: Source, call: ast.Call) -> Iterator[Change]:
    spans = [source.outer(argument) for argument in call.args]
    places = [(span[0], "{}, ") for span in spans]
    places.append((spans[-1][1], ", {}") if spans else (source.call_bracket(call) + 1, "{}"))
    for number, (place, form) in enumerate(places):
        before = short(source.text[slice(*spans[number - 1])]) if number else ""
        for layer in _LAYERS:
            yield Change(26, "layer missing", place, place, form.format(layer),
                         f"A layer is missing after `{before}`." if before else "A layer is missing at the start.")
