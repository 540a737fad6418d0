"""Repair: a shuffled test loader, whose predictions are compared with labels in order."""

import torch
from torch.utils.data import DataLoader

from course_utils.evidence.codec import Formula
from course_utils.exercise import Exercise, case
from course_utils.probes.loader import scored


def _case(rng, count, batch_size, kind=torch.as_tensor):
    """Rows whose smallest entry is the model's guess; about three in four guesses are right.

    Drawn until comparing sorted guesses with sorted labels, one batch or the mean of the batches gives another share.
    """
    while True:
        labels = torch.from_numpy(rng.integers(0, 4, size=count))
        guesses = torch.where(torch.from_numpy(rng.random(count) < 0.75), labels, (labels + 1) % 4)
        guesses[-1] = (labels[-1] + 1) % 4
        right = guesses == labels
        share = right.double().mean()
        batches = [part.double().mean() for part in right.split(batch_size)]
        both_sorted = guesses.sort().values == labels.sort().values
        without_the_rest = right[:count // batch_size * batch_size]
        near = [both_sorted.double().mean(), sum(batches) / len(batches), batches[0], batches[-1], 1 - share,
                without_the_rest.double().mean()]
        if all(abs(value - share) > 0.01 for value in near):
            break
    rows = torch.nn.functional.one_hot(guesses, 4) * 3 + torch.from_numpy(rng.random((count, 4)))
    return case(Formula("-x"), -rows.float(), kind(labels), batch_size)


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
    fresh=lambda rng: [_case(rng, 31, 8), _case(rng, 29, 4, torch.Tensor.tolist)],
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
    "meets the label of another. Leave `shuffle` out, or better, take the labels from the same batch.",
    shown_by=lambda code: code.names("targets"),
    otherwise="Several calls on the same data give different results, so the order in which the shuffled rows come "
    "makes a difference in your computation. It shouldn't: every row counts once, with its own label.",
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
    "You go through the shuffled loader twice, and it draws a new order each time: predictions and labels come in "
    "different orders. Take both from the same batch.",
    shown_by=lambda code: code.loops() > 1 and not code.names("targets"),
)
def two_passes(model, dataset, batch_size):
    loader = DataLoader(dataset, batch_size=batch_size, shuffle=True)
    predictions = torch.cat([model(inputs).argmax(dim=1) for inputs, _ in loader])
    labels = torch.cat([labels for _, labels in loader])
    return (predictions == labels).float().mean().item()


@exercise.mistake(
    "The rows of the incomplete last batch are never tested. In training, rows that are dropped come back in the next "
    "epoch; in a test they are lost. Go through the loader with `drop_last=False`, its default."
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


@exercise.mistake(
    "This is the mean of the batches' accuracies, and the loader is shuffled, so it changes from call to call: the "
    "rows of the smaller last batch count more than the others. Count the right ones, and divide by the number of "
    "rows.",
    shown_by=lambda code: (code.calls("mean") > 0 or code.calls("len") > 0) and code.loops() == 1
    and not code.names("targets") and not code.calls("cat"),
)
def mean_of_shuffled_batches(model, dataset, batch_size):
    loader = DataLoader(dataset, batch_size=batch_size, shuffle=True)
    total = 0
    for x, y in loader:
        total += (model(x).argmax(1) == y).float().mean().item()
    return total / len(loader)


@exercise.mistake("That is the number of right predictions. Divide by the number of rows, `len(dataset)`.")
def count_only(model, dataset, batch_size):
    return sum((model(x).argmax(1) == y).sum().item() for x, y in DataLoader(dataset, batch_size=batch_size))


@exercise.mistake(
    "Only the right predictions of the last batch are counted. Start from 0 before the loop, and add each batch's "
    "number with `+=`."
)
def only_the_last_batch(model, dataset, batch_size):
    for inputs, labels in DataLoader(dataset, batch_size=batch_size):
        correct = (model(inputs).argmax(dim=1) == labels).sum().item()
    return correct / len(dataset)


@exercise.mistake("This is the accuracy on the last batch alone. Count the right predictions of all batches.")
def accuracy_of_the_last_batch(model, dataset, batch_size):
    for inputs, labels in DataLoader(dataset, batch_size=batch_size):
        right = model(inputs).argmax(dim=1) == labels
    return right.float().mean().item()


@exercise.mistake(
    "Only the first batch is looked at. Go through the whole loader, and return the result after the loop, not in it."
)
def only_the_first_batch(model, dataset, batch_size):
    inputs, labels = next(iter(DataLoader(dataset, batch_size=batch_size)))
    return (model(inputs).argmax(dim=1) == labels).float().mean().item()


@exercise.mistake(
    "Only the first batch's right predictions are counted, and then divided by the number of all rows. Go through the "
    "whole loader, and return the result after the loop, not in it."
)
def returned_in_the_loop(model, dataset, batch_size):
    correct = 0
    for inputs, labels in DataLoader(dataset, batch_size=batch_size):
        correct += (model(inputs).argmax(dim=1) == labels).sum().item()
        return correct / len(dataset)


@exercise.mistake(
    "You divided by the number of batches. That gives right predictions per batch; divide by the number of rows, "
    "`len(dataset)`."
)
def divided_by_batches(model, dataset, batch_size):
    loader = DataLoader(dataset, batch_size=batch_size)
    return sum((model(x).argmax(1) == y).sum().item() for x, y in loader) / len(loader)


@exercise.mistake(
    "You divided by more rows than there are, the number of batches times `batch_size`: the last batch is smaller. "
    "Divide by `len(dataset)`."
)
def last_batch_counted_full(model, dataset, batch_size):
    loader = DataLoader(dataset, batch_size=batch_size)
    return sum((model(x).argmax(1) == y).sum().item() for x, y in loader) / (len(loader) * batch_size)


@exercise.mistake("That is a percentage. Return the share, between 0 and 1.")
def per_cent(model, dataset, batch_size):
    return 100 * accuracy_of(model, dataset, batch_size)


@exercise.mistake("That is the share of *wrong* predictions: 1 minus the accuracy.")
def share_of_wrong(model, dataset, batch_size):
    wrong = [model(x).argmax(1) != y for x, y in DataLoader(dataset, batch_size)]
    return torch.cat(wrong).float().mean().item()


@exercise.mistake(
    "The model returns four scores for each row, and you compared those with the labels. The prediction is the class "
    "with the highest score: `model(inputs).argmax(dim=1)`.",
    shown_by=lambda code: not (code.names("argmax") or code.names("max") or code.names("topk")),
)
def no_argmax(model, dataset, batch_size):
    correct = 0
    for inputs, labels in DataLoader(dataset, batch_size=batch_size):
        correct += (model(inputs) == labels).sum().item()
    return correct / len(dataset)


@exercise.mistake(
    "`argmax(dim=0)` looks for the best row of each class. The best class of each row is `argmax(dim=1)`.",
    shown_by=lambda code: code.names("argmax") or code.names("max"),
)
def best_row_of_each_class(model, dataset, batch_size):
    correct = 0
    for inputs, labels in DataLoader(dataset, batch_size=batch_size):
        correct += (model(inputs).argmax(0) == labels).sum().item()
    return correct / len(dataset)


exercise.does_the_same("→ , shuffle=True", because="Each prediction meets a label of its own batch, in any order.")
exercise.does_the_same("→ model.eval()", "→ model.train()", because="The model has no layer that knows a mode.")
exercise.does_the_same(", batch_size=batch_size →", ", batch_size →",
                       because="Batches of any size give the same share.")
exercise.does_the_same(", shuffle=False →", because="It is the default.")
exercise.does_the_same("True → False", ", shuffle=True →",
                       because="Each prediction meets a label of its own batch, in any order.")
exercise.does_the_same(".item() →", "→ .item()", "→ .squeeze()",
                       because="The share may be a number or a tensor of shape ().")
exercise.does_the_same("float → double", "double → float", "→ .float()",
                       because="float32 is precise enough for a share.")
exercise.does_the_same("→ .abs()", because="No share is negative.")
