"""The same count in code, for any model, with frozen layers left out."""

import math

import numpy as np
import torch
from torch import nn

from course_utils.exercise import Exercise, case
from course_utils.probes.parameter_count import count_on_net, shown_count


def _sizes(rng):
    """Sizes of a net whose first two linear layers don't hold just as many numbers as the last."""
    while True:
        a, b, c, d = (int(n) for n in rng.integers(2, 9, size=4))
        if (a + 1) * b + (b + 1) * c != (c + 1) * d:
            return [a, b, c, d]


def _mixed(rng):
    return [int(rng.integers(10, 20)), int(rng.integers(2, 9))]


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
        case([8, 12, 8, 1], frozen="first", part="frozen layers"),
    ],
    fresh=lambda rng: [
        case(_sizes(rng), normed=True),
        case(_mixed(rng)),
        case(_sizes(rng), frozen="first two", part="frozen layers"),
        case(_mixed(rng), frozen="biases", part="frozen layers"),
        case(_sizes(rng), frozen="all", part="frozen layers"),
    ],
    parts={"": 1, "frozen layers": 1},
    probe=count_on_net,
    shown_call=shown_count,
)


@exercise.reference
def count_parameters(model):
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


@exercise.alternative
def by_shape(model):
    return sum(math.prod(p.shape) for _, p in model.named_parameters() if p.requires_grad)


@exercise.alternative
def with_a_loop(model):
    sizes = {}
    for module in model.modules():
        for p in module.parameters(recurse=False):
            sizes[p] = len(p.flatten()) * p.requires_grad
    return sum(sizes.values())


exercise.does_the_same("False → True", "recurse=False →", line="module.parameters(",
                       because="A parameter that is met again writes the same size under the same key.")


@exercise.mistake("You counted the tensors. Each holds many numbers: add up `p.numel()`.")
def tensors(model):
    return len(list(model.parameters()))


@exercise.mistake("You counted the tensors. Each holds many numbers: add up `p.numel()`.")
def tensors_not_frozen(model):
    return len([p for p in model.parameters() if p.requires_grad])


@exercise.mistake(
    "`len(p)` is the size of the first dimension only. The number of elements is `p.numel()`.",
    shown_by=lambda code: code.calls("len"),
    otherwise="Only the size of the first dimension of each parameter is added up. The number of elements is "
              "`p.numel()`.",
)
def first_dimension(model):
    return sum(len(p) for p in model.parameters())


@exercise.mistake(
    "`len(p)` is the size of the first dimension only. The number of elements is `p.numel()`.",
    shown_by=lambda code: code.calls("len"),
    otherwise="Only the size of the first dimension of each parameter is added up. The number of elements is "
              "`p.numel()`.",
)
def first_dimension_not_frozen(model):
    return sum(len(p) for p in model.parameters() if p.requires_grad)


@exercise.mistake("The sizes of the dimensions are added up here. A matrix holds their *product*: `p.numel()`.")
def sizes_added(model):
    return sum(sum(p.shape) for p in model.parameters())


@exercise.mistake("The sizes of the dimensions are added up here. A matrix holds their *product*: `p.numel()`.")
def sizes_added_not_frozen(model):
    return sum(sum(p.shape) for p in model.parameters() if p.requires_grad)


@exercise.mistake("This counts what is frozen. Count the others: those with `p.requires_grad`.")
def only_the_frozen(model):
    return sum(p.numel() for p in model.parameters() if not p.requires_grad)


@exercise.mistake(
    "A `.grad` is None until `backward()` has run, so this counts nothing in a new model. Whether a parameter can be "
    "trained is in `p.requires_grad`.",
    shown_by=lambda code: code.names("grad"),
    otherwise="This is 0 for every model.",
)
def those_with_a_gradient(model):
    return sum(p.numel() for p in model.parameters() if p.grad is not None)


@exercise.mistake(
    "A model has no `requires_grad`. Each of its parameters has one: `p.requires_grad`, for `p` in "
    "`model.parameters()`."
)
def asks_the_model(model):
    return sum(p.numel() for p in model.parameters() if model.requires_grad)


@exercise.mistake(
    "Not every layer has a `weight`: a ReLU has no parameters. `model.parameters()` goes over all that there are, "
    "whatever the layers are."
)
def layer_by_layer(model):
    return sum(layer.weight.numel() + layer.bias.numel() for layer in model.children())


@exercise.mistake(
    "Only linear layers are counted. Other layers have parameters too, and so may the model itself: "
    "`model.parameters()` goes over all of them."
)
def linear_layers_only(model):
    layers = [layer for layer in model.modules() if isinstance(layer, nn.Linear)]
    return sum(p.numel() for layer in layers for p in layer.parameters())


@exercise.mistake(
    "Only linear layers are counted. Other layers have parameters too, and so may the model itself: "
    "`model.parameters()` goes over all of them."
)
def linear_layers_not_frozen(model):
    layers = [layer for layer in model.modules() if isinstance(layer, nn.Linear)]
    return sum(p.numel() for layer in layers for p in layer.parameters() if p.requires_grad)


@exercise.mistake("Only parameters with two dimensions or more are counted. Biases are parameters too.")
def weights_only(model):
    return sum(p.numel() for p in model.parameters() if p.requires_grad and p.ndim > 1)


@exercise.mistake("Only parameters with two dimensions or more are counted. Biases are parameters too.")
def all_weights_only(model):
    return sum(p.numel() for p in model.parameters() if p.ndim > 1)


@exercise.mistake("Only what is called `weight` is counted. Biases are parameters too.")
def weights_by_name(model):
    return sum(p.numel() for name, p in model.named_parameters() if p.requires_grad and "weight" in name)


@exercise.mistake("Only what is called `weight` is counted. Biases are parameters too.")
def all_weights_by_name(model):
    return sum(p.numel() for name, p in model.named_parameters() if "weight" in name)


@exercise.mistake(
    "All parameters are counted. Those of a frozen layer can't be trained: count `p` only if `p.requires_grad` holds."
)
def frozen_too(model):
    return sum(p.numel() for p in model.parameters())


@exercise.mistake(
    "Parameters are counted several times: the `parameters()` of a module includes those of the modules inside it. Ask "
    "the model alone: `model.parameters()`."
)
def inner_ones_again(model):
    return sum(p.numel() for module in model.modules() for p in module.parameters())


@exercise.mistake(
    "Parameters are counted several times: the `parameters()` of a module includes those of the modules inside it. Ask "
    "the model alone: `model.parameters()`."
)
def inner_ones_again_not_frozen(model):
    return sum(p.numel() for module in model.modules() for p in module.parameters() if p.requires_grad)


@exercise.mistake(
    "A weight that two layers share is counted twice. `model.parameters()` gives each parameter once."
)
def shared_twice(model):
    return sum(p.numel() for module in model.modules() for p in module.parameters(recurse=False))


@exercise.mistake(
    "A weight that two layers share is counted twice. `model.parameters()` gives each parameter once."
)
def shared_twice_not_frozen(model):
    return sum(p.numel() for module in model.modules() for p in module.parameters(recurse=False) if p.requires_grad)


@exercise.mistake(
    "`state_dict()` holds buffers as well, such as the running averages of batch norm. They are saved but not trained. "
    "Go over `model.parameters()`, and leave out what is frozen.",
    shown_by=lambda code: code.calls("state_dict"),
    otherwise="Your count is that of everything in `state_dict()`, which holds buffers as well, such as the running "
              "averages of batch norm. They are saved but not trained.",
)
def whole_state(model):
    return sum(tensor.numel() for tensor in model.state_dict().values())


@exercise.mistake(
    "This is the size of the first parameter alone, because the `return` is inside the loop. Dedent it by one level.",
    shown_by=lambda code: code.return_in_loop(),
    otherwise="This is the size of the first parameter alone.",
)
def returns_in_the_loop(model):
    for p in model.parameters():
        return p.numel()


A_TENSOR = (
    "Your result is a tensor, but the exercise asks for a Python integer. `.item()` takes the number out; `p.numel()` "
    "is a Python integer from the start."
)
OF_NUMPY = (
    "Your result is one of NumPy's numbers, but the exercise asks for a Python integer. `p.numel()` gives one from the "
    "start, and so does `math.prod(p.shape)`; `int(…)` makes one."
)


@exercise.mistake(A_TENSOR)
def still_a_tensor(model):
    return sum(torch.tensor(p.numel()) for p in model.parameters())


@exercise.mistake(A_TENSOR)
def still_a_tensor_not_frozen(model):
    return sum(torch.tensor(p.numel()) for p in model.parameters() if p.requires_grad)


@exercise.mistake(OF_NUMPY)
def numpy_number(model):
    return sum(np.prod(p.shape) for p in model.parameters())


@exercise.mistake(OF_NUMPY)
def numpy_number_not_frozen(model):
    return sum(np.prod(p.shape) for p in model.parameters() if p.requires_grad)


@exercise.mistake(
    "Your result is a float, but a count is a Python integer. `p.numel()` gives one from the start; `int(…)` makes one."
)
def a_float(model):
    return float(sum(p.numel() for p in model.parameters()))
