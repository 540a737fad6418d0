"""Accuracy and confusion matrix over batches."""

import torch

from course_utils.exercise import Exercise, case
from course_utils.probes.image_model import confused


def _images(rng, count):
    return torch.from_numpy(rng.normal(size=(count, 3, 8, 8))).float(), torch.from_numpy(rng.integers(0, 3, count))


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
        case(*_images(rng, 23), [16, 7], True, seed=int(rng.integers(1000)), classes=3),
        case(*_images(rng, 30), [13, 13, 4], False, seed=int(rng.integers(1000)), classes=3),
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
    return matrix.trace() / matrix.sum(), matrix


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
    "The model is still in train mode, so batch norm mixes the images of a batch, and its running statistics changed "
    "while you measured. `model.eval()` first."
)
def in_train_mode(model, batches, classes):
    matrix = torch.zeros(classes, classes, dtype=torch.int64)
    with torch.no_grad():
        for images, labels in batches:
            for truth, guess in zip(labels, model(images).argmax(dim=1)):
                matrix[truth, guess] += 1
    return matrix.diagonal().sum().item() / matrix.sum().item(), matrix


@exercise.mistake("Your matrix lies on its side: rows are the truth, columns what was predicted.")
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


@exercise.mistake("Only the last batch is in your matrix: make it once, before the loop.")
def last_batch_only(model, batches, classes):
    return evaluate_classifier(model, batches[-1:], classes)


@exercise.mistake(
    "`matrix[labels, predicted] += 1` counts a pair once, however often it occurs in the batch. Add in a loop, or with "
    "`index_put_(…, accumulate=True)`."
)
def pairs_counted_once(model, batches, classes):
    accuracy, _ = evaluate_classifier(model, batches, classes)
    matrix = torch.zeros(classes, classes, dtype=torch.int64)
    with torch.no_grad():
        for images, labels in batches:
            matrix[labels, model(images).argmax(dim=1)] += 1
    return accuracy, matrix


@exercise.mistake("Both are there, in the wrong order: `return accuracy, matrix`.")
def swapped(model, batches, classes):
    return evaluate_classifier(model, batches, classes)[::-1]
