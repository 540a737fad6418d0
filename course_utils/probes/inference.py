"""Probes for models in use: in which mode they predict, with how many rows at a time, and what they leave behind."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from course_utils.evidence.describe import form_of
from course_utils.evidence.facts import Facts, Form, Note, yes_or_no
from course_utils.probes.training import RECORDING, Watch, mode, net, recording
from course_utils.probes.words import graph_of

SIZES = (3, 8, 1)


def prediction(answer: Any, rows: Tensor, seed: int = 0) -> Facts:
    """``answer(model, rows)`` for a net with batch norm and dropout that training left in train mode."""
    model = net(SIZES, seed, dropout=0.5, normed=True).train()
    watch = Watch(model)
    returned = answer(model, rows)
    return Facts({"mode of the model": mode(watch.train_mode), "": returned,
                  "graph of the probabilities": graph_of([returned])})


def undecided(rows: Tensor, seed: int) -> bool:
    """Whether the net of :func:`prediction` calls some of the rows 1 and some 0, a fifth of them at least."""
    model = net(SIZES, seed, dropout=0.5, normed=True).eval()
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


def scoring(answer: Any, rows: Tensor, labels: Tensor, training: bool, seed: int = 0) -> Facts:
    """``answer(model, rows, labels)`` in the middle of a training, and the mode that it leaves the model in."""
    model = net(SIZES, seed, dropout=0.5, normed=True).train(training)
    buffers = [buffer.clone() for buffer in model.buffers()]
    watch = Watch(model)
    returned = answer(model, rows, labels)
    modes = {module.training for module in model.modules()}
    same = all(torch.equal(a, b) for a, b in zip(buffers, model.buffers(), strict=True))
    return Facts({
        "mode while scoring": mode(watch.train_mode),
        "accuracy": returned,
        "mode afterwards": Note("mixed: not every layer is back") if len(modes) > 1 else mode(sorted(modes)),
        "running means": yes_or_no(same, "as before", "changed by the scoring"),
    })


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
