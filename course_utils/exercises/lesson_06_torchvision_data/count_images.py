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
        case(train_images=int(rng.integers(7, 40)), test_images=int(rng.integers(3, 6))),
        case(train_images=int(rng.integers(4, 9)), test_images=3, subset_of=20),
    ],
    probe=two_sets,
    shown_call=lambda name, args, kwargs: (
        f"{name}(‹{'Subset' if 'subset_of' in kwargs else 'dataset'} of {kwargs['train_images']} images›, "
        f"‹dataset of {kwargs['test_images']} images›)"),
    returns=("number of training images", "number of test images"),
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


@exercise.mistake(
    "50,000 and 10,000 are CIFAR-10's numbers, learned by heart. The next dataset has others: ask the one you are "
    "given."
)
def known_numbers(train_set, test_set):
    return 50_000, 10_000


@exercise.mistake(
    "`dataset[0]` is the first pair, an image and its label, so its length is always 2. The dataset's own length is "
    "`len(dataset)`."
)
def length_of_an_item(train_set, test_set):
    return len(train_set[0]), len(test_set[0])


@exercise.mistake(
    "`.data` is an inner detail of some dataset classes; a `Subset`, for one, has none. `len(dataset)` works for all."
)
def inner_data(train_set, test_set):
    return len(train_set.data), len(test_set.data)


@exercise.mistake("You added the two up. They are wanted apart: a tuple (train, test).")
def added_up(train_set, test_set):
    return len(train_set) + len(test_set)


@exercise.mistake("The two have changed places: the training set's count comes first.")
def swapped(train_set, test_set):
    return len(test_set), len(train_set)


@exercise.mistake("You counted the training set twice.")
def train_twice(train_set, test_set):
    return len(train_set), len(train_set)


@exercise.mistake(
    "5,000 and 1,000 are the numbers of the images that were drawn for this lesson. The next dataset has others: ask "
    "the one you are given."
)
def numbers_seen_above(train_set, test_set):
    return 5_000, 1_000


@exercise.mistake(
    "Some datasets have `.targets`, and others, a `Subset` for one, do not. `len(dataset)` works for all."
)
def length_of_targets(train_set, test_set):
    return len(train_set.targets), len(test_set.targets)
