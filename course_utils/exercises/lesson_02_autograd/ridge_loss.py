"""Repair: a loss that lost its graph, and says so to nobody."""

import torch

from course_utils.exercise import Exercise, case
from course_utils.probes.autograd import loss_and_gradients


def _normal(rng, *shape):
    return torch.from_numpy(rng.normal(size=shape)).float()


exercise = Exercise(
    name="ridge_loss",
    points=3,
    objective="Keep everything that the gradient needs in tensors, from the parameters to the loss.",
    hints=(
        "Follow the gradient from the returned loss backward. `torch.tensor(...)` makes a new leaf out of plain "
        "numbers: where could it go from there?",
        "`.item()`, `float(...)`, `.detach()`, `.numpy()` and `torch.tensor(...)` all cut the graph. None of them is "
        "needed here: tensors can be added as they are.",
        "`error = (prediction - target).pow(2).mean()`, `penalty = sum(w.pow(2).sum() for w in weights)`, "
        "`return error + strength * penalty`.",
    ),
    examples=lambda: [
        case(torch.tensor([1.0, 2.0]), torch.tensor([0.0, 0.0]), [torch.tensor([3.0, -1.0])], 0.5),
    ],
    fresh=lambda rng: [
        case(_normal(rng, 4), _normal(rng, 4), [_normal(rng, 2, 3), _normal(rng, 3)], float(rng.uniform(0.1, 0.9))),
    ],
    probe=loss_and_gradients,
)


@exercise.reference
def ridge_loss(prediction, target, weights, strength):
    error = (prediction - target).pow(2).mean()
    penalty = sum(w.pow(2).sum() for w in weights)
    return error + strength * penalty


@exercise.alternative
def with_mse_loss(prediction, target, weights, strength):
    loss = torch.nn.functional.mse_loss(prediction, target)
    for w in weights:
        loss = loss + strength * (w * w).sum()
    return loss


@exercise.alternative
def one_long_vector(prediction, target, weights, strength):
    everything = torch.cat([w.flatten() for w in weights])
    return (prediction - target).square().sum() / len(target) + strength * everything @ everything


@exercise.starter
@exercise.mistake(
    "The number is right, and no parameter gets a gradient. `torch.tensor(…, requires_grad=True)` makes a new leaf out "
    "of bare numbers, and `.item()`, if it is still there, did that even earlier. `backward()` runs without an error, "
    "and nothing learns. Return the sum itself, without `torch.tensor`."
)
def wrapped_anew(prediction, target, weights, strength):
    """The mean squared error, plus strength times the sum of all squared weights; a tensor with one number."""
    error = (prediction - target).pow(2).mean().item()
    penalty = sum(w.pow(2).sum().item() for w in weights)
    return torch.tensor(error + strength * penalty, requires_grad=True)


@exercise.mistake(
    "The error has its graph again, the penalty has not: a number from `.item()`, or anything computed under "
    "`no_grad`, counts as a constant. So the weights get no gradient from it, and are never pulled towards zero."
)
def penalty_still_cut(prediction, target, weights, strength):
    error = (prediction - target).pow(2).mean()
    penalty = sum(w.pow(2).sum().item() for w in weights)
    return error + strength * penalty


@exercise.mistake(
    "Now the penalty has its graph, and the error has lost it: the net would only shrink its weights, and never look "
    "at the data."
)
def error_still_cut(prediction, target, weights, strength):
    error = (prediction - target).pow(2).mean().item()
    penalty = sum(w.pow(2).sum() for w in weights)
    return error + strength * penalty


@exercise.mistake(
    "The loss comes out as a plain Python number, and a number has no `backward()`. Leave out the `.item()` and return "
    "the tensor."
)
def returns_a_number(prediction, target, weights, strength):
    return ridge_loss(prediction, target, weights, strength).item()


@exercise.mistake(
    "The value is right, and no graph leads back from it, so `backward()` would refuse. `detach()`, `no_grad` and "
    "`torch.tensor(…)` of a plain number all do that. Add the tensors themselves, and return their sum."
)
def detached(prediction, target, weights, strength):
    return ridge_loss(prediction, target, weights, strength).detach()


@exercise.mistake("The graph is whole. But the penalty counts in full: multiply it by `strength`.")
def strength_forgotten(prediction, target, weights, strength):
    return ridge_loss(prediction, target, weights, 1.0)


@exercise.mistake(
    "The graph is whole. But only the first of the weights is in the penalty; `weights` is a list of them."
)
def first_weights_only(prediction, target, weights, strength):
    return ridge_loss(prediction, target, weights[:1], strength)


@exercise.mistake("The graph is whole. But the squared errors are added up here, where their mean is wanted.")
def sum_for_mean(prediction, target, weights, strength):
    penalty = sum(w.pow(2).sum() for w in weights)
    return (prediction - target).pow(2).sum() + strength * penalty


@exercise.mistake("The graph is whole. But the penalty is the *sum* of the squared weights, and you took their mean.")
def mean_of_weights(prediction, target, weights, strength):
    penalty = sum(w.pow(2).mean() for w in weights)
    return (prediction - target).pow(2).mean() + strength * penalty
