"""Probes for models: what a net that a student wrote is made of, and what it does with given weights."""

from __future__ import annotations

import copy
import functools
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import nn

from course_utils.evidence.describe import describe_argument, type_name
from course_utils.models.mlp import mlp


def module(
    answer: Any,
    inputs: Sequence[torch.Tensor],
    seed: int = 0,
    modes: Sequence[str] = ("eval", "train"),
    arguments: Sequence[Any] = (),
) -> dict[str, Any]:
    """What a model does once it has the weights of ``seed``, so that it may be compared with another.

    ``answer`` is a class or a function that makes the model from ``arguments``, or a model. Returns

    - ``"what it makes"``: "an nn.Module", or what came instead (everything else is None then);
    - ``"shapes of the parameters"``: the shapes of the parameters, large ones first, as a text such as "12×8, 12";
    - ``"eval"``, ``"train"``: the output for each input in that mode; the random numbers that dropout draws in
      train mode are those of ``seed``;
    - ``"parameters with a gradient"``: how many the gradient of the outputs reaches.

    What the model raises is passed on.
    """
    model = make(answer, arguments)
    if not isinstance(model, nn.Module):
        came = "a class, not an object made from it" if isinstance(model, type) else _came(model)
        return {"what it makes": came, "shapes of the parameters": None, **dict.fromkeys(modes),
                "parameters with a gradient": None}
    if any(nn.parameter.is_lazy(parameter) for parameter in known(model)):
        run(model, inputs[:1], "eval", seed)  # nn.LazyLinear learns its size from the first input
    parameters = shapes(model)
    give_weights(model, seed)
    outputs = {mode: run(model, inputs, mode, seed) for mode in modes}
    return {"what it makes": "an nn.Module", "shapes of the parameters": parameters, **outputs,
            "parameters with a gradient": reached(model, outputs)}


def shown_call(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """What :func:`module` does, as a student would write it: ``StackedNet([4, 5, 3])(‹tensor …›)``."""
    arguments = ", ".join(map(describe_argument, kwargs.get("arguments", ())))
    rows = describe_argument(args[0][0])
    modes = kwargs.get("modes", ())
    return f"{name}({arguments})({rows})" + (f" in {modes[0]} mode" if len(modes) == 1 else "")


def _came(value: Any) -> str:
    known = type(value) in (list, tuple, dict, str, int, float) or value is None
    return type_name(value) if known else f"an object of type {type(value).__name__}"


def make(answer: Any, arguments: Sequence[Any] = ()) -> Any:
    """The model that a class or a function makes; of a model, a copy."""
    return copy.deepcopy(answer) if isinstance(answer, nn.Module) else answer(*arguments)


def known(model: nn.Module) -> list[nn.Parameter]:
    """The parameters that the module itself knows, whatever a ``parameters`` method of the student's hands out."""
    return [parameter for _, parameter in nn.Module.named_parameters(model)]


def shapes(model: nn.Module) -> str:
    """The shapes of all parameters as a text, sorted: neither names nor order of declaration matter.

    What ``model.parameters()`` hands out besides is named apart, since ``state_dict`` and ``to`` don't know of it.
    """
    parameters = known(model)
    ids = {id(parameter) for parameter in parameters}
    unknown = [parameter for parameter in model.parameters() if id(parameter) not in ids]
    text = _sizes(parameters)
    return f"{text}; handed out, but not known to the module: {_sizes(unknown)}" if unknown else text


def _sizes(parameters: Iterable[torch.Tensor]) -> str:
    sizes = sorted((tuple(p.shape) for p in parameters), key=lambda s: (len(s), math.prod(s), s), reverse=True)
    return ", ".join("×".join(map(str, size)) or "1 number" for size in sizes) or "none"


@torch.no_grad()
def give_weights(model: nn.Module, seed: int) -> None:
    """Fill every parameter with random numbers that depend on its shape and the seed alone.

    Two models with layers of the same shapes then hold the same weights, whatever the layers are called and
    in whichever order they were declared (layers of equal shape are matched in order).
    """
    met: Counter[tuple[int, ...]] = Counter()
    for parameter in known(model):
        shape = tuple(parameter.shape)
        parameter.copy_(_weights(seed, met[shape], shape))
        met[shape] += 1


@functools.lru_cache(maxsize=64)  # one check fills a net like the student's for every mistake that it may be
def _weights(seed: int, number: int, shape: tuple[int, ...]) -> torch.Tensor:
    code = functools.reduce(lambda code, n: 31 * code + n, (seed, number, *shape))
    generator = torch.Generator().manual_seed(code % 2**31)
    scale = 1 / math.sqrt(math.prod(shape[1:])) if len(shape) > 1 else 0.3  # biases that drown nothing
    return scale * torch.randn(shape, generator=generator)


def run(model: nn.Module, inputs: Sequence[torch.Tensor], mode: str, seed: int) -> list[Any]:
    """The output for each input, in ``mode`` "eval" or "train", with the random numbers of ``seed``."""
    model.train(mode == "train")
    outputs = []
    for values in inputs:
        torch.manual_seed(seed)
        outputs.append(model(values))
    return outputs


def reached(model: nn.Module, outputs: dict[str, list[Any]]) -> int:
    """How many parameters have a gradient after a backward pass from all outputs."""
    tensors = [output for listed in outputs.values() for output in listed if isinstance(output, torch.Tensor)]
    connected = [tensor.sum() for tensor in tensors if tensor.requires_grad]
    if connected:
        torch.autograd.backward(connected)
    return sum(parameter.grad is not None for parameter in known(model))


def on_mlp(answer: Any, sizes: Sequence[int], frozen: int = 0, normed: bool = False) -> Any:
    """What a function of a model returns for the net of linear layers with these ``sizes``.

    The first ``frozen`` linear layers have ``requires_grad`` off; ``normed`` puts a batch norm at the end (it has
    parameters, and buffers besides).
    """
    model = mlp(sizes)
    if normed:
        model.append(nn.BatchNorm1d(sizes[-1]))
    for layer in [layer for layer in model if isinstance(layer, nn.Linear)][:frozen]:
        layer.requires_grad_(False)
    return answer(model)


def shown_call_on_mlp(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """What :func:`on_mlp` does, in words: ``count_parameters(‹net 8-12-8-1, first linear layer frozen›)``."""
    frozen = kwargs.get("frozen", 0)
    more = {0: "", 1: ", first linear layer frozen"}.get(frozen, f", first {frozen} linear layers frozen")
    more += ", batch norm at the end" if kwargs.get("normed") else ""
    return f"{name}(‹net {'-'.join(map(str, args[0]))}{more}›)"
