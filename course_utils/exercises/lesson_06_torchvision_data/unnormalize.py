"""Undoing a normalization, so that people can look at what the network is given."""

import torch
from torchvision.transforms import v2

from course_utils.exercise import Exercise, case

MEAN, STD = [0.5, 0.4, 0.3], [0.2, 0.25, 0.5]


def _disc():
    """A normalized picture of a red disc on blue, large enough to be shown; its middle lies outside [0, 1]."""
    y, x = torch.meshgrid(torch.arange(8) - 3.5, torch.arange(8) - 3.5, indexing="ij")
    distance = (x**2 + y**2).sqrt()
    colours = torch.tensor([[0.2, 0.4, 0.8], [0.9, 0.3, 0.1], [1.2, 0.7, 0.4]])
    pixels = colours[(distance < 3.2).long() + (distance < 1)].permute(2, 0, 1)
    return (pixels - torch.tensor(MEAN)[:, None, None]) / torch.tensor(STD)[:, None, None]


def _normalized(rng, *shape):
    """Normalized images, with their mean and standard deviation. A few values lie a little outside [0, 1]."""
    mean, std = rng.uniform(0.3, 0.6, size=3), rng.uniform(0.15, 0.3, size=3)
    pixels = rng.uniform(-0.1, 1.1, size=shape)
    normalized = (pixels - mean[:, None, None]) / std[:, None, None]
    return case(torch.from_numpy(normalized).float(), [round(float(m), 3) for m in mean],
                [round(float(s), 3) for s in std])


exercise = Exercise(
    name="unnormalize",
    points=2,
    objective="Invert a normalization, channel by channel.",
    hints=(
        "`Normalize` computes (x - mean) / std. Solve that for x.",
        "`mean` and `std` hold one number for each channel. As tensors of shape (3, 1, 1) they broadcast over height "
        "and width, for one image and for a batch.",
        "`std = torch.tensor(std)[:, None, None]`, `mean` likewise, then `(images * std + mean).clamp(0, 1)`.",
    ),
    examples=lambda: [case(_disc(), MEAN, STD),
                      case(torch.tensor([[[-2.5, 0.0]], [[0.0, 1.0]], [[-0.6, 2.0]]]), MEAN, STD)],
    fresh=lambda rng: [_normalized(rng, 3, 2, 3), _normalized(rng, 2, 3, 4, 3)],
)


@exercise.reference
def unnormalize(images, mean, std):
    mean, std = torch.tensor(mean)[:, None, None], torch.tensor(std)[:, None, None]
    return (images * std + mean).clamp(0, 1)


@exercise.alternative
def with_normalize(images, mean, std):
    undo = v2.Normalize([-m / s for m, s in zip(mean, std, strict=True)], [1 / s for s in std])
    return undo(images).clip(0, 1)


@exercise.alternative
def channel_by_channel(images, mean, std):
    result = images.clone()
    for channel, (m, s) in enumerate(zip(mean, std, strict=True)):
        result[..., channel, :, :] = (images[..., channel, :, :] * s + m).clamp(min=0, max=1)
    return result


@exercise.mistake(
    "You normalized once more. Undoing goes the other way: first times std, then plus mean."
)
def normalized_again(images, mean, std):
    mean, std = torch.tensor(mean)[:, None, None], torch.tensor(std)[:, None, None]
    return ((images - mean) / std).clamp(0, 1)


@exercise.mistake(
    "The order is turned round. Normalizing subtracts first and divides last, so undoing multiplies first and adds "
    "last: `x * std + mean`."
)
def wrong_order(images, mean, std):
    mean, std = torch.tensor(mean)[:, None, None], torch.tensor(std)[:, None, None]
    return ((images + mean) * std).clamp(0, 1)


@exercise.mistake(
    "Some values are below 0 or above 1, by rounding or by augmentation, and such a picture cannot be shown as it is. "
    "`.clamp(0, 1)` returns them cut off, and leaves the tensor itself as it is: return what it gives you."
)
def not_clamped(images, mean, std):
    mean, std = torch.tensor(mean)[:, None, None], torch.tensor(std)[:, None, None]
    return images * std + mean


@exercise.mistake(
    "`mean` and `std` of shape (3,) line up with the last dimension, the width, and not with the channels. Give them "
    "the shape (3, 1, 1): `[:, None, None]`."
)
def along_the_width(images, mean, std):
    return (images * torch.tensor(std) + torch.tensor(mean)).clamp(0, 1)


@exercise.mistake(
    "You scaled by the smallest and largest value in the images. That makes a picture that can be shown, but not the "
    "picture that was normalized: the colours are others. Use `mean` and `std`."
)
def min_max(images, mean, std):
    return (images - images.min()) / (images.max() - images.min())


@exercise.mistake(
    "The result is right and the caller's images were changed: `mul_`, `add_` and `*=` work in place. After one look "
    "at the batch, the network would be given something else. Write `images * std`."
)
def in_place(images, mean, std):
    mean, std = torch.tensor(mean)[:, None, None], torch.tensor(std)[:, None, None]
    return images.mul_(std).add_(mean).clamp_(0, 1)


@exercise.mistake(
    "`mean` and `std` are lists, and a tensor cannot be multiplied by a list. Make tensors of them, one number for "
    "each channel: `torch.tensor(std)[:, None, None]`."
)
def lists_as_they_are(images, mean, std):
    return (images * std + mean).clamp(0, 1)


@exercise.mistake(
    "The values are right, and a single image comes back as a batch of one: the shape (1, 3, 1, 1) adds a dimension. "
    "(3, 1, 1) broadcasts over one image and over a batch alike."
)
def always_a_batch(images, mean, std):
    return (images * torch.tensor(std).view(1, 3, 1, 1) + torch.tensor(mean).view(1, 3, 1, 1)).clamp(0, 1)


@exercise.mistake(
    "`images[c]` is a channel where `images` is one image; of a batch it is the image number c. Count from the back, "
    "`images[..., c, :, :]`, or do all channels at once with `std` of shape (3, 1, 1)."
)
def only_for_one_image(images, mean, std):
    result = images.clone()
    for c in range(3):
        result[c] = images[c] * std[c] + mean[c]
    return result.clamp(0, 1)
