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


def _normalized(rng, *shape, dtype=torch.float32):
    """Normalized images, with their mean and standard deviation. A few values lie a little outside [0, 1]."""
    mean, std = rng.uniform(0.3, 0.6, size=3), rng.uniform(0.15, 0.3, size=3)
    pixels = rng.uniform(-0.1, 1.1, size=shape)
    pixels[..., 0, 0], pixels[..., -1, -1] = -0.1, 1.1
    normalized = (pixels - mean[:, None, None]) / std[:, None, None]
    return case(torch.from_numpy(normalized).to(dtype), [round(float(m), 3) for m in mean],
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
    fresh=lambda rng: [_normalized(rng, 3, 2, 3), _normalized(rng, 2, 3, 4, 3), _normalized(rng, 1, 3, 2, 4),
                       _normalized(rng, 3, 3, 2, 2, dtype=torch.float64)],
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


exercise.does_the_same("→ .abs()", because="After clamping, nothing is below 0.")
exercise.does_the_same("m / s → (m / s)", because="The minus applies to the quotient as it does to its first part.")
exercise.does_the_same("True → False", ", strict=True →", because="Both lists have three numbers.")
exercise.does_the_same("images.clone() → -images.clone()", because="Every channel of the copy is written over.")
exercise.does_the_same("images → result", because="Each channel of the copy is read before it is written.")


@exercise.mistake("You normalized once more. Undoing goes the other way: multiply by std first, then add mean.")
def normalized_again(images, mean, std):
    mean, std = torch.tensor(mean)[:, None, None], torch.tensor(std)[:, None, None]
    return ((images - mean) / std).clamp(0, 1)


@exercise.mistake(
    "You added the mean first and multiplied by std afterwards. Normalizing subtracts first and divides last, so "
    "undoing multiplies first and adds last: `x * std + mean`."
)
def wrong_order(images, mean, std):
    mean, std = torch.tensor(mean)[:, None, None], torch.tensor(std)[:, None, None]
    return ((images + mean) * std).clamp(0, 1)


@exercise.mistake("`mean` and `std` have changed places. Multiply by std and add mean.")
def mean_and_std_swapped(images, mean, std):
    mean, std = torch.tensor(mean)[:, None, None], torch.tensor(std)[:, None, None]
    return (images * mean + std).clamp(0, 1)


@exercise.mistake("You divided by std as `Normalize` does. Undoing multiplies by it.")
def divided_by_std(images, mean, std):
    mean, std = torch.tensor(mean)[:, None, None], torch.tensor(std)[:, None, None]
    return (images / std + mean).clamp(0, 1)


@exercise.mistake("You subtracted the mean as `Normalize` does. Undoing adds it.")
def mean_subtracted(images, mean, std):
    mean, std = torch.tensor(mean)[:, None, None], torch.tensor(std)[:, None, None]
    return (images * std - mean).clamp(0, 1)


@exercise.mistake("You multiplied by std, but the mean isn't added.")
def mean_not_added(images, mean, std):
    return (images * torch.tensor(std)[:, None, None]).clamp(0, 1)


@exercise.mistake("You added the mean, but didn't multiply by std before that.")
def std_left_out(images, mean, std):
    return (images + torch.tensor(mean)[:, None, None]).clamp(0, 1)


@exercise.mistake(
    "Some values are below 0 or above 1, and such a picture cannot be shown as it is. `.clamp(0, 1)` returns them cut "
    "off but leaves the tensor itself unchanged, so return what it gives you."
)
def not_clamped(images, mean, std):
    mean, std = torch.tensor(mean)[:, None, None], torch.tensor(std)[:, None, None]
    return images * std + mean


@exercise.mistake("Values above 1 are cut off, but those below 0 are still there: `.clamp(0, 1)` does both.")
def only_cut_above(images, mean, std):
    mean, std = torch.tensor(mean)[:, None, None], torch.tensor(std)[:, None, None]
    return (images * std + mean).clamp(max=1)


@exercise.mistake("Values below 0 are cut off, but those above 1 are still there: `.clamp(0, 1)` does both.")
def only_cut_below(images, mean, std):
    mean, std = torch.tensor(mean)[:, None, None], torch.tensor(std)[:, None, None]
    return (images * std + mean).clamp(min=0)


@exercise.mistake(
    "You cut the values off before you undid the normalization. Normalized values go far below 0 and above 1; only the "
    "result should be cut off."
)
def clamped_too_early(images, mean, std):
    mean, std = torch.tensor(mean)[:, None, None], torch.tensor(std)[:, None, None]
    return images.clamp(0, 1) * std + mean


@exercise.mistake("The result is multiplied by 255. Float images are shown from 0 to 1.")
def times_255(images, mean, std):
    return unnormalize(images, mean, std) * 255


@exercise.mistake(
    "`mean` and `std` of shape (3,) line up with the last dimension, the width, and not with the channels. Give them "
    "the shape (3, 1, 1): `[:, None, None]`."
)
def along_the_width(images, mean, std):
    return (images * torch.tensor(std) + torch.tensor(mean)).clamp(0, 1)


@exercise.mistake(
    "You scaled by the smallest and largest value in the images. That makes a picture that can be shown, but its "
    "colours are not those of the picture that was normalized. Use `mean` and `std`."
)
def min_max(images, mean, std):
    return (images - images.min()) / (images.max() - images.min())


@exercise.mistake(
    "The result is right, but you changed the caller's images: something writes into `images` itself, as "
    "`images *= std`, `mul_` and `images[…] = …` do. After one look at the batch, the network would be given something "
    "else. Write `images * std`, which makes a new tensor."
)
def in_place(images, mean, std):
    mean, std = torch.tensor(mean)[:, None, None], torch.tensor(std)[:, None, None]
    return images.mul_(std).add_(mean).clamp_(0, 1)


@exercise.mistake(
    "`mean` and `std` are lists, and a tensor cannot be multiplied by a list. Turn them into tensors with one number "
    "for each channel: `torch.tensor(std)[:, None, None]`."
)
def lists_as_they_are(images, mean, std):
    return (images * std + mean).clamp(0, 1)


@exercise.mistake(
    "The values are right, but a single image comes back as a batch of one: the shape (1, 3, 1, 1) adds a dimension. "
    "(3, 1, 1) broadcasts over one image and over a batch alike.",
    shown_by=lambda code: code.has("(1, 3, 1, 1)") or code.calls("view") > 0 or code.calls("reshape") > 0,
    otherwise="The values are right, but a single image comes back as a batch of one. It should have the shape it came "
    "with.",
)
def always_a_batch(images, mean, std):
    return (images * torch.tensor(std).view(1, 3, 1, 1) + torch.tensor(mean).view(1, 3, 1, 1)).clamp(0, 1)


@exercise.mistake(
    "The values are right, but a batch of one image comes back as a single image. It should have the shape it came "
    "with: (1, 3, H, W)."
)
def batch_of_one_squeezed(images, mean, std):
    result = unnormalize(images, mean, std)
    return result[0] if len(result) == 1 else result


@exercise.mistake(
    "A single image comes out right. The first dimension of a batch counts images, so you would need "
    "`images[..., c, :, :]` for the channel c of each. Or do all channels at once with `std` of shape (3, 1, 1)."
)
def only_for_one_image(images, mean, std):
    result = images.clone()
    for c in range(3):
        result[c] = images[c] * std[c] + mean[c]
    return result.clamp(0, 1)


@exercise.mistake(
    "A single image comes out right. The first dimension of a batch counts images, so each image got the numbers of "
    "one channel. `std` of shape (3, 1, 1) broadcasts over one image and over a batch alike."
)
def zipped_with_the_first_dimension(images, mean, std):
    result = images.clone()
    for channel, m, s in zip(result, mean, std, strict=False):
        channel.mul_(s).add_(m)
    return result.clamp(0, 1)


@exercise.mistake(
    "Your loop writes into the caller's images: what it goes over are views of them. And the first dimension of a "
    "batch counts images, so each image gets the numbers of one channel. `images * std + mean`, with `std` of shape "
    "(3, 1, 1), does neither."
)
def zipped_in_place(images, mean, std):
    for channel, m, s in zip(images, mean, std, strict=False):
        channel.mul_(s).add_(m)
    return images.clamp(0, 1)
