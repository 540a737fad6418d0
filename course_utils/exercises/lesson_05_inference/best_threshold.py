"""The threshold that gives the best F1, among those that make a difference."""

import torch

from course_utils.exercise import Exercise, case
from course_utils.probes.inference import best_of


def _case(rng):
    """Probabilities on which every wrong choice below has an F1 of its own, and less than the best one."""
    while True:
        labels = torch.from_numpy((rng.random(24) < 0.35).astype("int64"))
        logits = torch.from_numpy(rng.normal(-1, 1, size=24)) + 1.3 * labels
        probabilities = _closed_up(torch.sigmoid(logits).float(), labels)
        ways = (best_threshold, by_accuracy, always_half, by_recall, by_precision, returns_the_f1, returns_the_index,
                above_for_at_least)
        f1s = sorted(_f1(probabilities, labels, float(way(probabilities, labels))) for way in ways)
        if all(high - low > 0.01 for low, high in zip(f1s[:-1], f1s[1:], strict=True)):
            grids = (even_steps(probabilities, labels), finer_steps(probabilities, labels))
            if all(_f1(probabilities, labels, threshold) < f1s[-1] - 0.01 for threshold in grids):
                return case(probabilities, labels)


def _closed_up(probabilities, labels):
    """The same, with the best threshold's row and the one below it within one thousandth, where no grid parts them."""
    best = best_threshold(probabilities, labels)
    below = torch.where(probabilities < best, probabilities, -1.0).argmax()
    closer = probabilities.clone()
    start = int(1000 * best) / 1000
    closer[probabilities == best], closer[below] = start + 0.0007, start + 0.0003
    return closer


def _f1(probabilities, labels, threshold):
    called = probabilities >= threshold
    return (2 * (called & (labels == 1)).sum() / (called.sum() + labels.sum())).item()


exercise = Exercise(
    name="best_threshold",
    points=2,
    objective="Choose the threshold for what you want, instead of taking 0.5.",
    hints=(
        "Only thresholds that some row has as its probability can change anything: between two of them everybody stays "
        "where they are. So there are at most N to try.",
        "For each `t` in `probabilities`: `called = probabilities >= t`, then F1 = 2 · hits / (called + ones).",
        "`max(probabilities.tolist(), key=f1)`, with `f1(t)` a function that you write inside.",
    ),
    examples=lambda: [case(torch.tensor([0.10, 0.20, 0.31, 0.35, 0.42, 0.45, 0.62, 0.90]),
                           torch.tensor([0, 0, 1, 0, 0, 1, 0, 1])),
                      case(torch.tensor([0.15, 0.25, 0.425, 0.428, 0.75, 0.85]), torch.tensor([0, 0, 0, 1, 1, 1]))],
    fresh=lambda rng: [_case(rng), _case(rng)],
    probe=best_of,
)


@exercise.reference
def best_threshold(probabilities, labels):
    def f1(threshold):
        called = probabilities >= threshold
        hits = (called & (labels == 1)).sum()
        return (2 * hits / (called.sum() + labels.sum())).item()

    return max(probabilities.tolist(), key=f1)


@exercise.alternative
def all_at_once(probabilities, labels):
    called = probabilities >= probabilities[:, None]  # row i: at the threshold of row i
    hits = (called & labels.bool()).sum(dim=1)
    return probabilities[(2 * hits / (called.sum(dim=1) + labels.sum())).argmax()].item()


@exercise.alternative
def by_sorting(probabilities, labels):
    ordered, order = probabilities.sort(descending=True)
    hits = labels[order].cumsum(0)
    f1 = 2 * hits / (torch.arange(1, len(labels) + 1) + labels.sum())
    return ordered[f1.argmax()]


@exercise.mistake(
    "You took 0.5. That is the right threshold where both kinds of mistake cost the same and the probabilities are "
    "exact; neither is promised here."
)
def always_half(probabilities, labels):
    return 0.5


@exercise.mistake(
    "You chose by accuracy. Where ones are rare, accuracy is happy with a threshold that misses most of them; F1 is "
    "not."
)
def by_accuracy(probabilities, labels):
    def accuracy(threshold):
        return ((probabilities >= threshold) == (labels == 1)).float().mean().item()

    return max(probabilities.tolist(), key=accuracy)


@exercise.mistake("You chose by recall, and recall is at its best when everybody is called: that needs no model.")
def by_recall(probabilities, labels):
    return probabilities.min().item()


@exercise.mistake(
    "You chose by precision, which is at its best when hardly anybody is called. F1 wants precision and recall at once."
)
def by_precision(probabilities, labels):
    def precision(threshold):
        called = probabilities >= threshold
        return ((called & (labels == 1)).sum() / called.sum()).item()

    return max(sorted(probabilities.tolist(), reverse=True), key=precision)


@exercise.mistake("You returned the best F1. The threshold that reaches it is wanted.")
def returns_the_f1(probabilities, labels):
    return max(_f1(probabilities, labels, t) for t in probabilities.tolist())


@exercise.mistake("You returned a row number. The threshold is the probability in that row.")
def returns_the_index(probabilities, labels):
    return max(range(len(labels)), key=lambda i: _f1(probabilities, labels, probabilities[i]))


@exercise.mistake(
    "You call 1 where the probability is *above* the threshold; here it is `>=`. With `>`, a probability taken as the "
    "threshold leaves out its own row."
)
def above_for_at_least(probabilities, labels):
    def f1(threshold):
        called = probabilities > threshold
        return (2 * (called & (labels == 1)).sum() / (called.sum() + labels.sum())).item()

    return max(probabilities.tolist(), key=f1)


EVENLY_SPACED = (
    "You tried evenly spaced thresholds, and the best one lies between two of them. Try the probabilities themselves: "
    "nothing changes in between."
)


def _best_in(thresholds, probabilities, labels):
    called = probabilities >= thresholds[:, None]
    f1s = 2 * (called & labels.bool()).sum(dim=1) / (called.sum(dim=1) + labels.sum())
    return thresholds[f1s.argmax()].item()


@exercise.mistake(EVENLY_SPACED)
def even_steps(probabilities, labels):
    return _best_in(torch.linspace(0, 1, 101), probabilities, labels)


@exercise.mistake(EVENLY_SPACED)
def finer_steps(probabilities, labels):
    return _best_in(torch.linspace(0, 1, 1001), probabilities, labels)
