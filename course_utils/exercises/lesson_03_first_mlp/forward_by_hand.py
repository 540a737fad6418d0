"""What a net of linear layers computes, written with nothing but tensors."""

import torch
import torch.nn.functional as F
from torch import nn

from course_utils.exercise import Exercise, case
from course_utils.probes.bans import without_modules


def _net(rng, *sizes):
    return [(torch.from_numpy(rng.normal(size=(m, n))).float(), torch.from_numpy(rng.normal(size=m)).float())
            for n, m in zip(sizes[:-1], sizes[1:])]


def _rows(rng, count, n):
    return torch.from_numpy(rng.normal(size=(count, n))).float()


exercise = Exercise(
    name="forward_by_hand",
    points=3,
    objective="Compute what a stack of linear layers with ReLU computes.",
    hints=(
        "One layer takes (N, in) to (N, out), and its weight has the shape (out, in). What has to be done to the "
        "weight, so that the shapes meet in the middle?",
        "One layer is `x @ weight.T + bias`. ReLU is `clamp(min=0)`, or `torch.relu`. It stands *between* layers: how "
        "do you know that a layer is the last one?",
        "`for weight, bias in weights[:-1]: x = torch.relu(x @ weight.T + bias)`, and behind the loop the last layer "
        "without ReLU.",
    ),
    examples=lambda: [
        case(torch.tensor([[1.0, 2.0]]), [(torch.tensor([[1.0, 1.0], [-1.0, 0.0]]), torch.tensor([0.0, 0.5])),
                                          (torch.tensor([[2.0, 1.0]]), torch.tensor([-10.0]))]),
    ],
    fresh=lambda rng: [
        case(_rows(rng, 4, 3), _net(rng, 3, 5, 2)),
        case(_rows(rng, 3, 2), _net(rng, 2, 4, 4, 3)),
    ],
    rtol=1e-3,
    atol=1e-4,
    probe=without_modules,
)


@exercise.reference
def forward_by_hand(x, weights):
    *hidden, (last_weight, last_bias) = weights
    for weight, bias in hidden:
        x = torch.relu(x @ weight.T + bias)
    return x @ last_weight.T + last_bias


@exercise.alternative
def with_linear(x, weights):
    for i, (weight, bias) in enumerate(weights):
        x = F.linear(x, weight, bias)
        if i < len(weights) - 1:
            x = x.clamp(min=0)
    return x


@exercise.alternative
def activation_first(x, weights):
    (weight, bias), *others = weights
    x = torch.einsum("ni,oi->no", x, weight) + bias
    for weight, bias in others:
        x = torch.where(x > 0, x, 0.0) @ weight.mT + bias
    return x


@exercise.mistake(
    "There is a ReLU behind the last layer too, so the net can never answer with a negative number. It stands between "
    "layers only."
)
def relu_at_the_end(x, weights):
    for weight, bias in weights:
        x = torch.relu(x @ weight.T + bias)
    return x


@exercise.mistake(
    "There is no activation between the layers. Without one, all layers together are a single linear layer, however "
    "many there are."
)
def no_activation(x, weights):
    for weight, bias in weights:
        x = x @ weight.T + bias
    return x


@exercise.mistake(
    "The weight has the shape (out, in), a row for each neuron. Rows of `x` meet rows of the weight, so turn it: "
    "`x @ weight.T`."
)
def not_transposed(x, weights):
    *hidden, (last_weight, last_bias) = weights
    for weight, bias in hidden:
        x = torch.relu(x @ weight + bias)
    return x @ last_weight + last_bias


@exercise.mistake("The biases are missing: each neuron adds one number of its own, `x @ weight.T + bias`.")
def no_bias(x, weights):
    return forward_by_hand(x, [(weight, torch.zeros_like(bias)) for weight, bias in weights])


@exercise.mistake(
    "The last layer is missing: your loop ends before it, so these are the last hidden neurons. Behind the loop comes"
    " one more layer, without ReLU."
)
def last_layer_missing(x, weights):
    for weight, bias in weights[:-1]:
        x = torch.relu(x @ weight.T + bias)
    return x


@exercise.mistake(
    "You went through one layer and stopped: the `return` stands inside the loop. Move it out by one indent."
)
def returns_in_the_loop(x, weights):
    weight, bias = weights[0]
    return torch.relu(x @ weight.T + bias)


@exercise.mistake("You unpacked two layers. `weights` may hold any number of them: go over it in a loop.")
def two_layers_only(x, weights):
    (weight1, bias1), (weight2, bias2) = weights
    return torch.relu(x @ weight1.T + bias1) @ weight2.T + bias2


@exercise.mistake(
    "There is a ReLU in front of the first layer, on the inputs themselves, and negative inputs count. It stands "
    "*between* layers."
)
def relu_on_the_inputs(x, weights):
    return forward_by_hand(torch.relu(x), weights)


@exercise.mistake("The activation here is ReLU, `torch.relu`. You used the sigmoid.")
def sigmoid_inside(x, weights):
    for weight, bias in weights[:-1]:
        x = torch.sigmoid(x @ weight.T + bias)
    return x @ weights[-1][0].T + weights[-1][1]


@exercise.mistake("The order is: weight, bias, *then* ReLU. You added the bias after the ReLU.")
def bias_after_relu(x, weights):
    for weight, bias in weights[:-1]:
        x = torch.relu(x @ weight.T) + bias
    return x @ weights[-1][0].T + weights[-1][1]


@exercise.mistake("A sigmoid at the end makes probabilities. This net gives its logits as they are.")
def sigmoid_at_the_end(x, weights):
    return torch.sigmoid(forward_by_hand(x, weights))


@exercise.mistake(
    "The result is right, but modules of `nn` computed it. Here you write what they do inside, with tensors alone: "
    "`x @ weight.T + bias`, and `torch.relu` between the layers."
)
def with_relu_modules(x, weights):
    for weight, bias in weights[:-1]:
        x = nn.ReLU()(x @ weight.T + bias)
    weight, bias = weights[-1]
    return x @ weight.T + bias
