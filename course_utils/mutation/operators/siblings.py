"""A method or function for its sibling: sum and mean, reshape and permute, softmax and sigmoid."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from course_utils.mutation.operators.dims import is_function_of_module
from course_utils.mutation.source import Change, Source

_FAMILIES = (
    ("sum", "mean", "max", "min", "prod"), ("mean", "median"), ("mean", "nanmean"), ("sum", "nansum"),
    ("max", "argmax", "min", "argmin"), ("std", "var", "mean"), ("any", "all"),
    ("reshape", "view", "permute", "transpose"), ("flatten", "squeeze", "unsqueeze"),
    ("softmax", "log_softmax", "sigmoid", "relu", "tanh", "logsigmoid"), ("Softmax", "LogSoftmax"),
    ("ReLU", "Sigmoid", "Tanh", "Identity", "LeakyReLU", "GELU"), ("gelu", "relu"),
    ("stack", "cat"), ("square", "abs", "sqrt", "exp", "log"), ("log", "log1p", "log2", "log10", "exp"),
    ("train", "eval"), ("floor", "ceil", "round", "trunc"),
    ("zeros", "ones", "empty", "rand", "randn"), ("zeros_like", "ones_like", "empty_like", "rand_like"),
    ("rand", "randn", "randint"), ("float", "double", "long", "int", "bool", "half"),
    ("float32", "float64", "int64", "int32", "bool", "float16", "bfloat16", "uint8"),
    ("clone", "detach"), ("item", "tolist"), ("shape", "size"), ("values", "indices"), ("append", "extend"),
    ("no_grad", "inference_mode", "enable_grad"), ("zero_grad", "step"), ("keys", "values", "items"),
    ("parameters", "named_parameters", "buffers", "modules", "children"), ("modules", "children", "named_modules"),
    ("cross_entropy", "nll_loss"), ("mse_loss", "l1_loss"), ("CrossEntropyLoss", "NLLLoss"), ("MSELoss", "L1Loss"),
    ("BCELoss", "BCEWithLogitsLoss"), ("binary_cross_entropy", "binary_cross_entropy_with_logits"),
    ("CrossEntropyLoss", "BCEWithLogitsLoss"), ("MSELoss", "CrossEntropyLoss"), ("MSELoss", "BCEWithLogitsLoss"),
    ("SGD", "Adam", "AdamW"), ("max_pool2d", "avg_pool2d"), ("MaxPool2d", "AvgPool2d"), ("dropout", "dropout2d"),
    ("Dropout", "Dropout2d"), ("Conv2d", "Conv1d"), ("BatchNorm2d", "BatchNorm1d"), ("ModuleList", "Sequential"),
    ("matmul", "mul"), ("eq", "ne"), ("lt", "le", "gt", "ge"), ("cumsum", "cumprod"), ("numel", "dim"),
    ("load_state_dict", "state_dict"), ("sampler", "dataset"), ("in_features", "out_features"),
    ("Resize", "CenterCrop", "RandomCrop"), ("randperm", "arange"), ("arange", "linspace"), ("sorted", "reversed"),
    ("fillna", "dropna"), ("repeat", "expand", "tile"), ("ndim", "shape"),
    ("min", "max"), ("ceil", "floor"), ("list", "tuple"), ("int", "round"), ("deepcopy", "copy"),
    ("synchronize", "is_available"), ("perf_counter", "time", "process_time"), ("median", "mean"),
    ("bincount", "unique"), ("weight", "bias"), ("hflip", "vflip"),
    ("RandomHorizontalFlip", "RandomVerticalFlip"), ("cuda", "cpu"), ("update", "add"), ("permutation", "shuffle"),
    ("isnan", "isinf"), ("mean", "std"), ("width", "height"),
)
# Methods with a form that works in place.
_IN_PLACE = frozenset({"add", "sub", "mul", "div", "pow", "abs", "sqrt", "exp", "log", "neg", "clamp", "relu",
                       "sigmoid", "zero", "fill", "requires_grad", "detach", "copy", "squeeze", "unsqueeze",
                       "transpose", "normal", "uniform", "round", "floor", "masked_fill", "scatter_add", "index_add"})
_FUNCTIONS = frozenset({"int", "float", "bool", "list", "tuple", "min", "max", "round", "sorted", "reversed", "sum",
                        "any", "all", "len"})
_MODES = {"train": "eval", "eval": "train"}


def _table() -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for family in _FAMILIES:
        for name in family:
            for other in family:
                if other != name:
                    distance = abs(family.index(other) - family.index(name))
                    found.setdefault(name, {}).setdefault(other, distance)
    return found


SIBLINGS = _table()


def siblings(source: Source) -> Iterator[Change]:
    """The name of a method, function or dtype exchanged for one that does something similar."""
    for node in source.of(ast.Attribute):
        if not isinstance(node.ctx, ast.Load) or _is_own(source, node):
            continue
        end = source.span(node)[1]
        start = end - len(node.attr)
        for other, distance in SIBLINGS.get(node.attr, {}).items():
            sentence = (f"`{node.attr}` puts the model into the wrong mode here." if _MODES.get(node.attr) == other else
                        f"`{node.attr}` is not the right choice here; something similar is needed.")
            yield Change(14 if node.attr in _MODES else 18 + distance, "sibling", start, end, other, sentence)
        if node.attr in _IN_PLACE:
            yield Change(23, "in place", start, end, node.attr + "_",
                         f"`{node.attr}` returns a new tensor and leaves the old one as it was; here the old one "
                         f"should change.")
        elif node.attr.endswith("_") and node.attr.rstrip("_") in _IN_PLACE:
            yield Change(15, "in place", start, end, node.attr.rstrip("_"),
                         f"`{node.attr}` changes the tensor itself (the `_` says so); it should stay as it is.")
    for call in source.of(ast.Call):
        if isinstance(call.func, ast.Name) and call.func.id in _FUNCTIONS:
            for other in SIBLINGS.get(call.func.id, {}):
                if other in _FUNCTIONS:
                    yield Change(24, "sibling", *source.span(call.func), other,
                                 f"`{call.func.id}` is not the right function here; something similar is needed.")
    yield from _dict_or_call(source)


def _is_own(source: Source, node: ast.Attribute) -> bool:
    """Whether an attribute is one that the code itself has made (``self.mean``)."""
    return isinstance(node.value, ast.Name) and node.value.id == "self" \
        and not (isinstance(source.parents[node], ast.Call))


def _dict_or_call(source: Source) -> Iterator[Change]:
    """``x.size(0)`` for ``x.shape[0]``, which give the same, is no slip; ``x.shape(0)`` and ``x.size[0]`` are."""
    for node in source.of(ast.Subscript):
        if isinstance(node.ctx, ast.Load) and isinstance(node.value, ast.Attribute | ast.Name):
            value_end, end = source.outer(node.value)[1], source.span(node)[1]
            inner = source.text[value_end:end].strip()[1:-1]
            if ":" not in inner:
                yield Change(25, "brackets", value_end, end, f"({inner})",
                             f"`{source.code(node.value)}` has to be called, not indexed.")
    for call in source.of(ast.Call):
        if len(call.args) == 1 and not call.keywords and isinstance(call.func, ast.Attribute | ast.Name) \
                and not is_function_of_module(source, call) and not isinstance(call.args[0], ast.GeneratorExp):
            start, end = source.call_bracket(call), source.span(call)[1]
            yield Change(25, "brackets", start, end, f"[{source.text[start + 1:end - 1]}]",
                         f"`{source.code(call.func)}` has to be indexed, not called.")
