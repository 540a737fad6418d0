"""Probes for what is done with an image classifier: convolving, measuring, training, freezing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from course_utils.models.cnn import FastCNN


class _Watch(TorchDispatchMode):
    """Notes whether PyTorch's own convolution was called within."""

    def __init__(self) -> None:
        super().__init__()
        self.convolved = False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.convolved = self.convolved or "conv" in str(func)
        return func(*args, **(kwargs or {}))


def by_hand(answer: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """What a convolution written by hand returns, and whether it was left to PyTorch."""
    with _Watch() as watch:
        result = answer(*args, **kwargs)
    return {"output": result, "uses PyTorch's convolution": watch.convolved}


def small_classifier(seed: int, classes: int = 3) -> FastCNN:
    """A tiny net with batch norm, whose weights and running statistics depend on ``seed`` alone."""
    generator = torch.Generator().manual_seed(seed)
    model = FastCNN(width=2, classes=classes)
    with torch.no_grad():
        for parameter in model.parameters():
            fan_in = math.prod(parameter.shape[1:]) or 1
            drawn = torch.randn(parameter.shape, generator=generator)
            parameter.copy_(drawn * 8 / fan_in**0.5 if parameter.ndim == 2 else drawn / fan_in**0.5)
        for name, buffer in model.named_buffers():
            if buffer.is_floating_point():
                drawn = torch.rand(buffer.shape, generator=generator)
                buffer.copy_(drawn + 0.5 if name.endswith("var") else drawn)
    return model


def statistics(model: nn.Module) -> Tensor:
    """All running statistics of the batch norms in one row."""
    return torch.cat([buffer.flatten() for buffer in model.buffers() if buffer.is_floating_point()])


def weights(model: nn.Module) -> Tensor:
    """All parameters in one row."""
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


def measure(
    answer: Any, images: Tensor, labels: Tensor, sizes: Sequence[int], training: bool, seed: int = 0, **options: Any
) -> dict[str, Any]:
    """What ``answer(model, batches)`` returns, and what it leaves behind of the model.

    The model comes in train mode where ``training``, the images (N, 3, 8, 8) in batches of ``sizes``.
    """
    model = small_classifier(seed).train(training)
    before_statistics, before_weights = statistics(model).clone(), weights(model).clone()
    batches = list(zip(images.split(list(sizes)), labels.split(list(sizes)), strict=True))
    returned = answer(model, batches, **options)
    return {
        "returned": returned,
        "in train mode afterwards": sorted({part.training for part in model.modules()}),
        "running statistics changed": not torch.equal(before_statistics, statistics(model)),
        "weights changed": not torch.equal(before_weights, weights(model)),
    }


def confused(
    answer: Any, images: Tensor, labels: Tensor, sizes: Sequence[int], training: bool, seed: int = 0, **options: Any
) -> dict[str, Any]:
    """Like :func:`measure`, for an answer that may leave the model in either mode."""
    seen = measure(answer, images, labels, sizes, training, seed, **options)
    return {key: value for key, value in seen.items() if key != "in train mode afterwards"}


def one_batch(answer: Any, images: Tensor, labels: Tensor, steps: int, lr: float, seed: int = 0) -> dict[str, Any]:
    """The losses that ``answer(model, images, labels, steps, lr)`` returns, and the weights after it.

    The model comes in eval mode, as an evaluation leaves it, and computes in the precision of ``images``.
    """
    model = small_classifier(seed).to(images.dtype).eval()
    returned = answer(model, images, labels, steps, lr)
    listed = returned if type(returned) is list else []
    graphs = any(isinstance(loss, Tensor) and loss.grad_fn is not None for loss in listed)
    return {"losses": returned, "keeps every step's graph": graphs, "weights": weights(model)}


def frozen(answer: Any, classes: int, images: Tensor, seed: int = 0) -> dict[str, Any]:
    """What ``answer(model, classes)`` leaves of a net with ``features`` and ``head``.

    Shapes that still learn (the head's bias aside: a head may have none), how many tensors are frozen,
    whether the trained features are what they were, and the shape of the logits for ``images`` (N, 3, 8, 8).
    """
    model = small_classifier(seed)
    kept = weights(model.features).clone()
    returned = answer(model, classes)
    if not isinstance(returned, nn.Module):
        return {"returned": f"an object of type {type(returned).__name__}"}
    learning = ["×".join(map(str, p.shape)) for name, p in returned.named_parameters()
                if p.requires_grad and name != "head.bias"]
    features = getattr(returned, "features", None)
    same = isinstance(features, nn.Module) and weights(features).shape == kept.shape
    with torch.no_grad():
        logits = returned.eval()(images)
    return {
        "returned": "a model",
        "learning": sorted(learning),
        "frozen": sum(not p.requires_grad for p in returned.parameters()),
        "features kept": bool(same and torch.equal(weights(features), kept)),  # type: ignore[arg-type]
        "shape of the logits": list(logits.shape),
    }
