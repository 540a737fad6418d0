"""Probes for models in use: in which mode they predict, with how many rows at a time, and what they leave behind."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from course_utils.evidence.describe import form_of
from course_utils.evidence.facts import Facts, Form, Note, yes_or_no
from course_utils.probes.function import told_apart_from_numbers
from course_utils.probes.training import RECORDING, Watch, mode, net, recording
from course_utils.probes.words import graph_of

SIZES = (3, 8, 1)


def prediction(answer: Any, rows: Tensor, seed: int = 0) -> Facts:
    """``answer(model, rows)`` for a net with batch norm and dropout that training left in train mode."""
    model = net((rows.shape[-1], *SIZES[1:]), seed, dropout=0.5, normed=True).train()
    watch = Watch(model)
    returned = answer(model, rows)
    return Facts({"mode of the model": mode(watch.train_mode), "": returned,
                  "graph of the probabilities": graph_of([returned])})


def undecided(rows: Tensor, seed: int) -> bool:
    """Whether the net of :func:`prediction` calls some of the rows 1 and some 0, a fifth of them at least."""
    model = net((rows.shape[-1], *SIZES[1:]), seed, dropout=0.5, normed=True).eval()
    with torch.no_grad():
        share = (model(rows) > 0).float().mean().item()
    return 0.2 <= share <= 0.8


def batches(answer: Any, rows: Tensor, batch_size: int, seed: int = 0) -> Facts:
    """``answer(model, rows, batch_size)``, and whether the model got more rows than that at once."""
    model = net(SIZES, seed, dropout=0.5, normed=True).train()
    watch = Watch(model)
    returned = answer(model, rows, batch_size)
    most = max(watch.rows, default=0)
    return Facts({
        "mode of the model": mode(watch.train_mode),
        "most rows in one call of the model": Note("at most batch_size" if 0 < most <= batch_size else str(most)),
        "": returned,
        RECORDING: recording(watch),
    })


def scored_net(seed: int) -> nn.Sequential:
    """The net of :func:`scoring`: batch norm and layers with dropout, these one level deeper."""
    layers = list(net(SIZES, seed, dropout=0.5, normed=True))
    return nn.Sequential(layers[0], nn.Sequential(*layers[1:-1]), layers[-1])


def scoring(answer: Any, rows: Tensor, labels: Tensor, training: bool, seed: int = 0) -> Facts:
    """``answer(model, rows, labels)`` in the middle of a training, and the state that it leaves the model in."""
    model = scored_net(seed).train(training)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    watch = Watch(model)
    try:
        returned = answer(model, rows, labels)
        still_on = torch.is_grad_enabled()
    finally:
        torch.set_grad_enabled(True)
    after = model.state_dict()
    weights, means = ([name for name in before if ("running" in name or "num_" in name) is of_means]
                      for of_means in (False, True))
    return Facts({
        "mode while scoring": mode(watch.train_mode),
        "accuracy": told_apart_from_numbers(returned),
        "mode afterwards": _mode_afterwards(model, training),
        "running means": yes_or_no(all(torch.equal(before[name], after[name]) for name in means), "as before",
                                   "changed by the scoring"),
        "parameters afterwards": yes_or_no(all(torch.equal(before[name], after[name]) for name in weights),
                                           "as before", "changed"),
        "`requires_grad` of the parameters afterwards": yes_or_no(
            all(parameter.requires_grad for parameter in model.parameters()), "True", "False"),
        "`torch.is_grad_enabled()` afterwards": yes_or_no(still_on, "True", "False"),
    })


def _mode_afterwards(model: nn.Module, training: bool) -> Note:
    """Return the mode that a model and its layers are in, or how far down they are back in the mode they came in."""
    if len({module.training for module in model.modules()}) == 1:
        return mode([model.training])
    if all(child.training is training for child in [model, *model.children()]):
        return Note("mixed: the model and its children are back, but not the layers inside them")
    if model.training is training and all(layer.training is not training for layer in list(model.modules())[1:]):
        return Note("mixed: only the model itself is back, but none of its layers")
    return Note("mixed: not every layer is back")


def best_of(answer: Any, probabilities: Tensor, labels: Tensor) -> Facts:
    """The F1 that the threshold reaches which ``answer(probabilities, labels)`` picks.

    If several thresholds give the same predictions, each of them is as good. A threshold with less than the best F1 is
    told as well.
    """
    threshold = answer(probabilities, labels)
    plain = isinstance(threshold, int | float) and not isinstance(threshold, bool)
    seen = Facts({"": Form("a Python float") if plain else form_of(threshold)})
    if not plain and not (isinstance(threshold, Tensor) and threshold.numel() == 1):
        return seen
    number = float(threshold)
    f1 = _f1_at(number, probabilities, labels)
    seen["F1 at your threshold"] = f1
    if f1 < max(_f1_at(other, probabilities, labels) for other in probabilities.tolist()):
        seen["your threshold"] = number
    return seen


def _f1_at(threshold: float, probabilities: Tensor, labels: Tensor) -> float:
    predicted = probabilities >= threshold
    hits = int((predicted & labels.bool()).sum())
    return 2 * hits / max(1, int(predicted.sum()) + int(labels.sum()))
