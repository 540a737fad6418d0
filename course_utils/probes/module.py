"""Probes for models: what a net that a student wrote is made of, and what it does with given weights."""

from __future__ import annotations

import copy
import functools
import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from course_utils.explain import explain
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

    - ``"made"``: "an nn.Module", or what came instead;
    - ``"parameters"``: the shapes of the parameters, sorted, as texts such as "12×8";
    - ``"forward"``: "runs", or the error that stopped it, in a sentence;
    - ``"eval"``, ``"train"``: the output for each input in that mode; the random numbers that dropout draws in
      train mode are those of ``seed``;
    - ``"learns"``: how many parameters the gradient of the outputs reaches.
    """
    model = make(answer, arguments)
    if not isinstance(model, nn.Module):
        return {"made": f"an object of type {type(model).__name__}"}
    seen: dict[str, Any] = {"made": "an nn.Module", "parameters": shapes(model)}
    give_weights(model, seed)
    try:
        outputs = {mode: run(model, inputs, mode, seed) for mode in modes}
    except NotImplementedError:
        raise
    except Exception as error:
        return {**seen, "forward": in_words(error)}
    return {**seen, "forward": "runs", **outputs, "learns": reached(model, outputs)}


def make(answer: Any, arguments: Sequence[Any] = ()) -> Any:
    """The model that a class or a function makes; of a model, a copy."""
    return copy.deepcopy(answer) if isinstance(answer, nn.Module) else answer(*arguments)


def shapes(model: nn.Module) -> list[str]:
    """The shapes of all parameters as texts, sorted: neither names nor order of declaration matter."""
    return sorted("×".join(map(str, parameter.shape)) or "1 number" for parameter in model.parameters())


@torch.no_grad()
def give_weights(model: nn.Module, seed: int) -> None:
    """Fill every parameter with random numbers that depend on its shape and the seed alone.

    Two models with layers of the same shapes then hold the same weights, whatever the layers are called and
    in whichever order they were declared (layers of equal shape are matched in order).
    """
    met: Counter[tuple[int, ...]] = Counter()
    for parameter in model.parameters():
        shape = tuple(parameter.shape)
        code = functools.reduce(lambda code, n: 31 * code + n, (seed, met[shape], *shape))
        generator = torch.Generator().manual_seed(code % 2**31)
        met[shape] += 1
        scale = 1 / math.sqrt(math.prod(shape[1:])) if len(shape) > 1 else 0.3  # biases that drown nothing
        parameter.copy_(scale * torch.randn(shape, generator=generator))


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
    return sum(parameter.grad is not None for parameter in model.parameters())


def in_words(error: Exception) -> str:
    """An exception as a text: its type, its message, and what it usually means."""
    kind, message = type(error).__name__, str(error)
    return f"{kind}: {message} {explain(kind, message)}".strip()


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
