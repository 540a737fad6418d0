"""The net 8-12-8-1, which lesson 4 trains and lesson 5 uses."""

import torch
from torch import nn

from course_utils.exercise import Exercise, case
from course_utils.probes.module import module, shown_call


def _rows(rng, count):
    return torch.from_numpy(rng.normal(size=(count, 8)) * 3).float()


exercise = Exercise(
    name="pima_net",
    points=3,
    objective="Put a net together from layers that fit, and leave its output a logit.",
    hints=(
        "Three linear layers lead from 8 to 12, from 12 to 8, and from 8 to 1. What stands between two of them?",
        "`nn.Sequential(nn.Linear(8, 12), nn.ReLU(), …)`. Each layer takes in what the one before gives out.",
        "Five things in `nn.Sequential`: Linear(8, 12), ReLU, Linear(12, 8), ReLU, Linear(8, 1). Nothing behind the "
        "last.",
    ),
    examples=lambda: [case([torch.linspace(-9, 9, 80).sin().reshape(10, 8) * 3], 10)],
    fresh=lambda rng: [case([_rows(rng, 12)], int(rng.integers(1, 1000)))],
    probe=module,
    shown_call=shown_call,
    rtol=1e-3,
    atol=1e-4,
)


@exercise.reference
def pima_net():
    return nn.Sequential(
        nn.Linear(8, 12), nn.ReLU(),
        nn.Linear(12, 8), nn.ReLU(),
        nn.Linear(8, 1),
    )


@exercise.alternative
def layer_by_layer():
    net = nn.Sequential()
    for n, m in [(8, 12), (12, 8)]:
        net.append(nn.Linear(n, m)).append(nn.ReLU(inplace=True))
    return net.append(nn.Linear(8, 1))


@exercise.alternative
def as_a_class():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.out = nn.Linear(8, 1)
            self.second = nn.Linear(12, 8)
            self.first = nn.Linear(8, 12)

        def forward(self, x):
            return self.out(self.second(self.first(x).clamp(min=0)).relu())

    return Net()


@exercise.mistake(
    "There is a sigmoid at the end. Leave the logit as it is: the loss of lesson 4, `BCEWithLogitsLoss`, has the "
    "sigmoid inside, and computes it more exactly. Two sigmoids, one on the other, learn hardly anything."
)
def sigmoid_at_the_end():
    return pima_net().append(nn.Sigmoid())


@exercise.mistake(
    "The layers are right, and there is no activation between them. So the net is one linear layer in disguise: it can "
    "draw nothing but a straight boundary."
)
def no_activation():
    return nn.Sequential(nn.Linear(8, 12), nn.Linear(12, 8), nn.Linear(8, 1))


@exercise.mistake(
    "The ReLU behind the 12 is there, and the one behind the 8 is missing. So the last two layers together are one."
)
def second_relu_missing():
    return nn.Sequential(nn.Linear(8, 12), nn.ReLU(), nn.Linear(12, 8), nn.Linear(8, 1))


@exercise.mistake("The activation in the hidden layers is the sigmoid here. The task asks for ReLU.")
def sigmoid_inside():
    return nn.Sequential(nn.Linear(8, 12), nn.Sigmoid(), nn.Linear(12, 8), nn.Sigmoid(), nn.Linear(8, 1))


@exercise.mistake(
    "There is one layer too many, Linear(8, 8) in front. The inputs need no layer of their own: the first is "
    "Linear(8, 12), and takes them in."
)
def layer_for_the_inputs():
    return nn.Sequential(nn.Linear(8, 8), nn.ReLU(), *pima_net())


@exercise.mistake("The hidden layers have changed places: the first has 12 neurons, the second 8.")
def hidden_swapped():
    return nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 12), nn.ReLU(), nn.Linear(12, 1))


@exercise.mistake("One layer is missing: 8-12-8-1 are four sizes, so there are three linear layers between them.")
def one_hidden_layer():
    return nn.Sequential(nn.Linear(8, 12), nn.ReLU(), nn.Linear(12, 1))


@exercise.mistake(
    "A ReLU follows the last layer, so a logit can never be negative, and the net can never say no. Nothing follows it."
)
def relu_at_the_end():
    return pima_net().append(nn.ReLU())


@exercise.mistake(
    "Softmax over a single output is 1 for every row: it makes the outputs of a row add up to one, and there is just "
    "one. Leave the logit as it is."
)
def softmax_of_one():
    return pima_net().append(nn.Softmax(dim=1))


@exercise.mistake(
    "You gave the net two outputs. For yes or no, one is enough: its logit says how much more likely yes is than no."
)
def two_outputs():
    return nn.Sequential(nn.Linear(8, 12), nn.ReLU(), nn.Linear(12, 8), nn.ReLU(), nn.Linear(8, 2))


@exercise.mistake(
    "You returned a plain list of layers. A list can't be called or trained: put the layers into `nn.Sequential(…)`."
)
def plain_list():
    return list(pima_net())


@exercise.mistake("The function returns nothing. `return` the net.")
def returns_nothing():
    pima_net()
