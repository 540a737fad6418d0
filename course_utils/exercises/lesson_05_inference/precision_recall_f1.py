"""Precision, recall and F1 from the four counts, and what they are where there is nothing to divide by."""

import torch

from course_utils.exercise import Exercise, case
from course_utils.probes.function import numbers

NOTHING = "nothing to divide by"


def _matrices(rng):
    """Four counts, all different; and nobody called 1, nobody who is 1, and nobody who is both."""
    tn, fp, fn, tp = (int(rng.integers(*limits)) for limits in ((50, 90), (5, 14), (15, 30), (31, 49)))
    return [case(torch.tensor([[tn, fp], [fn, tp]])), case(torch.tensor([[tn, 0], [fn, 0]]), part=NOTHING),
            case(torch.tensor([[tn, fp], [0, 0]]), part=NOTHING), case(torch.tensor([[tn, fp], [fn, 0]]), part=NOTHING)]


exercise = Exercise(
    name="precision_recall_f1",
    points=3,
    objective="Say how far an alarm can be trusted, and how much it misses.",
    hints=(
        "`(tn, fp), (fn, tp) = matrix.tolist()` gives the four counts names. Precision looks at a column, recall at a "
        "row.",
        "Precision: of those who were called 1, how many are, tp / (tp + fp). Recall: of those who are 1, how many "
        "were called, tp / (tp + fn).",
        "F1 = 2 · precision · recall / (precision + recall). Each of the three is 0 if its denominator is 0.",
    ),
    examples=lambda: [
        case(torch.tensor([[50, 10], [20, 20]])),
        case(torch.tensor([[5, 0], [2, 1]])),
        case(torch.tensor([[6, 3], [0, 1]])),
        case(torch.tensor([[4, 2], [2, 2]])),
        case(torch.tensor([[60, 0], [40, 0]]), part=NOTHING),
        case(torch.tensor([[60, 7], [0, 0]]), part=NOTHING),
        case(torch.tensor([[60, 7], [40, 0]]), part=NOTHING),
        case(torch.tensor([[60, 0], [0, 0]]), part=NOTHING),
    ],
    fresh=_matrices,
    probe=numbers,
    parts={"": 2, NOTHING: 1},
    returns=("precision", "recall", "f1"),
)


@exercise.reference
def precision_recall_f1(matrix):
    (tn, fp), (fn, tp) = matrix.tolist()
    precision = tp / (tp + fp) if tp + fp else 0.0
    recall = tp / (tp + fn) if tp + fn else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return precision, recall, f1


@exercise.alternative
def from_columns_and_rows(matrix):
    hits = matrix[1, 1].item()
    called, ill = matrix[:, 1].sum().item(), matrix[1].sum().item()
    return hits / max(called, 1), hits / max(ill, 1), 2 * hits / max(called + ill, 1)


@exercise.alternative
def in_tensors(matrix):
    tp, fp, fn = matrix[1, 1].double(), matrix[0, 1], matrix[1, 0]
    rates = torch.stack([tp / (tp + fp), tp / (tp + fn), 2 * tp / (2 * tp + fp + fn)])
    return tuple(torch.nan_to_num(rates, nan=0.0).tolist())


exercise.does_the_same(kind="brackets", because="Products and sums are the same whichever part is computed first.")
exercise.does_the_same(
    "+ → *", "tp → -tp", "tp + fp → tp", "tp + fn → tp", "fp → tp", "fn → tp", "fn → precision", "tp → precision",
    "precision → -precision",
    "precision + recall → precision", "precision + recall → recall", "precision → tp", "recall → tp",
    "precision → recall", "recall → precision", line="if ",
    because="Each of these conditions is wrong without hits only, and then all three rates are 0 anyway.")
exercise.does_the_same(kind="order of statements", because="Neither of the two lines needs the other.")
exercise.does_the_same("1 → -1", because="The second of two is the last.")
exercise.does_the_same(kind="swapped", line="max(", because="The larger of two doesn't depend on their order.")
exercise.does_the_same("1 → 2", "1 → 3", line="max(called + ill, 1)",
                       because="Without hits the rate is 0 anyway; with one, both sums are 1 at least.")
exercise.does_the_same("double → float", "double → long", "double → int", ".double() →",
                       because="Counts this small are exact in any of these, and dividing tensors gives floats.")
exercise.does_the_same(", nan=0.0 →", because="0 is what `nan_to_num` puts in for nan by default.")
exercise.does_the_same("tuple → list", line="nan_to_num", because="The text leaves open what the three come in.")
exercise.does_the_same("tuple(torch.nan_to_num(rates, nan=0.0).tolist()) → torch.nan_to_num(rates, nan=0.0).tolist()",
                       because="The text leaves open what the three come in.")


def _safe(part, whole):
    return part / whole if whole else 0.0


def _f1(precision, recall):
    return _safe(2 * precision * recall, precision + recall)


@exercise.mistake(
    "Precision and recall are swapped. Precision looks at those who were *called* 1 (a column), recall at those who "
    "*are* 1 (a row)."
)
def swapped(matrix):
    precision, recall, f1 = precision_recall_f1(matrix)
    return recall, precision, f1


F1_DIVIDES_BY_ZERO = "You divide by 0 in F1 if precision and recall are both 0. Let F1 be 0 then."


# From Python 3.14 on the error itself doesn't tell these two and `divides_by_zero` apart any more.
@exercise.mistake(F1_DIVIDES_BY_ZERO, shown_by=lambda code: code.conditions() > 0 and code.has("0.0"))
def f1_divides_by_zero(matrix):
    (_, fp), (fn, tp) = matrix.tolist()
    precision = tp / (tp + fp) if tp + fp else 0.0
    recall = tp / (tp + fn) if tp + fn else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall)


@exercise.mistake(F1_DIVIDES_BY_ZERO, shown_by=lambda code: code.conditions() > 0 and not code.has("0.0"))
def f1_divides_by_integer_zero(matrix):
    (_, fp), (fn, tp) = matrix.tolist()
    precision = tp / (tp + fp) if tp + fp else 0
    recall = tp / (tp + fn) if tp + fn else 0
    return precision, recall, 2 * precision * recall / (precision + recall)


@exercise.mistake(
    "You divide by 0 if nobody is called 1, if nobody is 1, and if nobody is both. Each of the three rates has its own "
    "denominator: if that is 0, let the rate be 0."
)
def divides_by_zero(matrix):
    (_, fp), (fn, tp) = matrix.tolist()
    precision, recall = tp / (tp + fp), tp / (tp + fn)
    return precision, recall, 2 * precision * recall / (precision + recall)


@exercise.mistake(
    "You divide by 0 if nobody is called 1: precision has nothing to divide by then. Let it be 0, as you do for recall."
)
def precision_divides_by_zero(matrix):
    (_, fp), (fn, tp) = matrix.tolist()
    precision, recall = tp / (tp + fp), _safe(tp, tp + fn)
    return precision, recall, _f1(precision, recall)


@exercise.mistake(
    "You divide by 0 if nobody is 1: recall has nothing to divide by then. Let it be 0, as you do for precision."
)
def recall_divides_by_zero(matrix):
    (_, fp), (fn, tp) = matrix.tolist()
    precision, recall = _safe(tp, tp + fp), tp / (tp + fn)
    return precision, recall, _f1(precision, recall)


@exercise.mistake(
    "F1 is fine if precision and recall are both 0, but you divide by 0 if nobody is called 1 (precision) and if "
    "nobody is 1 (recall). Let these be 0, too."
)
def only_f1_is_guarded(matrix):
    (_, fp), (fn, tp) = matrix.tolist()
    precision, recall = tp / (tp + fp), tp / (tp + fn)
    return precision, recall, _f1(precision, recall)


@exercise.mistake(
    "Your rate is nan if there is nothing to divide by. Whatever averages these rates later becomes nan, too. Let the "
    "rate be 0."
)
def nan_for_nothing(matrix):
    tp, fp, fn = matrix[1, 1].double(), matrix[0, 1], matrix[1, 0]
    precision, recall = tp / (tp + fp), tp / (tp + fn)
    return precision.item(), recall.item(), (2 * precision * recall / (precision + recall)).item()


@exercise.mistake(
    "Precision and recall are right, but F1 is nan if both are 0: then there is nothing to divide by. Let it be 0."
)
def nan_for_f1(matrix):
    precision, recall, _ = precision_recall_f1(matrix)
    return precision, recall, _f1(precision, recall) if precision + recall else float("nan")


@exercise.mistake(
    "Your F1 is the plain mean of precision and recall. F1 is the *harmonic* mean, 2pr / (p + r). The plain mean gives "
    "a comfortable score to calling everybody, which has recall 1."
)
def plain_mean(matrix):
    precision, recall, _ = precision_recall_f1(matrix)
    return precision, recall, (precision + recall) / 2


@exercise.mistake("Your F1 is half of what it should be. It is 2pr / (p + r), with the 2.")
def half_of_f1(matrix):
    precision, recall, f1 = precision_recall_f1(matrix)
    return precision, recall, f1 / 2


@exercise.mistake(
    "Your precision is the accuracy, all right answers over all rows. Precision asks only about those who were called "
    "1: tp / (tp + fp)."
)
def accuracy_for_precision(matrix):
    _, recall, _ = precision_recall_f1(matrix)
    accuracy = matrix.diagonal().sum().item() / matrix.sum().item()
    return accuracy, recall, _f1(accuracy, recall)


@exercise.mistake(
    "Your recall is the rate of the zeros that were left alone, tn / (tn + fp), known as specificity. Recall asks "
    "about those who are 1: tp / (tp + fn)."
)
def specificity_for_recall(matrix):
    precision, _, _ = precision_recall_f1(matrix)
    specificity = _safe(matrix[0, 0].item(), matrix[0].sum().item())
    return precision, specificity, _f1(precision, specificity)


@exercise.mistake(
    "These are precision and recall of class 0. The question is about those who are 1; they are counted in the last "
    "row, and those who were called 1 in the last column."
)
def wrong_corner(matrix):
    return precision_recall_f1(matrix.flip(0, 1))


@exercise.mistake(
    "Your rates count [0, 0] as hits, but these are the true negatives. The true positives are at [1, 1], as in "
    "exercise 3: `(tn, fp), (fn, tp) = matrix.tolist()`."
)
def corners_swapped(matrix):
    (tp, fp), (fn, tn) = matrix.tolist()
    return precision_recall_f1(torch.tensor([[tn, fp], [fn, tp]]))


@exercise.mistake(
    "If there is nothing to divide by you give precision or recall 1, full marks for doing nothing. Let it be 0."
)
def one_for_nothing(matrix):
    (_, fp), (fn, tp) = matrix.tolist()
    precision, recall = (tp / whole if whole else 1.0 for whole in (tp + fp, tp + fn))
    return precision, recall, _f1(precision, recall)


@exercise.mistake(
    "Your rates are rounded down to whole numbers: that is what `//` does. `/` divides.",
    shown_by=lambda code: code.operator("//"),
    otherwise="Your rates are rounded down to whole numbers. Keep the fractions.",
)
def divides_without_rest(matrix):
    (_, fp), (fn, tp) = matrix.tolist()
    precision = tp // (tp + fp) if tp + fp else 0
    recall = tp // (tp + fn) if tp + fn else 0
    f1 = 2 * precision * recall // (precision + recall) if precision + recall else 0
    return precision, recall, f1


@exercise.mistake(
    "Your precision is 1 plus the false positives, and your recall 1 plus the missed ones: division comes before "
    "addition. Put the sum in parentheses: `tp / (tp + fp)`."
)
def sums_without_parentheses(matrix):
    (_, fp), (fn, tp) = matrix.tolist()
    precision = tp / tp + fp if tp + fp else 0.0
    recall = tp / tp + fn if tp + fn else 0.0
    return precision, recall, _f1(precision, recall)


@exercise.mistake(
    "Precision and recall are right, but your F1 is three times the recall: you divide by the precision alone and add "
    "the recall. Put the sum in parentheses: `2 * p * r / (p + r)`."
)
def f1_without_parentheses(matrix):
    precision, recall, _ = precision_recall_f1(matrix)
    return precision, recall, 2 * precision * recall / precision + recall if precision else 0.0


@exercise.mistake("Your rates are in percent. Return fractions, between 0 and 1.")
def in_percent(matrix):
    return tuple(100 * rate for rate in precision_recall_f1(matrix))


@exercise.mistake("Your rates are rounded to two digits. Return all digits; round when you print.")
def rounded(matrix):
    return tuple(round(rate, 2) for rate in precision_recall_f1(matrix))


@exercise.mistake("The rates are right, but they're still tensors. `.item()` turns one into a Python float.")
def still_tensors(matrix):
    return tuple(map(torch.tensor, precision_recall_f1(matrix)))
