"""Accuracy and confusion matrix over batches."""

import torch

from course_utils.exercise import Exercise, case
from course_utils.probes.image_model import confused, small_classifier


def _case(rng, sizes, training, classes=3):
    """Labels 0 to 2, drawn until the mean over the batches, or the matrix transposed, can't pass for the right one."""
    seed = int(rng.integers(1000))
    count = sum(sizes)
    images = torch.from_numpy(rng.normal(size=(count, 3, 8, 8))).float()
    with torch.no_grad():
        predicted = small_classifier(seed).eval()(images).argmax(dim=1)
    while True:
        labels = torch.from_numpy(rng.integers(0, 3, count))
        right = (predicted == labels).double()
        means = [part.mean() for part in right.split(sizes)]
        pairs = torch.bincount(labels * 3 + predicted, minlength=9).view(3, 3)
        if 0 < right.mean() < 1 and abs(sum(means) / len(means) - right.mean()) > 0.01 and not pairs.equal(pairs.T):
            return case(images, labels, sizes, training, seed=seed, classes=classes)


exercise = Exercise(
    name="evaluate_classifier",
    points=2,
    objective="Measure a classifier over batches: how often it is right, and what it takes for what.",
    hints=(
        "Make `matrix = torch.zeros(classes, classes, dtype=torch.int64)`. Each image adds 1 at [its label, what was "
        "predicted]. Where in the finished matrix are the images that are right?",
        "`model.eval()` first, `with torch.inference_mode():` around the loop, `predicted = "
        "model(images).argmax(dim=1)`.",
        "A plain loop will do: `for truth, guess in zip(labels, predicted): matrix[truth, guess] += 1`. In the end "
        "`matrix.diagonal().sum().item() / matrix.sum().item()`.",
    ),
    examples=lambda: [
        case(torch.linspace(-2, 2, 1152).reshape(6, 3, 8, 8), torch.tensor([0, 1, 2, 1, 0, 0]), [4, 2], True,
             classes=3),
    ],
    fresh=lambda rng: [
        _case(rng, [16, 7], True),
        _case(rng, [13, 13, 1], False),
        _case(rng, [9, 5], True, classes=5),  # two classes that occur nowhere
    ],
    probe=confused,
    shown_call=lambda name, args, kwargs: (
        f"{name}(‹net in {'train' if args[3] else 'eval'} mode›, ‹batches of {', '.join(map(str, args[2]))} images›, "
        f"{kwargs['classes']})"),
)


@exercise.reference
def evaluate_classifier(model, batches, classes):
    model.eval()
    matrix = torch.zeros(classes, classes, dtype=torch.int64)
    with torch.inference_mode():
        for images, labels in batches:
            predicted = model(images).argmax(dim=1)
            for truth, guess in zip(labels, predicted, strict=True):
                matrix[truth, guess] += 1
    return matrix.diagonal().sum().item() / matrix.sum().item(), matrix


@exercise.alternative
def with_bincount(model, batches, classes):
    was_training = model.training
    model.train(False)
    pairs = []
    with torch.no_grad():
        for images, labels in batches:
            pairs.append(labels * classes + model(images).max(1).indices)
    model.train(was_training)
    matrix = torch.bincount(torch.cat(pairs), minlength=classes**2).view(classes, classes)
    return float(matrix.trace() / matrix.sum()), matrix


@exercise.alternative
def collected(model, batches, classes):
    model.eval()
    guesses, truths = [], []
    for images, labels in batches:
        guesses += model(images).detach().argmax(-1).tolist()
        truths += labels.tolist()
    rows = [[sum(t == i and g == j for t, g in zip(truths, guesses)) for j in range(classes)] for i in range(classes)]
    return sum(t == g for t, g in zip(truths, guesses)) / len(truths), torch.tensor(rows)


@exercise.mistake(
    "The model computes in train mode, so batch norm mixes the images of a batch and changes its running statistics, "
    "and dropout drops. `model.eval()` first."
)
def in_train_mode(model, batches, classes):
    matrix = torch.zeros(classes, classes, dtype=torch.int64)
    with torch.no_grad():
        for images, labels in batches:
            for truth, guess in zip(labels, model(images).argmax(dim=1)):
                matrix[truth, guess] += 1
    return matrix.diagonal().sum().item() / matrix.sum().item(), matrix


@exercise.mistake("Your matrix is transposed: a row should be the truth, a column what was predicted.")
def transposed(model, batches, classes):
    accuracy, matrix = evaluate_classifier(model, batches, classes)
    return accuracy, matrix.T.contiguous()


@exercise.mistake(
    "You averaged the batches' accuracies. The last batch is smaller, and its images count too much: count images."
)
def mean_of_batches(model, batches, classes):
    shares = [evaluate_classifier(model, [batch], classes)[0] for batch in batches]
    return sum(shares) / len(shares), evaluate_classifier(model, batches, classes)[1]


@exercise.mistake("The accuracy is a share between 0 and 1 here, not a percentage.")
def percent(model, batches, classes):
    accuracy, matrix = evaluate_classifier(model, batches, classes)
    return 100 * accuracy, matrix


@exercise.mistake("You returned the accuracy without the matrix. Return both: `return accuracy, matrix`.")
def accuracy_only(model, batches, classes):
    return evaluate_classifier(model, batches, classes)[0]


@exercise.mistake("Your matrix holds shares of each row. Leave the counts (int64) in it.")
def shares(model, batches, classes):
    accuracy, matrix = evaluate_classifier(model, batches, classes)
    return accuracy, matrix / matrix.sum(1, keepdim=True).clamp(min=1)


@exercise.mistake(
    "Only the last batch counts in your results. Make the matrix once, before the loop, and add every batch to it."
)
def last_batch_only(model, batches, classes):
    return evaluate_classifier(model, batches[-1:], classes)


PAIRS_ONCE = (
    "`matrix[labels, predicted] += 1` counts a pair once, however often it occurs in the batch. Add in a loop, or with "
    "`index_put_(…, accumulate=True)`."
)


def _counted_once(model, batches, classes):
    matrix = torch.zeros(classes, classes, dtype=torch.int64)
    model.eval()
    with torch.no_grad():
        for images, labels in batches:
            matrix[labels, model(images).argmax(dim=1)] += 1
    return matrix


@exercise.mistake(PAIRS_ONCE)
def pairs_counted_once_in_both(model, batches, classes):
    matrix = _counted_once(model, batches, classes)
    return (matrix.diagonal().sum() / matrix.sum()).item(), matrix


@exercise.mistake(PAIRS_ONCE)
def pairs_counted_once_over_all_images(model, batches, classes):
    matrix = _counted_once(model, batches, classes)
    return matrix.diagonal().sum().item() / sum(len(labels) for _, labels in batches), matrix


@exercise.mistake(PAIRS_ONCE)
def pairs_counted_once(model, batches, classes):
    return evaluate_classifier(model, batches, classes)[0], _counted_once(model, batches, classes)


@exercise.mistake(
    "The accuracy is a tensor. Return a plain number, as the docstring says: `.item()` takes it out."
)
def accuracy_as_tensor(model, batches, classes):
    accuracy, matrix = evaluate_classifier(model, batches, classes)
    return torch.tensor(accuracy), matrix


@exercise.mistake(
    "The matrix has no row for classes that don't occur in these batches. Its size is `classes`, whatever the labels "
    "are."
)
def sized_by_the_labels(model, batches, classes):
    accuracy, matrix = evaluate_classifier(model, batches, classes)
    size = 1 + max(max(int(labels.max()) for _, labels in batches), int(matrix.sum(0).nonzero().max()))
    return accuracy, matrix[:size, :size].clone()


@exercise.mistake(
    "`argmax(dim=0)` looks for the best image of each class. The best class of each image is `argmax(dim=1)`.",
    shown_by=lambda code: code.names("argmax") or code.names("max"),
)
def best_image_of_each_class(model, batches, classes):
    model.eval()
    matrix = torch.zeros(classes, classes, dtype=torch.int64)
    with torch.no_grad():
        for images, labels in batches:
            for truth, guess in zip(labels, model(images).argmax(dim=0)):
                matrix[truth, guess] += 1
    return matrix.diagonal().sum().item() / matrix.sum().item(), matrix


@exercise.mistake("That is the number of images that are right. Divide by the number of all images.")
def number_right(model, batches, classes):
    matrix = evaluate_classifier(model, batches, classes)[1]
    return matrix.diagonal().sum().item(), matrix


@exercise.mistake(
    "The result comes from the first batch alone. Return it after the loop, not in it.",
    shown_by=lambda code: code.return_in_loop(), otherwise="The result comes from the first batch alone.",
)
def first_batch_only(model, batches, classes):
    for batch in batches:
        return evaluate_classifier(model, [batch], classes)


@exercise.mistake("Both are there, in the wrong order: `return accuracy, matrix`.")
def swapped(model, batches, classes):
    return evaluate_classifier(model, batches, classes)[::-1]


exercise.does_the_same("→ model =", because="`eval` and `train` return the model.")
