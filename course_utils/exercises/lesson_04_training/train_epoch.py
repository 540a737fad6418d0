"""One pass over the training rows, and the mean loss per row."""

import torch

from course_utils.exercise import Exercise, case
from course_utils.probes.training import epoch


def _rows(rng, rows, features):
    return (torch.from_numpy(rng.normal(0, 2, size=(rows, features))).float(),
            torch.from_numpy(rng.integers(0, 2, size=(rows, 1))).float())


exercise = Exercise(
    name="train_epoch",
    points=2,
    objective="Go through all batches, and average the loss over rows, not over batches.",
    hints=(
        "Seven rows in batches of three: 3, 3, 1. Each batch's loss is the mean over its rows. What does the mean of "
        "these three means give the one row in the last batch?",
        "Add up `value.item() * len(X)` and `len(X)`, and divide at the end. And say `model.train()` before the loop: "
        "the evaluation of the last epoch left the model in eval mode.",
        "`for X, y in loader:` the five lines of `train_step`, then `total += value.item() * len(X); rows += len(X)`; "
        "after the loop `return total / rows`.",
    ),
    examples=lambda: [case(
        [1, 1], torch.tensor([[1.0], [2.0], [-1.0], [0.5], [3.0]]),
        torch.tensor([[1.0], [0.0], [0.0], [1.0], [1.0]]), 2)],
    fresh=lambda rng: [case([3, 4, 1], *_rows(rng, 8, 3), 3, seed=int(rng.integers(1000)))],
    probe=epoch,
    shown_call=lambda name, args, kwargs: (
        f"{name}(‹net {'-'.join(map(str, args[0]))} in eval mode›, ‹{len(args[1])} rows in batches of {args[3]}›, "
        "nn.BCEWithLogitsLoss(), ‹SGD›)"),
)


@exercise.reference
def train_epoch(model, loader, loss, optimizer):
    model.train()
    total, rows = 0.0, 0
    for X, y in loader:
        optimizer.zero_grad()
        value = loss(model(X), y)
        value.backward()
        optimizer.step()
        total += value.item() * len(X)
        rows += len(X)
    return total / rows


@exercise.alternative
def by_dataset_size(model, loader, loss, optimizer):
    model.train()
    total = torch.zeros(())
    for X, y in loader:
        value = loss(model(X), y)
        optimizer.zero_grad(set_to_none=False)
        value.backward()
        optimizer.step()
        total += value.detach() * X.shape[0]
    return (total / len(loader.dataset)).item()


@exercise.alternative
def weighted_mean(model, loader, loss, optimizer):
    model.train(True)
    values, sizes = [], []
    for X, y in loader:
        value = loss(model(X), y)
        value.backward()
        optimizer.step()
        optimizer.zero_grad()
        values.append(value.item())
        sizes.append(len(y))
    return sum(v * n for v, n in zip(values, sizes, strict=True)) / sum(sizes)


def _run(model, loader, loss, optimizer):
    for X, y in loader:
        optimizer.zero_grad()
        value = loss(model(X), y)
        value.backward()
        optimizer.step()
        yield value, len(X)


@exercise.mistake(
    "You averaged over batches, and the last one is smaller: its rows count more than all others. Weight each batch's "
    "loss by its number of rows, and divide by the number of all rows. (`len(batch)` is 2, always: a batch is the pair "
    "`X, y`. Its rows are `len(X)`.)"
)
def mean_of_batch_means(model, loader, loss, optimizer):
    model.train()
    values = [value.item() for value, _ in _run(model, loader, loss, optimizer)]
    return sum(values) / len(values)


@exercise.mistake(
    "You took every batch for a full one: `len(loader) * loader.batch_size` rows. The last batch holds what is left."
)
def every_batch_full(model, loader, loss, optimizer):
    model.train()
    values = [value.item() * rows for value, rows in _run(model, loader, loss, optimizer)]
    return sum(values) / (len(loader) * loader.batch_size)


@exercise.mistake("You returned the loss of the last batch alone, a handful of rows.")
def last_batch_only(model, loader, loss, optimizer):
    model.train()
    return [value.item() for value, _ in _run(model, loader, loss, optimizer)][-1]


@exercise.mistake("You returned the sum, and never divided it by the number of rows.")
def sum_over_rows(model, loader, loss, optimizer):
    model.train()
    return sum(value.item() * rows for value, rows in _run(model, loader, loss, optimizer))


@exercise.mistake(
    "You divided a sum of batch means by the number of rows. A batch's loss is a mean already: multiply it by `len(X)` "
    "before you add it up."
)
def means_divided_by_rows(model, loader, loss, optimizer):
    model.train()
    values = [(value.item(), rows) for value, rows in _run(model, loader, loss, optimizer)]
    return sum(value for value, _ in values) / sum(rows for _, rows in values)


@exercise.mistake(
    "The model is in eval mode, as the last evaluation left it, so dropout and batch norm do not do their work. "
    "`model.train()` before the loop."
)
def left_in_eval_mode(model, loader, loss, optimizer):
    values = [(value.item(), rows) for value, rows in _run(model, loader, loss, optimizer)]
    return sum(value * rows for value, rows in values) / sum(rows for _, rows in values)


@exercise.mistake(
    "Gradients pile up from batch to batch: `zero_grad` is missing, or it runs only once, before the loop. It belongs "
    "into every step."
)
def zero_grad_once(model, loader, loss, optimizer):
    model.train()
    optimizer.zero_grad()
    total, rows = 0.0, 0
    for X, y in loader:
        value = loss(model(X), y)
        value.backward()
        optimizer.step()
        total += value.item() * len(X)
        rows += len(X)
    return total / rows


@exercise.mistake(
    "You add up losses with their graphs, so the graphs of a whole epoch stay in memory until it ends. Add "
    "`value.item() * len(X)`."
)
def keeps_the_graph(model, loader, loss, optimizer):
    model.train()
    total, rows = 0.0, 0
    for value, n in _run(model, loader, loss, optimizer):
        total = total + value * n
        rows += n
    return total / rows


@exercise.mistake(
    "Two things: the model is still in eval mode (`model.train()` before the loop), and you averaged over batches, "
    "where the last one is smaller. Weight each batch's loss by its number of rows."
)
def eval_mode_and_batch_means(model, loader, loss, optimizer):
    values = [value.item() for value, _ in _run(model, loader, loss, optimizer)]
    return sum(values) / len(values)


@exercise.mistake("The `return` stands in the loop, so the epoch ends after its first batch. Move it out by one level.")
def returns_in_the_loop(model, loader, loss, optimizer):
    model.train()
    return next(value.item() for value, _ in _run(model, loader, loss, optimizer))


@exercise.mistake("You divided the sum over rows by the number of batches. Divide by the number of rows.")
def divided_by_batches(model, loader, loss, optimizer):
    return sum_over_rows(model, loader, loss, optimizer) / len(loader)


@exercise.mistake(
    "You divided by the rows of the last batch: after the loop, `X` is what came last. Count the rows as you go."
)
def divided_by_the_last_batch(model, loader, loss, optimizer):
    model.train()
    values = [(value.item(), rows) for value, rows in _run(model, loader, loss, optimizer)]
    return sum(value * rows for value, rows in values) / values[-1][1]


@exercise.mistake(
    "You weighted every batch with `loader.batch_size`, and the last batch has fewer rows. Weight with `len(X)`."
)
def last_batch_for_a_full_one(model, loader, loss, optimizer):
    model.train()
    values = [value.item() * loader.batch_size for value, _ in _run(model, loader, loss, optimizer)]
    return sum(values) / len(loader.dataset)


@exercise.mistake(
    "There is one step for the whole epoch: `optimizer.step()` stands after the loop. Each batch takes a step of "
    "its own."
)
def one_step_an_epoch(model, loader, loss, optimizer):
    model.train()
    total, rows = 0.0, 0
    for X, y in loader:
        value = loss(model(X), y)
        value.backward()
        total += value.item() * len(X)
        rows += len(X)
    optimizer.step()
    return total / rows


@exercise.mistake("`len(batch)` is 2, always: a batch is the pair `X, y`. Its rows are `len(X)`.")
def length_of_the_pair(model, loader, loss, optimizer):
    model.train()
    total = 0.0
    for batch, (value, _) in zip(loader, _run(model, loader, loss, optimizer), strict=True):
        total += value.item() * len(batch)
    return total / len(loader.dataset)
