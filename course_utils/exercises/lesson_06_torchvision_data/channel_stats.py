"""Mean and standard deviation of each colour channel, in one pass and in little memory."""

import torch
from torch.utils.data import DataLoader

from course_utils.exercise import Exercise, case
from course_utils.probes.dataset import statistics


def _images(rng, count, height, width):
    """Images in [0, 1] whose brightness differs from image to image, and from channel to channel."""
    light = rng.uniform(0.2, 0.8, size=(count, 1, 1, 1)) * rng.uniform(0.6, 1.0, size=(1, 3, 1, 1))
    return torch.from_numpy((light + rng.uniform(-0.1, 0.1, size=(count, 3, height, width))).clip(0, 1)).float()


def _stripes():
    """48 images of 8×8 pixels: red alternates by image, green by row, blue by image and row."""
    images = torch.full((48, 3, 8, 8), 0.5)
    images[::2, 0] = 0.25
    images[:, 1, ::2] = 0.0
    images[::4, 2, ::2] = 1.0
    return images


exercise = Exercise(
    name="channel_stats",
    points=3,
    objective="Compute statistics of data that does not fit into memory.",
    hints=(
        "The mean needs the sum of the pixels and their number. The variance is the mean of the squares, less the "
        "square of the mean. All of these can be added up image by image.",
        "Keep three things: `total` and `squares`, tensors of 3 zeros, and `count`, a number. For each image add "
        "`image.sum(dim=(1, 2))`, `image.square().sum(dim=(1, 2))` and the number of its pixels.",
        "At the end: `mean = total / count` and `std = (squares / count - mean.square()).sqrt()`. Sums in float64 "
        "(`image.double()`) lose no digits over millions of pixels.",
    ),
    examples=lambda: [case(_stripes())],
    fresh=lambda rng: [case(_images(rng, 400, 3, 4))],
    probe=statistics,
    shown_call=lambda name, args, kwargs: (
        f"{name}(‹dataset of {len(args[0])} images of shape {tuple(args[0].shape[1:])}›)"),
    rtol=1e-3,
    atol=1e-4,
)


@exercise.reference
def channel_stats(dataset):
    total, squares, count = torch.zeros(3, dtype=torch.float64), torch.zeros(3, dtype=torch.float64), 0
    for image, _ in dataset:
        pixels = image.double().flatten(1)
        total += pixels.sum(dim=1)
        squares += pixels.square().sum(dim=1)
        count += pixels.shape[1]
    mean = total / count
    std = (squares / count - mean.square()).sqrt()
    return mean.float(), std.float()


@exercise.alternative
def batch_by_batch(dataset):
    moments, count = torch.zeros(2, 3, dtype=torch.float64), 0
    for images, _ in DataLoader(dataset, batch_size=32):
        pixels = images.double()
        moments += torch.stack([pixels.sum((0, 2, 3)), pixels.square().sum((0, 2, 3))])
        count += images.numel() // 3
    mean, square = moments / count
    return mean, (square - mean**2).sqrt()


@exercise.alternative
def running_mean(dataset):
    """Welford's update, one image at a time."""
    count, mean, spread = 0, torch.zeros(3), torch.zeros(3)
    for i in range(len(dataset)):
        pixels = dataset[i][0].flatten(1)
        new, off = pixels.shape[1], pixels.mean(1) - mean
        spread += pixels.var(1, correction=0) * new + off.square() * count * new / (count + new)
        mean += off * new / (count + new)
        count += new
    return mean.tolist(), (spread / (count - 1)).sqrt().tolist()


@exercise.mistake(
    "You averaged the standard deviations of the single images. They leave out that one image is darker than the next, "
    "so the result is too small. Add up sums and squares over all pixels instead."
)
def mean_of_stds(dataset):
    mean, std = torch.zeros(3), torch.zeros(3)
    for image, _ in dataset:
        mean += image.mean((1, 2))
        std += image.std((1, 2))
    return mean / len(dataset), std / len(dataset)


@exercise.mistake(
    "The numbers are right, and all images of the check's dataset, 400, were in memory at once. With 50,000 "
    "photographs there would be no room: keep only sums, image by image or in small batches."
)
def all_at_once(dataset):
    images = torch.stack([image for image, _ in dataset])
    return images.mean((0, 2, 3)), images.std((0, 2, 3))


@exercise.mistake(
    "The numbers are right, and every image was read twice, once for the mean and once for the spread. Decoding "
    "images is the slow part: sum values and squares in the same pass."
)
def two_passes(dataset):
    mean = sum(image.mean((1, 2)) for image, _ in dataset) / len(dataset)
    variance = sum((image - mean[:, None, None]).square().mean((1, 2)) for image, _ in dataset) / len(dataset)
    return mean, variance.sqrt()


@exercise.mistake(
    "One number for all colours. Each channel needs its own: sum over `dim=(1, 2)`, height and width, and keep the "
    "channels."
)
def one_for_all_channels(dataset):
    total = squares = count = 0.0
    for image, _ in dataset:
        total, squares, count = total + image.sum(), squares + image.square().sum(), count + image.numel()
    mean = total / count
    return mean, (squares / count - mean**2).sqrt()


@exercise.mistake("That is the variance. The standard deviation is its square root: `.sqrt()`.")
def variance(dataset):
    mean = square = torch.zeros(3)
    for image, _ in dataset:
        mean, square = mean + image.mean((1, 2)), square + image.square().mean((1, 2))
    return mean / len(dataset), square / len(dataset) - (mean / len(dataset)) ** 2


@exercise.mistake(
    "You divided by 255 once more. The images of this dataset are float tensors in [0, 1] already: look at one image's "
    "dtype and largest value first."
)
def scaled_twice(dataset):
    total, squares, count = torch.zeros(3), torch.zeros(3), 0
    for image, _ in dataset:
        pixels = image.flatten(1) / 255
        total, squares, count = total + pixels.sum(1), squares + pixels.square().sum(1), count + pixels.shape[1]
    mean = total / count
    return mean, (squares / count - mean.square()).clamp(min=0).sqrt()


@exercise.mistake(
    "You divided by the number of images. The sums run over all pixels, so divide by the number of pixels: height × "
    "width for each image."
)
def divided_by_images(dataset):
    total, squares = torch.zeros(3), torch.zeros(3)
    for image, _ in dataset:
        total, squares = total + image.sum((1, 2)), squares + image.square().sum((1, 2))
    mean = total / len(dataset)
    return mean, (squares / len(dataset) - mean.square()).sqrt()


@exercise.mistake(
    "`numel()` counts the numbers of all three channels, and each sum is of one channel. Divide by height × width only."
)
def divided_by_all_numbers(dataset):
    total, squares, count = torch.zeros(3), torch.zeros(3), 0
    for image, _ in dataset:
        total, squares = total + image.sum((1, 2)), squares + image.square().sum((1, 2))
        count += image.numel()
    mean = total / count
    return mean, (squares / count - mean.square()).sqrt()


@exercise.mistake(
    "The mean is right. What you return beside it is the root of the mean square: the square of the mean has to be "
    "taken off before the root."
)
def mean_not_taken_off(dataset):
    mean, square = torch.zeros(3), torch.zeros(3)
    for image, _ in dataset:
        mean, square = mean + image.mean((1, 2)), square + image.square().mean((1, 2))
    return mean / len(dataset), (square / len(dataset)).sqrt()


@exercise.mistake(
    "You squared the sum of each image. It is the pixels that are squared, and then summed: "
    "`image.square().sum(dim=(1, 2))`."
)
def sums_squared(dataset):
    total, squares, count = torch.zeros(3), torch.zeros(3), 0
    for image, _ in dataset:
        total, squares = total + image.sum((1, 2)), squares + image.sum((1, 2)).square()
        count += image[0].numel()
    mean = total / count
    return mean, (squares / count - mean.square()).sqrt()


@exercise.mistake("An item is a pair, and the image is its first part: `for image, label in dataset`.")
def label_not_taken_off(dataset):
    total = torch.zeros(3)
    for image in dataset:
        total += image.sum(dim=(1, 2))
    return total, total


@exercise.mistake(
    "`.data` is an inner detail of some datasets, and holds the pixels before any transform. Go through the items: "
    "`for image, label in dataset`."
)
def inner_data(dataset):
    images = torch.as_tensor(dataset.data) / 255
    return images.mean((0, 1, 2)), images.std((0, 1, 2))
