"""Repair: layers in a plain Python list, which nobody sees but the list."""

import torch
from torch import nn

from course_utils.exercise import Exercise, case
from course_utils.probes.module import module, shown_call


def _rows(rng, count, n):
    return torch.from_numpy(rng.normal(size=(count, n)) * 3).float()


exercise = Exercise(
    name="StackedNet",
    kind="class",
    points=3,
    objective="Keep layers where the model, and so the optimizer, can find them.",
    hints=(
        "Print `list(StackedNet([4, 5, 3]).parameters())`. A module finds the layers that are its attributes, and "
        "those inside other modules. Does it look into a list?",
        "PyTorch has a list that is a module: `nn.ModuleList`. It is used like any other list.",
        "Change one line: `self.layers = nn.ModuleList()`.",
    ),
    examples=lambda: [case([torch.linspace(-9, 9, 40).sin().reshape(10, 4) * 3], 10, arguments=[[4, 5, 3]])],
    fresh=lambda rng: [case([_rows(rng, 12, 5)], int(rng.integers(1, 1000)), arguments=[[5, 7, 6, 2]])],
    probe=module,
    shown_call=shown_call,
    rtol=1e-3,
    atol=1e-4,
)


@exercise.reference
class StackedNet(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = nn.ModuleList()  # a list that the module can see into
        for n, m in zip(sizes[:-1], sizes[1:]):
            self.layers.append(nn.Linear(n, m))

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)


@exercise.alternative
class InASequential(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        layers = []
        for n, m in zip(sizes, sizes[1:]):
            layers += [nn.Linear(n, m), nn.ReLU()]
        self.net = nn.Sequential(*layers[:-1])

    def forward(self, x):
        return self.net(x)


@exercise.alternative
class AddedByName(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = [nn.Linear(n, m) for n, m in zip(sizes, sizes[1:])]
        for i, layer in enumerate(self.layers):
            self.add_module(f"layer{i}", layer)

    def forward(self, x):
        *hidden, last = self.layers
        for layer in hidden:
            x = layer(x).relu()
        return last(x)


@exercise.starter
@exercise.mistake(
    "The net computes, and `parameters()` is empty: a module does not look into plain Python lists (nor dicts or "
    "tuples). So an optimizer gets nothing to train, `to(device)` moves nothing, and `state_dict()` saves nothing. Use "
    "`nn.ModuleList`."
)
class PlainList(nn.Module):
    """Linear layers of the given sizes with ReLU between them: (N, sizes[0]) to (N, sizes[-1])."""

    def __init__(self, sizes):
        super().__init__()
        self.layers = []
        for n, m in zip(sizes[:-1], sizes[1:]):
            self.layers.append(nn.Linear(n, m))

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)


@exercise.mistake(
    "You hand out the parameters yourself, and the module still doesn't know its layers: `state_dict()` is empty, "
    "`to(device)` moves nothing. Put them into `nn.ModuleList`."
)
class ParametersOfItsOwn(PlainList):
    def parameters(self, recurse=True):
        return [parameter for layer in self.layers for parameter in layer.parameters()]


@exercise.mistake(
    "Only the last layer is known to the module now. All the others are still in a plain list, and won't be trained."
)
class OnlyTheLastKnown(PlainList):
    def __init__(self, sizes):
        super().__init__(sizes)
        self.last = self.layers[-1]


@exercise.mistake(
    "All layers are known now. But the last one has a ReLU behind it too, which it did not have before: the net can no "
    "longer give negative logits."
)
class ReluAtTheEnd(StackedNet):
    def forward(self, x):
        for layer in self.layers:
            x = torch.relu(layer(x))
        return x


@exercise.mistake(
    "All layers are known now. But the ReLU between them got lost, so together they are one linear layer."
)
class ReluLost(StackedNet):
    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


@exercise.mistake("The layers are known now, and one is missing: from k sizes come k - 1 layers.")
class OneLayerShort(StackedNet):
    def __init__(self, sizes):
        super().__init__(sizes[:-1])


@exercise.mistake(
    "The parameters are known now, and the gradient does not reach them: something in `forward` cuts the graph "
    "(`detach`, `.data`, `no_grad`, or a copy of the layers)."
)
class NoGradInside(StackedNet):
    def forward(self, x):
        return super().forward(x).detach()
