"""What a net of linear layers computes, written with nothing but tensors."""

import torch
import torch.nn.functional as F
from torch import nn

from course_utils.exercise import Exercise, case
from course_utils.probes.bans import without_modules


def _net(rng, sizes, dtype):
    return [(torch.from_numpy(rng.normal(size=(m, n))).to(dtype), torch.from_numpy(rng.normal(size=m)).to(dtype))
            for n, m in zip(sizes[:-1], sizes[1:])]


def _output(x, weights, bent):
    """What the layers give with a ReLU at the places ``bent``: 0 is in front of the first layer, 1 after it, …"""
    for place, (weight, bias) in enumerate(weights):
        x = (x.relu() if place in bent else x) @ weight.T + bias
    return x.relu() if len(weights) in bent else x


def _batch(rng, rows, sizes, dtype=torch.float32):
    """Rows and a net, drawn until a ReLU too few or too many shows, wherever it is, and so does each missing bias."""
    between = set(range(1, len(sizes) - 1))
    while True:
        x, weights = torch.from_numpy(rng.normal(size=(rows, sizes[0]))).to(dtype), _net(rng, sizes, dtype)
        right = _output(x, weights, between)
        others = [_output(x, weights, between ^ {place}) for place in range(len(sizes))]
        for number, (weight, _) in enumerate(weights):
            changed = [*weights[:number], (weight, torch.zeros(len(weight), dtype=dtype)), *weights[number + 1:]]
            others.append(_output(x, changed, between))
        if all((other - right).abs().max() > 0.05 for other in others):
            return x, weights


exercise = Exercise(
    name="forward_by_hand",
    points=3,
    objective="Compute what a stack of linear layers with ReLU computes.",
    hints=(
        "One layer takes (N, in) to (N, out), but its weight has the shape (out, in). What has to happen to the weight "
        "so that the shapes meet in the middle?",
        "One layer is `x @ weight.T + bias`. ReLU is `torch.relu(…)` or `….clamp(min=0)`. It comes *between* layers: "
        "how do you know that a layer is the last one?",
        "`for weight, bias in weights[:-1]: x = torch.relu(x @ weight.T + bias)`, and after the loop the last layer "
        "without ReLU.",
    ),
    examples=lambda: [
        case(torch.tensor([[1.0, 2.0], [0.0, -1.0]]),
             [(torch.tensor([[1.0, 1.0], [-1.0, 0.0]]), torch.tensor([0.0, 0.5])),
              (torch.tensor([[2.0, 1.0]]), torch.tensor([-10.0]))]),
        case(torch.tensor([[1.0, -2.0]]), [(torch.tensor([[1.0, 1.0], [0.0, 1.0], [3.0, 1.0]]),
                                            torch.tensor([0.25, 0.5, 0.75]))]),
    ],
    fresh=lambda rng: [
        case(*_batch(rng, 4, (3, 5, 4))),
        case(*_batch(rng, 3, (2, 4, 3, 5))),
        case(*_batch(rng, 7, (4, 3, 1, 5, 2), torch.float64)),
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


exercise.does_the_same("> → >=", "0.0 → 0", line="torch.where", because="At 0 both branches give 0, in the dtype of x.")
exercise.does_the_same("→ .float()", line="+ last_bias",
                       because="The product gives the sum its dtype, and rounding a bias makes no difference.")


@exercise.mistake(
    "The last layer has a ReLU after it too, so the net can never give a negative number. A ReLU comes between layers "
    "only."
)
def relu_at_the_end(x, weights):
    for weight, bias in weights:
        x = torch.relu(x @ weight.T + bias)
    return x


@exercise.mistake(
    "`torch.relu(x)` doesn't change `x`: it returns a new tensor, which is lost here. Keep it: `x = torch.relu(x)`.",
    shown_by=lambda code: code.discards("relu"),
)
def relu_thrown_away(x, weights):
    *hidden, (last_weight, last_bias) = weights
    for weight, bias in hidden:
        x = x @ weight.T + bias
        torch.relu(x)
    return x @ last_weight.T + last_bias


@exercise.mistake(
    "No activation acts between the layers. Without one, all layers together are a single linear layer, however many "
    "there are."
)
def no_activation(x, weights):
    for weight, bias in weights:
        x = x @ weight.T + bias
    return x


@exercise.mistake(
    "The first layer has no ReLU after it; the other hidden layers do. There is one after every layer but the last."
)
def first_relu_missing(x, weights):
    for number, (weight, bias) in enumerate(weights):
        x = x @ weight.T + bias
        if 0 < number < len(weights) - 1:
            x = torch.relu(x)
    return x


@exercise.mistake(
    "The last hidden layer has no ReLU after it. Only the last layer of all, the one that gives the result, goes "
    "without."
)
def last_relu_missing(x, weights):
    for number, (weight, bias) in enumerate(weights):
        x = x @ weight.T + bias
        if number < len(weights) - 2:
            x = torch.relu(x)
    return x


@exercise.mistake(
    "Only the first layer has a ReLU after it. There is one after every layer but the last, and `weights` may hold any "
    "number of layers."
)
def first_relu_only(x, weights):
    for number, (weight, bias) in enumerate(weights):
        x = x @ weight.T + bias
        if number == 0 and len(weights) > 1:
            x = torch.relu(x)
    return x


@exercise.mistake(
    "The weight has the shape (out, in), a row for each neuron. Rows of `x` meet rows of the weight, so transpose it: "
    "`x @ weight.T`.",
    shown_by=lambda code: not any(map(code.names, ("T", "mT", "t", "transpose", "permute", "swapaxes", "linear"))),
    otherwise="In one of your matrix products the weight has the wrong orientation. Its shape is (out, in), and rows "
              "of `x` meet rows of the weight: `x @ weight.T`, or `F.linear(x, weight)`, which transposes for you.",
)
def not_transposed(x, weights):
    *hidden, (last_weight, last_bias) = weights
    for weight, bias in hidden:
        x = torch.relu(x @ weight + bias)
    return x @ last_weight + last_bias


@exercise.mistake(
    "`*` multiplies element by element. The sum over all inputs of a neuron is a matrix product: `x @ weight.T`.",
    shown_by=lambda code: code.operator("*") and not code.operator("@"),
)
def elementwise_product(x, weights):
    for number, (weight, bias) in enumerate(weights):
        x = x * weight.T + bias
        if number < len(weights) - 1:
            x = torch.relu(x)
    return x


@exercise.mistake(
    "This is what the layers give without their biases. Each neuron adds one number of its own: `x @ weight.T + bias`."
)
def no_bias(x, weights):
    return forward_by_hand(x, [(weight, torch.zeros_like(bias)) for weight, bias in weights])


@exercise.mistake(
    "The last layer is missing: these are the numbers of the last hidden layer, after its ReLU. One more layer "
    "follows, without a ReLU."
)
def last_layer_missing(x, weights):
    for weight, bias in weights[:-1]:
        x = torch.relu(x @ weight.T + bias)
    return x


@exercise.mistake(
    "You went through one layer and stopped, because the `return` is inside the loop. Dedent it by one level.",
    shown_by=lambda code: code.return_in_loop(),
    otherwise="This is what the first layer gives, with a ReLU after it. The other layers are still missing.",
)
def returns_in_the_loop(x, weights):
    for weight, bias in weights:
        x = torch.relu(x @ weight.T + bias)
        return x


@exercise.mistake(
    "You went through one layer and stopped, because the `return` is inside the loop. Dedent it by one level.",
    shown_by=lambda code: code.return_in_loop(),
    otherwise="This is what the first layer alone gives. The other layers are still missing.",
)
def returns_after_the_first_layer(x, weights):
    for number, (weight, bias) in enumerate(weights):
        x = x @ weight.T + bias
        if number < len(weights) - 1:
            x = torch.relu(x)
        return x


@exercise.mistake("You unpacked two layers. `weights` may hold any number of them, so go over it in a loop.")
def two_layers_only(x, weights):
    (weight1, bias1), (weight2, bias2) = weights
    return torch.relu(x @ weight1.T + bias1) @ weight2.T + bias2


@exercise.mistake(
    "Your result is that of two layers, the first and the second in `weights`. There may be any number of them, so go "
    "over `weights` in a loop.",
)
def two_layers_by_index(x, weights):
    hidden = torch.relu(x @ weights[0][0].T + weights[0][1])
    return hidden @ weights[1][0].T + weights[1][1]


@exercise.mistake(
    "The inputs themselves go through a ReLU before the first layer, so negative inputs are lost. A ReLU comes "
    "*between* layers."
)
def relu_on_the_inputs(x, weights):
    for weight, bias in weights:
        x = torch.relu(x) @ weight.T + bias
    return x


@exercise.mistake("The activation here is ReLU, `torch.relu`. What you have between the layers is the sigmoid.")
def sigmoid_inside(x, weights):
    for weight, bias in weights[:-1]:
        x = torch.sigmoid(x @ weight.T + bias)
    return x @ weights[-1][0].T + weights[-1][1]


@exercise.mistake("The activation here is ReLU, `torch.relu`. What you have between the layers is tanh.")
def tanh_inside(x, weights):
    for weight, bias in weights[:-1]:
        x = torch.tanh(x @ weight.T + bias)
    return x @ weights[-1][0].T + weights[-1][1]


@exercise.mistake("The order is weight, bias, *then* ReLU. In your hidden layers the bias comes after the ReLU.")
def bias_after_relu(x, weights):
    for weight, bias in weights[:-1]:
        x = torch.relu(x @ weight.T) + bias
    return x @ weights[-1][0].T + weights[-1][1]


@exercise.mistake("A sigmoid at the end makes probabilities. This net gives what its last layer computes, as logits.")
def sigmoid_at_the_end(x, weights):
    return torch.sigmoid(forward_by_hand(x, weights))


@exercise.mistake("A softmax at the end makes probabilities. This net gives what its last layer computes, as logits.")
def softmax_at_the_end(x, weights):
    return torch.softmax(forward_by_hand(x, weights), dim=1)


MODULES = (
    "Modules of `nn` do the work here. This exercise is about what they do inside, so write it with tensors and "
    "functions alone: `x @ weight.T + bias`, and `torch.relu` between the layers."
)


@exercise.mistake(MODULES)
def with_modules(x, weights):
    relu = nn.ReLU()
    for weight, bias in weights[:-1]:
        x = relu(x @ weight.T + bias)
    return x @ weights[-1][0].T + weights[-1][1]


@exercise.mistake(MODULES)
def with_relu_modules(x, weights):
    for weight, bias in weights[:-1]:
        x = nn.ReLU()(x @ weight.T + bias)
    return x @ weights[-1][0].T + weights[-1][1]
