"""Probes for what is done with an image classifier: convolving, measuring, training, freezing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from course_utils.evidence.describe import form_of
from course_utils.evidence.facts import Facts, Form, Note, Parameters, Several, several, yes_or_no
from course_utils.models.cnn import FastCNN
from course_utils.probes.words import (
    graph_of,
    int_or_not,
    listed,
    number_or_not,
    parameter_rows,
    parameters_after,
)


class _Watch(TorchDispatchMode):
    """Notes whether PyTorch's own convolution was called within."""

    def __init__(self) -> None:
        super().__init__()
        self.convolved = False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.convolved = self.convolved or "conv" in str(func)
        return func(*args, **(kwargs or {}))


def by_hand(answer: Any, *args: Any, **kwargs: Any) -> Facts:
    """What a convolution written by hand returns, and whether it was left to PyTorch."""
    with _Watch() as watch:
        result = answer(*args, **kwargs)
    return Facts({"": result, "the convolution": yes_or_no(watch.convolved, "PyTorch's own", "your own")})


def whole_number(answer: Any, *args: Any, **kwargs: Any) -> Facts:
    """What a function returns that is to return an int."""
    number = answer(*args, **kwargs)
    return Facts({"": number, "type of the number": int_or_not(number)})


MODE_AFTER = "mode of the model afterwards"


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


class _Modes:
    """Notes in which mode the batch norms and the dropouts of a model run."""

    def __init__(self, model: nn.Module) -> None:
        self.seen: dict[str, set[bool]] = {"batch norm": set(), "dropout": set()}
        seen = self.seen

        def note(layer: nn.Module, inputs: Any) -> None:  # not a method: a copy of the model would have a copy of that
            seen["dropout" if isinstance(layer, nn.Dropout) else "batch norm"].add(layer.training)

        for part in model.modules():
            if isinstance(part, nn.BatchNorm2d | nn.Dropout):
                part.register_forward_pre_hook(note)

    def note(self) -> Note:
        told = {kind: "eval" if modes == {False} else "train" if modes == {True} else "both modes"
                for kind, modes in self.seen.items() if modes}
        if len(set(told.values())) == 1:
            return Note(next(iter(told.values())))
        return Note(", ".join(f"{kind} in {mode}" for kind, mode in told.items()) or "none: the model was not called")


def measure(
    answer: Any, images: Tensor, labels: Tensor, sizes: Sequence[int], training: bool, seed: int = 0, **options: Any
) -> Facts:
    """What ``answer(model, batches)`` returns, and what it leaves behind of the model.

    The model has batch norm and dropout, and comes in train mode where ``training``; the images (N, 3, 8, 8) come in
    batches of ``sizes``. Its return value is reported only if both computed in eval mode.
    """
    model = small_classifier(seed)
    model.features.append(nn.Dropout(0.5))
    model.train(training)
    modes = _Modes(model)
    before_statistics, before_weights = statistics(model).clone(), weights(model).clone()
    batches = list(zip(images.split(list(sizes)), labels.split(list(sizes)), strict=True))
    returned = answer(model, batches, **options)
    ran = modes.note()
    flags = {part.training for part in model.modules()}
    return Facts({
        "mode of the model while it computes": ran,
        **({"": returned} if ran == Note("eval") else {}),
        MODE_AFTER: Note("mixed: not every layer is back" if len(flags) > 1 else "train" if True in flags else "eval"),
        "running statistics of the batch norms": yes_or_no(torch.equal(before_statistics, statistics(model)),
                                                           "as before", "changed"),
        "weights of the model": yes_or_no(torch.equal(before_weights, weights(model)), "as before", "changed"),
    })


def confused(
    answer: Any, images: Tensor, labels: Tensor, sizes: Sequence[int], training: bool, seed: int = 0, **options: Any
) -> Facts:
    """Like :func:`measure`, for an answer that may leave the model in either mode."""
    seen = measure(answer, images, labels, sizes, training, seed, **options)
    returned = several(seen.get(""), "accuracy", "matrix")
    kind = {"type of `accuracy`": number_or_not(returned.items[0])} if isinstance(returned, Several) else {}
    kept = {label: value if label else returned for label, value in seen.items() if label != MODE_AFTER}
    return Facts({**kept, **kind})


def one_batch(answer: Any, images: Tensor, labels: Tensor, steps: int, lr: float, seed: int = 0,
              training: bool = False) -> Facts:
    """The losses that ``answer(model, images, labels, steps, lr)`` returns, and the weights after it.

    The model comes in eval mode, as an evaluation leaves it, unless ``training``, and computes in the precision of
    ``images``.
    """
    model = small_classifier(seed).to(images.dtype).train(training)
    before = weights(model)
    returned = answer(model, images, labels, steps, lr)
    kinds = {f"type of `losses[{i}]`": number_or_not(loss) for i, loss in enumerate(listed(returned))}
    moved = yes_or_no(torch.equal(before, weights(model)), "not changed at all", "changed")
    return Facts({"losses": returned, **kinds, "graphs of the losses": graph_of(listed(returned)),
                  "weights of the model": moved, **parameters_after(model)})


def _holds(model: nn.Module, values: Tensor) -> bool:
    """Whether the first weights of a model's head are these."""
    head = getattr(model, "head", None)
    if not isinstance(head, nn.Module) or not list(head.parameters()):
        return False
    mine = weights(head)
    return len(mine) >= len(values) and bool(torch.equal(mine[:len(values)], values))


def frozen(answer: Any, classes: int, images: Tensor, seed: int = 0) -> Facts:
    """What ``answer(model, classes)`` leaves of a net with ``features`` and ``head``.

    Shapes that still learn (the head's bias aside: a head may have none), how many tensors are frozen,
    whether the trained features are what they were, and the shape of the logits for ``images`` (N, 3, 8, 8).
    """
    model = small_classifier(seed)
    kept, old = weights(model.features).clone(), weights(model.head).clone()
    returned = answer(model, classes)
    if not isinstance(returned, nn.Module):
        return Facts({"": form_of(returned)})
    learning = Parameters(tuple(
        replace(row, layer="") for row, p in zip(parameter_rows(returned), returned.parameters(), strict=True)
        if p.requires_grad and row.name != "head.bias"))
    features = getattr(returned, "features", None)
    same = isinstance(features, nn.Module) and weights(features).shape == kept.shape
    with torch.no_grad():
        logits = returned.eval()(images)
    unchanged = same and torch.equal(weights(features), kept)  # type: ignore[arg-type]
    return Facts({
        "": Form("a model"),
        "parameters that learn": learning,
        "weights of the head": yes_or_no(_holds(returned, old), "the old ones", "new"),
        "number of frozen parameters": Note(str(sum(not p.requires_grad for p in returned.parameters()))),
        "weights of the features": yes_or_no(bool(unchanged), "as they were", "changed"),
        "model(images)": form_of(logits),
    })
