"""From a list of images, as cameras and Pillow give them, to the batch that a network takes."""

import numpy as np
import torch

from course_utils.exercise import Exercise, case


def _images(rng, count, height, width, brightest=255):
    return [rng.integers(0, brightest + 1, size=(height, width, 3), dtype=np.uint8) for _ in range(count)]


exercise = Exercise(
    name="stack_images",
    points=3,
    objective="Stack arrays into a batch, reorder its dimensions, and scale it.",
    hints=(
        "Three steps: arrays to tensors, one tensor of shape (N, H, W, 3), then the channels to the front.",
        "`torch.stack` makes a new first dimension. `permute(0, 3, 1, 2)` says where each new dimension comes from. "
        "`reshape` to the right shape would mix the pixels up.",
        "`torch.stack([torch.from_numpy(image) for image in images]).permute(0, 3, 1, 2).float() / 255`.",
    ),
    examples=lambda: [
        case([np.array([[[255, 0, 51], [0, 102, 0]]], dtype=np.uint8),
              np.array([[[0, 204, 0], [51, 0, 153]]], dtype=np.uint8)]),
    ],
    fresh=lambda rng: [
        case(_images(rng, 3, 4, 5)),
        case(_images(rng, 2, 3, 3, brightest=200)),
        case(_images(rng, 1, 2, 6, brightest=240)),
        case(_images(rng, 7, 5, 2)),
        case([np.zeros((2, 3, 3), dtype=np.uint8)]),
    ],
)


@exercise.reference
def stack_images(images):
    batch = torch.stack([torch.from_numpy(image) for image in images])  # (N, H, W, 3)
    return batch.permute(0, 3, 1, 2).float() / 255


@exercise.alternative
def with_numpy(images):
    return torch.from_numpy(np.stack(images).transpose(0, 3, 1, 2) / np.float32(255))


@exercise.alternative
def one_by_one(images):
    tensors = [torch.tensor(image, dtype=torch.float32).div(255).movedim(-1, 0) for image in images]
    return torch.cat([tensor.unsqueeze(0) for tensor in tensors])


def _bytes(images):
    return torch.stack([torch.from_numpy(image) for image in images]).permute(0, 3, 1, 2)


@exercise.mistake(
    "The channels are still last: (N, H, W, 3). PyTorch needs them after the batch: `permute(0, 3, 1, 2)`."
)
def channels_last(images):
    return torch.stack([torch.from_numpy(image) for image in images]).float() / 255


@exercise.mistake(
    "The shape is right, but the pixels are mixed up: `reshape` and `view` read the numbers off in their old order. "
    "To move dimensions, use `permute`."
)
def reshaped(images):
    batch = torch.stack([torch.from_numpy(image) for image in images])
    n, height, width, channels = batch.shape
    return batch.reshape(n, channels, height, width).float() / 255


@exercise.mistake("The values still run from 0 to 255. Divide by 255 to bring them into [0, 1].")
def not_scaled(images):
    return _bytes(images).float()


@exercise.mistake("You divided by 256. The largest byte is 255, so divide by that: 255 should become 1.")
def by_256(images):
    return _bytes(images).float() / 256


@exercise.mistake("Your values run from -1 to 1, but the exercise asks for [0, 1]: only divide by 255.")
def from_minus_one(images):
    return (_bytes(images).float() / 255 - 0.5) / 0.5


@exercise.mistake(
    "You divided by the largest value in the batch. So a dark image turns bright, a black one becomes nan, and the "
    "same pixel means something else in every batch. Divide by 255, whatever is in the images."
)
def by_the_largest_value(images):
    batch = _bytes(images).float()
    return batch / batch.max()


@exercise.mistake("The values are bytes (uint8), from 0 to 255. A network computes in float32: `.float() / 255`.")
def still_bytes(images):
    return _bytes(images)


@exercise.mistake(
    "You divided, then turned the values back into bytes, and that cuts off everything after the decimal point. Stay "
    "in float32."
)
def bytes_again(images):
    return (_bytes(images) / 255).to(torch.uint8)


@exercise.mistake(
    "`//` is integer division: it gives 0 everywhere except where a pixel is exactly 255. Convert with `.float()`, "
    "then divide with `/`.",
    shown_by=lambda code: code.operator("//"),
    otherwise="The values are cut to whole numbers: 0 everywhere except where a pixel is exactly 255. Convert with "
    "`.float()`, divide with `/`, and leave the result a float.",
)
def integer_division(images):
    return (_bytes(images) // 255).float()


@exercise.mistake(
    "Height and width are swapped, so every image is transposed (`.T` and `transpose(1, 3)` do that too). The order is "
    "batch, channel, height, width: `permute(0, 3, 1, 2)`."
)
def on_its_side(images):
    return torch.stack([torch.from_numpy(image) for image in images]).permute(0, 3, 2, 1).float() / 255


@exercise.mistake(
    "The values are right, but they are float64. A NumPy array of bytes becomes float64 once you divide it by 255, and "
    "PyTorch keeps that. Networks use float32: add `.float()`."
)
def double_precision(images):
    return torch.from_numpy(np.stack(images) / 255).permute(0, 3, 1, 2)


@exercise.mistake(
    "`torch.cat` joins along a dimension that is there already, so the images ran into one another. `torch.stack` "
    "makes a new one for the batch.",
    shown_by=lambda code: code.calls("cat") > 0,
    otherwise="There is no batch dimension: the images are joined along their height. `torch.stack` makes a new "
    "dimension for the batch.",
)
def concatenated(images):
    return torch.cat([torch.from_numpy(image) for image in images]).permute(2, 0, 1).float() / 255
