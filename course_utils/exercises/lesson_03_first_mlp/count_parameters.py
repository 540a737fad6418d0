"""The same count in code, for any model, with frozen layers left out."""

import math

from course_utils.exercise import Exercise, case
from course_utils.probes.module import on_mlp, shown_call_on_mlp

exercise = Exercise(
    name="count_parameters",
    points=2,
    objective="Walk over a model's parameters.",
    hints=(
        "`model.parameters()` gives the tensors one after the other. Which method says how many numbers are in one?",
        "`sum(p.numel() for p in model.parameters())` counts all. A frozen parameter has `p.requires_grad == False`.",
        "Put the condition into the sum: `… for p in model.parameters() if p.requires_grad`.",
    ),
    examples=[
        case([8, 12, 8, 1]),
        case([8, 12, 8, 1], frozen=1, part="frozen layers"),
    ],
    fresh=lambda rng: [
        case([int(n) for n in rng.integers(2, 9, size=4)], normed=True),
        case([int(n) for n in rng.integers(2, 9, size=4)], frozen=2, part="frozen layers"),
    ],
    parts={"": 1, "frozen layers": 1},
    probe=on_mlp,
    shown_call=shown_call_on_mlp,
)


@exercise.reference
def count_parameters(model):
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


@exercise.alternative
def by_shape(model):
    return sum(math.prod(p.shape) for _, p in model.named_parameters() if p.requires_grad)


@exercise.alternative
def with_a_loop(model):
    count = 0
    for module in model.modules():
        for p in module.parameters(recurse=False):
            count += len(p.flatten()) * p.requires_grad
    return count


@exercise.mistake(
    "You counted the tensors. Each holds many numbers: add up `p.numel()`."
)
def tensors(model):
    return len(list(model.parameters()))


@exercise.mistake("`len(p)` is the size of the first dimension only. The number of elements is `p.numel()`.")
def first_dimension(model):
    return sum(len(p) for p in model.parameters())


@exercise.mistake("You counted what is frozen, and the others are wanted: those for which `p.requires_grad` is True.")
def only_the_frozen(model):
    return sum(p.numel() for p in model.parameters() if not p.requires_grad)


@exercise.mistake(
    "Not every layer has a `weight`: a ReLU has no parameters. `model.parameters()` goes over all that there are, "
    "whatever the layers are."
)
def layer_by_layer(model):
    return sum(layer.weight.numel() + layer.bias.numel() for layer in model)


@exercise.mistake("Only the weights are counted here. Biases are parameters too.")
def weights_only(model):
    return sum(p.numel() for p in model.parameters() if p.requires_grad and p.ndim > 1)


@exercise.mistake(
    "All parameters are counted. Those of a frozen layer can't be trained: count `p` only where `p.requires_grad` "
    "holds."
)
def frozen_too(model):
    return sum(p.numel() for p in model.parameters())


@exercise.mistake(
    "`state_dict()` holds buffers as well, such as the running averages of batch norm. They are saved, and not "
    "trained. Go over `model.parameters()`, and leave out what is frozen."
)
def whole_state(model):
    return sum(tensor.numel() for tensor in model.state_dict().values())
