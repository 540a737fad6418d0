"""Repair: test images that are augmented, and normalized before they are scaled to [0, 1]."""

import torch
from torchvision.transforms import v2

from course_utils.exercise import Exercise, case
from course_utils.probes.transform import applied_call, fixed, image_and_statistics

exercise = Exercise(
    name="eval_transform",
    points=3,
    objective="Keep evaluation free of chance, and normalize what has been scaled.",
    hints=(
        "Two things are wrong. For the first, apply the transform twice to the same image: is the result the same? For "
        "the second, ask of each line which range the values have before and after it.",
        "A test image is measured as it is: no random step belongs here. And the mean is about 0.5, which fits values "
        "in [0, 1], not values in [0, 255].",
        "`v2.ToImage()`, `v2.ToDtype(torch.float32, scale=True)`, `v2.Normalize(mean, std)`, and nothing else.",
    ),
    examples=lambda: [],
    fresh=lambda rng: [case(*image_and_statistics(rng))],
    probe=fixed,
    shown_call=applied_call,
    rtol=1e-3,
    atol=1e-3,
)


@exercise.reference
def eval_transform(mean, std):
    return v2.Compose([
        v2.ToImage(),
        v2.ToDtype(torch.float32, scale=True),
        v2.Normalize(mean, std),
    ])


@exercise.alternative
def as_function(mean, std):
    def transform(image):
        pixels = v2.functional.pil_to_tensor(image) / 255
        return v2.functional.normalize(pixels, mean, std)

    return transform


@exercise.alternative
def in_bytes(mean, std):
    return v2.Compose([
        v2.ToImage(),
        v2.ToDtype(torch.float32),
        v2.Normalize([255 * m for m in mean], [255 * s for s in std]),
    ])


@exercise.starter
@exercise.mistake(
    "Both faults are still in. The random steps change the test image from call to call, and the values are "
    "normalized while they still run to 255."
)
def augments_and_scales_last(mean, std):
    return v2.Compose([
        v2.ToImage(),
        v2.RandomCrop(32, padding=4),
        v2.RandomHorizontalFlip(),
        v2.ToDtype(torch.float32),
        v2.Normalize(mean, std),
        v2.Lambda(lambda image: image / 255),
    ])


@exercise.mistake(
    "The scaling is mended, and the test image is still another one at each call. With random steps in it, two "
    "evaluations of the same network give two accuracies: take them out."
)
def still_random(mean, std):
    return v2.Compose([v2.ToImage(), v2.RandomCrop(32, padding=4), v2.RandomHorizontalFlip(),
                       v2.ToDtype(torch.float32, scale=True), v2.Normalize(mean, std)])


@exercise.mistake(
    "The chance is gone; the order is still wrong. The mean is taken from values up to 255, and only then is all "
    "divided by 255. Scale first, with `v2.ToDtype(torch.float32, scale=True)`, then normalize."
)
def still_scaled_last(mean, std):
    return v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32), v2.Normalize(mean, std),
                       v2.Lambda(lambda image: image / 255)])


@exercise.mistake(
    "The values are normalized as they come, up to 255: `v2.ToDtype(torch.float32)` alone does not scale. Say "
    "`scale=True`."
)
def never_scaled(mean, std):
    return v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32), v2.Normalize(mean, std)])


@exercise.mistake(
    "The values are scaled and normalized rightly, and then the last line divides them by 255 all the same. With "
    "`scale=True` it has nothing left to do: take it out."
)
def scaled_twice(mean, std):
    return v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True), v2.Normalize(mean, std),
                       v2.Lambda(lambda image: image / 255)])


@exercise.mistake(
    "The test image has to be normalized as well, with the training set's mean and standard deviation: the network has "
    "learned from such values."
)
def not_normalized(mean, std):
    return v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True)])


@exercise.mistake(
    "Each image is normalized with its own mean and standard deviation. Then a dark image and a bright one look the "
    "same to the network. Use the numbers that you are given: they are the training set's."
)
def by_its_own_statistics(mean, std):
    def standard(image):
        return (image - image.mean((1, 2), keepdim=True)) / image.std((1, 2), keepdim=True)

    return v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True), v2.Lambda(standard)])


@exercise.mistake(
    "Scaled twice: `scale=True` has brought the values to [0, 1], and then they are divided by 255 once more. One of "
    "the two is enough."
)
def scaled_twice_before(mean, std):
    return v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True), v2.Lambda(lambda image: image / 255),
                       v2.Normalize(mean, std)])


@exercise.mistake(
    "`v2.Normalize` met bytes and refused: it computes with floats. Put `v2.ToDtype(torch.float32, scale=True)` before "
    "it."
)
def normalized_too_early(mean, std):
    return v2.Compose([v2.ToImage(), v2.Normalize(mean, std), v2.ToDtype(torch.float32, scale=True)])


@exercise.mistake(
    "Two things are left. The random steps still change the test image from call to call, and nothing scales the "
    "values to [0, 1]: `v2.ToDtype(torch.float32)` alone does not."
)
def random_and_never_scaled(mean, std):
    return v2.Compose([v2.ToImage(), v2.RandomCrop(32, padding=4), v2.RandomHorizontalFlip(),
                       v2.ToDtype(torch.float32), v2.Normalize(mean, std)])


@exercise.mistake(
    "`scale=True` is right. Two things are left: the random steps still change the test image from call to call, and "
    "the last line divides by 255 once more."
)
def random_and_divided(mean, std):
    return v2.Compose([v2.ToImage(), v2.RandomCrop(32, padding=4), v2.RandomHorizontalFlip(),
                       v2.ToDtype(torch.float32, scale=True), v2.Normalize(mean, std),
                       v2.Lambda(lambda image: image / 255)])
