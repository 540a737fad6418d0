"""Precision, recall and F1 from the four counts, and what they are where there is nothing to divide by."""

import torch

from course_utils.exercise import Exercise, case

exercise = Exercise(
    name="precision_recall_f1",
    points=3,
    objective="Say how far an alarm can be trusted, and how much it misses.",
    hints=(
        "`(tn, fp), (fn, tp) = matrix.tolist()` gives the four counts names. Precision looks at a column, recall at a "
        "row.",
        "Precision: of those who were called 1, how many are, tp / (tp + fp). Recall: of those who are 1, how many "
        "were called, tp / (tp + fn).",
        "F1 = 2 · precision · recall / (precision + recall). Each of the three is 0 where its denominator is 0.",
    ),
    examples=lambda: [
        case(torch.tensor([[50, 10], [20, 20]])),
        case(torch.tensor([[60, 0], [40, 0]]), part="nothing to divide by"),
        case(torch.tensor([[60, 7], [0, 0]]), part="nothing to divide by"),
    ],
    fresh=lambda rng: [case(torch.tensor([[int(rng.integers(50, 90)), int(rng.integers(5, 14))],
                                          [int(rng.integers(15, 30)), int(rng.integers(31, 49))]]))],
    parts={"": 2, "nothing to divide by": 1},
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
    precision = hits / max(1, matrix[:, 1].sum().item())
    recall = hits / max(1, matrix[1].sum().item())
    return precision, recall, 2 * hits / max(1, (matrix[:, 1].sum() + matrix[1].sum()).item())


@exercise.alternative
def in_tensors(matrix):
    tp, fp, fn = matrix[1, 1].double(), matrix[0, 1], matrix[1, 0]
    rates = torch.stack([tp / (tp + fp), tp / (tp + fn), 2 * tp / (2 * tp + fp + fn)])
    return tuple(torch.nan_to_num(rates, nan=0.0).tolist())


def _safe(part, whole):
    return part / whole if whole else 0.0


@exercise.mistake(
    "Precision and recall are swapped. Precision asks those who were *called* 1 (a column), recall those who *are* 1 "
    "(a row)."
)
def swapped(matrix):
    precision, recall, f1 = precision_recall_f1(matrix)
    return recall, precision, f1


@exercise.mistake(
    "Where nobody is called 1, or nobody is 1, you divide by 0. There is nothing to be proud of then: let the rate be "
    "0."
)
def divides_by_zero(matrix):
    (_, fp), (fn, tp) = matrix.tolist()
    precision, recall = tp / (tp + fp), tp / (tp + fn)
    return precision, recall, 2 * precision * recall / (precision + recall)


@exercise.mistake(
    "nan where there is nothing to divide by: tensors do not stop at 0 / 0. Whatever averages these rates later "
    "becomes nan too. Let the rate be 0."
)
def nan_for_nothing(matrix):
    tp, fp, fn = matrix[1, 1].double(), matrix[0, 1], matrix[1, 0]
    precision, recall = tp / (tp + fp), tp / (tp + fn)
    return precision.item(), recall.item(), (2 * precision * recall / (precision + recall)).item()


@exercise.mistake(
    "F1 is the *harmonic* mean, 2pr / (p + r). The plain mean would give somebody who calls everyone, with recall 1, a "
    "comfortable score."
)
def plain_mean(matrix):
    precision, recall, _ = precision_recall_f1(matrix)
    return precision, recall, (precision + recall) / 2


@exercise.mistake("The 2 is missing in F1: it is 2pr / (p + r).")
def half_of_f1(matrix):
    precision, recall, f1 = precision_recall_f1(matrix)
    return precision, recall, f1 / 2


@exercise.mistake("Where precision belongs you have accuracy, all right answers over all rows.")
def accuracy_for_precision(matrix):
    _, recall, _ = precision_recall_f1(matrix)
    accuracy = matrix.diagonal().sum().item() / matrix.sum().item()
    return accuracy, recall, _safe(2 * accuracy * recall, accuracy + recall)


@exercise.mistake(
    "You read the matrix with class 1 first. Here [0, 0] are the true negatives and [1, 1] the true positives."
)
def wrong_corner(matrix):
    return precision_recall_f1(matrix.flip(0, 1))


@exercise.mistake(
    "You read true positives from [0, 0] and true negatives from [1, 1]. As in exercise 3 it is the other way round: "
    "`(tn, fp), (fn, tp) = matrix.tolist()`."
)
def corners_swapped(matrix):
    (tp, fp), (fn, tn) = matrix.tolist()
    return precision_recall_f1(torch.tensor([[tn, fp], [fn, tp]]))


@exercise.mistake(
    "Precision and recall are guarded, and F1 is not: where both are 0, its denominator is 0 as well."
)
def f1_divides_by_zero(matrix):
    precision, recall, _ = precision_recall_f1(matrix)
    return precision, recall, 2 * precision * recall / (precision + recall)


@exercise.mistake("Where there is nothing to divide by you give 1, full marks for doing nothing. Let it be 0.")
def one_for_nothing(matrix):
    (_, fp), (fn, tp) = matrix.tolist()
    precision, recall = (tp / whole if whole else 1.0 for whole in (tp + fp, tp + fn))
    return precision, recall, _safe(2 * precision * recall, precision + recall)
