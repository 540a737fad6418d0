"""A figure with a grid of images, each under the name of its class."""

from functools import cache

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.figure import Figure

from course_utils.exercise import Exercise, case
from course_utils.probes.grid import image_grid

NAMES = ["ship", "cat", "frog", "bird", "deer", "truck", "horse", "dog"]


def _case(rng, count, channels, part=""):
    """Images, no two with the same label next to each other."""
    images = torch.from_numpy(rng.uniform(0.3, 0.7, size=(count, channels, 4, 6))).float()
    labels = torch.from_numpy(rng.permutation(len(NAMES))[:count])
    return case(images, labels, NAMES, part=part)


exercise = Exercise(
    name="show_grid",
    points=3,
    objective="Look at a batch: tensors to pictures, labels to names.",
    hints=(
        "Make enough axes (`plt.subplots(rows, 6)`), flatten them (`axes.flat`), and put one image into each. How many "
        "rows do N images need at 6 in a row?",
        "Matplotlib wants (H, W, C): `image.permute(1, 2, 0)`. The title is `names[label]`. `ax.axis(\"off\")` on "
        "*every* axes takes away ticks and the frames that stay empty.",
        "For grey images Matplotlib needs `cmap=\"gray\", vmin=0, vmax=1`; a colour image ignores all three. Without "
        "vmin and vmax it stretches every image to full contrast. `squeeze=False` in `subplots` keeps `axes` an array.",
    ),
    examples=[],
    fresh=lambda rng: [_case(rng, 3, 3), _case(rng, 7, 3), _case(rng, 2, 1, part="grey images")],
    probe=image_grid,
    parts={"": 2, "grey images": 1},
    rtol=1e-3,
    atol=5e-3,
)


@exercise.reference
def show_grid(images, labels, names):
    rows = -(-len(images) // 6)
    figure, axes = plt.subplots(rows, 6, figsize=(8, 1.6 * rows), squeeze=False)
    for ax in axes.flat:
        ax.axis("off")
    for ax, image, label in zip(axes.flat, images, labels):
        ax.imshow(image.permute(1, 2, 0).numpy(), cmap="gray", vmin=0, vmax=1)
        ax.set_title(names[label])
    return figure


@exercise.alternative
def one_axes_each(images, labels, names):
    figure = Figure(figsize=(2 * len(images), 2))
    for i, (image, label) in enumerate(zip(images, labels, strict=True)):
        ax = figure.add_subplot(1, len(images), i + 1, xticks=[], yticks=[], title=names[int(label)])
        ax.imshow(image.expand(3, -1, -1).movedim(0, -1).numpy())
    return figure


@exercise.alternative
def with_pyplot(images, labels, names):
    figure = plt.figure()
    for i in range(len(images)):
        plt.subplot(4, 2, i + 1)
        picture = images[i].numpy().transpose(1, 2, 0)
        plt.imshow(picture.squeeze(), cmap="gist_gray", vmin=0.0, vmax=1.0)
        plt.title(names[labels[i].item()])
        plt.tick_params(bottom=False, left=False, labelbottom=False, labelleft=False)
    return figure


def _grid(images, labels, names, title=None, picture=None, ticks=False, frames=0):
    """A grid that the mistakes below spoil in one respect each."""
    figure = _sheet(len(images), ticks, frames)
    for ax, image, label in zip(figure.axes, images, labels, strict=False):
        for earlier in list(ax.images):
            earlier.remove()
        image = image.permute(1, 2, 0)
        ax.imshow((picture(image) if picture else image).numpy(), cmap="gray", vmin=0, vmax=1)
        ax.set_title(title(label) if title else names[label])
    return figure


@cache
def _sheet(pictures, ticks, frames):
    """A figure with axes for so many pictures, and empty frames below. Axes are slow to make, so it is used again."""
    figure = Figure()
    for i in range(pictures):
        figure.add_axes((i / 9, 0.5, 0.1, 0.1), **({} if ticks else {"xticks": [], "yticks": []}))
    for i in range(frames):
        figure.add_axes((i / 9, 0.2, 0.1, 0.1))
    return figure


@exercise.mistake(
    "The titles are label numbers. `names[label]` is what people can read."
)
def numbers_for_names(images, labels, names):
    return _grid(images, labels, names, title=lambda label: str(int(label)))


@exercise.mistake(
    "The titles are the labels themselves, tensors of one number. `names[label]` is what people can read."
)
def tensors_for_names(images, labels, names):
    return _grid(images, labels, names, title=str)


@exercise.mistake(
    "`names[i]` is the name of class i, and you took it for image i. Image i has the label `labels[i]`: "
    "`names[labels[i]]`."
)
def names_by_place(images, labels, names):
    return _grid(images, range(len(images)), names)


@exercise.mistake(
    "The pictures are turned on their side: `.T` or `permute(2, 1, 0)` swaps height and width as well. The order is "
    "`permute(1, 2, 0)`."
)
def on_their_side(images, labels, names):
    return _grid(images, labels, names, picture=lambda image: image.permute(1, 0, 2))


@exercise.mistake(
    "The pixels are shuffled: `reshape` to (H, W, C) reads the numbers off in their old order. Dimensions are moved "
    "with `permute(1, 2, 0)`."
)
def reshaped(images, labels, names):
    height, width = images.shape[2:]
    return _grid([image.reshape(height, width, -1).permute(2, 0, 1) for image in images], labels, names)


@exercise.mistake(
    "Matplotlib takes (H, W, C) and was given (C, H, W). Move the channels to the end: `image.permute(1, 2, 0)`."
)
def channels_first(images, labels, names):
    return _grid(images, labels, names, picture=lambda image: image.permute(2, 0, 1))


@exercise.mistake("Pixel coordinates around a small picture only distract. Take them away: `ax.axis(\"off\")`.")
def with_ticks(images, labels, names):
    return _grid(images, labels, names, ticks=True)


@exercise.mistake(
    "The last row has empty frames with axes from 0 to 1. Switch off those that get no picture as well: call "
    "`ax.axis(\"off\")` for every axes, before the images."
)
def empty_frames(images, labels, names):
    return _grid(images, labels, names, frames=-len(images) % 6)


@exercise.mistake("The figure was drawn, and nothing was returned: end with `return figure`.")
def returns_nothing(images, labels, names):
    return None


@exercise.mistake(
    "`N // columns` rounds down: with fewer images than columns there is no row at all, and else the last row is "
    "missing. Round up: `-(-N // columns)`, or `math.ceil`."
)
def rows_rounded_down(images, labels, names):
    figure, axes = plt.subplots(len(images) // 6, 6, squeeze=False)
    for ax, image, label in zip(axes.flat, images, labels):
        ax.imshow(image.permute(1, 2, 0).numpy())
        ax.set_title(names[label])
        ax.axis("off")
    return figure


@exercise.mistake(
    "The images run down the columns. They are read like text, row by row: `axes.flat` goes along the rows, "
    "`axes.T.flat` down the columns."
)
def down_the_columns(images, labels, names):
    figure, axes = plt.subplots(-(-len(images) // 6), 6, squeeze=False)
    for ax in axes.flat:
        ax.axis("off")
    for ax, image, label in zip(axes.T.flat, images, labels):
        ax.imshow(image.permute(1, 2, 0).numpy(), cmap="gray", vmin=0, vmax=1)
        ax.set_title(names[label])
    return figure


@exercise.mistake(
    "With a single row, `plt.subplots` gives a flat array of axes, and `axes[row, column]` finds no second dimension. "
    "Say `squeeze=False`, or go over `axes.flat`."
)
def single_row_is_flat(images, labels, names):
    if len(images) > 6:
        return _grid(images, labels, names)
    return np.empty(6, dtype=object)[0, 0]


@exercise.mistake(
    "The colour images are right. A grey one has no colours of its own, so Matplotlib paints it from dark blue to "
    "yellow: say `cmap=\"gray\", vmin=0, vmax=1`."
)
def grey_in_false_colours(images, labels, names):
    figure = _grid(images, labels, names)
    for ax in figure.axes:
        for image in ax.images:
            image.set_cmap("viridis")
            image.autoscale()
    return figure


@exercise.mistake(
    "Nearly: without `vmin=0, vmax=1` Matplotlib makes the darkest pixel of each grey image black and its brightest "
    "white, so a faint image looks like a strong one."
)
def grey_stretched(images, labels, names):
    figure = _grid(images, labels, names)
    for ax in figure.axes:
        for image in ax.images:
            image.autoscale()
    return figure
