"""Probes for gradients: what a loss passes back, and what a few steps of a loop do to a net's parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from course_utils.evidence.describe import call_text
from course_utils.models.resnet import small_resnet


def loss_and_gradients(
    answer: Any, prediction: torch.Tensor, target: torch.Tensor, weights: Sequence[torch.Tensor], *args: Any
) -> dict[str, Any]:
    """``answer(prediction, target, weights, *args)`` as a loss, and what its backward pass brings.

    ``prediction`` and each of ``weights`` are made leaves that want a gradient. A leaf that gets none has
    False in ``"… gets a gradient"``, and zeros as its gradient.
    """
    prediction = prediction.requires_grad_()
    weights = [weight.requires_grad_() for weight in weights]
    loss = answer(prediction, target, weights, *args)
    seen: dict[str, Any] = {"loss": loss.detach().clone() if isinstance(loss, torch.Tensor) else loss}
    seen["its history"] = _history(loss)
    if isinstance(loss, torch.Tensor) and loss.numel() == 1 and loss.requires_grad:
        torch.autograd.backward([loss.reshape(())])
    seen["prediction gets a gradient"] = prediction.grad is not None
    seen["weights get gradients"] = [weight.grad is not None for weight in weights]
    seen["gradients"] = [torch.zeros_like(leaf) if leaf.grad is None else leaf.grad for leaf in (prediction, *weights)]
    return seen


def _history(loss: Any) -> str:
    if not isinstance(loss, torch.Tensor):
        return "no tensor"
    return "a graph" if loss.grad_fn is not None else "a new leaf" if loss.requires_grad else "none"


def steps_on_resnet(
    answer: Any, images: torch.Tensor, labels: torch.Tensor, lr: float, steps: int
) -> dict[str, Any]:
    """``answer(model, images, labels, lr, steps)`` on a small residual net, in train mode, with seeded random weights.

    Returns the losses that came back, how many of them still hold on to their graph, and the weights of the first
    and the last layer afterwards.
    """
    model = small_resnet().train()
    losses = answer(model, images, labels, lr, steps)
    listed = losses if isinstance(losses, list | tuple) else ()
    kept = sum(isinstance(loss, torch.Tensor) and loss.grad_fn is not None for loss in listed)
    first, *_, last = (parameter for parameter in model.parameters() if parameter.ndim > 1)
    return {"losses": losses, "first layer": first.detach(), "last layer": last.detach(), "graphs kept alive": kept}


def on_resnet(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """The call that :func:`steps_on_resnet` makes: ``train_steps(‹small_resnet()›, ‹tensor …›, …)``."""
    return call_text(name, args, kwargs).replace("(", "(‹small_resnet()›, ", 1)
