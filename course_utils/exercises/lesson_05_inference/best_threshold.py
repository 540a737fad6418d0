"""The threshold that gives the best F1, among those that make a difference."""

from itertools import combinations

import torch

from course_utils.exercise import Exercise, case
from course_utils.probes.inference import best_of

# (zeros, ones) at each distinct probability, the highest first, such that the highest accuracy, Youden's index, plain
# mean of precision and recall, precision and recall, and the best F1 of calling below, above or only a part of a level
# are all at different levels; and on which one the best F1 is.
TABLES = (
    ([(2, 0), (1, 0), (0, 2), (0, 4), (1, 1), (2, 3), (4, 2), (0, 1), (4, 2), (1, 1), (1, 0), (3, 1), (3, 0), (4, 1),
      (1, 0)], 9),
    ([(2, 0), (1, 1), (0, 5), (0, 3), (2, 3), (3, 2), (4, 2), (3, 2), (1, 0), (2, 1), (1, 0), (4, 0), (3, 1), (2, 0),
      (4, 0)], 7),
    ([(4, 0), (3, 0), (0, 1), (0, 6), (0, 5), (2, 3), (3, 2), (2, 1), (4, 2), (3, 2), (5, 1), (3, 1), (5, 0), (4, 1),
      (2, 0)], 9),
)


def _cases(rng):
    """Two tables on which every declared mistake chooses a worse threshold than the best, each another one.

    Of rows with the same probability, those that are 1 come first in one table and last in the other. So an
    answer that counts tied rows singly gives another result, whichever way its sort arranges ties.
    """
    while True:
        cases = [_case(rng, ones_first) for ones_first in (True, False)]
        if _all_told_apart(cases):
            return cases


def _case(rng, ones_first):
    """Rows with few distinct probabilities, and more ones among the higher ones."""
    counts, best = TABLES[rng.integers(len(TABLES))]
    values = rng.uniform(0.03, 0.97, size=len(counts))
    values = torch.from_numpy(values).float().sort(descending=True).values
    start = int(100 * values[best]) / 100  # the best and the one below it are so close that no even steps part them
    values[best], values[best + 1] = start + 0.000516, start + 0.000513
    rows = [(value, label) for value, pair in zip(values.tolist(), counts, strict=True)
            for label, count in enumerate(pair) for _ in range(count)]
    rows = [rows[place] for place in rng.permutation(len(rows))]
    probabilities, labels = (torch.tensor(column) for column in zip(*rows, strict=True))
    for value in values:
        tied = probabilities == value
        labels[tied] = labels[tied].sort(descending=ones_first).values
    return case(probabilities, labels)


def _all_told_apart(cases):
    chosen = [(mistake.sentence, [float(mistake.answer(*case.args)) for case in cases])
              for mistake in exercise.mistakes if mistake.answer is not still_a_tensor]
    best = [f1_at(best_threshold(*case.args), *case.args) for case in cases]
    worse = all(any(f1_at(threshold, *case.args) < f1 - 0.002 for threshold, case, f1 in
                    zip(thresholds, cases, best, strict=True)) for _, thresholds in chosen)
    alike = (BY_RECALL, BY_PRECISION, BELOW)  # these come in several forms, which may agree
    return worse and all(any(abs(a - b) > 0.0002 for a, b in zip(ours, theirs, strict=True))
                         for (one, ours), (other, theirs) in combinations(chosen, 2)
                         if one != other or one not in alike)


def f1_at(threshold, probabilities, labels):
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
                      case(torch.tensor([0.15, 0.25, 0.425, 0.428, 0.75, 0.85]), torch.tensor([0, 0, 0, 1, 1, 1])),
                      case(torch.tensor([0.3, 0.6, 0.6, 0.6, 0.6, 0.9]), torch.tensor([0, 1, 0, 0, 0, 1]))],
    fresh=_cases,
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
def distinct_ones_only(probabilities, labels):
    thresholds = probabilities.unique()
    called = probabilities >= thresholds.view(-1, 1)
    hits = (called & labels.bool()).sum(dim=1)
    return float(thresholds[(2 * hits / (called.sum(dim=1) + labels.sum())).argmax()])


exercise.does_the_same(
    "2 → 1", "2 → 3", "2 → 4", "* → +", "2 * hits → hits", "→ / 2", "→ / 255", ".item() →",
    line="2 * hits / (called.sum(",
    because="Only the order of the numbers counts, and each of these grows as F1 does.")
exercise.does_the_same(kind="brackets", line="2 * hits / (called.sum(", because="The quotient is the same number.")
exercise.does_the_same("(labels == 1) → labels == 1", "called & labels → (called & labels)", ".bool() →", "bool → int",
                       "bool → long", because="Labels are 0 and 1, so `called & labels` is 1 for a hit.")
exercise.does_the_same(".unique() →", because="A probability that is tried twice has the same F1 both times.")


def _best_position(thresholds, probabilities, labels):
    """The position of the best of the thresholds."""
    called = probabilities >= thresholds[:, None]
    return int(((called & (labels == 1)).sum(dim=1) / (called.sum(dim=1) + labels.sum())).argmax())


def _best_by(score, probabilities, labels, order=lambda p: p):
    """The first of the probabilities, in their order, with the highest score, a function of the four counts."""
    thresholds = order(probabilities)
    called, ill = probabilities >= thresholds[:, None], labels == 1
    counts = [pair.sum(dim=1).double() for pair in (called & ill, called & ~ill, ~called & ill, ~called & ~ill)]
    return thresholds[score(*counts).argmax()].item()


def _f1(tp, fp, fn, tn):
    return 2 * tp / (2 * tp + fp + fn)


def _precision(tp, fp, fn, tn):
    return tp / (tp + fp)


@exercise.mistake(
    "Your threshold is 0.5, whatever the probabilities are. That is right if both kinds of mistake cost the same and "
    "the probabilities are exact; the best F1 is at a different one here."
)
def always_half(probabilities, labels):
    return 0.5


@exercise.mistake(
    "Your threshold is the one with the highest accuracy. If ones are rare, accuracy is happy with a threshold that "
    "misses most of them; F1 isn't."
)
def by_accuracy(probabilities, labels):
    return _best_by(lambda tp, fp, fn, tn: tp + tn, probabilities, labels)


BY_RECALL = (
    "Your threshold has a recall of 1, the highest there is, and recall doesn't mind false alarms. F1 needs precision "
    "as well."
)


@exercise.mistake(BY_RECALL)
def by_recall(probabilities, labels):
    return probabilities.min().item()


@exercise.mistake(BY_RECALL)
def highest_with_full_recall(probabilities, labels):
    return probabilities[labels == 1].min().item()


@exercise.mistake(BY_RECALL)
def first_with_full_recall(probabilities, labels):
    return _best_by(lambda tp, fp, fn, tn: tp, probabilities, labels)


BY_PRECISION = (
    "Your threshold has the highest precision there is, and precision doesn't mind missed ones. F1 needs recall as "
    "well."
)


@exercise.mistake(BY_PRECISION)
def by_precision(probabilities, labels):
    return _best_by(_precision, probabilities, labels, order=lambda p: p.sort(descending=True).values)


@exercise.mistake(BY_PRECISION)
def first_with_the_highest_precision(probabilities, labels):
    return _best_by(_precision, probabilities, labels)


@exercise.mistake(
    "Your threshold has the best plain mean of precision and recall, (p + r) / 2. F1 is the harmonic mean, "
    "2pr / (p + r), which is low as soon as one of the two is."
)
def by_the_plain_mean(probabilities, labels):
    return _best_by(lambda tp, fp, fn, tn: tp / (tp + fp) + tp / (tp + fn), probabilities, labels)


@exercise.mistake(
    "Your threshold has the best difference of true and false positive rate, the corner of the ROC curve (Youden's "
    "index). F1 depends on precision too, which that difference doesn't know."
)
def by_youdens_index(probabilities, labels):
    return _best_by(lambda tp, fp, fn, tn: tp / (tp + fn) - fp / (fp + tn), probabilities, labels)


@exercise.mistake("You returned the best F1. Return the threshold that reaches it.")
def returns_the_f1(probabilities, labels):
    return f1_at(best_threshold(probabilities, labels), probabilities, labels)


@exercise.mistake("You returned the number of the row. The threshold is the probability in that row.")
def returns_the_index(probabilities, labels):
    return _best_position(probabilities, probabilities, labels)


@exercise.mistake(
    "Your threshold is the best one for calling 1 *above* it. Here a row at the threshold is called 1 as well: compare "
    "with `>=`."
)
def above_for_at_least(probabilities, labels):
    called = probabilities > probabilities[:, None]
    f1 = 2 * (called & (labels == 1)).sum(dim=1) / (called.sum(dim=1) + labels.sum())
    return probabilities[f1.argmax()].item()


BELOW = "Your threshold is the best one for calling 1 *below* it. Turn the comparison around: `probabilities >= t`."


@exercise.mistake(BELOW)
def below_for_above(probabilities, labels):
    called = probabilities <= probabilities[:, None]
    f1 = 2 * (called & (labels == 1)).sum(dim=1) / (called.sum(dim=1) + labels.sum())
    return probabilities[f1.argmax()].item()


@exercise.mistake(BELOW)
def strictly_below_for_above(probabilities, labels):
    called = probabilities < probabilities[:, None]
    f1 = 2 * (called & (labels == 1)).sum(dim=1) / (called.sum(dim=1) + labels.sum())
    return probabilities[f1.argmax()].item()


evenly_spaced = exercise.mistake(
    "You tried evenly spaced thresholds, and the best one lies between two of them. Try the probabilities "
    "themselves: nothing changes in between.",
    shown_by=lambda code: bool((code.calls("linspace") or code.calls("arange") or code.calls("range"))
                               and not code.calls("round")),
    otherwise="The best threshold has more digits than yours. Try the probabilities themselves, unrounded.",
)


def _best_in(steps, probabilities, labels):
    return _best_by(_f1, probabilities, labels, order=lambda p: steps)


@evenly_spaced
def tenths(probabilities, labels):
    return _best_in(torch.linspace(0, 1, 11), probabilities, labels)


@evenly_spaced
def twentieths(probabilities, labels):
    return _best_in(torch.linspace(0, 1, 21), probabilities, labels)


@evenly_spaced
def even_steps(probabilities, labels):
    return _best_in(torch.linspace(0, 1, 101), probabilities, labels)


@evenly_spaced
def hundred_points(probabilities, labels):
    return _best_in(torch.linspace(0, 1, 100), probabilities, labels)


@evenly_spaced
def finer_steps(probabilities, labels):
    return _best_in(torch.linspace(0, 1, 1001), probabilities, labels)


counts_tied_rows = exercise.mistake(
    "You went through the sorted rows one by one, but rows with the same probability are all called 1 "
    "together. An F1 that counts only some of them belongs to no threshold.",
    shown_by=lambda code: code.calls("cumsum") > 0,
    otherwise="At your threshold, tied rows are all called 1 together, and that costs F1. Compute `called` with "
    "`probabilities >= t`.",
)


@counts_tied_rows
def by_sorting(probabilities, labels):
    ordered, order = probabilities.sort(descending=True, stable=True)
    hits = labels[order].cumsum(0)
    return ordered[(2 * hits / (torch.arange(1, len(labels) + 1) + labels.sum())).argmax()].item()


@counts_tied_rows
def by_sorting_turned(probabilities, labels):
    order = probabilities.argsort(stable=True).flip(0)
    hits = labels[order].cumsum(0)
    return probabilities[order][(2 * hits / (torch.arange(1, len(labels) + 1) + labels.sum())).argmax()].item()


@exercise.mistake(
    "Your threshold is the first row's probability. The `return` is in the loop, so it ends the function after the "
    "first threshold: put it after the loop.",
    shown_by=lambda code: code.return_in_loop(),
    otherwise="Your threshold is the first row's probability, whatever its F1 is.",
)
def first_probability(probabilities, labels):
    best, best_f1 = 0.0, -1.0
    for threshold in probabilities.tolist():
        if f1_at(threshold, probabilities, labels) > best_f1:
            best, best_f1 = threshold, f1_at(threshold, probabilities, labels)
        return best


@exercise.mistake(
    "Your threshold is the last row's probability, whatever its F1 is. Remember the best F1 so far together with its "
    "threshold, and replace both whenever a higher one comes."
)
def last_probability(probabilities, labels):
    return probabilities[-1].item()


@exercise.mistake(
    "The best F1 is at that position among the *sorted* thresholds, but you look the position up in `probabilities`, "
    "which aren't sorted.",
    shown_by=lambda code: bool(code.calls("sort") or code.calls("sorted") or code.calls("unique")),
)
def sorted_position_looked_up(probabilities, labels):
    ordered = probabilities.sort().values
    return probabilities[_best_position(ordered, probabilities, labels)].item()


@exercise.mistake(
    "The best F1 is at that position among the *sorted* thresholds, but you look the position up in `probabilities`, "
    "which aren't sorted.",
    shown_by=lambda code: code.calls("unique") > 0,
)
def distinct_position_looked_up(probabilities, labels):
    ordered = probabilities.unique()
    return probabilities[_best_position(ordered, probabilities, labels)].item()


@exercise.mistake("The threshold is right, but it's still a tensor. `.item()` turns it into a Python float.")
def still_a_tensor(probabilities, labels):
    return torch.tensor(best_threshold(probabilities, labels))
