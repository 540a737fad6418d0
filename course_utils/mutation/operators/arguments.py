"""Arguments, parameters and elements: swapped, dropped, gained."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from course_utils.mutation.operators.dims import appended, call_name
from course_utils.mutation.source import Change, Source, short

# Arguments that differ from the default and that an answer may need: by the name of what is called.
_USUAL: dict[str, tuple[str, ...]] = {
    "tensor": ("requires_grad=True", "dtype=torch.float32", "dtype=torch.long"),
    "zeros": ("requires_grad=True", "dtype=torch.long", "dtype=torch.int64"),
    "ones": ("requires_grad=True", "dtype=torch.long"),
    "arange": ("dtype=torch.float32", "dtype=torch.float64"),
    "Linear": ("bias=False",), "Conv2d": ("padding=1", "stride=2", "bias=False"), "ReLU": ("inplace=True",),
    "SGD": ("momentum=0.9",), "backward": ("retain_graph=True",), "load": ("weights_only=True",),
    "load_state_dict": ("strict=False",), "DataLoader": ("shuffle=True", "drop_last=True"),
    "zip": ("strict=True",), "flatten": ("1", "start_dim=1"), "Sequential": (), "round": ("1",),
    "max_pool2d": ("2",), "enumerate": ("1", "start=1"), "size": ("0", "1"), "squeeze": ("0", "1", "-1"),
    "range": ("1",), "topk": ("1",), "bincount": (), "to": (), "train": ("False", "True"),
    "requires_grad_": ("False", "True"), "split": (), "grad": ("create_graph=True",),
    "dropout": ("training=self.training",), "replace": ("0",), "copy": ("deep=False",),
}


def arguments(source: Source) -> Iterator[Change]:
    """Two arguments or elements swapped, one too many, or a usual one missing."""
    for call in source.of(ast.Call):
        name = call_name(call)
        spans = [source.outer(argument) for argument in [*call.args, *call.keywords]]
        spans.sort()
        if not (len(call.args) == 1 and isinstance(call.args[0], ast.GeneratorExp)):
            yield from _dropped(source, call, spans)
        positional = [source.outer(argument) for argument in call.args]
        yield from _swapped(source, positional, f"The arguments of `{name}` are in the wrong order.", 17)
        for argument in _USUAL.get(name, ()):
            if argument.partition("=")[0] not in {keyword.arg for keyword in call.keywords}:
                yield Change(26, "argument missing", *appended(source, call, argument),
                             f"`{name}` is missing an argument here.")
    sequences: list[ast.Tuple | ast.List] = [*source.of(ast.Tuple), *source.of(ast.List)]
    for node in sequences:
        if not isinstance(source.parents[node], ast.Subscript):
            yield from _elements(source, node)
    for display in source.of(ast.Dict):
        yield from _entries(source, display)
    yield from _parameters(source)


def _dropped(source: Source, call: ast.Call, spans: Sequence[tuple[int, int]]) -> Iterator[Change]:
    keywords = {source.span(keyword) for keyword in call.keywords}
    for number, span in enumerate(spans):
        start, end = _with_comma(spans, number)
        shown = short(source.text[span[0]:span[1]])
        yield Change(20 if span in keywords else 25, "argument dropped", start, end, "",
                     f"`{shown}` should not be passed to `{call_name(call)}`.")
    for keyword in call.keywords:
        if keyword.arg:
            start = source.span(keyword)[0]
            yield Change(33, "keyword", start, source.outer(keyword.value)[0], "",
                         f"`{keyword.arg}` is the wrong argument name here.")


def _with_comma(spans: Sequence[tuple[int, int]], number: int) -> tuple[int, int]:
    """Where an element and the comma before it (of the first: after it) start and end."""
    if number:
        return spans[number - 1][1], spans[number][1]
    return spans[0][0], spans[1][0] if len(spans) > 1 else spans[0][1]


def _swapped(source: Source, spans: Sequence[tuple[int, int]], sentence: str, rank: int) -> Iterator[Change]:
    for number in range(len(spans)):
        for other in range(number + 1, len(spans)):
            (start, end), (start2, end2) = spans[number], spans[other]
            text = source.text
            after = text[start2:end2] + text[end:start2] + text[start:end]
            yield Change(rank + 2 * (other - number - 1), "swapped", start, end2, after, sentence)


def _elements(source: Source, node: ast.Tuple | ast.List) -> Iterator[Change]:
    spans = [source.outer(element) for element in node.elts]
    code = short(source.code(node))
    yield from _swapped(source, spans, f"`{code}` is in the wrong order.", 19)
    loads = isinstance(node.ctx, ast.Load)
    if loads and isinstance(node, ast.Tuple) and len(spans) > 1:
        for span in spans:
            if not source.text[slice(*span)].startswith("*"):
                yield Change(24, "element dropped", *source.span(node), source.text[slice(*span)],
                             f"`{code}` contains more than it should.")
    if loads and (isinstance(node, ast.List) or len(spans) > 2):
        for number, span in enumerate(spans):
            yield Change(27, "element dropped", *_with_comma(spans, number), "",
                         f"`{short(source.text[slice(*span)])}` should not be in `{code}`.")


def _entries(source: Source, node: ast.Dict) -> Iterator[Change]:
    spans = [(source.outer(key)[0] if key else source.outer(value)[0] - 2, source.outer(value)[1])
             for key, value in zip(node.keys, node.values, strict=True)]
    for number in range(len(spans)):
        yield Change(29, "element dropped", *_with_comma(spans, number), "",
                     f"`{short(source.text[slice(*spans[number])])}` should not be in the dict.")
    values = [source.outer(value) for value in node.values]
    yield from _swapped(source, values, "The values of the dict are at the wrong keys.", 25)


def _parameters(source: Source) -> Iterator[Change]:
    functions: list[ast.FunctionDef | ast.Lambda] = [*source.of(ast.FunctionDef), *source.of(ast.Lambda)]
    for function in functions:
        args = function.args
        plain = args.args[:len(args.args) - len(args.defaults)]
        own = 1 if plain and plain[0].arg == "self" else 0
        spans = [source.span(arg) for arg in plain[own:]]
        yield from _swapped(source, spans, "The parameters are in the wrong order.", 31)
        for arg, default in zip(args.args[len(args.args) - len(args.defaults):], args.defaults, strict=True):
            yield Change(34, "default dropped", source.span(arg)[1], source.outer(default)[1], "",
                         f"`{arg.arg}` should have no default value.")
