"""Going on from a checkpoint as if training had never stopped."""

import torch

from course_utils.exercise import Exercise, case
from course_utils.probes.file import resuming


def _batch(rng):
    return (torch.from_numpy(rng.normal(size=(6, 3))).float(),
            torch.from_numpy(rng.integers(0, 2, size=(6, 1))).float())


exercise = Exercise(
    name="resume",
    points=2,
    objective="Restore weights, optimizer and epoch from a checkpoint.",
    hints=(
        "Loading only reads the file. Who has to be told about the weights, and who about the averages?",
        "`state = torch.load(path, weights_only=True)`, then `model.load_state_dict(state['model'])`; the optimizer "
        "has a `load_state_dict` as well.",
        "At the end, `return state['epoch']`.",
    ),
    examples=lambda: [case(torch.tensor([[1.0, 0.0, 2.0], [0.0, 1.0, -1.0]]), torch.tensor([[1.0], [0.0]]), 3)],
    fresh=lambda rng: [case(*_batch(rng), int(rng.integers(4, 7)), seed=int(rng.integers(1000)))],
    probe=resuming,
    shown_call=lambda name, args, kwargs: f"{name}(‹path of a checkpoint of epoch {args[2]}›, ‹net›, ‹Adam›)",
    rtol=1e-3,
    atol=1e-4,
)


@exercise.reference
def resume(path, model, optimizer):
    state = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    return state["epoch"]


@exercise.alternative
def onto_the_cpu(path, model, optimizer):
    with open(path, "rb") as file:
        state = torch.load(file, map_location="cpu", weights_only=True)
    for part, name in ((model, "model"), (optimizer, "optimizer")):
        part.load_state_dict(state[name])
    return int(state.get("epoch", 0))


@exercise.alternative
@torch.no_grad()
def parameter_by_parameter(path, model, optimizer):
    state = torch.load(path)
    for name, parameter in model.named_parameters():
        parameter.copy_(state["model"][name])
    optimizer.load_state_dict(state["optimizer"])
    return state["epoch"]


@exercise.mistake(
    "The caller's optimizer was not restored. The weights are right, and the next step is not: Adam starts again with "
    "empty averages. `optimizer.load_state_dict(state['optimizer'])`, on the one that was passed in."
)
def optimizer_forgotten(path, model, optimizer):
    state = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    return state["epoch"]


@exercise.mistake("The model still has its new, random weights: `model.load_state_dict(state['model'])`.")
def model_forgotten(path, model, optimizer):
    state = torch.load(path, weights_only=True)
    optimizer.load_state_dict(state["optimizer"])
    return state["epoch"]


@exercise.mistake("All is restored, and nobody is told where to go on. Return the epoch.")
def returns_nothing(path, model, optimizer):
    state = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])


@exercise.mistake("The epoch is one too high: return it as it was saved, the number of epochs done.")
def epoch_plus_one(path, model, optimizer):
    return resume(path, model, optimizer) + 1


@exercise.mistake(
    "The caller's model and optimizer are as they were. `model = …` gives another meaning to a name that is yours "
    "alone, inside the function. Load into the ones that were passed in: `model.load_state_dict(…)`."
)
def into_copies(path, model, optimizer):
    import copy

    return resume(path, copy.deepcopy(model), torch.optim.Adam(model.parameters()))


@exercise.mistake("You returned the whole state. The epoch is wanted; model and optimizer have taken what is theirs.")
def returns_the_state(path, model, optimizer):
    resume(path, model, optimizer)
    return torch.load(path, weights_only=True)


@exercise.mistake(
    "You gave `load_state_dict` the whole checkpoint. The model's part of it is `state['model']`."
)
def whole_checkpoint_for_the_model(path, model, optimizer):
    model.load_state_dict(torch.load(path, weights_only=True))
