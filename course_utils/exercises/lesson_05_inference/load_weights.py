"""Repair: loading that would run a stranger's code."""

import pickle

import torch

from course_utils.exercise import Exercise, case
from course_utils.probes.file import loading

exercise = Exercise(
    name="load_weights",
    points=2,
    objective="Load weights from anywhere, and run nothing that comes with them.",
    hints=(
        "A pickle is a small program that builds objects, and building may call any function. Which argument of "
        "`torch.load` allows that here?",
        "`weights_only=True` reads tensors and plain values and raises an error for everything else. Let it raise: a "
        "file that needs more than that is not a file of weights.",
        "`state = torch.load(path, weights_only=True)`, `model.load_state_dict(state)`, `return model`.",
    ),
    examples=[case("a friend's"), case("a stranger's"), case("half of it")],
    fresh=lambda rng: [case(file, seed=int(rng.integers(1, 1000))) for file in ("a friend's", "a stranger's")],
    probe=loading,
    shown_call=lambda name, args, kwargs: (
        f"{name}(‹path of {'a file with half of the layers' if args[0] == 'half of it' else f'{args[0]} file'}›, "
        "‹net›)"),
)


@exercise.reference
def load_weights(path, model):
    state = torch.load(path, weights_only=True)
    model.load_state_dict(state)
    return model


@exercise.alternative
def by_default(path, model):
    model.load_state_dict(torch.load(path, map_location="cpu"))
    return model


@exercise.alternative
def from_an_open_file(path, model):
    with open(path, "rb") as file:
        weights = torch.load(file, weights_only=True)
    model.load_state_dict({name: tensor.float() for name, tensor in weights.items()}, strict=True)
    return model


@exercise.starter
@exercise.mistake(
    "`weights_only=False` unpickles whatever is in the file, and unpickling may call any function: the stranger's code "
    "ran. With `weights_only=True` only tensors and plain values are read."
)
def trusts_everybody(path, model):
    state = torch.load(path, weights_only=False)
    model.load_state_dict(state)
    return model


@exercise.mistake(
    "The stranger's code ran, although you kept the rest of the file out of the model afterwards. Loading it unsafely "
    "is enough, as a second try too: the safe way fails for exactly the files for which it should. Let it raise."
)
def falls_back(path, model):
    try:
        state = torch.load(path, weights_only=True)
    except pickle.UnpicklingError:
        state = torch.load(path, weights_only=False)
        state.pop("extra", None)
    model.load_state_dict(state)
    return model


@exercise.mistake(
    "You caught the error and gave back a model that nothing was loaded into. It looks trained, and is random. Let the "
    "error through."
)
def swallows_the_error(path, model):
    try:
        model.load_state_dict(torch.load(path, weights_only=True))
    except Exception:
        pass
    return model


@exercise.mistake(
    "`strict=False` leaves layers that the file does not have at their random values, and says nothing. Weights of "
    "another net should be an error."
)
def not_strict(path, model):
    model.load_state_dict(torch.load(path, weights_only=True), strict=False)
    return model


@exercise.mistake(
    "What you returned is not the model. `load_state_dict` changes the model and gives back a mere report (`<All keys "
    "matched successfully>`): load first, then `return model`."
)
def returns_the_state(path, model):
    state = torch.load(path, weights_only=True)
    model.load_state_dict(state)
    return state


@exercise.mistake("You loaded the file, and never gave the weights to the model: `model.load_state_dict(state)`.")
def never_loaded(path, model):
    torch.load(path, weights_only=True)
    return model


@exercise.mistake(
    "You look at what was loaded, and raise then. By that time its code has run: loading is what runs it. "
    "`weights_only=True` looks before."
)
def looks_too_late(path, model):
    state = torch.load(path, weights_only=False)
    if not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise ValueError("this file holds more than weights")
    model.load_state_dict(state)
    return model


@exercise.mistake("The weights are loaded, and nothing comes back: `return model` is missing.")
def returns_nothing(path, model):
    load_weights(path, model)


@exercise.mistake(
    "`pickle` cannot read what `torch.save` has written, and where it can, it runs whatever is in it. "
    "`torch.load(path, weights_only=True)`."
)
def plain_pickle(path, model):
    with open(path, "rb") as file:
        model.load_state_dict(pickle.load(file))
    return model
