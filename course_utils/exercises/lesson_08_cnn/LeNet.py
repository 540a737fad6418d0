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
        "The linear layers are 400 → 120 → 84 → 10, with a ReLU after the first two and nothing after the last.",
    ),
    examples=lambda: [case([torch.linspace(-1, 1, 3 * 32 * 32).reshape(1, 3, 32, 32)])],
    fresh=lambda rng: [case([_images(rng, 3)], seed=int(rng.integers(1000)))],
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


class _Layers(nn.Module):
    """A net like the right one, but for what the arguments say."""

    def __init__(self, relus=(True,) * 4, activation=nn.ReLU, pool=nn.MaxPool2d, padding=0, inputs=400, flatten=True):
        super().__init__()
        steps = [activation() if relu else nn.Identity() for relu in relus]
        self.layers = nn.Sequential(
            nn.Conv2d(3, 6, 5, padding=padding), steps[0], pool(2), nn.Conv2d(6, 16, 5), steps[1], pool(2),
            nn.Flatten() if flatten else nn.Identity(),
            nn.Linear(inputs, 120), steps[2], nn.Linear(120, 84), steps[3], nn.Linear(84, 10),
        )

    def forward(self, images):
        return self.layers(images)


@exercise.mistake(
    "Your first layer pads by 2. That is for MNIST's 28 × 28; with 32 × 32 images no padding is needed, and 16 maps of "
    "5 × 5 make 400 features."
)
class PaddedAsForMnist(_Layers):
    def __init__(self):
        super().__init__(padding=2, inputs=576)


@exercise.mistake(
    "The first linear layer doesn't fit: it has 256 inputs, for 16 maps of 4 × 4. That is for MNIST's 28 × 28 without "
    "padding. Images of 32 × 32 leave 16 maps of 5 × 5, which are 400 numbers."
)
class SizedForMnist(_Layers):
    def __init__(self):
        super().__init__(inputs=256)


@exercise.mistake(
    "The first linear layer has 16 inputs, the number of maps. Each map is 5 × 5, so an image has 16 · 5 · 5 = 400 "
    "numbers there."
)
class SizedByChannels(_Layers):
    def __init__(self):
        super().__init__(inputs=16)


@exercise.mistake(
    "The first linear layer has 1600 inputs, for 16 maps of 10 × 10. The second pooling halves them to 5 × 5, which "
    "are 400 numbers."
)
class SizedBeforeTheSecondPooling(_Layers):
    def __init__(self):
        super().__init__(inputs=1600)


@exercise.mistake("Your first convolution expects one channel, as for grey digits. Colour images have 3.")
class GreyImages(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
        )


@exercise.mistake(
    "Between the convolutions and the first linear layer, the maps of each image have to become one row: "
    "`nn.Flatten()`."
)
class NotFlattened(_Layers):
    def __init__(self):
        super().__init__(flatten=False)


@exercise.mistake(
    "All images of a batch end up in one row. Keep the first dimension: `nn.Flatten()`, or `x.flatten(1)`; `flatten()` "
    "and `view(-1)` flatten the batch, too."
)
class BatchFlattenedToo(Functional):
    def forward(self, x):
        x = F.max_pool2d(F.relu(self.a(x)), 2)
        x = F.max_pool2d(F.relu(self.b(x)), 2).flatten()
        return self.e(F.relu(self.d(F.relu(self.c(x)))))


@exercise.mistake(
    "There is a softmax at the end. The net should give logits; `nn.CrossEntropyLoss` applies log-softmax itself, and "
    "twice is once too often."
)
class SoftmaxAtTheEnd(LeNet):
    def forward(self, images):
        return torch.softmax(super().forward(images), dim=1)


@exercise.mistake(
    "There is a log-softmax at the end. The net should give logits: `nn.CrossEntropyLoss` applies log-softmax itself."
)
class LogSoftmaxAtTheEnd(LeNet):
    def forward(self, images):
        return torch.log_softmax(super().forward(images), dim=1)


@exercise.mistake(
    "There is a sigmoid at the end. It squeezes every logit into 0 … 1; leave the last layer's output as it is."
)
class SigmoidAtTheEnd(LeNet):
    def forward(self, images):
        return torch.sigmoid(super().forward(images))


@exercise.mistake(
    "There is a ReLU after the last layer. It sets every negative logit to 0; leave the last layer's output as it is."
)
class ReluAtTheEnd(LeNet):
    def forward(self, images):
        return torch.relu(super().forward(images))


@exercise.mistake(
    "The linear layers follow one another with no ReLU between them, and three linear maps in a row are one linear map."
)
class LinearOnLinear(_Layers):
    def __init__(self):
        super().__init__(relus=(True, True, False, False))


@exercise.mistake("Neither convolution is followed by a ReLU. Each needs one, before or after its pooling.")
class ConvolutionsWithoutRelu(_Layers):
    def __init__(self):
        super().__init__(relus=(False, False, True, True))


@exercise.mistake("There is no ReLU in this net: without one, all its layers but the poolings are one linear map.")
class NoReluAtAll(_Layers):
    def __init__(self):
        super().__init__(relus=(False,) * 4)


@exercise.mistake("The ReLU after the first convolution is missing.")
class FirstReluMissing(_Layers):
    def __init__(self):
        super().__init__(relus=(False, True, True, True))


@exercise.mistake("The ReLU after the second convolution is missing.")
class SecondReluMissing(_Layers):
    def __init__(self):
        super().__init__(relus=(True, False, True, True))


@exercise.mistake("There is no ReLU between the layers with 120 and 84 outputs, and two linear maps in a row are one.")
class ReluMissingAfter120(_Layers):
    def __init__(self):
        super().__init__(relus=(True, True, False, True))


@exercise.mistake("There is no ReLU between the layers with 84 and 10 outputs, and two linear maps in a row are one.")
class ReluMissingAfter84(_Layers):
    def __init__(self):
        super().__init__(relus=(True, True, True, False))


@exercise.mistake("You use tanh, as LeCun's net did. The exercise asks for ReLU.")
class Tanh(_Layers):
    def __init__(self):
        super().__init__(activation=nn.Tanh)


@exercise.mistake("You use sigmoids, as many nets of the 1990s did. The exercise asks for ReLU.")
class Sigmoid(_Layers):
    def __init__(self):
        super().__init__(activation=nn.Sigmoid)


@exercise.mistake("You pool by the average. The exercise asks for the largest of each window: `nn.MaxPool2d(2)`.")
class AveragePooling(_Layers):
    def __init__(self):
        super().__init__(pool=nn.AvgPool2d)


@exercise.mistake(
    "The second pooling is missing: 16 maps of 10 × 10 make 1600 features. With it they are 5 × 5, and 400."
)
class PooledOnce(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.Flatten(),
            nn.Linear(1600, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
        )


exercise.does_the_same("→ super().__init__()", because="A second call, before there are layers, changes nothing.")
exercise.does_the_same("→ .squeeze(1)", because="There are ten logits, so that dimension has not the size 1.")
exercise.does_the_same("→ .float()", because="The layers are float32, and so are the logits.")
exercise.does_the_same(kind="order of statements", because="Layers may be made in any order.")
exercise.does_the_same(kind="return forgotten", line="super().__init__(",
                       because="It is the last statement, and gives None.")
exercise.does_the_same("→ nn.ReLU(),", "→ torch.relu(…)", "→ F.relu(…)",
                       because="The numbers there are not negative already, or a ReLU follows at once.")
exercise.does_the_same("nn.ReLU(), nn.MaxPool2d(2) → nn.MaxPool2d(2), nn.ReLU()",
                       "nn.MaxPool2d(2, 2), nn.ReLU() → nn.ReLU(), nn.MaxPool2d(2, 2)",
                       "nn.ReLU(), nn.Flatten(1) → nn.Flatten(1), nn.ReLU()",
                       because="ReLU keeps which number is the largest, and doesn't mind the shape.")
exercise.does_the_same("→ , 2", "2, →", because="A stride as large as the window is the default.")
exercise.does_the_same("(5, 5) → 5", because="One number stands for both sides.")
exercise.does_the_same("1 →", because="`nn.Flatten()` begins at dimension 1.")
exercise.does_the_same("→ .detach()", because="No gradient of the images is asked for, and a length has none.")
