"""All distances between two sets of points, by broadcasting."""

import torch

from course_utils.exercise import Exercise, case

exercise = Exercise(
    name="pairwise_distances",
    points=3,
    objective="Insert dimensions so that broadcasting makes every pair.",
    hints=(
        "The result has the shape (n, m): one row for each point of `a`, one column for each point of `b`. What shapes "
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
        case(torch.from_numpy(rng.normal(size=(4, 3))).float(), torch.from_numpy(rng.normal(size=(5, 3))).float()),
        case(torch.from_numpy(rng.normal(size=(3, 2))).float(), torch.from_numpy(rng.normal(size=(3, 2))).float()),
    ],
    rtol=1e-3,
    atol=1e-3,
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


@exercise.mistake("Your table lies on its side: rows belong to the points of `a`, columns to those of `b`.")
def transposed(a, b):
    return (b[:, None, :] - a[None, :, :]).square().sum(dim=-1).sqrt()


@exercise.mistake(
    "You summed over `dim=1`, and added up the points of `b`. The coordinates are in the last dimension: `sum(dim=-1)`."
)
def sums_over_points(a, b):
    return (a[:, None, :] - b[None, :, :]).square().sum(dim=1).sqrt()


@exercise.mistake(
    "You summed over `dim=0`, and added up the points of `a`. The coordinates are in the last dimension: `sum(dim=-1)`."
)
def sums_over_points_of_a(a, b):
    return (a[:, None, :] - b[None, :, :]).square().sum(dim=0).sqrt()


@exercise.mistake(
    "You added the absolute differences: that is the city-block distance. The straight line is the root of the sum of "
    "the squares."
)
def city_block(a, b):
    return (a[:, None, :] - b[None, :, :]).abs().sum(dim=-1)


@exercise.mistake("You took the mean over the coordinates where the sum belongs.")
def mean_for_sum(a, b):
    return (a[:, None, :] - b[None, :, :]).square().mean(dim=-1).sqrt()


@exercise.mistake(
    "`a - b` pairs the points one by one, and fails when there are not equally many. Insert a dimension into each, so "
    "that every point of `a` meets every point of `b`."
)
def no_new_dimension(a, b):
    return (a - b).square().sum(dim=-1).sqrt()
