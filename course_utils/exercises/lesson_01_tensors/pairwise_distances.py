"""All distances between two sets of points, by broadcasting."""

import torch

from course_utils.exercise import Exercise, case


def _points(rng, n, d):
    return torch.from_numpy(rng.normal(size=(n, d))).float()


def _shared(rng):
    """Points and the same points in another order, with which a² + b² - 2ab comes out negative in several places."""
    for _ in range(100):
        a = _points(rng, 24, 5)
        b = a[torch.from_numpy(rng.permutation(24))]
        if ((a.square().sum(1)[:, None] + b.square().sum(1) - 2 * a @ b.T) < 0).sum() >= 5:
            break
    return a, b


exercise = Exercise(
    name="pairwise_distances",
    points=3,
    objective="Insert dimensions so that broadcasting makes every pair.",
    hints=(
        "The result has shape (n, m): one row for each point of `a`, one column for each point of `b`. What shapes "
        "must `a` and `b` have, so that subtracting them gives (n, m, d)?",
        "`a[:, None, :]` is (n, 1, d) and `b[None, :, :]` is (1, m, d). Their difference is (n, m, d).",
        "Square the differences, sum over the last dimension, take the root: "
        "`(a[:, None] - b[None]).square().sum(dim=-1).sqrt()`.",
    ),
    examples=lambda: [
        case(torch.tensor([[0.0, 0.0], [3.0, 4.0], [6.0, 0.0]]),
             torch.tensor([[0.0, 0.0], [6.0, 8.0], [3.0, 0.0], [0.0, 8.0]])),
    ],
    fresh=lambda rng: [
        case(_points(rng, 4, 3), _points(rng, 5, 3)),
        case(_points(rng, 3, 2), _points(rng, 3, 2)),
        case(_points(rng, 1, 3), _points(rng, 4, 3)),
        case(_points(rng, 3, 2), _points(rng, 1, 2)),
        case(*_shared(rng)),
    ],
    rtol=1e-3,
    atol=1e-2,  # by a² + b² - 2ab a distance of 0 comes out as the root of a rounding error
)


@exercise.reference
def pairwise_distances(a, b):
    difference = a[:, None, :] - b[None, :, :]  # (n, 1, d) - (1, m, d) -> (n, m, d)
    return difference.square().sum(dim=-1).sqrt()


@exercise.alternative
def cdist(a, b):
    return torch.cdist(a, b)


@exercise.alternative
def by_matrix_product(a, b):
    squares = a.square().sum(1)[:, None] + b.square().sum(1) - 2 * a @ b.T
    return squares.clamp(min=0).sqrt()


@exercise.mistake("These are the squared distances. Take the square root at the end.")
def no_root(a, b):
    return (a[:, None, :] - b[None, :, :]).square().sum(dim=-1)


@exercise.mistake(
    "This is half the squared distance: `s ** 1/2` is `(s ** 1) / 2`, since a power binds tighter than a division. "
    "Write `s ** 0.5`, or `s.sqrt()`.",
    shown_by=lambda code: code.divides_a_power(),
    otherwise="This is half the squared distance. Take the square root of the sum instead.",
)
def half_the_squares(a, b):
    return (a[:, None, :] - b[None, :, :]).square().sum(dim=-1) ** 1/2


@exercise.mistake("Your table is transposed: its rows belong to the points of `a`, its columns to those of `b`.")
def transposed(a, b):
    return (b[:, None, :] - a[None, :, :]).square().sum(dim=-1).sqrt()


@exercise.mistake(
    "You added up the points of `b` instead of the coordinates. In a difference of shape (n, m, d) the coordinates are "
    "the last dimension: `sum(dim=-1)`."
)
def sums_over_points(a, b):
    return (a[:, None, :] - b[None, :, :]).square().sum(dim=1).sqrt()


@exercise.mistake(
    "You added up the points of `a` instead of the coordinates. In a difference of shape (n, m, d) the coordinates are "
    "the last dimension: `sum(dim=-1)`."
)
def sums_over_points_of_a(a, b):
    return (a[:, None, :] - b[None, :, :]).square().sum(dim=0).sqrt()


@exercise.mistake(
    "You didn't sum over the coordinates, so there is still one number for each of them. Sum the squares over the last "
    "dimension, then take the root."
)
def no_sum(a, b):
    return (a[:, None, :] - b[None, :, :]).square().sqrt()


@exercise.mistake(
    "This is the city-block distance, the sum of the absolute differences. (Taking the root before the sum gives it "
    "too.) The straight line is the root of the sum of the squares: square, sum, root."
)
def city_block(a, b):
    return (a[:, None, :] - b[None, :, :]).abs().sum(dim=-1)


@exercise.mistake("The squares are missing: you took the root of the sum of the plain differences. Where that sum is "
                  "negative, the root is nan.")
def no_square(a, b):
    return (a[:, None, :] - b[None, :, :]).sum(dim=-1).sqrt()


@exercise.mistake("You squared the sum of the differences. Square each difference first, then sum.",
                  shown_by=lambda code: code.operator("**") or code.calls("square") or code.calls("pow"),
                  otherwise="This is the size of the summed differences, in which one coordinate can make up for "
                            "another. Square each difference first, then sum, then take the root.")
def squared_after_the_sum(a, b):
    return (a[:, None, :] - b[None, :, :]).sum(dim=-1).square().sqrt()


@exercise.mistake("You took the mean over the coordinates. A distance is the root of their *sum* of squares.")
def mean_for_sum(a, b):
    return (a[:, None, :] - b[None, :, :]).square().mean(dim=-1).sqrt()


@exercise.mistake("Your result is one number for all pairs together. Sum over the coordinates only: `sum(dim=-1)`.")
def over_everything(a, b):
    return (a[:, None, :] - b[None, :, :]).square().sum().sqrt()


@exercise.mistake(
    "Combining `a` and `b` as they are pairs the points one by one, and fails unless there are equally many. Insert a "
    "dimension into each, so that every point of `a` meets every point of `b`."
)
def no_new_dimension(a, b):
    return (a - b).square().sum(dim=-1).sqrt()


@exercise.mistake(
    "By a² + b² - 2ab, the squared distance of two equal points can come out slightly negative, through rounding, and "
    "its root is nan. Set negative ones to 0 before the root: `.clamp(min=0)`.",
    shown_by=lambda code: code.operator("@") or code.calls("matmul") + code.calls("mm") + code.calls("einsum") > 0,
)
def negative_by_rounding(a, b):
    return (a.square().sum(1)[:, None] + b.square().sum(1) - 2 * a @ b.T).sqrt()
