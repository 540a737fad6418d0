"""How many images each class has, under the class's name."""

from collections import Counter

from course_utils.exercise import Exercise, case
from course_utils.probes.dataset import labelled_images

NAMES = ["ship", "cat", "frog", "bird", "deer"]


def _drawn(rng, classes, count):
    return [int(i) for i in rng.permutation([*range(classes), *rng.integers(0, classes, size=count)])]


def _begins_empty(code):
    return code.has("{}") or code.has("dict()")


def _skewed(rng):
    """Labels in which the class 1 has none, and the others differ in number."""
    return [int(i) for i in rng.permutation([0] * int(rng.integers(3, 5)) + [2] * int(rng.integers(6, 9)) + [3] + [4])]


exercise = Exercise(
    name="class_histogram",
    points=2,
    objective="Find out how balanced a dataset is from its labels.",
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


@exercise.alternative
def with_the_method_of_lists(dataset):
    return {name: dataset.targets.count(label) for name, label in dataset.class_to_idx.items()}


exercise.does_the_same("True → False", ", strict=True →", line="zip(dataset.classes, counts",
                       because="`minlength` makes the counts as many as the names, for every label has a name.")


@exercise.mistake("The keys are label numbers. People read names: the name of label 2 is `dataset.classes[2]`.")
def by_number(dataset):
    counts = Counter(dataset.targets)
    return {label: counts[label] for label in range(len(dataset.classes))}


@exercise.mistake(
    "Classes without images are left out, but a histogram should show exactly those. Go over `dataset.classes`, not "
    "over the labels that occur."
)
def empty_classes_left_out(dataset):
    return dict(Counter(dataset.classes[label] for label in dataset.targets))


@exercise.mistake(
    "The keys are label numbers, and classes without images are left out. Go over `dataset.classes`: label i belongs "
    "to its i-th name."
)
def counter_of_labels(dataset):
    return dict(Counter(dataset.targets))


@exercise.mistake(
    "Label i got the i-th name of the *sorted* names. It belongs to the i-th name of `dataset.classes` as it is."
)
def names_sorted(dataset):
    counts = Counter(dataset.targets)
    return {name: counts[label] for label, name in enumerate(sorted(dataset.classes))}


@exercise.mistake("These are fractions of all images. Return the number of images of each class.")
def shares(dataset):
    counts = Counter(dataset.targets)
    return {name: counts[label] / len(dataset) for label, name in enumerate(dataset.classes)}


@exercise.mistake(
    "This is a list of pairs, sorted by count. Return a dict from name to count, classes without images included."
)
def most_common(dataset):
    return Counter(dataset.classes[label] for label in dataset.targets).most_common()


@exercise.mistake(
    "The counts are in the order in which labels first occur, and you gave them the names one after the other. The "
    "label itself is the index of its name: look up `counts[label]`."
)
def names_in_order_of_appearance(dataset):
    counts = Counter(dataset.targets)
    return dict(zip(dataset.classes, counts.values(), strict=False))


@exercise.mistake(
    "The counts of the labels that occur went to the first names, one after the other. If a class has no images, all "
    "names after it get a wrong number. Go over `dataset.classes`, so that every label is counted."
)
def names_of_occurring_labels(dataset):
    import numpy as np

    return dict(zip(dataset.classes, np.unique(dataset.targets, return_counts=True)[1], strict=False))


@exercise.mistake(
    "The last classes are missing if they have no images: the counts end at the largest label that occurs. With "
    "`bincount`, pass `minlength=len(dataset.classes)`."
)
def bincount_stops_early(dataset):
    import numpy as np

    return dict(zip(dataset.classes, np.bincount(dataset.targets), strict=False))


@exercise.mistake(
    "Each class that occurs got 1, however many images it has. Add 1 to the number that is there already: `+= 1`."
)
def set_to_one(dataset):
    return {name: int(label in dataset.targets) for label, name in enumerate(dataset.classes)}


@exercise.mistake(
    "Only the first label is counted, for the `return` is inside the loop. Dedent it by one level.",
    shown_by=lambda code: code.return_in_loop(),
    otherwise="Only the first label is counted. Count all of `dataset.targets` before you return.",
)
def returns_in_the_loop(dataset):
    histogram = dict.fromkeys(dataset.classes, 0)
    for label in dataset.targets:
        histogram[dataset.classes[label]] += 1
        return histogram


@exercise.mistake(
    "Your dict has no entry for the first name yet, so nothing can be added to it. Begin with a 0 for every class: "
    "`dict.fromkeys(dataset.classes, 0)`. Then classes without images are in it, too.",
    shown_by=lambda code: code.operator("+") and _begins_empty(code),
)
def added_to_an_empty_dict(dataset):
    histogram = {}
    for label in dataset.targets:
        histogram[dataset.classes[label]] += 1
    return histogram


@exercise.mistake(
    "Your dict has no entry for the first label yet, so nothing can be added to it. Begin with a 0 for every class, "
    "under its name: `dict.fromkeys(dataset.classes, 0)`.",
    shown_by=lambda code: code.operator("+") and _begins_empty(code),
)
def added_to_an_empty_dict_by_number(dataset):
    histogram = {}
    for label in dataset.targets:
        histogram[label] += 1
    return histogram


@exercise.mistake(
    "Your dict has the names as keys, but you look up a label number in it. The name of a label is "
    "`dataset.classes[label]`.",
    shown_by=lambda code: code.operator("+") and not _begins_empty(code),
)
def looked_up_by_number(dataset):
    histogram = dict.fromkeys(dataset.classes, 0)
    for label in dataset.targets:
        histogram[label] += 1
    return histogram


@exercise.mistake(
    "`dataset.targets` is a list. Comparing a list with a number gives a single True or False, not one for each label. "
    "Use `dataset.targets.count(label)`, or make a tensor of it first.",
    shown_by=lambda code: code.compared("targets"),
)
def list_compared_with_a_number(dataset):
    return {name: (dataset.targets == label).sum() for label, name in enumerate(dataset.classes)}


@exercise.mistake(
    "`dataset.targets` is a list. Comparing a list with a number gives a single True or False, not one for each label. "
    "Use `dataset.targets.count(label)`, or make a tensor of it first.",
    shown_by=lambda code: code.compared("targets"),
)
def list_compared_and_summed(dataset):
    return {name: sum(dataset.targets == label) for label, name in enumerate(dataset.classes)}
