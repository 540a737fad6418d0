"""What a reduction is told: dim, keepdim, correction, reduction."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from course_utils.mutation.source import Change, Source

REDUCTIONS = frozenset({"sum", "mean", "prod", "max", "min", "argmax", "argmin", "any", "all", "norm", "median",
                        "nanmean", "nansum", "logsumexp", "amax", "amin", "std", "var"})
# Methods whose first argument is a dimension; as functions of torch they have the tensor before it.
_WITH_A_DIM = REDUCTIONS | {"softmax", "log_softmax", "squeeze", "unsqueeze", "size", "cumsum", "cumprod", "sort",
                            "argsort", "unbind", "flatten"}
_TENSORS_FIRST = frozenset({"cat", "stack", "concat", "concatenate"})
_KEEP = frozenset({"sum", "mean", "std", "var", "max", "min", "argmax", "argmin", "any", "all", "norm", "median",
                   "amax", "amin", "prod", "nanmean", "nansum", "logsumexp"})
_KEYWORDS = frozenset({"dim", "axis", "dim0", "dim1", "start_dim", "end_dim"})
_DIMS = (0, 1, -1, 2, -2, 3, -3)
_LOSSES = frozenset({"cross_entropy", "mse_loss", "nll_loss", "l1_loss", "binary_cross_entropy",
                     "binary_cross_entropy_with_logits", "smooth_l1_loss", "huber_loss", "kl_div", "CrossEntropyLoss",
                     "MSELoss", "NLLLoss", "L1Loss", "BCELoss", "BCEWithLogitsLoss"})
_REDUCTION = ("mean", "sum", "none")


def dims(source: Source) -> Iterator[Change]:
    """A dimension for another, dropped or gained; the same for keepdim, correction and reduction."""
    for call in source.of(ast.Call):
        name = call_name(call)
        for place in _dim_places(source, call, name):
            yield from _another(source, place)
        if name in REDUCTIONS and not _keyword(call, "dim", "axis") and _has_no_dim(source, call):
            yield from _gained(source, call, name)
        if name in _KEEP:
            yield from _flag(source, call, "keepdim", "True", name)
        if name in ("std", "var"):
            yield from _flag(source, call, "correction", "0", name)
            yield from _flag(source, call, "unbiased", "False", name)
        if name in _LOSSES:
            yield from _reduction(source, call)


def call_name(call: ast.Call) -> str:
    """The last name of what is called: ``sum`` of ``x.abs().sum(0)``."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def is_function_of_module(source: Source, call: ast.Call) -> bool:
    """Whether a call is of a function (``torch.sum(x)``), not of a method (``x.sum()``)."""
    root: ast.AST = call.func
    while isinstance(root, ast.Attribute):
        root = root.value
    return isinstance(root, ast.Name) and (root.id in source.imported or root is call.func)


def appended(source: Source, call: ast.Call, argument: str) -> tuple[int, int, str]:
    """The change that gives a call one more argument, at its end: start, end, text."""
    last = max((source.outer(a)[1] for a in [*call.args, *call.keywords]), default=source.call_bracket(call) + 1)
    return last, last, f", {argument}" if call.args or call.keywords else argument


def _keyword(call: ast.Call, *names: str) -> ast.keyword | None:
    return next((keyword for keyword in call.keywords if keyword.arg in names), None)


def _positional(source: Source, call: ast.Call) -> list[ast.expr]:
    """The positional arguments after the tensor."""
    return call.args[1:] if is_function_of_module(source, call) else call.args


def _has_no_dim(source: Source, call: ast.Call) -> bool:
    return not _positional(source, call) and (bool(call.args) or not is_function_of_module(source, call))


def _dim_places(source: Source, call: ast.Call, name: str) -> Iterator[ast.expr]:
    values = [keyword.value for keyword in call.keywords if keyword.arg in _KEYWORDS]
    rest = _positional(source, call)
    if (name in _WITH_A_DIM and rest) or (name in _TENSORS_FIRST and rest):
        values.append(rest[0])
    elif name in ("permute", "transpose", "swapaxes", "movedim"):
        values += rest
    for value in values:
        yield from value.elts if isinstance(value, ast.Tuple | ast.List) else [value]


def _another(source: Source, place: ast.expr) -> Iterator[Change]:
    try:
        value = ast.literal_eval(place)
    except ValueError:
        return
    if not isinstance(value, int) or isinstance(value, bool):
        return
    shown = source.code(place)
    others = [*(d for d in _DIMS if d != value), *(d for d in (value + 1, value - 1) if d not in _DIMS)]
    for rank, other in enumerate(others):
        off = abs(other - value) == 1
        sentence = (f"The dimension `{shown}` is off by one." if off else
                    f"`{shown}` is not the dimension that is needed here.")
        yield Change(11 if off else 12 + (rank > 3), "dim", *source.span(place), str(other), sentence)


def _gained(source: Source, call: ast.Call, name: str) -> Iterator[Change]:
    sentence = f"Without a dimension, `{name}` reduces over everything. Pass the one it should reduce over."
    for dim in (0, 1, -1, 2):
        yield Change(12, "dim missing", *appended(source, call, f"dim={dim}"), sentence)
        yield Change(26, "dim missing", *_first_argument(source, call, str(dim)), sentence)


def _first_argument(source: Source, call: ast.Call, argument: str) -> tuple[int, int, str]:
    """The change that gives a call one more positional argument, before its keywords."""
    if not call.keywords:
        return appended(source, call, argument)
    place = source.span(call.keywords[0])[0]
    return place, place, f"{argument}, "


def _flag(source: Source, call: ast.Call, flag: str, value: str, name: str) -> Iterator[Change]:
    """``flag=value`` where the call has it not. (Where it has, arguments drop it and constants change it.)"""
    if _keyword(call, flag) is None and not (flag == "keepdim" and not (_positional(source, call)
                                                                        or _keyword(call, "dim", "axis"))):
        missing = {"keepdim": f"`{name}` drops its dimension here; it should stay, with size 1.",
                   "correction": f"`{name}` divides by n - 1 by default, and a different divisor is needed here.",
                   "unbiased": f"`{name}` divides by n - 1 by default, and a different divisor is needed here."}
        yield Change(16 if flag != "unbiased" else 28, flag, *appended(source, call, f"{flag}={value}"), missing[flag])


def _reduction(source: Source, call: ast.Call) -> Iterator[Change]:
    keyword = _keyword(call, "reduction")
    if keyword is None:
        for value in _REDUCTION:
            sentence = "The loss uses its default reduction, the mean, and a different one is needed here."
            yield Change(16, "reduction", *appended(source, call, f'reduction="{value}"'), sentence)
    elif isinstance(keyword.value, ast.Constant):
        for value in _REDUCTION:
            if value != keyword.value.value:
                yield Change(14, "reduction", *source.span(keyword.value), f'"{value}"',
                             f"`{source.code(keyword)}` is not the reduction that is needed here.")
