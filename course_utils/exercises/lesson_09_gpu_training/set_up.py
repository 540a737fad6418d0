"""Repair: an optimizer that holds the parameters of another model."""

import copy

import torch

from course_utils.exercise import Exercise, case
from course_utils.probes.device import set_up as probe


def _rows(rng, count):
    return torch.from_numpy(rng.normal(size=(count, 4))).float(), torch.from_numpy(rng.integers(0, 3, count))


exercise = Exercise(
    name="set_up",
    points=1,
    objective="Build the optimizer on the parameters that will be trained.",
    hints=(
        "Take a step with what comes back. Which model's weights move: the caller's, or the copy's?",
        "`optimizer` was built when the copy did not exist. Make the copy first.",
        "`model = copy.deepcopy(model).to(device)`, then `torch.optim.SGD(model.parameters(), lr=lr)`.",
    ),
    examples=lambda: [case(torch.eye(4), torch.tensor([0, 1, 2, 0]), 0.5)],
    fresh=lambda rng: [case(*_rows(rng, 6), 0.2, seed=int(rng.integers(1000)))],
    probe=probe,
    shown_call=lambda name, args, kwargs: f"{name}(‹net›, {args[2]}, ‹device›)",
)


@exercise.reference
def set_up(model, lr, device):
    model = copy.deepcopy(model).to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    return model, optimizer


@exercise.alternative
def moved_first(model, lr, device):
    copied = copy.deepcopy(model)
    copied.to(device)
    return copied, torch.optim.SGD([{"params": copied.parameters()}], lr)


@exercise.alternative
def groups_replaced(model, lr, device):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    copied = copy.deepcopy(model).to(device)
    optimizer.param_groups.clear()
    optimizer.add_param_group({"params": list(copied.parameters())})
    return copied, optimizer


@exercise.starter
@exercise.mistake(
    "The optimizer was built before the copy, so it holds the *caller's* parameters. The copy gets gradients, but no "
    "step ever moves it; the loss stays where it is, with no error. Copy and move first, build the optimizer last.",
    shown_by=lambda code: code.in_order("SGD", "deepcopy"),
    otherwise="The optimizer holds the *caller's* parameters. The copy gets gradients, but no step ever moves it; the "
    "loss stays where it is, with no error. Give the optimizer the parameters of the copy.",
)
def built_too_early(model, lr, device):
    """A copy of the model on the device, and an optimizer for it. The caller's model stays as it is."""
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    model = copy.deepcopy(model).to(device)
    return model, optimizer


@exercise.mistake(
    "Optimizer and model fit together, but the caller's model was moved and trained along with yours: "
    "`model.to(device)` moves a module in place. `copy.deepcopy(model)` makes a model of its own (`copy.copy` shares "
    "the parameters)."
)
def no_copy(model, lr, device):
    model = model.to(device)
    return model, torch.optim.SGD(model.parameters(), lr=lr)


@exercise.mistake("The copy is trained now, but on the CPU: it was never moved to `device`.")
def not_moved(model, lr, device):
    model = copy.deepcopy(model)
    return model, torch.optim.SGD(model.parameters(), lr=lr)


@exercise.mistake("The optimizer holds the right parameters, but its rate isn't `lr`: pass `lr=lr`.")
def without_rate(model, lr, device):
    model = copy.deepcopy(model).to(device)
    return model, torch.optim.SGD(model.parameters())


@exercise.mistake("Optimizer and model must come back in that order: `return model, optimizer`, the model first.")
def swapped(model, lr, device):
    model, optimizer = set_up(model, lr, device)
    return optimizer, model


@exercise.mistake(
    "The optimizer belongs to the model that you copied *from*. Copy first, and build the optimizer last."
)
def copied_last(model, lr, device):
    model = model.to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    return copy.deepcopy(model), optimizer


@exercise.mistake("Two things should come back: `return model, optimizer`.")
def model_only(model, lr, device):
    return set_up(model, lr, device)[0]


@exercise.mistake(
    "The optimizer holds the caller's parameters as well as the copy's: `add_param_group` adds to what was there "
    "before. Build the optimizer on the copy's parameters alone."
)
def both_groups(model, lr, device):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    copied = copy.deepcopy(model).to(device)
    optimizer.add_param_group({"params": list(copied.parameters())})
    return copied, optimizer


@exercise.mistake("You used Adam. The exercise asks for SGD, as in the code you were given.")
def with_adam(model, lr, device):
    model = copy.deepcopy(model).to(device)
    return model, torch.optim.Adam(model.parameters(), lr=lr)


exercise.does_the_same("→ model.eval()", "→ model.train()",
                       because="The text leaves the mode to the caller, and this net has no layer that knows one.")
exercise.does_the_same("→ copied.eval()", "→ copied.train()",
                       because="The text leaves the mode to the caller, and this net has no layer that knows one.")
exercise.does_the_same("parameters → named_parameters", because="An optimizer takes named parameters as well.")
exercise.does_the_same("→ optimizer.step()", because="A copied parameter has no gradient yet, so no step moves it.")
exercise.does_the_same(kind="order of statements",
                       because="Groups that are replaced, and a model that is copied, don't meet.")
exercise.does_the_same(kind="result lost", line="copied.to(device)", because="`to` returns the module itself.")
exercise.does_the_same("list → tuple", "list(copied.parameters()) → copied.parameters()",
                       because="A parameter group may be any iterable of parameters.")
