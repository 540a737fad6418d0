"""The net 8-12-8-1, which lesson 4 trains and lesson 5 uses."""

import torch
from torch import nn
from torch.nn import functional as F

from course_utils.exercise import Exercise, case
from course_utils.probes.module import module, shown_call


def _rows(rng, count):
    """Rows of 8 numbers, the first of them large enough for an activation that is capped, such as ReLU6."""
    rows = torch.from_numpy(rng.normal(size=(count, 8)) * 3).float()
    return torch.cat([rows[:1] * 10, rows[1:]])


exercise = Exercise(
    name="pima_net",
    points=3,
    objective="Put a net together from layers that fit, and leave its output a logit.",
    hints=(
        "Three linear layers lead from 8 to 12, from 12 to 8, and from 8 to 1. What comes between two of them?",
        "`nn.Sequential(nn.Linear(8, 12), nn.ReLU(), …)`. Each layer takes as many numbers as the one before gives.",
        "Five things in `nn.Sequential`: Linear(8, 12), ReLU, Linear(12, 8), ReLU, Linear(8, 1). Nothing after the "
        "last one.",
    ),
    examples=lambda: [case([torch.linspace(-9, 9, 80).sin().reshape(10, 8) * 3], 10)],
    fresh=lambda rng: [
        case([_rows(rng, 12)], int(rng.integers(1, 1000))),
        case([_rows(rng, 1)], int(rng.integers(1, 1000))),
    ],
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


exercise.does_the_same("→ nn.ReLU(),", because="It follows another ReLU, and a second one changes nothing.")
exercise.does_the_same("→ torch.relu(…)", "→ F.relu(…)", line="self.out(self.second",
                       because="It follows another ReLU, and a second one changes nothing.")
exercise.does_the_same("→ .float()", because="Parameters are float32 from the start, and so are the outputs.")
exercise.does_the_same("→ net =", line="net.append", because="`append` returns the net itself.")
exercise.does_the_same("True → False", "inplace=True →", line="nn.ReLU(inplace=True)",
                       because="Nobody needs the tensor that the ReLU would write over.")
exercise.does_the_same("→ net.eval()", "→ net.train()", because="No layer here depends on the mode, and whoever trains "
                                                              "or uses the net sets it.")
exercise.does_the_same("→ super().__init__()", line="super().__init__()",
                       because="There are no layers yet that the second call could forget.")
exercise.does_the_same(kind="order of statements", line="= nn.Linear(",
                       because="`forward` says which layer comes first, not `__init__`.")


@exercise.mistake(
    "A sigmoid follows the last layer. Leave the logit as it is: the loss of lesson 4, `BCEWithLogitsLoss`, has the "
    "sigmoid inside and computes it more exactly. A net with two sigmoids in a row hardly learns."
)
def sigmoid_at_the_end():
    return pima_net().append(nn.Sigmoid())


@exercise.mistake(
    "`relu(x)` doesn't change `x`: it returns a new tensor, and in your `forward` that one is lost. Keep it: "
    "`x = torch.relu(x)`.",
    shown_by=lambda code: code.discards("relu"),
)
def relu_thrown_away():
    class Net(nn.Sequential):
        def forward(self, x):
            for layer in self:
                x = layer(x)
                F.relu(x)
            return x

    return Net(nn.Linear(8, 12), nn.Linear(12, 8), nn.Linear(8, 1))


@exercise.mistake(
    "The layers are right, but no activation acts between them. So the net is one linear layer in disguise: the only "
    "boundary that it can draw is straight."
)
def no_activation():
    return nn.Sequential(nn.Linear(8, 12), nn.Linear(12, 8), nn.Linear(8, 1))


@exercise.mistake(
    "The first hidden layer, with 12 neurons, has no ReLU after it. So the first two layers together are one."
)
def first_relu_missing():
    return nn.Sequential(nn.Linear(8, 12), nn.Linear(12, 8), nn.ReLU(), nn.Linear(8, 1))


@exercise.mistake(
    "There is a ReLU after the 12 but none after the 8. So the last two layers together are one."
)
def second_relu_missing():
    return nn.Sequential(nn.Linear(8, 12), nn.ReLU(), nn.Linear(12, 8), nn.Linear(8, 1))


@exercise.mistake("The activation in the hidden layers is the sigmoid here. The exercise asks for ReLU.")
def sigmoid_inside():
    return nn.Sequential(nn.Linear(8, 12), nn.Sigmoid(), nn.Linear(12, 8), nn.Sigmoid(), nn.Linear(8, 1))


@exercise.mistake("The activation in the hidden layers is tanh here. The exercise asks for ReLU.")
def tanh_inside():
    return nn.Sequential(nn.Linear(8, 12), nn.Tanh(), nn.Linear(12, 8), nn.Tanh(), nn.Linear(8, 1))


@exercise.mistake(
    "There is one layer too many, Linear(8, 8) in front. The inputs need no layer of their own: the first layer is "
    "Linear(8, 12), which takes them as they are."
)
def layer_for_the_inputs():
    return nn.Sequential(nn.Linear(8, 8), nn.ReLU(), *pima_net())


@exercise.mistake("The hidden layers are swapped: the first has 12 neurons, the second 8.")
def hidden_swapped():
    return nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 12), nn.ReLU(), nn.Linear(12, 1))


@exercise.mistake("One layer is missing: 8-12-8-1 are four sizes, so there are three linear layers between them.")
def one_hidden_layer():
    return nn.Sequential(nn.Linear(8, 12), nn.ReLU(), nn.Linear(12, 1))


@exercise.mistake(
    "A ReLU follows the last layer, so a logit can never be negative, and the net can never say no. Nothing follows "
    "the last layer."
)
def relu_at_the_end():
    return pima_net().append(nn.ReLU())


@exercise.mistake(
    "The output is 1 for every row. That is what softmax makes of a single number: the outputs of a row add up to one, "
    "and there is just one. Leave the logit as it is.",
    shown_by=lambda code: code.names("softmax") or code.names("Softmax"),
    otherwise="The output is 1 for every row, whatever the layers compute.",
)
def softmax_of_one():
    return pima_net().append(nn.Softmax(dim=1))


@exercise.mistake(
    "The net has two outputs. For yes or no, one is enough: its logit says how much more likely yes is than no."
)
def two_outputs():
    return nn.Sequential(nn.Linear(8, 12), nn.ReLU(), nn.Linear(12, 8), nn.ReLU(), nn.Linear(8, 2))


@exercise.mistake(
    "The function returns a list. A list can't be called or trained: put the layers into `nn.Sequential(…)`."
)
def plain_list():
    return list(pima_net())


@exercise.mistake(
    "The function returns a tuple. If it holds the layers, put them into `nn.Sequential(…)`, which can be called and "
    "trained."
)
def plain_tuple():
    return tuple(pima_net())


@exercise.mistake("The function returns nothing. `return` the net.", shown_by=lambda code: not code.returns(),
                  otherwise="The function returns None instead of the net.")
def returns_nothing():
    pima_net()


_only_one = pima_net()


@exercise.mistake(
    "Every call returns the same net, so whoever trains one of them trains all. A new net is made by the code inside "
    "the function."
)
def the_same_net_again():
    return _only_one
