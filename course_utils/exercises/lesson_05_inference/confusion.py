"""The confusion matrix of a yes-or-no prediction."""

import torch

from course_utils.exercise import Exercise, case


def _pair(rng, rows):
    """Predictions and truth with four different counts."""
    while True:
        truth = torch.from_numpy(rng.random(rows) < 0.4)
        predicted = torch.from_numpy(rng.random(rows) < 0.35) | (truth & torch.from_numpy(rng.random(rows) < 0.5))
        counts = torch.bincount(2 * truth.long() + predicted.long(), minlength=4)
        if len(counts.unique()) == 4:
            return case(predicted, truth)


exercise = Exercise(
    name="confusion",
    points=2,
    objective="Count the four ways in which a prediction and the truth can meet.",
    hints=(
        "Four counts, at [truth, predicted]. At [0, 1] are those who are 0 and were called 1. Which comparison picks "
        "them?",
        "`(truth & ~predicted).sum()` counts those who are 1 and were called 0. The other three look alike.",
        "Make a tensor of the four, `torch.tensor([[a, b], [c, d]])`. Or count `2 * truth + predicted`, which is 0, 1, "
        "2 or 3, with `torch.bincount(..., minlength=4).reshape(2, 2)`.",
    ),
    examples=lambda: [
        case(torch.tensor([True, True, False, True, False, False, False]),
             torch.tensor([True, True, True, False, False, False, False])),
        case(torch.tensor([False, False, False]), torch.tensor([True, False, False])),
    ],
    fresh=lambda rng: [_pair(rng, 30), _pair(rng, 45)],
)


@exercise.reference
def confusion(predicted, truth):
    meeting = 2 * truth.long() + predicted.long()  # 0, 1, 2 or 3: one number for each cell
    return torch.bincount(meeting, minlength=4).reshape(2, 2)


@exercise.alternative
def one_by_one(predicted, truth):
    cells = [(truth == t) & (predicted == p) for t in (False, True) for p in (False, True)]
    return torch.stack([cell.sum() for cell in cells]).view(2, 2)


@exercise.alternative
def by_matrix_product(predicted, truth):
    return torch.stack([~truth, truth]).long() @ torch.stack([~predicted, predicted]).long().T


@exercise.mistake("Rows and columns are swapped: the row is the truth, the column what was predicted.")
def transposed(predicted, truth):
    return confusion(predicted, truth).T.contiguous()


@exercise.mistake(
    "Your matrix begins with class 1. Here index 0 is class 0: [0, 0] holds those who are 0 and were called 0. (Both "
    "layouts are in use, so say which one you mean.)"
)
def ones_first(predicted, truth):
    return confusion(predicted, truth).flip(0, 1)


@exercise.mistake("These are shares. Counts are wanted, whole numbers.")
def shares(predicted, truth):
    counts = confusion(predicted, truth)
    return counts / counts.sum()


@exercise.mistake("The counts are right, as floats. Counts are whole numbers: int64.")
def as_floats(predicted, truth):
    return confusion(predicted, truth).float()


@exercise.mistake("You returned the four counts in a row. Put them into a matrix: `.reshape(2, 2)`.")
def four_in_a_row(predicted, truth):
    return confusion(predicted, truth).flatten()


@exercise.mistake(
    "`bincount` stops at the largest number that it meets, so where nobody is called 1 some counts are missing and "
    "`reshape` fails. `minlength=4`."
)
def no_minlength(predicted, truth):
    return torch.bincount(2 * truth.long() + predicted.long()).reshape(2, 2)


@exercise.mistake("You counted right and wrong answers only. One can be wrong in two ways, and they differ in cost.")
def right_and_wrong(predicted, truth):
    right = (predicted == truth).sum()
    return torch.stack([right, len(truth) - right])


@exercise.mistake(
    "Found and rightly left alone have changed places: [0, 0] are those who are 0 and were called 0, [1, 1] those who "
    "are 1 and were called 1."
)
def corners_swapped(predicted, truth):
    (tn, fp), (fn, tp) = confusion(predicted, truth).tolist()
    return torch.tensor([[tp, fp], [fn, tn]])


@exercise.mistake(
    "`counts[i, j] += 1` with index tensors counts each pair once, however often it comes: it reads, adds 1, and "
    "writes the same cell again. `torch.bincount` counts repeats."
)
def repeats_count_once(predicted, truth):
    counts = torch.zeros(2, 2, dtype=torch.int64)
    counts[truth.long(), predicted.long()] += 1
    return counts
