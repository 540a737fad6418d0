"""The transform for training images: augmented, scaled, normalized."""

import torch
from torchvision.transforms import v2

from course_utils.exercise import Exercise, case
from course_utils.probes.transform import applied_call, augmented, image_and_statistics

exercise = Exercise(
    name="train_transform",
    points=3,
    objective="Compose a pipeline that augments, converts and normalizes, in this order.",
    hints=(
        "Five steps in a `v2.Compose([...])`. Two are random (crop, mirror), two convert (image, dtype), one "
        "normalizes.",
        "`v2.RandomCrop(32, padding=4)` puts 4 pixels (black, as a rule) around the image and cuts 32×32 out of it "
        "anywhere. `v2.RandomHorizontalFlip()` mirrors an image with probability one half.",
        "`v2.ToImage()`, the two random ones, `v2.ToDtype(torch.float32, scale=True)`, `v2.Normalize(mean, std)`.",
    ),
    examples=lambda: [],
    fresh=lambda rng: [case(*image_and_statistics(rng))],
    probe=augmented,
    shown_call=applied_call,
    rtol=1e-3,
    atol=1e-3,
)


@exercise.reference
def train_transform(mean, std):
    return v2.Compose([
        v2.ToImage(),
        v2.RandomCrop(32, padding=4),
        v2.RandomHorizontalFlip(),
        v2.ToDtype(torch.float32, scale=True),
        v2.Normalize(mean, std),
    ])


@exercise.alternative
def augmented_as_floats(mean, std):
    return v2.Compose([
        v2.PILToTensor(),
        v2.ToDtype(torch.float32, scale=True),
        v2.Normalize(mean, std),
        v2.RandomHorizontalFlip(p=0.5),
        v2.RandomCrop((32, 32), padding=4, padding_mode="reflect"),
    ])


@exercise.alternative
def by_hand(mean, std):
    def transform(image):
        pixels = v2.functional.to_dtype(v2.functional.to_image(image), torch.float32, scale=True)
        top, left = torch.randint(0, 9, (2,)).tolist()
        pixels = torch.nn.functional.pad(pixels, (4, 4, 4, 4))[:, top:top + 32, left:left + 32]
        if torch.rand(()) < 0.5:
            pixels = pixels.flip(-1)
        return (pixels - torch.tensor(mean)[:, None, None]) / torch.tensor(std)[:, None, None]

    return transform


@exercise.mistake(
    "Nothing is random here, so the network sees the very same pixels in every epoch. Add `v2.RandomCrop(32, "
    "padding=4)` and `v2.RandomHorizontalFlip()`."
)
def no_augmentation(mean, std):
    return v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True), v2.Normalize(mean, std)])


@exercise.mistake(
    "The values run to 255 and are then normalized with a mean of about 0.5: `v2.ToDtype(torch.float32)` changes the "
    "type only. Say `scale=True`."
)
def not_scaled(mean, std):
    return v2.Compose([v2.ToImage(), v2.RandomCrop(32, padding=4), v2.RandomHorizontalFlip(),
                       v2.ToDtype(torch.float32), v2.Normalize(mean, std)])


@exercise.mistake("The pixels are in [0, 1] and not normalized. Add `v2.Normalize(mean, std)` as the last step.")
def not_normalized(mean, std):
    return v2.Compose([v2.ToImage(), v2.RandomCrop(32, padding=4), v2.RandomHorizontalFlip(),
                       v2.ToDtype(torch.float32, scale=True)])


@exercise.mistake(
    "The image is mirrored and never moves. `v2.RandomCrop(32, padding=4)` moves it; without `padding`, an image of "
    "32×32 has only one place to cut 32×32 from."
)
def no_padding(mean, std):
    return v2.Compose([v2.ToImage(), v2.RandomCrop(32), v2.RandomHorizontalFlip(),
                       v2.ToDtype(torch.float32, scale=True), v2.Normalize(mean, std)])


@exercise.mistake("The crop is there, the mirror is missing: add `v2.RandomHorizontalFlip()`.")
def no_flip(mean, std):
    return v2.Compose([v2.ToImage(), v2.RandomCrop(32, padding=4),
                       v2.ToDtype(torch.float32, scale=True), v2.Normalize(mean, std)])


@exercise.mistake(
    "With `p=1` every image is mirrored, so it is no choice but another fixed dataset. Leave `p` at 0.5."
)
def always_flipped(mean, std):
    return v2.Compose([v2.ToImage(), v2.RandomCrop(32, padding=4), v2.RandomHorizontalFlip(p=1.0),
                       v2.ToDtype(torch.float32, scale=True), v2.Normalize(mean, std)])


@exercise.mistake(
    "That flip stands things on their heads. Photographs of upside-down trucks are rare: `v2.RandomHorizontalFlip` "
    "mirrors left and right."
)
def upside_down(mean, std):
    return v2.Compose([v2.ToImage(), v2.RandomCrop(32, padding=4), v2.RandomVerticalFlip(),
                       v2.ToDtype(torch.float32, scale=True), v2.Normalize(mean, std)])


@exercise.mistake("`v2.Normalize` takes the mean first and the standard deviation second; yours are swapped.")
def mean_and_std_swapped(mean, std):
    return v2.Compose([v2.ToImage(), v2.RandomCrop(32, padding=4), v2.RandomHorizontalFlip(),
                       v2.ToDtype(torch.float32, scale=True), v2.Normalize(std, mean)])


@exercise.mistake(
    "`v2.Normalize` met bytes and refused: it computes with floats. `v2.ToDtype(torch.float32, scale=True)` has to "
    "come before it, and `v2.ToImage()` before that: `ToDtype` passes a Pillow image through unchanged."
)
def normalized_too_early(mean, std):
    return v2.Compose([v2.ToImage(), v2.RandomCrop(32, padding=4), v2.RandomHorizontalFlip(),
                       v2.Normalize(mean, std), v2.ToDtype(torch.float32, scale=True)])


@exercise.mistake(
    "`v2.Normalize` met a Pillow image and refused: it computes with tensors. Put `v2.ToImage()` before "
    "`v2.ToDtype(torch.float32, scale=True)`."
)
def still_pillow(mean, std):
    return v2.Compose([v2.RandomCrop(32, padding=4), v2.RandomHorizontalFlip(),
                       v2.ToDtype(torch.float32, scale=True), v2.Normalize(mean, std)])


@exercise.mistake("A list of steps does nothing when it is called. Put it into `v2.Compose([...])`, which runs them.")
def plain_list(mean, std):
    return [v2.ToImage(), v2.RandomCrop(32, padding=4), v2.RandomHorizontalFlip(),
            v2.ToDtype(torch.float32, scale=True), v2.Normalize(mean, std)]


@exercise.mistake("`v2.Compose` takes one argument, the list of the steps: `v2.Compose([...])`, with the brackets.")
def brackets_forgotten(mean, std):
    return v2.Compose(v2.ToImage(), v2.RandomCrop(32, padding=4), v2.RandomHorizontalFlip(),
                      v2.ToDtype(torch.float32, scale=True), v2.Normalize(mean, std))


@exercise.mistake("The steps are objects, and one of yours is a class: write `v2.ToImage()`, with parentheses.")
def class_for_object(mean, std):
    return v2.Compose([v2.ToImage, v2.RandomCrop(32, padding=4), v2.RandomHorizontalFlip(),
                       v2.ToDtype(torch.float32, scale=True), v2.Normalize(mean, std)])


@exercise.mistake(
    "The padding has made the image larger, 40×40, and nothing cuts 32×32 out of it: `v2.RandomCrop(32, padding=4)` "
    "does both."
)
def padded_and_not_cut(mean, std):
    return v2.Compose([v2.ToImage(), v2.Pad(4), v2.RandomHorizontalFlip(),
                       v2.ToDtype(torch.float32, scale=True), v2.Normalize(mean, std)])
