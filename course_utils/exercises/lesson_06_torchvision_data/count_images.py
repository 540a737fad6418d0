"""How many images there are to train and to test on, asked of the data."""

from course_utils.exercise import Exercise, case
from course_utils.probes.dataset import two_sets

exercise = Exercise(
    name="count_images",
    points=2,
    objective="Treat a dataset as the sequence that it is.",
    hints=(
        "A dataset is a sequence. Which built-in function gives the length of a sequence?",
        "Return two numbers, the training set's first: `return len(...), len(...)`.",
    ),
    examples=[case(train_images=6, test_images=2)],
    fresh=lambda rng: [
        case(train_images=int(rng.integers(14, 40)), test_images=int(rng.integers(7, 13))),
        case(train_images=int(rng.integers(7, 12)), test_images=int(rng.integers(4, 7)), subset_of=20),
    ],
    probe=two_sets,
    shown_call=lambda name, args, kwargs: (
        f"{name}(‹{'Subset' if 'subset_of' in kwargs else 'dataset'} of {kwargs['train_images']} images›, "
        f"‹dataset of {kwargs['test_images']} images›)"),
)


@exercise.reference
def count_images(train_set, test_set):
    return len(train_set), len(test_set)


@exercise.alternative
def one_by_one(train_set, test_set):
    return tuple(sum(1 for _ in dataset) for dataset in (train_set, test_set))


@exercise.alternative
def as_list(train_set, test_set):
    return [train_set.__len__(), test_set.__len__()]


exercise.does_the_same("tuple → list", because="Two integers in a list are two integers.")


@exercise.mistake(
    "50,000 and 10,000 are CIFAR-10's numbers. Another dataset has other numbers, so ask the one you are given: "
    "`len(train_set)`."
)
def known_numbers(train_set, test_set):
    return 50_000, 10_000


@exercise.mistake(
    "60,000 and 10,000 are MNIST's numbers. Another dataset has other numbers, so ask the one you are given: "
    "`len(train_set)`."
)
def numbers_of_mnist(train_set, test_set):
    return 60_000, 10_000


@exercise.mistake(
    "5,000 and 1,000 are the sizes of the drawn images that stand in for CIFAR-10. Another dataset has other numbers, "
    "so ask the one you are given: `len(train_set)`."
)
def numbers_seen_above(train_set, test_set):
    return 5_000, 1_000


@exercise.mistake("This is (6, 2) for every dataset, as in the example. Ask the datasets you are given.")
def numbers_of_the_example(train_set, test_set):
    return 6, 2


@exercise.mistake(
    "Both numbers are 2, the length of one item: an item is a pair of an image and its label. The dataset's own length "
    "is `len(dataset)`."
)
def length_of_an_item(train_set, test_set):
    return len(train_set[0]), len(test_set[0])


@exercise.mistake("You counted the names in `.classes`. The number of images is `len(dataset)`.")
def number_of_classes(train_set, test_set):
    return len(train_set.classes), len(test_set.classes)


@exercise.mistake(
    "Some dataset classes keep their pixels in `.data`, but a `Subset`, for example, has no such attribute. "
    "`len(dataset)` works for every dataset."
)
def inner_data(train_set, test_set):
    return len(train_set.data), len(test_set.data)


@exercise.mistake(
    "Some datasets have `.targets`, but a `Subset`, for example, doesn't. `len(dataset)` works for every dataset."
)
def length_of_targets(train_set, test_set):
    return len(train_set.targets), len(test_set.targets)


@exercise.mistake("A dataset isn't a tensor, so it has no `shape`. Its length is `len(dataset)`.")
def asked_for_a_shape(train_set, test_set):
    return train_set.shape[0], test_set.shape[0]


@exercise.mistake("This is the sum of both numbers. Return them separately: `return len(train_set), len(test_set)`.")
def added_up(train_set, test_set):
    return len(train_set) + len(test_set)


@exercise.mistake("The two numbers are in the wrong order: the training set's number comes first.")
def swapped(train_set, test_set):
    return len(test_set), len(train_set)


@exercise.mistake("Both numbers are that of the training set.")
def train_twice(train_set, test_set):
    return len(train_set), len(train_set)


@exercise.mistake("Both numbers are that of the test set.")
def test_twice(train_set, test_set):
    return len(test_set), len(test_set)


@exercise.mistake("This is the training set's number alone. Return both: `return len(train_set), len(test_set)`.")
def train_alone(train_set, test_set):
    return len(train_set)
