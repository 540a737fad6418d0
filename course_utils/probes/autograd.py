"""Probes for gradients: what a loss passes back, and what a few steps of a loop do to a net's parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from course_utils.evidence.describe import call_text
from course_utils.evidence.facts import Facts, Note
from course_utils.evidence.label import attribute
from course_utils.models.resnet import small_resnet
from course_utils.probes.function import told_apart_from_numbers
from course_utils.probes.words import listed


def loss_and_gradients(
    answer: Any, prediction: torch.Tensor, target: torch.Tensor, weights: Sequence[torch.Tensor], *args: Any
) -> Facts:
    """``answer(prediction, target, weights, *args)`` as a loss, and what its backward pass brings.

    ``prediction`` and each of ``weights`` are made leaves that want a gradient; one that gets none has None.
    """
    prediction = prediction.requires_grad_()
    weights = [weight.requires_grad_() for weight in weights]
    loss = answer(prediction, target, weights, *args)
    value = loss.detach().clone() if isinstance(loss, torch.Tensor) else loss
    seen = Facts({"": value, "graph of the loss": _history(loss)})
    if isinstance(loss, torch.Tensor) and loss.numel() == 1 and loss.requires_grad:
        torch.autograd.backward([loss.reshape(())])
    seen["`prediction.grad` after `loss.backward()`"] = prediction.grad
    seen |= {f"`weights[{number}].grad` after `loss.backward()`": weight.grad for number, weight in enumerate(weights)}
    return seen


def _history(loss: Any) -> Note:
    if not isinstance(loss, torch.Tensor):
        return Note("none, for it is no tensor")
    return Note("one" if loss.grad_fn is not None else "none: it is a new leaf" if loss.requires_grad else "none")


def steps_on_resnet(
    answer: Any, images: torch.Tensor, labels: torch.Tensor, lr: float, steps: int
) -> Facts:
    """``answer(model, images, labels, lr, steps)`` on a small residual net, in train mode, with seeded random weights.

    Returns the losses that came back, how many of them still hold on to their graph, and the weights of the first
    and the last layer afterwards.
    """
    model = small_resnet().train()
    losses = answer(model, images, labels, lr, steps)
    kept = sum(isinstance(loss, torch.Tensor) and loss.grad_fn is not None for loss in listed(losses))
    first, *_, last = ((name, values) for name, values in model.named_parameters() if values.ndim > 1)
    layers = {f"`{attribute('model', name)}` after the steps": values.detach() for name, values in (first, last)}
    plain = list(map(told_apart_from_numbers, losses)) if isinstance(losses, list) else losses
    return Facts({"losses": plain, **layers,
                  "losses that keep their graph": Note(str(kept) if kept else "none")})


def on_resnet(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """The call that :func:`steps_on_resnet` makes: ``train_steps(‹small_resnet()›, ‹tensor …›, …)``."""
    return call_text(name, args, kwargs).replace("(", "(‹small_resnet()›, ", 1)
