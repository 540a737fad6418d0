"""Repair: 1152 features that are 2048, and a softmax under a loss that has its own."""

import torch
from torch import nn
from torch.nn import functional as F

from course_utils.exercise import Exercise, case
from course_utils.probes.module import module, shown_call

exercise = Exercise(
    name="TinyCNN",
    kind="class",
    points=2,
    objective="Read a shape error, and give cross-entropy what it wants: logits.",
    hints=(
        "Run it on `torch.zeros(1, 3, 32, 32)` and read the error: how many features are there, and how many are "
        "expected?",
        "32 maps of 8 × 8 are 2048 features. Then look at the end of `forward`: what does `nn.CrossEntropyLoss` do to "
        "what it gets?",
        "`nn.Linear(2048, 10)`, and `return self.output(x.flatten(1))`.",
    ),
    examples=lambda: [case([torch.linspace(-1, 1, 3 * 32 * 32).reshape(1, 3, 32, 32)])],
    fresh=lambda rng: [
        case([torch.from_numpy(rng.normal(size=(3, 3, 32, 32))).float()], seed=int(rng.integers(1000))),
    ],
    probe=module,
    shown_call=shown_call,
    rtol=1e-3,
    atol=1e-4,
)


@exercise.reference
class TinyCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 3, padding=1)
        self.conv2 = nn.Conv2d(32, 32, 3, padding=1)
        self.output = nn.Linear(2048, 10)

    def forward(self, images):
        x = F.max_pool2d(torch.relu(self.conv1(images)), 2)
        x = F.max_pool2d(torch.relu(self.conv2(x)), 2)
        return self.output(x.flatten(1))


@exercise.alternative
class AsSequential(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(32 * 8 * 8, 10),
        )


@exercise.alternative
class Reshaped(TinyCNN):
    def forward(self, images):
        x = F.max_pool2d(F.relu(self.conv1(images)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.output(x.reshape(len(x), -1))


@exercise.starter
@exercise.mistake(
    "It does not run: 32 maps of 8 × 8 are 2048 features, and the last layer expects 1152. Once that is fixed, look at "
    "the end of `forward`: it should return logits, because `nn.CrossEntropyLoss` applies a softmax of its own.",
    shown_by=lambda code: code.names("softmax"),
    otherwise="It does not run: 32 maps of 8 × 8 are 2048 features, and the last layer expects 1152.",
)
class BrokenCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 3, padding=1)
        self.conv2 = nn.Conv2d(32, 32, 3, padding=1)
        self.output = nn.Linear(1152, 10)

    def forward(self, images):
        x = F.max_pool2d(torch.relu(self.conv1(images)), 2)
        x = F.max_pool2d(torch.relu(self.conv2(x)), 2)
        return torch.softmax(self.output(x.flatten(1)), dim=1)


@exercise.mistake(
    "It runs, but there is still a softmax at the end. `nn.CrossEntropyLoss` applies log-softmax to what it gets. "
    "After a softmax that gives nearly the same loss for right and wrong, so the net learns slowly, or not at all."
)
class StillSoftmax(TinyCNN):
    def forward(self, images):
        return torch.softmax(super().forward(images), dim=1)


@exercise.mistake(
    "There is a log-softmax at the end, which belongs with `nn.NLLLoss`. Under cross-entropy it does no harm, but no "
    "good either: return the logits."
)
class LogSoftmax(TinyCNN):
    def forward(self, images):
        return torch.log_softmax(super().forward(images), dim=1)


@exercise.mistake(
    "Without the padding, 32 maps of 6 × 6 fit the 1152 features. But that is a different net: keep the convolutions, "
    "and correct the linear layer."
)
class PaddingRemoved(TinyCNN):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 32, 3), nn.Conv2d(32, 32, 3)
        self.output = nn.Linear(1152, 10)


@exercise.mistake(
    "There is a sigmoid at the end. It squeezes every logit into 0 … 1, just as the softmax did. Return the logits."
)
class Sigmoid(TinyCNN):
    def forward(self, images):
        return torch.sigmoid(super().forward(images))


@exercise.mistake(
    "Without the padding, 1152 features fit, but that is a different net: keep the convolutions, and correct the "
    "linear layer. There is still a softmax at the end, too."
)
class PaddingRemovedAndSoftmax(PaddingRemoved):
    def forward(self, images):
        return torch.softmax(super().forward(images), dim=1)


@exercise.mistake(
    "The last layer has 8192 inputs, for 32 maps of 16 × 16. There are two poolings, so the maps are 8 × 8, and 2048 "
    "numbers in all."
)
class SizedAfterOnePooling(TinyCNN):
    def __init__(self):
        super().__init__()
        self.output = nn.Linear(8192, 10)


@exercise.mistake(
    "The last layer has 32768 inputs, for 32 maps of 32 × 32. Each of the two poolings halves both sides, so the maps "
    "are 8 × 8, and 2048 numbers in all."
)
class SizedBeforePooling(TinyCNN):
    def __init__(self):
        super().__init__()
        self.output = nn.Linear(32768, 10)


@exercise.mistake(
    "You shrink the maps to 6 × 6 so that 1152 features fit. The exercise asks to keep the pooling, too: correct the "
    "linear layer."
)
class PooledToFit(TinyCNN):
    def __init__(self):
        super().__init__()
        self.output = nn.Linear(1152, 10)

    def forward(self, images):
        x = F.max_pool2d(torch.relu(self.conv1(images)), 2)
        return self.output(F.adaptive_max_pool2d(torch.relu(self.conv2(x)), 6).flatten(1))


exercise.does_the_same("→ torch.relu(…)", "→ F.relu(…)",
                       because="There is a ReLU already, and a second one changes nothing.")
exercise.does_the_same("→ super().__init__()", because="A second call, before there are layers, changes nothing.")
exercise.does_the_same("→ .squeeze(1)", because="There are ten logits, so that dimension has not the size 1.")
exercise.does_the_same("→ .float()", because="The layers are float32, and so are the logits.")
exercise.does_the_same(kind="order of statements", because="Layers may be made in any order.")
exercise.does_the_same(kind="return forgotten", line="super().__init__(",
                       because="It is the last statement, and gives None.")
exercise.does_the_same("→ nn.ReLU(),", because="The numbers there are not negative already.")
exercise.does_the_same("nn.ReLU(), nn.MaxPool2d(2) → nn.MaxPool2d(2), nn.ReLU()",
                       because="The larger of two numbers stays the larger one, so ReLU and pooling can change places.")
exercise.does_the_same("→ , 2", because="A stride as large as the window is the default.")
exercise.does_the_same("→ .detach()", because="No gradient of the images is asked for, and a length has none.")
exercise.does_the_same("reshape → view", "x → images", line="x.reshape(len(x), -1)",
                       because="The maps lie in memory in one piece, and there are as many as images.")
exercise.does_the_same(kind="statement dropped", line="def forward",
                       because="The class it is made from has the same one.")
