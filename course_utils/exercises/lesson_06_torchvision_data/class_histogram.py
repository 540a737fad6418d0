"""How many images each class has, under the class's name."""

from collections import Counter

from course_utils.exercise import Exercise, case
from course_utils.probes.dataset import labelled_images

NAMES = ["ship", "cat", "frog", "bird", "deer"]


def _drawn(rng, classes, count):
    return [int(i) for i in rng.permutation([*range(classes), *rng.integers(0, classes, size=count)])]


def _skewed(rng):
    """Labels in which the class 1 has none, and the others differ in number."""
    return [int(i) for i in rng.permutation([0] * int(rng.integers(3, 5)) + [2] * int(rng.integers(6, 9)) + [3] + [4])]


exercise = Exercise(
    name="class_histogram",
    points=2,
    objective="Find out how balanced a dataset is, without decoding a single image.",
    hints=(
        "`dataset.targets` is the list of all labels, and `dataset.classes` the list of names. Label 2 means "
        "`dataset.classes[2]`.",
        "`Counter(dataset.targets)` counts labels. A Counter answers 0 for what it has not seen, so you can ask it for "
        "every label.",
        "`{name: counts[label] for label, name in enumerate(dataset.classes)}`.",
    ),
    examples=[
        case(labels=[2, 0, 2, 2], names=["cat", "dog", "bird"]),
        case(labels=[1, 0, 0], names=["zebra", "ant", "eel"]),
    ],
    fresh=lambda rng: [case(labels=_skewed(rng), names=NAMES), case(labels=_drawn(rng, 4, 12), names=NAMES[:4])],
    probe=labelled_images,
    shown_call=lambda name, args, kwargs: (
        f"{name}(‹dataset with targets {kwargs['labels']}, classes {kwargs['names']}›)"),
)


@exercise.reference
def class_histogram(dataset):
    counts = Counter(dataset.targets)
    return {name: counts[label] for label, name in enumerate(dataset.classes)}


@exercise.alternative
def image_by_image(dataset):
    histogram = dict.fromkeys(dataset.classes, 0)
    for _, label in dataset:
        histogram[dataset.classes[label]] += 1
    return histogram


@exercise.alternative
def bincount(dataset):
    import torch

    counts = torch.bincount(torch.tensor(dataset.targets), minlength=len(dataset.classes))
    return dict(zip(dataset.classes, counts.tolist(), strict=True))


@exercise.mistake("The keys are label numbers. People read names: the name of label 2 is `dataset.classes[2]`.")
def by_number(dataset):
    counts = Counter(dataset.targets)
    return {label: counts[label] for label in range(len(dataset.classes))}


@exercise.mistake(
    "A class without images is left out. It is the very thing a histogram should show: go over `dataset.classes`, not "
    "over the labels that occur."
)
def empty_classes_left_out(dataset):
    return dict(Counter(dataset.classes[label] for label in dataset.targets))


@exercise.mistake(
    "The names are on the wrong counts: label i is the i-th entry of `dataset.classes` as it stands. Sorting the names "
    "breaks that tie."
)
def names_sorted(dataset):
    counts = Counter(dataset.targets)
    return {name: counts[label] for label, name in enumerate(sorted(dataset.classes))}


@exercise.mistake("These are shares. The number of images of each class is wanted.")
def shares(dataset):
    counts = Counter(dataset.targets)
    return {name: counts[label] / len(dataset) for label, name in enumerate(dataset.classes)}


@exercise.mistake(
    "`Counter.most_common` gives a list of pairs, sorted by count. Return a dict from name to count, classes without "
    "images included."
)
def most_common(dataset):
    return Counter(dataset.classes[label] for label in dataset.targets).most_common()


@exercise.mistake(
    "A Counter keeps labels in the order in which they first occur, and you gave these counts the names one after the "
    "other. The label itself is the index of its name: `counts[label]`."
)
def names_in_order_of_appearance(dataset):
    counts = Counter(dataset.targets)
    return dict(zip(dataset.classes, counts.values(), strict=False))


@exercise.mistake(
    "The keys are label numbers, and classes without images are left out. Go over `dataset.classes`: label i belongs "
    "to its i-th name."
)
def counter_of_labels(dataset):
    return dict(Counter(dataset.targets))


@exercise.mistake(
    "`bincount` stops at the largest label that occurs, so the last classes are lost where they have no images. Say "
    "`minlength=len(dataset.classes)`."
)
def bincount_stops_early(dataset):
    import numpy as np

    return dict(zip(dataset.classes, np.bincount(dataset.targets), strict=False))
