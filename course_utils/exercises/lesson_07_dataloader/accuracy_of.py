"""Repair: a shuffled test loader, whose predictions are compared with labels in order."""

import torch
from torch.utils.data import DataLoader

from course_utils.evidence.codec import Formula
from course_utils.exercise import Exercise, case
from course_utils.probes.loader import scored


def _case(rng, count, batch_size):
    """Rows whose largest entry is the model's guess; about three in four guesses are right."""
    labels = torch.from_numpy(rng.integers(0, 4, size=count))
    guesses = torch.where(torch.from_numpy(rng.random(count) < 0.75), labels, (labels + 1) % 4)
    guesses[-1] = (labels[-1] + 1) % 4
    rows = torch.nn.functional.one_hot(guesses, 4) * 3 + torch.from_numpy(rng.random((count, 4)))
    return case(Formula("x"), rows.float(), labels, batch_size)


exercise = Exercise(
    name="accuracy_of",
    points=2,
    objective="Keep predictions and labels together.",
    hints=(
        "Print the first batch's labels, and the first entries of `dataset.targets`. Are they the same rows?",
        "Shuffling is for training. A test has no use for it: leave `shuffle` out. Safer still: take the labels from "
        "the batch that the predictions belong to.",
    ),
    examples=[],
    fresh=lambda rng: [_case(rng, 30, 8), _case(rng, 25, 4)],
    probe=scored,
    shown_call=lambda name, args, kwargs: f"{name}(‹model›, ‹dataset of {len(args[2])} rows›, {args[3]})",
    rtol=1e-4,
)


@exercise.reference
def accuracy_of(model, dataset, batch_size):
    correct = 0
    for inputs, labels in DataLoader(dataset, batch_size=batch_size):
        predictions = model(inputs).argmax(dim=1)
        correct += (predictions == labels).sum().item()
    return correct / len(dataset)


@exercise.alternative
def in_order(model, dataset, batch_size):
    loader = DataLoader(dataset, batch_size=batch_size, shuffle=False)
    predictions = torch.cat([model(inputs).argmax(dim=1) for inputs, _ in loader])
    return (predictions == torch.as_tensor(dataset.targets)).float().mean().item()


@exercise.alternative
def shuffled_with_its_labels(model, dataset, batch_size):
    right = [model(x).max(1).indices.eq(y) for x, y in DataLoader(dataset, batch_size, shuffle=True)]
    return torch.cat(right).double().mean()


@exercise.starter
@exercise.mistake(
    "The loader is shuffled, and the predictions are compared with labels in their old order: a guess for one row "
    "meets the label of another. Leave `shuffle` out, or better, take the labels from the same batch."
)
def shuffled(model, dataset, batch_size):
    loader = DataLoader(dataset, batch_size=batch_size, shuffle=True)
    predictions = []
    for inputs, _ in loader:
        predictions.append(model(inputs).argmax(dim=1))
    predictions = torch.cat(predictions)
    labels = torch.as_tensor(dataset.targets)
    return (predictions == labels).float().mean().item()


@exercise.mistake(
    "With `drop_last=True` the last rows are never tested. In training a dropped rest comes back in the next epoch; in "
    "a test it is lost."
)
def last_batch_dropped(model, dataset, batch_size):
    pairs = list(DataLoader(dataset, batch_size=batch_size, drop_last=True))
    right = torch.cat([model(inputs).argmax(dim=1) == labels for inputs, labels in pairs])
    return right.float().mean().item()


@exercise.mistake(
    "You averaged the accuracies of the batches. The last batch is smaller, and its rows count more than the others': "
    "count the right ones, and divide by the number of rows at the end."
)
def mean_of_batches(model, dataset, batch_size):
    pairs = list(DataLoader(dataset, batch_size=batch_size))
    return sum((model(x).argmax(1) == y).float().mean().item() for x, y in pairs) / len(pairs)


@exercise.mistake("That is the number of right predictions. Divide by the number of rows, `len(dataset)`.")
def count_only(model, dataset, batch_size):
    return sum((model(x).argmax(1) == y).sum().item() for x, y in DataLoader(dataset, batch_size=batch_size))


@exercise.mistake("Only the last batch is counted: `correct` is set anew in each step. Add to it: `+=`.")
def only_the_last_batch(model, dataset, batch_size):
    for inputs, labels in DataLoader(dataset, batch_size=batch_size):
        correct = (model(inputs).argmax(dim=1) == labels).sum().item()
    return correct / len(dataset)


@exercise.mistake(
    "The order is mended, and only the first batch is looked at. `next(iter(loader))` gives one batch; loop over the "
    "loader to get all."
)
def only_the_first_batch(model, dataset, batch_size):
    inputs, labels = next(iter(DataLoader(dataset, batch_size=batch_size)))
    return (model(inputs).argmax(dim=1) == labels).float().mean().item()


@exercise.mistake(
    "You divided by the number of batches. That gives right predictions per batch; divide by the number of rows, "
    "`len(dataset)`."
)
def divided_by_batches(model, dataset, batch_size):
    loader = DataLoader(dataset, batch_size=batch_size)
    return sum((model(x).argmax(1) == y).sum().item() for x, y in loader) / len(loader)


@exercise.mistake(
    "`len(loader) * batch_size` counts rows that are not there: the last batch is smaller. Divide by `len(dataset)`."
)
def last_batch_counted_full(model, dataset, batch_size):
    loader = DataLoader(dataset, batch_size=batch_size)
    return sum((model(x).argmax(1) == y).sum().item() for x, y in loader) / (len(loader) * batch_size)


@exercise.mistake("That is per cent. A share between 0 and 1 is wanted.")
def per_cent(model, dataset, batch_size):
    return 100 * accuracy_of(model, dataset, batch_size)
