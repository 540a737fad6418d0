"""A net for digits as a class: 784-512-256-10 with dropout."""

import torch
import torch.nn.functional as F
from torch import nn

from course_utils.exercise import Exercise, case
from course_utils.probes.module import module, shown_call


def _pixels(rng, *shape):
    return torch.from_numpy(rng.uniform(0, 1, size=shape)).float()


exercise = Exercise(
    name="DigitNet",
    kind="class",
    points=5,
    objective="Write a net as a class: layers in `__init__`, what happens with them in `forward`.",
    hints=(
        "In `__init__`: `super().__init__()` first, then three `nn.Linear` and one `nn.Dropout`, each under a name of "
        "its own, such as `self.hidden1`. In `forward`: use them one after the other.",
        "`nn.Flatten()` makes rows of images, and leaves rows as they are. Dropout stands behind the ReLU of both "
        "hidden layers. Nothing stands behind the last layer.",
        "`forward`: `x = self.flatten(images)`, `x = self.dropout(torch.relu(self.hidden1(x)))`, the same with "
        "`hidden2`, and `return self.output(x)`.",
    ),
    examples=lambda: [
        case([torch.linspace(0, 1, 2 * 784).reshape(2, 1, 28, 28)], modes=["eval"], part="images"),
    ],
    fresh=lambda rng: [
        case([_pixels(rng, 3, 784)], int(rng.integers(1, 1000)), modes=["eval"]),
        case([_pixels(rng, 3, 784)], int(rng.integers(1, 1000)), modes=["train"], part="dropout"),
    ],
    parts={"": 3, "images": 1, "dropout": 1},
    probe=module,
    shown_call=shown_call,
    rtol=1e-3,
    atol=1e-3,
)


@exercise.reference
class DigitNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.flatten = nn.Flatten()
        self.hidden1 = nn.Linear(784, 512)
        self.hidden2 = nn.Linear(512, 256)
        self.output = nn.Linear(256, 10)
        self.dropout = nn.Dropout(0.2)

    def forward(self, images):
        x = self.flatten(images)
        x = self.dropout(torch.relu(self.hidden1(x)))
        x = self.dropout(torch.relu(self.hidden2(x)))
        return self.output(x)


@exercise.alternative
class AroundASequential(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(),
            nn.Linear(784, 512), nn.ReLU(), nn.Dropout(0.2),
            nn.Linear(512, 256), nn.ReLU(), nn.Dropout(0.2),
            nn.Linear(256, 10),
        )

    def forward(self, x):
        return self.layers(x)


@exercise.alternative
class WithFunctions(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = nn.Linear(256, 10)
        self.b = nn.Linear(512, 256)
        self.a = nn.Linear(28 * 28, 512)

    def forward(self, x):
        x = x.reshape(len(x), -1)
        for layer in (self.a, self.b):
            x = F.dropout(F.relu(layer(x)), p=0.2, training=self.training)
        return self.c(x)


class _Changed(DigitNet):
    """The reference with a few things to change in it."""

    def __init__(self, dropout=0.2, activation=torch.relu, flatten=None):
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.activation = activation
        self.as_rows = flatten or nn.Flatten()

    def forward(self, images):
        x = self.as_rows(images)
        x = self.dropout(self.activation(self.hidden1(x)))
        x = self.dropout(self.activation(self.hidden2(x)))
        return self.output(x)


@exercise.mistake(
    "Rows are fine, but images are not: they come as (N, 1, 28, 28), and a linear layer wants (N, 784). Put an "
    "`nn.Flatten()` in front."
)
class NoFlatten(_Changed):
    def __init__(self):
        super().__init__(flatten=nn.Identity())


@exercise.mistake(
    "`torch.flatten(x)`, or `x.view(-1)`, makes one long row of the whole batch. The first dimension has to stay: "
    "`nn.Flatten()`, or `x.flatten(start_dim=1)`."
)
class FlattensTheBatch(_Changed):
    def __init__(self):
        super().__init__(flatten=torch.flatten)


@exercise.mistake(
    "The shapes are right, and the images are mixed up: a `view` or `reshape` that begins with 784 deals the pixels of "
    "all images out among all rows. Keep the batch in front: `x.flatten(start_dim=1)`."
)
class ViewMixesTheBatch(_Changed):
    def __init__(self):
        super().__init__(flatten=lambda x: x.reshape(784, -1).T)


@exercise.mistake(
    "There is a softmax at the end. Give the logits as they are: the loss of lesson 4, `CrossEntropyLoss`, has the "
    "softmax inside, and two of them, one on the other, nearly stop the learning."
)
class SoftmaxAtTheEnd(DigitNet):
    def forward(self, images):
        return torch.softmax(super().forward(images), dim=1)


@exercise.mistake(
    "There is a log-softmax at the end. `CrossEntropyLoss` has it inside; give the logits as they are. (The pair of "
    "log-softmax and `NLLLoss` is right too, but this net shall give logits.)"
)
class LogSoftmaxAtTheEnd(DigitNet):
    def forward(self, images):
        return torch.log_softmax(super().forward(images), dim=1)


@exercise.mistake("There is a ReLU behind the last layer, so no logit can be negative. Nothing follows the last layer.")
class ReluAtTheEnd(DigitNet):
    def forward(self, images):
        return torch.relu(super().forward(images))


@exercise.mistake("There is no activation between the layers, so all three together are one linear layer.")
class NoActivation(_Changed):
    def __init__(self):
        super().__init__(activation=nn.Identity())


@exercise.mistake(
    "Everything is right but the dropout: there is none. It stands behind both hidden layers, with p = 0.2."
)
class NoDropout(_Changed):
    def __init__(self):
        super().__init__(dropout=0.0)


@exercise.mistake("The dropout drops every second number: `nn.Dropout()` has p = 0.5 unless you say `nn.Dropout(0.2)`.")
class HalfDropped(_Changed):
    def __init__(self):
        super().__init__(dropout=0.5)


@exercise.mistake(
    "`p` is the part that is dropped, and not the part that is kept: you drop 80%. It should be `nn.Dropout(0.2)`."
)
class MostDropped(_Changed):
    def __init__(self):
        super().__init__(dropout=0.8)


@exercise.mistake(
    "The dropout goes on in eval mode: `F.dropout`, or an `nn.Dropout` that `forward` makes anew, does not know which "
    "mode the model is in. A layer made in `__init__`, `self.dropout = nn.Dropout(0.2)`, knows."
)
class DropsInEvalMode(DigitNet):
    def forward(self, images):
        x = self.flatten(images)
        x = F.dropout(torch.relu(self.hidden1(x)), 0.2)
        x = F.dropout(torch.relu(self.hidden2(x)), 0.2)
        return self.output(x)


@exercise.mistake("The dropout stands behind the first hidden layer only. Put it behind the second as well.")
class DropsOnce(DigitNet):
    def forward(self, images):
        x = self.dropout(torch.relu(self.hidden1(self.flatten(images))))
        return self.output(torch.relu(self.hidden2(x)))


@exercise.mistake(
    "There is a dropout behind the last layer too, so the net's answers themselves are dropped at random. It belongs "
    "to the hidden layers only."
)
class DropsTheLogits(DigitNet):
    def forward(self, images):
        return self.dropout(super().forward(images))


@exercise.mistake(
    "`super().__init__()` is missing, or comes too late. It has to be the first line of `__init__`: it makes the "
    "places where layers are kept."
)
class NoSuper(nn.Module):
    def __init__(self):
        self.hidden1 = nn.Linear(784, 512)
