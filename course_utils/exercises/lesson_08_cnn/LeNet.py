"""The first famous convolutional net, for colour images of 32 × 32."""

import torch
from torch import nn
from torch.nn import functional as F

from course_utils.exercise import Exercise, case
from course_utils.probes.module import module, shown_call


def _images(rng, count):
    return torch.from_numpy(rng.normal(size=(count, 3, 32, 32))).float()


exercise = Exercise(
    name="LeNet",
    kind="class",
    points=2,
    objective="Stack convolutions, pooling and linear layers into a net whose sizes fit.",
    hints=(
        "Follow the size: 32 → 28 after the first 5 × 5 convolution → 14 after pooling → 10 → 5. How many "
        "numbers do 16 "
        "maps of 5 × 5 make?",
        "`nn.Sequential` is enough: Conv2d(3, 6, 5), ReLU, MaxPool2d(2), Conv2d(6, 16, 5), ReLU, MaxPool2d(2), "
        "Flatten, "
        "then three linear layers.",
        "The linear layers are 400 → 120 → 84 → 10, with a ReLU behind the first two and nothing behind the last.",
    ),
    examples=lambda: [case([torch.linspace(-1, 1, 3 * 32 * 32).reshape(1, 3, 32, 32)])],
    fresh=lambda rng: [case([_images(rng, 2)], seed=int(rng.integers(1000)))],
    probe=module,
    shown_call=shown_call,
    rtol=1e-3,
    atol=1e-4,
)


@exercise.reference
class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2),  # (N, 6, 14, 14)
            nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),  # (N, 16, 5, 5)
            nn.Flatten(),
            nn.Linear(400, 120), nn.ReLU(),
            nn.Linear(120, 84), nn.ReLU(),
            nn.Linear(84, 10),
        )

    def forward(self, images):
        return self.layers(images)


@exercise.alternative
class Functional(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 6, 5), nn.Conv2d(6, 16, 5)
        self.c, self.d, self.e = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.a(x)), 2)
        x = F.max_pool2d(F.relu(self.b(x)), 2).flatten(1)
        return self.e(F.relu(self.d(F.relu(self.c(x)))))


@exercise.alternative
class PoolThenActivate(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Conv2d(3, 6, (5, 5)), nn.MaxPool2d(2, 2), nn.ReLU(),
            nn.Conv2d(6, 16, (5, 5)), nn.MaxPool2d(2, 2), nn.ReLU(), nn.Flatten(1),
            nn.Linear(16 * 5 * 5, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
        )


@exercise.mistake(
    "Your first layer pads by 2. That is for MNIST's 28 × 28; with 32 × 32 images no padding is needed, and 16 maps of "
    "5 × 5 make 400 features."
)
class PaddedAsForMnist(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Conv2d(3, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(576, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
        )


@exercise.mistake("Your first convolution expects one channel, as for grey digits. Colour images have 3.")
class GreyImages(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
        )


@exercise.mistake(
    "Between the convolutions and the first linear layer the maps have to become one row an image: `nn.Flatten()`."
)
class NotFlattened(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
        )


@exercise.mistake(
    "There is a softmax at the end. The net gives logits; `nn.CrossEntropyLoss` applies log-softmax itself, and twice "
    "is once too often."
)
class SoftmaxAtTheEnd(LeNet):
    def forward(self, images):
        return torch.softmax(super().forward(images), dim=1)


@exercise.mistake("There is a ReLU behind the last layer. It cuts every negative logit to 0; leave the end bare.")
class ReluAtTheEnd(LeNet):
    def forward(self, images):
        return torch.relu(super().forward(images))


@exercise.mistake(
    "The linear layers follow one another with no ReLU between them, and three linear maps in a row are one linear map."
)
class LinearOnLinear(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10),
        )


@exercise.mistake("The convolutions have no ReLU behind them: without one, two of them are just one larger one.")
class ConvolutionsWithoutRelu(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Conv2d(3, 6, 5), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
        )


@exercise.mistake("You pool by the average. That is what the paper did; this one takes the largest: `nn.MaxPool2d(2)`.")
class AveragePooling(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Conv2d(3, 6, 5), nn.ReLU(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.AvgPool2d(2),
            nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
        )


@exercise.mistake("There is no ReLU between the layers with 120 and 84 outputs, and two linear maps in a row are one.")
class ReluMissingAfter120(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(400, 120), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
        )


@exercise.mistake(
    "The second pooling is missing: 16 maps of 10 × 10 make 1600 features. With it they are 5 × 5, and 400."
)
class PooledOnce(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.Flatten(),
            nn.Linear(1600, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
        )
