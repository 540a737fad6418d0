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
        "Run it on `torch.zeros(1, 3, 32, 32)` and read the error: how many features come, how many are expected?",
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
    "It does not run: 32 maps of 8 × 8 are 2048 features, and the last layer expects 1152. When that is mended, "
    "`forward` should end with bare logits: `nn.CrossEntropyLoss` applies a softmax of its own."
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
    "The features fit now; the softmax is still there. `nn.CrossEntropyLoss` applies log-softmax to what it gets, and "
    "of a softmax that leaves nearly the same loss for right and wrong: the net learns slowly, or not at all."
)
class StillSoftmax(TinyCNN):
    def forward(self, images):
        return torch.softmax(super().forward(images), dim=1)


@exercise.mistake(
    "`log_softmax` belongs with `nn.NLLLoss`. Under cross-entropy it does no harm, and no good: return the logits."
)
class LogSoftmax(TinyCNN):
    def forward(self, images):
        return torch.log_softmax(super().forward(images), dim=1)


@exercise.mistake(
    "You took the padding away until 1152 fitted: 32 maps of 6 × 6. That makes another net, which looks at less of the "
    "image. Keep the convolutions, and correct the linear layer."
)
class PaddingRemoved(TinyCNN):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 32, 3), nn.Conv2d(32, 32, 3)
        self.output = nn.Linear(1152, 10)


@exercise.mistake("A sigmoid squeezes every logit into 0 … 1, just as the softmax did. Return the logits bare.")
class Sigmoid(TinyCNN):
    def forward(self, images):
        return torch.sigmoid(super().forward(images))


@exercise.mistake(
    "You took the padding away until 1152 fitted, which makes another net: keep the convolutions, and "
    "correct the linear "
    "layer. The softmax at the end is still there, too."
)
class PaddingRemovedAndSoftmax(PaddingRemoved):
    def forward(self, images):
        return torch.softmax(super().forward(images), dim=1)
