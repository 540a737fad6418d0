"""How good predictions are: accuracy, the confusion matrix, and what is made of it.

Two-class metrics take ``scores`` (N,) or (N, 1), larger for class 1: logits or probabilities,
and ``targets`` of the same size with 0 and 1. Where a rate divides by nothing it is 0.
"""

from __future__ import annotations

import torch
from torch import Tensor


def accuracy(outputs: Tensor, targets: Tensor) -> float:
    """The share of rows that are right, from logits.

    ``outputs`` (N, C) with C > 1 and ``targets`` (N,): the largest logit names the class.
    ``outputs`` and ``targets`` both (N,) or (N, 1): class 1 where the logit is above 0, which is a
    probability above 0.5.
    """
    if outputs.ndim > 1 and outputs.shape[1] > 1:
        predicted = outputs.argmax(dim=1)
    else:
        outputs, targets = _two_class(outputs, targets)
        predicted = (outputs > 0).to(targets.dtype)
    return (predicted == targets).float().mean().item()


def confusion(predicted: Tensor, targets: Tensor, classes: int = 2) -> Tensor:
    """The confusion matrix (classes, classes), int64: rows are the truth, columns what was predicted.

    ``predicted`` and ``targets`` hold class numbers, or booleans; (N,) or (N, 1).
    """
    predicted, targets = _two_class(predicted.long(), targets.long())
    return torch.bincount(targets * classes + predicted, minlength=classes**2).reshape(classes, classes)


def precision_recall_f1(predicted: Tensor, targets: Tensor) -> tuple[float, float, float]:
    """Of those named 1, how many are; of those that are 1, how many were named; and their harmonic mean."""
    (_, false_positives), (false_negatives, true_positives) = confusion(predicted, targets).tolist()
    precision = _ratio(true_positives, true_positives + false_positives)
    recall = _ratio(true_positives, true_positives + false_negatives)
    return precision, recall, _ratio(2 * precision * recall, precision + recall)


def roc_curve(scores: Tensor, targets: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """False positive rate, true positive rate and threshold, (T,) each, from the strictest to the laxest.

    One point for each distinct score (a row counts as 1 where its score is at least the
    threshold), after a first point (0, 0) with the threshold infinity.
    """
    thresholds, true_positives, false_positives = _cumulated(scores, targets)
    zero = torch.zeros(1, dtype=true_positives.dtype, device=true_positives.device)
    true_positives, false_positives = torch.cat([zero, true_positives]), torch.cat([zero, false_positives])
    infinity = torch.full_like(thresholds[:1], float("inf"))
    return (
        false_positives / false_positives[-1].clamp(min=1),
        true_positives / true_positives[-1].clamp(min=1),
        torch.cat([infinity, thresholds]),
    )


def auc(scores: Tensor, targets: Tensor) -> float:
    """The area under the ROC curve: how often a random 1 has a higher score than a random 0."""
    false_positive_rate, true_positive_rate, _ = roc_curve(scores, targets)
    return torch.trapezoid(true_positive_rate, false_positive_rate).item()


def precision_recall_curve(scores: Tensor, targets: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Precision, recall and threshold, (T,) each: one point for each distinct score, the strictest first."""
    thresholds, true_positives, false_positives = _cumulated(scores, targets)
    precision = true_positives / (true_positives + false_positives)
    return precision, true_positives / true_positives[-1].clamp(min=1), thresholds


def _cumulated(scores: Tensor, targets: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Each distinct score from high to low, with the 1s and the 0s at or above it (float64)."""
    scores, targets = _two_class(scores, targets)
    order = scores.argsort(descending=True, stable=True)
    scores, ones = scores[order], targets[order].double()
    last_of_its_score = torch.cat([scores[1:] != scores[:-1], torch.ones(1, dtype=torch.bool, device=scores.device)])
    true_positives = ones.cumsum(0)[last_of_its_score]
    false_positives = (1 - ones).cumsum(0)[last_of_its_score]
    return scores[last_of_its_score], true_positives, false_positives


def _two_class(outputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Both as (N,). A column and a row of N would broadcast to N x N, so sizes must agree first."""
    outputs, targets = outputs.flatten(), targets.flatten()
    if outputs.shape != targets.shape:
        raise ValueError(f"{len(outputs)} predictions and {len(targets)} targets: there must be one for each.")
    if len(outputs) == 0:
        raise ValueError("There is no row to score.")
    return outputs, targets


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
