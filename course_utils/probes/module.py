"""Probes for models: what a net that a student wrote is made of, and what it does with given weights."""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn

from course_utils.evidence.describe import describe_argument, form_of, plain_type_name
from course_utils.evidence.facts import HANDED_OUT, Facts, Form, Note, Parameter, Parameters, Spread, yes_or_no
from course_utils.probes.words import parameter_rows


def module(
    answer: Any,
    inputs: Sequence[torch.Tensor],
    seed: int = 0,
    modes: Sequence[str] = ("eval", "train"),
    arguments: Sequence[Any] = (),
) -> Facts:
    """What a model does once it has the weights of ``seed``, so that it may be compared with another.

    ``answer`` is a class or a function that makes the model from ``arguments``. Returns

    - ``"what it makes"``: an nn.Module, or what came instead (nothing else is told of that);
    - ``"what two calls make"``: two models, or one, or two that share parameters;
    - ``"parameters"``: which layers have parameters of which shapes;
    - ``"`model(x)` in eval mode"``, ``"… in train mode"``: the output for each input in that mode; if two calls give
      different ones, type, shape and dtype, and mean and spread over many calls;
    - ``"frozen parameters"``: those with ``requires_grad`` off;
    - ``"parameters without a gradient"``: those others that the gradient of the outputs does not reach.

    What the model raises is passed on.
    """
    if isinstance(answer, nn.Module):
        return Facts({"what it makes": Form("nothing, because it is itself a model")})
    model = answer(*arguments)
    if not isinstance(model, nn.Module):
        came = "a class, not an object made from it" if isinstance(model, type) else plain_type_name(model)
        return Facts({"what it makes": Form(came)})
    calls = Note("two models") if isinstance(answer, type) else _two_calls(model, answer(*arguments))
    if any(nn.parameter.is_lazy(parameter) for parameter in known(model)):
        run(model, inputs[:1], "eval", seed)  # nn.LazyLinear learns its size from the first input
    parameters = Parameters((*parameter_rows(model), *unregistered(model)))
    give_weights(model, seed)
    outputs = {mode: run(model, inputs, mode, seed) for mode in modes}
    without = unreached(model, outputs)
    seen = Facts({"what it makes": Form("an nn.Module"), "what two calls make": calls, "parameters": parameters})
    for mode, listed in outputs.items():
        seen |= _in_mode(model, inputs, mode, seed, listed)
    frozen = [name for name, parameter in nn.Module.named_parameters(model) if not parameter.requires_grad]
    return Facts({**seen, "frozen parameters": _names(frozen, model), "parameters without a gradient": without})


def _two_calls(one: nn.Module, other: Any) -> Note:
    """Return what two calls of a function made."""
    if not isinstance(other, nn.Module):
        return Note("a model, then something else")
    shared = {id(parameter) for parameter in known(one)} & {id(parameter) for parameter in known(other)}
    return Note("the same model twice" if one is other else "two models that share parameters" if shared
                else "two models")


def _in_mode(model: nn.Module, inputs: Sequence[torch.Tensor], mode: str, seed: int,
             outputs: Sequence[Any]) -> dict[str, Any]:
    """The outputs for each input; of outputs that are drawn at random, what they are over many calls."""
    with torch.no_grad():
        again = run(model, inputs, mode, seed + 1)
    random = not all(map(_alike, outputs, again))
    found: dict[str, Any] = {f"two calls of `model(x)` in {mode} mode": yes_or_no(random, "different outputs",
                                                                               "the same output twice")}
    for values, output in zip(inputs, outputs, strict=True):
        label = f"`model(x)` in {mode} mode" + (f", `x` of shape {tuple(values.shape)}" if len(inputs) > 1 else "")
        found[label] = form_of(output) if random else output
        if random and isinstance(output, torch.Tensor) and len(values):
            found[f"{label}, over many calls"] = _spread(model, values, mode, seed)
    return found


def _alike(one: Any, other: Any) -> bool:
    tensors = isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor)
    return not tensors or (one.shape == other.shape and torch.allclose(one, other, equal_nan=True))


@torch.no_grad()
def _spread(model: nn.Module, values: torch.Tensor, mode: str, seed: int) -> Spread:
    """Mean and spread of the output for the first row, over as many draws as there are copies of it in one batch."""
    outputs = run(model, [values[:1].expand(COPIES, *values.shape[1:])], mode, seed)[0]
    return Spread(outputs.mean(0), outputs.std(0), COPIES)


COPIES = 600


def shown_call(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """What :func:`module` does, as a student would write it: ``StackedNet([4, 5, 3])(‹tensor …›)``."""
    arguments = ", ".join(map(describe_argument, kwargs.get("arguments", ())))
    rows = describe_argument(args[0][0])
    modes = kwargs.get("modes", ())
    return f"{name}({arguments})({rows})" + (f" in {modes[0]} mode" if len(modes) == 1 else "")


def known(model: nn.Module) -> list[nn.Parameter]:
    """The parameters that the module itself knows, whatever a ``parameters`` method of the student's hands out."""
    return [parameter for _, parameter in nn.Module.named_parameters(model)]


def unregistered(model: nn.Module) -> tuple[Parameter, ...]:
    """Return the parameters that a model holds or hands out, and that ``state_dict`` and ``to`` don't know of."""
    ids = {id(parameter) for parameter in known(model)}
    found: dict[int, Parameter] = {}
    for path, owner in nn.Module.named_modules(model):
        for name, value in vars(owner).items():
            if not name.startswith("_"):
                _look_for_parameters(value, f"{path}.{name}" if path else name, ids, found)
    for number, parameter in enumerate(model.parameters()):
        if id(parameter) not in ids:
            seen = found.get(id(parameter))
            name = seen.name if seen else f"list(model.parameters())[{number}]"
            found[id(parameter)] = Parameter(name, HANDED_OUT, tuple(parameter.shape), False)
    return tuple(found.values())


def _look_for_parameters(value: Any, name: str, ids: set[int], found: dict[int, Parameter]) -> None:
    """Note the parameters in a plain container or attribute that the module does not know."""
    if isinstance(value, list | tuple | dict):
        for key, item in (value.items() if isinstance(value, dict) else enumerate(value)):
            if isinstance(item, nn.Module | torch.Tensor):
                _look_for_parameters(item, f"{name}[{key!r}]", ids, found)
    elif isinstance(value, nn.Module):
        for inner, parameter in value.named_parameters():
            if id(parameter) not in ids:
                found[id(parameter)] = Parameter(f"{name}.{inner}", type(value).__name__, tuple(parameter.shape), False)
    elif isinstance(value, torch.Tensor) and value.requires_grad and value.is_leaf and id(value) not in ids:
        found[id(value)] = Parameter(name, "", tuple(value.shape), False)


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


def unreached(model: nn.Module, outputs: dict[str, list[Any]]) -> Note:
    """Return the parameters that have no gradient after a backward pass from all outputs; frozen ones don't count."""
    tensors = [output for listed in outputs.values() for output in listed if isinstance(output, torch.Tensor)]
    connected = [tensor.sum() for tensor in tensors if tensor.requires_grad]
    if connected:
        torch.autograd.backward(connected)
    return _names([name for name, parameter in nn.Module.named_parameters(model)
                   if parameter.grad is None and parameter.requires_grad], model)


def _names(names: list[str], model: nn.Module) -> Note:
    """Return the names of some of a model's parameters in a few words."""
    if names and len(names) == len(known(model)):
        return Note("all of them")
    return Note(", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "") or "none")
