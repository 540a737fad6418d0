"""Mean and standard deviation of each colour channel, in one pass and in little memory."""

import torch
from torch.utils.data import DataLoader

from course_utils.exercise import Exercise, case
from course_utils.probes.dataset import statistics

IMAGES = 613  # a prime, so that every batch size but 1 leaves a smaller last batch


def _images(rng, count, height, width):
    """Images in [0, 1] that become brighter from the first to the last, each channel by its own share.

    So the last batch, which is smaller, has another mean than the rest, whatever its size.
    """
    shares = torch.from_numpy(rng.uniform(0.6, 1.0, size=(1, 3, 1, 1)))
    noise = torch.from_numpy(rng.uniform(-0.1, 0.1, size=(count, 3, height, width)))
    return (torch.linspace(0.15, 0.75, count)[:, None, None, None] * shares + noise).clamp(0, 1).float()


def _stripes():
    """47 images of 8×8 pixels: red alternates by image, green by row, blue by image and row."""
    images = torch.full((47, 3, 8, 8), 0.5)
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
    fresh=lambda rng: [case(_images(rng, IMAGES, 3, 4))],
    probe=statistics,
    shown_call=lambda name, args, kwargs: (
        f"{name}(‹dataset of {len(args[0])} images of shape {tuple(args[0].shape[1:])}›)"),
    rtol=3e-4,
    atol=1e-5,
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
    return mean, (spread / count).sqrt()


exercise.does_the_same(kind="swapped", line="torch.zeros", because="All of them begin at 0.")
exercise.does_the_same(kind="order of statements", because="Neither statement uses what the other computes.")
exercise.does_the_same(kind="indentation", because="In its last round, the loop computes what is computed after it.")
exercise.does_the_same("32 → 33", "32 → 31", "32 → 64", "32 → 16", "32 → 320", ", batch_size=32 →",
                       because="Any small batch size will do.")
exercise.does_the_same("→ , shuffle=True", because="Sums do not depend on the order of the images.")
exercise.does_the_same("0, 2 → 2, 0", "2, 3 → 3, 2", "0, 2, 3 → 3, 2, 0", line="pixels.sum(",
                       because="The order in which dimensions are listed makes no difference to a sum.")
exercise.does_the_same("pixels → images", "images → pixels", because="Both hold the same numbers.")
exercise.does_the_same("// → /", line="numel()", because="The number of values is divisible by 3.")
exercise.does_the_same("float64 → float32", "double → float", "float → double", "double → half", ".double() →",
                       ", dtype=torch.float64 →", ".float() →",
                       because="The text leaves open in which precision to add up, and allows float32 and float64.")
exercise.does_the_same("zeros → ones", "zeros → rand", "zeros → randn", "torch.zeros(3) → 3",
                       line="count, mean, spread",
                       because="The first image has all the weight, so what the mean begins with doesn't matter.")
exercise.does_the_same(kind="brackets", line="new / (count + new)", because="A product may be taken in any order.")
exercise.does_the_same("1 → 0", line="new, off =",
                       because="All images of a dataset have the same shape, so any number for each weighs them alike.")
exercise.does_the_same("i → ~i", because="It reads the images from the last to the first.")
exercise.does_the_same(kind="statement dropped", line="Welford", because="It is a docstring.")


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
    "The mean is right. Your standard deviation is that of the images' means: it tells how much images differ from one "
    "another, and leaves out how much pixels differ within an image. Add up the squares of all pixels."
)
def std_of_means(dataset):
    means = torch.stack([image.mean((1, 2)) for image, _ in dataset])
    return means.mean(0), means.std(0)


def _batches_weighted_alike(size):
    def weighted_alike(dataset):
        means, squares, batches = 0, 0, 0
        for images, _ in DataLoader(dataset, batch_size=size):
            means = means + images.mean((0, 2, 3))
            squares = squares + images.square().mean((0, 2, 3))
            batches += 1
        mean = means / batches
        return mean, (squares / batches - mean.square()).sqrt()

    weighted_alike.__name__ = f"batches_of_{size}_weighted_alike"
    return weighted_alike


for _size in (8, 10, 16, 32, 50, 64, 100, 128, 256):
    exercise.mistake(
        f"With batches of {_size}, the last batch is smaller than the others, but its mean counts as much as theirs. "
        "Add up the sums of all pixels, and divide them by the number of pixels at the end."
    )(_batches_weighted_alike(_size))


@exercise.mistake(
    f"The numbers are right, but all {IMAGES} images of the check's dataset were in memory at once. There would be no "
    "room for 50,000 photographs: keep only sums, image by image or in small batches."
)
def all_at_once(dataset):
    images = torch.stack([image for image, _ in dataset])
    return images.mean((0, 2, 3)), images.std((0, 2, 3))


@exercise.mistake(
    "The numbers are right, but you read every image twice. Decoding images is the slow part, so add up the values and "
    "their squares in the same pass."
)
def two_passes(dataset):
    mean = sum(image.mean((1, 2)) for image, _ in dataset) / len(dataset)
    variance = sum((image - mean[:, None, None]).square().mean((1, 2)) for image, _ in dataset) / len(dataset)
    return mean, variance.sqrt()


@exercise.mistake(
    "This is one number for all colours. Each channel needs its own: sum over `dim=(1, 2)`, height and width, and keep "
    "the channels."
)
def one_for_all_channels(dataset):
    total = squares = count = 0.0
    for image, _ in dataset:
        total, squares, count = total + image.sum(), squares + image.square().sum(), count + image.numel()
    mean = total / count
    return mean, (squares / count - mean**2).sqrt()


@exercise.mistake("The mean is right. Beside it you return the variance; the standard deviation is its square root.")
def variance(dataset):
    mean = square = torch.zeros(3)
    for image, _ in dataset:
        mean, square = mean + image.mean((1, 2)), square + image.square().mean((1, 2))
    return mean / len(dataset), square / len(dataset) - (mean / len(dataset)) ** 2


@exercise.mistake(
    "`** 1/2` is `(… ** 1) / 2`, half the variance, because powers come before division. Write `** 0.5` or `.sqrt()`.",
    shown_by=lambda code: code.divides_a_power(),
    otherwise="The mean is right. Beside it you return half the variance; the standard deviation is its square root.",
)
def half_the_variance(dataset):
    mean, square = torch.zeros(3), torch.zeros(3)
    for image, _ in dataset:
        mean, square = mean + image.mean((1, 2)), square + image.square().mean((1, 2))
    return mean / len(dataset), (square / len(dataset) - (mean / len(dataset)) ** 2) ** 1 / 2


@exercise.mistake(
    "Both results are those of values that are 255 times smaller. The images of this dataset are float tensors in "
    "[0, 1] already, so there is nothing to divide by 255."
)
def scaled_twice(dataset):
    total, squares, count = torch.zeros(3), torch.zeros(3), 0
    for image, _ in dataset:
        pixels = image.flatten(1) / 255
        total, squares, count = total + pixels.sum(1), squares + pixels.square().sum(1), count + pixels.shape[1]
    mean = total / count
    return mean, (squares / count - mean.square()).clamp(min=0).sqrt()


@exercise.mistake(
    "You divided the sums over all pixels by the number of images. Divide by the number of pixels: height × width for "
    "each image."
)
def divided_by_images(dataset):
    total, squares = torch.zeros(3), torch.zeros(3)
    for image, _ in dataset:
        total, squares = total + image.sum((1, 2)), squares + image.square().sum((1, 2))
    mean = total / len(dataset)
    return mean, (squares / len(dataset) - mean.square()).sqrt()


@exercise.mistake(
    "Each of your sums is over one channel, but you divided it by the number of values of all three, which is what "
    "`numel()` counts. Divide by height × width only."
)
def divided_by_all_numbers(dataset):
    total, squares, count = torch.zeros(3), torch.zeros(3), 0
    for image, _ in dataset:
        total, squares = total + image.sum((1, 2)), squares + image.square().sum((1, 2))
        count += image.numel()
    mean = total / count
    return mean, (squares / count - mean.square()).sqrt()


@exercise.mistake(
    "The mean is right. What you return beside it is the root of the mean square: subtract the square of the mean "
    "before you take the root."
)
def mean_not_taken_off(dataset):
    mean, square = torch.zeros(3), torch.zeros(3)
    for image, _ in dataset:
        mean, square = mean + image.mean((1, 2)), square + image.square().mean((1, 2))
    return mean / len(dataset), (square / len(dataset)).sqrt()


@exercise.mistake(
    "The mean is right. From the mean of the squares you subtracted the mean itself; subtract its square: "
    "`mean.square()`."
)
def mean_not_squared(dataset):
    mean, square = torch.zeros(3), torch.zeros(3)
    for image, _ in dataset:
        mean, square = mean + image.mean((1, 2)), square + image.square().mean((1, 2))
    return mean / len(dataset), (square / len(dataset) - mean / len(dataset)).sqrt()


@exercise.mistake(
    "You squared the sum of each image. Square the pixels, then sum: `image.square().sum(dim=(1, 2))`."
)
def sums_squared(dataset):
    total, squares, count = torch.zeros(3), torch.zeros(3), 0
    for image, _ in dataset:
        total, squares = total + image.sum((1, 2)), squares + image.sum((1, 2)).square()
        count += image[0].numel()
    mean = total / count
    return mean, (squares / count - mean.square()).sqrt()


@exercise.mistake(
    "This is the first image alone, for the `return` is inside the loop. Dedent it by one level.",
    shown_by=lambda code: code.return_in_loop(),
    otherwise="This is the first image alone. Add up over all images before you divide.",
)
def returns_in_the_loop(dataset):
    total, squares, count = torch.zeros(3), torch.zeros(3), 0
    for image, _ in dataset:
        total, squares = total + image.sum((1, 2)), squares + image.square().sum((1, 2))
        count += image[0].numel()
        mean = total / count
        return mean, (squares / count - mean.square()).sqrt()


@exercise.mistake(
    "This is the last image alone: after the loop, a name that is assigned in it holds what the last image gave. Add "
    "up over all images.",
    shown_by=lambda code: code.loops() > 0,
)
def last_image_only(dataset):
    for image, _ in dataset:
        mean, std = image.mean((1, 2)), image.std((1, 2))
    return mean, std


@exercise.mistake("An item is a pair, and the image is its first part: `for image, label in dataset`.")
def label_not_taken_off(dataset):
    total = torch.zeros(3)
    for image in dataset:
        total += image.sum(dim=(1, 2))
    return total, total


@exercise.mistake(
    "This dataset has no `.data`. Some dataset classes keep their pixels there, but without the transform that the "
    "items go through. Go through the items: `for image, label in dataset`."
)
def inner_data(dataset):
    images = torch.as_tensor(dataset.data) / 255
    return images.mean((0, 1, 2)), images.std((0, 1, 2))
