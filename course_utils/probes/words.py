"""Observations that several probes make, under the expressions that show them."""

from __future__ import annotations

import numbers
from collections.abc import Iterable
from typing import Any

from torch import Tensor, nn

from course_utils.evidence.describe import plain_type_name
from course_utils.evidence.facts import Note, Parameter, yes_or_no
from course_utils.evidence.label import attribute


def parameters_after(model: nn.Module, when: str = "afterwards", root: str = "model") -> dict[str, Tensor]:
    """Return copies of all parameters, by the expression for each and ``when`` it was looked at."""
    return {f"`{attribute(root, name)}` {when}": parameter.detach().clone()
            for name, parameter in nn.Module.named_parameters(model)}


def parameter_rows(model: nn.Module) -> tuple[Parameter, ...]:
    """Return a model's parameters with their names, layers and shapes, in the order of ``named_parameters``."""
    modules = dict(nn.Module.named_modules(model))
    return tuple(Parameter(name, _layer(modules, name), tuple(parameter.shape))
                 for name, parameter in nn.Module.named_parameters(model))


def _layer(modules: dict[str, nn.Module], name: str) -> str:
    """The type of the layer that holds a parameter; empty for the student's own."""
    kind = type(modules[name.rpartition(".")[0]])
    if kind is nn.Conv2d and modules[name.rpartition(".")[0]].groups != 1:
        return "Conv2d with groups"
    return kind.__name__ if kind.__module__.startswith("torch.nn.") else ""


def holds_graph(value: Any) -> bool:
    """Whether a value keeps the graph of its computation alive."""
    return isinstance(value, Tensor) and (value.grad_fn is not None or value.requires_grad)


def graph_of(values: Iterable[Any]) -> Note:
    """Return whether any of the values keeps its graph."""
    return yes_or_no(any(map(holds_graph, values)), "still attached", "cut off")


def listed(values: Any) -> Iterable[Any]:
    """Return the items of a list or tuple, and nothing of anything else."""
    return values if isinstance(values, list | tuple) else ()


def int_or_not(value: Any) -> Note:
    """Return whether a value is an int (NumPy's count), or what else it is."""
    whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    return Note("an int" if whole else plain_type_name(value))


def number_or_not(value: Any) -> Note:
    """Return whether a value is a plain number, an int or float (NumPy's count), or what else it is."""
    plain = isinstance(value, numbers.Real) and not isinstance(value, bool)
    return Note("a plain number" if plain else plain_type_name(value))
