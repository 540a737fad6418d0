"""The probe for counting parameters: nets of several kinds, with some of their parameters frozen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import nn

from course_utils.evidence.facts import Facts, Form, Note
from course_utils.models.mlp import mlp
from course_utils.probes.function import told_apart_from_numbers


class Mixed(nn.Module):
    """Nested modules, a weight that two layers share, a parameter of its own without dimensions, and buffers."""

    def __init__(self, words: int, width: int) -> None:
        super().__init__()
        self.words = nn.Embedding(words, width)
        self.body = nn.Sequential(mlp([width, width + 3, width]), nn.BatchNorm1d(width))
        self.out = nn.Linear(width, words)
        self.out.weight = self.words.weight
        self.scale = nn.Parameter(torch.tensor(1.0))


def count_on_net(answer: Any, sizes: Sequence[int], frozen: str = "", normed: bool = False) -> Facts:
    """What a function of a model returns, and whether it left the model as it was.

    Four ``sizes`` make a net of linear layers in train mode, with ``normed`` a batch norm at its end; two make
    :class:`Mixed`, in eval mode. ``frozen`` is one of the keys of ``FROZEN``.
    """
    model: nn.Module = mlp(sizes) if len(sizes) > 2 else Mixed(*sizes).eval()
    if normed:
        model = nn.Sequential(*model.children(), nn.BatchNorm1d(sizes[-1]))
    linear = [layer for layer in model.modules() if isinstance(layer, nn.Linear)]
    parameters: dict[str, Iterable[nn.Parameter]] = {
        "": (), "first": linear[0].parameters(), "first two": [*linear[0].parameters(), *linear[1].parameters()],
        "biases": [layer.bias for layer in linear], "all": model.parameters()}
    for parameter in parameters[frozen]:
        parameter.requires_grad_(False)
    before = _state(model)
    result = answer(model)
    return Facts({"": _told_apart_from_integers(result), "the model afterwards": _changes(before, _state(model))})


FROZEN = {"": "", "first": ", first linear layer frozen", "first two": ", first two linear layers frozen",
          "biases": ", biases of the linear layers frozen", "all": ", all frozen"}


def _state(model: nn.Module) -> tuple[list[bool], list[bool]]:
    """The modes of all modules, and which parameters can be trained."""
    return [module.training for module in model.modules()], [p.requires_grad for p in model.parameters()]


def _changes(before: tuple[list[bool], list[bool]], after: tuple[list[bool], list[bool]]) -> Note:
    changed = [name for name, one, other in zip(("its mode", "what is frozen"), before, after, strict=True)
               if one != other]
    return Note(f"changed in {' and in '.join(changed)}" if changed else "unchanged")


def _told_apart_from_integers(value: Any) -> Any:
    """A float or a tensor that holds a whole number as its type alone; everything else as it is."""
    return Form("a Python float") if isinstance(value, float) else told_apart_from_numbers(value)


def shown_count(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """What :func:`count_on_net` does, in words: ``count_parameters(‹net 8-12-8-1, first linear layer frozen›)``."""
    sizes = args[0]
    net = f"net {'-'.join(map(str, sizes))}" if len(sizes) > 2 else "net with nested layers and a shared weight"
    more = ", batch norm at the end" if kwargs.get("normed") else ""
    return f"{name}(‹{net}{more}{FROZEN[kwargs.get('frozen', '')]}›)"
