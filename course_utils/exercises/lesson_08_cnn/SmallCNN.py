"""The classic 3-32-32-512-10 net, for images of any size."""

import torch
from torch import nn
from torch.nn import functional as F

from course_utils.exercise import Exercise, case
from course_utils.probes.module import module, shown_call


def _images(rng, size):
    return torch.from_numpy(rng.normal(size=(2, 3, size, size))).float()


exercise = Exercise(
    name="SmallCNN",
    kind="class",
    points=2,
    objective="Find where a net has the image size built in, and compute it instead.",
    hints=(
        "Convolutions don't care how large an image is. Which layer does, and where do its 8192 inputs come from?",
        "Padding 1 keeps 32 × 32; one pooling makes 16 × 16 of it; there are 32 maps: 32 * 16 * 16 = 8192.",
        "With `size` it is `nn.Linear(32 * (size // 2) ** 2, 512)`.",
    ),
    examples=lambda: [
        case([torch.linspace(-1, 1, 192).reshape(1, 3, 8, 8)], arguments=[8]),
        case([torch.linspace(-1, 1, 300).reshape(1, 3, 10, 10)], arguments=[10]),
        case([torch.linspace(-1, 1, 3072).reshape(1, 3, 32, 32)], modes=["eval"]),  # 32 is the default
    ],
    fresh=lambda rng: [case([_images(rng, 13)], seed=int(rng.integers(1000)), arguments=[13])],
    probe=module,
    shown_call=shown_call,
    rtol=1e-3,
    atol=1e-4,
)


@exercise.reference
class SmallCNN(nn.Module):
    def __init__(self, size=32):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 3, padding=1)
        self.drop1 = nn.Dropout(0.3)
        self.conv2 = nn.Conv2d(32, 32, 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.hidden = nn.Linear(32 * (size // 2) ** 2, 512)
        self.drop2 = nn.Dropout(0.5)
        self.output = nn.Linear(512, 10)

    def forward(self, images):
        x = self.drop1(torch.relu(self.conv1(images)))
        x = self.pool(torch.relu(self.conv2(x)))
        x = torch.relu(self.hidden(x.flatten(1)))
        return self.output(self.drop2(x))


@exercise.alternative
class AsSequential(nn.Sequential):
    def __init__(self, size=32):
        convolutions = [
            nn.Conv2d(3, 32, 3, padding="same"), nn.ReLU(), nn.Dropout(0.3),
            nn.Conv2d(32, 32, 3, padding="same"), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        ]
        with torch.no_grad():
            features = nn.Sequential(*convolutions).eval()(torch.zeros(1, 3, size, size)).shape[1]
        super().__init__(*convolutions, nn.Linear(features, 512), nn.ReLU(), nn.Dropout(0.5), nn.Linear(512, 10))


@exercise.alternative
class Functional(nn.Module):
    def __init__(self, size=32):
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 32, 3, 1, 1), nn.Conv2d(32, 32, 3, 1, 1)
        half = size // 2
        self.c, self.d = nn.Linear(half * half * 32, 512), nn.Linear(512, 10)

    def forward(self, x):
        x = F.dropout(F.relu(self.a(x)), 0.3, self.training)
        x = F.max_pool2d(F.relu(self.b(x)), 2)
        x = F.dropout(F.relu(self.c(torch.flatten(x, 1))), 0.5, self.training)
        return self.d(x)


@exercise.mistake(
    "The linear layer has 8192 inputs, which fits images of 32 × 32 only. The pooling halves both sides, so 32 maps of "
    "`(size // 2) ** 2` pixels come in: compute that from `size`."
)
class Fixed8192(SmallCNN):
    def __init__(self, size=32):
        super().__init__(32)


@exercise.mistake(
    "Of 13 pixels, pooling by 2 makes 6. Halve first, rounding down, and square then: `(size // 2) ** 2`."
)
class HalvedTooLate(SmallCNN):
    def __init__(self, size=32):
        super().__init__(size)
        self.hidden = nn.Linear(32 * size * size // 4, 512)


@exercise.mistake(
    "The linear layer has `32 * size ** 2` inputs, which is the size before the pooling. The pooling halves both "
    "sides: `32 * (size // 2) ** 2`."
)
class SizeBeforePooling(SmallCNN):
    def __init__(self, size=32):
        super().__init__(size)
        self.hidden = nn.Linear(32 * size ** 2, 512)


@exercise.mistake(
    "`SmallCNN()` without a size should be the net for 32 × 32: give the argument its default, `size=32`."
)
class NoDefault(SmallCNN):
    def __init__(self, size):
        super().__init__(size)

    __init__.__qualname__ = "SmallCNN.__init__"  # as the TypeError has it for a student's class


@exercise.mistake("You pool twice. This net pools once, after the second convolution.")
class PooledTwice(SmallCNN):
    def __init__(self, size=32):
        super().__init__(size)
        self.hidden = nn.Linear(32 * (size // 4) ** 2, 512)

    def forward(self, images):
        x = self.pool(self.drop1(torch.relu(self.conv1(images))))
        x = self.pool(torch.relu(self.conv2(x)))
        return self.output(self.drop2(torch.relu(self.hidden(x.flatten(1)))))


@exercise.mistake("The convolutions have no padding, so each takes two pixels off. `padding=1` keeps the size.")
class NoPadding(SmallCNN):
    def __init__(self, size=32):
        super().__init__(size)
        self.conv1, self.conv2 = nn.Conv2d(3, 32, 3), nn.Conv2d(32, 32, 3)
        self.hidden = nn.Linear(32 * ((size - 4) // 2) ** 2, 512)


@exercise.mistake("Nothing is dropped: 0.3 should be after the first convolution, 0.5 after the 512 units.")
class NoDropout(SmallCNN):
    def __init__(self, size=32):
        super().__init__(size)
        self.drop1 = self.drop2 = nn.Identity()


@exercise.mistake(
    "`F.dropout(x, 0.3)` without `self.training` drops units in eval mode too. Pass it, or use `nn.Dropout`."
)
class DropsInEval(SmallCNN):
    def forward(self, images):
        x = F.dropout(torch.relu(self.conv1(images)), 0.3)
        x = self.pool(torch.relu(self.conv2(x)))
        return self.output(F.dropout(torch.relu(self.hidden(x.flatten(1))), 0.5))


@exercise.mistake("The dropout of 0.3 after the first convolution is missing.")
class FirstDropoutMissing(SmallCNN):
    def __init__(self, size=32):
        super().__init__(size)
        self.drop1 = nn.Identity()


@exercise.mistake("The dropout of 0.5 after the 512 units is missing.")
class SecondDropoutMissing(SmallCNN):
    def __init__(self, size=32):
        super().__init__(size)
        self.drop2 = nn.Identity()


@exercise.mistake("The two dropouts are swapped: 0.3 comes after the first convolution, 0.5 after the 512 units.")
class DropoutsSwapped(SmallCNN):
    def __init__(self, size=32):
        super().__init__(size)
        self.drop1, self.drop2 = self.drop2, self.drop1


@exercise.mistake("The ReLU after the first convolution is missing.")
class FirstReluMissing(SmallCNN):
    def forward(self, images):
        x = self.pool(torch.relu(self.conv2(self.drop1(self.conv1(images)))))
        return self.output(self.drop2(torch.relu(self.hidden(x.flatten(1)))))


@exercise.mistake("The ReLU after the second convolution is missing.")
class SecondReluMissing(SmallCNN):
    def forward(self, images):
        x = self.pool(self.conv2(self.drop1(torch.relu(self.conv1(images)))))
        return self.output(self.drop2(torch.relu(self.hidden(x.flatten(1)))))


@exercise.mistake("The ReLU after the 512 units is missing, and two linear layers in a row are one linear map.")
class HiddenReluMissing(SmallCNN):
    def forward(self, images):
        x = self.pool(torch.relu(self.conv2(self.drop1(torch.relu(self.conv1(images))))))
        return self.output(self.drop2(self.hidden(x.flatten(1))))


@exercise.mistake("There is a log-softmax at the end. Give logits: the loss applies it itself.")
class LogSoftmaxAtTheEnd(SmallCNN):
    def forward(self, images):
        return torch.log_softmax(super().forward(images), dim=1)


@exercise.mistake("There is a softmax at the end. Give logits: the loss applies the log-softmax itself.")
class SoftmaxAtTheEnd(SmallCNN):
    def forward(self, images):
        return torch.softmax(super().forward(images), dim=1)


@exercise.mistake(
    "The dropout of 0.3 comes too late: it belongs after the *first* ReLU, before the second convolution."
)
class DropsAfterPooling(SmallCNN):
    def forward(self, images):
        x = self.conv2(torch.relu(self.conv1(images)))
        x = self.drop1(self.pool(torch.relu(x)))
        return self.output(self.drop2(torch.relu(self.hidden(x.flatten(1)))))


@exercise.mistake("Both dropouts are 0.3. The one after the 512 units should be 0.5.")
class SameDropout(SmallCNN):
    def __init__(self, size=32):
        super().__init__(size)
        self.drop2 = nn.Dropout(0.3)


@exercise.mistake("`/` gives a float, but a layer's sizes are whole numbers: `size // 2`.")
class FloatFeatures(SmallCNN):
    def __init__(self, size=32):
        super().__init__(size)
        self.hidden = nn.Linear(32 * (size / 2) ** 2, 512)
