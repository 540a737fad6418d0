"""One pass over the training rows, and the mean loss per row."""

import torch

from course_utils.exercise import Exercise, case
from course_utils.probes.training import epoch


def _rows(rng, rows, features):
    return (torch.from_numpy(rng.normal(0, 2, size=(rows, features))).float(),
            torch.from_numpy(rng.integers(0, 2, size=(rows, 1))).float())


def _numbers(rng, rows, features):
    return (torch.from_numpy(rng.normal(size=(rows, features))).float(),
            torch.from_numpy(rng.normal(0.5, 0.5, size=(rows, 1))).float())


exercise = Exercise(
    name="train_epoch",
    points=2,
    objective="Go through all batches, and average the loss over rows, not over batches.",
    hints=(
        "Seven rows in batches of three: 3, 3, 1. Each batch's loss is the mean over its rows. What does the mean of "
        "these three means give the one row in the last batch?",
        "Add up `value.item() * len(X)` and `len(X)`, and divide at the end. And call `model.train()` before the loop: "
        "the evaluation of the last epoch left the model in eval mode.",
        "`for X, y in loader:` the five lines of `train_step`, then `total += value.item() * len(X); rows += len(X)`; "
        "after the loop `return total / rows`.",
    ),
    examples=lambda: [case(
        [1, 1], torch.tensor([[1.0], [2.0], [-1.0], [0.5], [3.0]]),
        torch.tensor([[1.0], [0.0], [0.0], [1.0], [1.0]]), 2)],
    fresh=lambda rng: [
        case([3, 4, 1], *_rows(rng, 8, 3), 3, seed=int(rng.integers(1000))),
        case([2, 5, 1], *_numbers(rng, 13, 2), 4, seed=int(rng.integers(1000)), task="number"),
    ],
    probe=epoch,
    shown_call=lambda name, args, kwargs: (
        f"{name}(‹net {'-'.join(map(str, args[0]))} in eval mode›, ‹{len(args[1])} rows in batches of {args[3]}›, "
        f"nn.{'MSELoss' if kwargs.get('task') == 'number' else 'BCEWithLogitsLoss'}(), ‹SGD›)"),
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


exercise.does_the_same("→ model =", "→ True", "True →", line="model.train(", because="The result is the same model.")
exercise.does_the_same("X → y", "y → X", because="Inputs and targets have equally many rows.")
exercise.does_the_same("optimizer → model", line="zero_grad(",
                       because="The optimizer has all of the model's parameters.")
exercise.does_the_same(line="zero_grad(set_to_none=False)",
                       because="A gradient of None and one of zeros give the same step in a first epoch and later.")
exercise.does_the_same("detach → clone", ".detach() →", line="total += value.detach()",
                       because="The number is the same; the text doesn't speak of the memory that graphs take.")
exercise.does_the_same("dataset → sampler", because="Both are as long as the table.")
exercise.does_the_same("torch.zeros(()) → -torch.zeros(())", because="-0 is 0.")
exercise.does_the_same(kind="swapped", line="sum(v * n", because="Products don't depend on the order of their factors.")
exercise.does_the_same(kind="swapped", line="values, sizes = [], []", because="Both start as empty lists.")
exercise.does_the_same(kind="swapped", line="total, rows = 0.0, 0", because="Both start at 0.")
exercise.does_the_same("True → False", ", strict=True →", line="strict=True",
                       because="Both lists have one item for each batch.")
exercise.does_the_same("→ model.eval()", line="model.train(", because="`model.train` follows at once.")
exercise.does_the_same("→ model.eval()", line="return ", because="The last step is taken, and the text doesn't say in "
                       "which mode the model should be afterwards.")
exercise.does_the_same("→ model.train()", because="The answer puts the model into that mode anyway.")
exercise.does_the_same(kind="order of statements", line="model.train(",
                       because="The mode and the sums have nothing to do with each other.")
exercise.does_the_same(kind="order of statements", line="zero_grad(",
                       because="The forward pass doesn't read gradients, and neither does `item`.")
exercise.does_the_same(kind="order of statements", line="value = loss(model(X), y)",
                       because="The forward pass doesn't read gradients.")
exercise.does_the_same(kind="order of statements", line="optimizer.step()",
                       because="The step doesn't change the loss that is already computed.")
exercise.does_the_same(kind="order of statements", line="total += ", because="They are added to different sums.")
exercise.does_the_same(kind="order of statements", line="values.append(", because="They go to different lists.")


@exercise.mistake(
    "You averaged over batches: `len(batch)` is 2, always, because a batch is the pair `X, y`. So each batch counts "
    "the same, also the smaller last one. Its rows are `len(X)`.",
    shown_by=lambda code: code.has("len(batch)"),
)
def pairs_as_weights(model, loader, loss, optimizer):
    model.train()
    total, count = 0.0, 0
    for batch in loader:
        X, y = batch
        optimizer.zero_grad()
        value = loss(model(X), y)
        value.backward()
        optimizer.step()
        total += value.item() * len(batch)
        count += len(batch)
    return total / count


@exercise.mistake(
    "This is the mean of the batch losses. The last batch is smaller, so its rows count more than all others. Weight "
    "each batch's loss by its number of rows, `len(X)`, and divide by the number of all rows."
)
def mean_of_batch_means(model, loader, loss, optimizer):
    model.train()
    values = [value.item() for value, _ in _run(model, loader, loss, optimizer)]
    return sum(values) / len(values)


@exercise.mistake(
    "You divided by `len(loader) * loader.batch_size`, or by as much, as if every batch were full. The last batch is "
    "smaller: divide by the number of rows."
)
def every_batch_full(model, loader, loss, optimizer):
    model.train()
    values = [value.item() * rows for value, rows in _run(model, loader, loss, optimizer)]
    return sum(values) / (len(loader) * loader.batch_size)


@exercise.mistake("You returned the loss of the last batch alone. Average over the rows of all batches.")
def last_batch_only(model, loader, loss, optimizer):
    model.train()
    return [value.item() for value, _ in _run(model, loader, loss, optimizer)][-1]


@exercise.mistake("This is the sum over all rows. Divide it by their number.")
def sum_over_rows(model, loader, loss, optimizer):
    model.train()
    return sum(value.item() * rows for value, rows in _run(model, loader, loss, optimizer))


@exercise.mistake(
    "You divided a sum of batch losses by the number of rows. A batch's loss is a mean already: multiply it by "
    "`len(X)` before you add it up."
)
def means_divided_by_rows(model, loader, loss, optimizer):
    model.train()
    values = [(value.item(), rows) for value, rows in _run(model, loader, loss, optimizer)]
    return sum(value for value, _ in values) / sum(rows for _, rows in values)


@exercise.mistake(
    "`model.train` lacks its parentheses: that names the method and doesn't call it. So the model is in eval mode, as "
    "the last evaluation left it.",
    shown_by=lambda code: code.uncalled("train") and not code.calls("train") and not code.names("eval"),
)
def train_not_called(model, loader, loss, optimizer):
    model.train  # noqa: B018
    values = [(value.item(), rows) for value, rows in _run(model, loader, loss, optimizer)]
    return sum(value * rows for value, rows in values) / sum(rows for _, rows in values)


@exercise.mistake(
    "The model is in eval mode, as the last evaluation left it, so dropout is off and batch norm doesn't learn. Call "
    "`model.train()` before the loop.",
    shown_by=lambda code: not code.names("train") and not code.names("eval") and not code.names("training"),
    otherwise="The model is in eval mode while it trains, so dropout is off and batch norm doesn't learn. Call "
    "`model.train()` before the loop.",
)
def left_in_eval_mode(model, loader, loss, optimizer):
    values = [(value.item(), rows) for value, rows in _run(model, loader, loss, optimizer)]
    return sum(value * rows for value, rows in values) / sum(rows for _, rows in values)


@exercise.mistake(
    "`optimizer.zero_grad` lacks its parentheses: that names the method and doesn't call it. So gradients pile up from "
    "batch to batch.",
    shown_by=lambda code: code.uncalled("zero_grad") and not code.calls("zero_grad"),
)
def zero_grad_not_called(model, loader, loss, optimizer):
    model.train()
    total, rows = 0.0, 0
    for X, y in loader:
        optimizer.zero_grad  # noqa: B018
        value = loss(model(X), y)
        value.backward()
        optimizer.step()
        total += value.item() * len(X)
        rows += len(X)
    return total / rows


@exercise.mistake(
    "Gradients pile up from batch to batch: `zero_grad()` is called only once, before the loop. Call it in every step.",
    shown_by=lambda code: code.calls("zero_grad") > 0 and not code.inside_loop("zero_grad"),
    otherwise="Gradients pile up from batch to batch: `backward` adds to those that are there. Call "
    "`optimizer.zero_grad()` once in every step, before `backward`.",
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
    "You return a tensor that holds the graphs of the whole epoch, and all of them stay in memory. Add up "
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
    "Two things. The model is in eval mode: call `model.train()` before the loop. And this is the mean of the batch "
    "losses, but the last batch is smaller: weight each batch's loss by its number of rows."
)
def eval_mode_and_batch_means(model, loader, loss, optimizer):
    values = [value.item() for value, _ in _run(model, loader, loss, optimizer)]
    return sum(values) / len(values)


@exercise.mistake(
    "The `return` is inside the loop, so the epoch ends after its first batch. Dedent it by one level.",
    shown_by=lambda code: code.return_in_loop(),
    otherwise="The model takes one step, on the first batch, and you return that batch's loss. Go through all batches.",
)
def returns_in_the_loop(model, loader, loss, optimizer):
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


@exercise.mistake("You divided the sum over rows by the number of batches. Divide by the number of rows.")
def divided_by_batches(model, loader, loss, optimizer):
    return sum_over_rows(model, loader, loss, optimizer) / len(loader)


@exercise.mistake(
    "You divided by the number of rows in the last batch. After the loop, `X` is the last batch: count the rows as you "
    "go."
)
def divided_by_the_last_batch(model, loader, loss, optimizer):
    model.train()
    values = [(value.item(), rows) for value, rows in _run(model, loader, loss, optimizer)]
    return sum(value * rows for value, rows in values) / values[-1][1]


@exercise.mistake(
    "You weighted every batch as if it were full, but the last one has fewer rows than `loader.batch_size`. Weight by "
    "`len(X)`."
)
def last_batch_for_a_full_one(model, loader, loss, optimizer):
    model.train()
    values = [value.item() * loader.batch_size for value, _ in _run(model, loader, loss, optimizer)]
    return sum(values) / len(loader.dataset)


@exercise.mistake(
    "There is one step for the whole epoch: `optimizer.step()` comes after the loop. Each batch takes a step of its "
    "own.",
    shown_by=lambda code: code.calls("step") > 0 and not code.inside_loop("step"),
    otherwise="There is one step for the whole epoch. Each batch takes a step of its own.",
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


@exercise.mistake(
    "`optimizer.step` lacks its parentheses: that names the method and doesn't call it, so this epoch teaches the "
    "model nothing.",
    shown_by=lambda code: code.uncalled("step") and not code.calls("step"),
)
def step_not_called(model, loader, loss, optimizer):
    model.train()
    total, rows = 0.0, 0
    for X, y in loader:
        optimizer.zero_grad()
        value = loss(model(X), y)
        value.backward()
        optimizer.step  # noqa: B018
        total += value.item() * len(X)
        rows += len(X)
    return total / rows


@exercise.mistake(
    "The optimizer never takes a step, so this epoch teaches the model nothing. Call `optimizer.step()` on "
    "each batch, after `backward()`."
)
def no_step(model, loader, loss, optimizer):
    model.train()
    total, rows = 0.0, 0
    for X, y in loader:
        optimizer.zero_grad()
        value = loss(model(X), y)
        value.backward()
        total += value.item() * len(X)
        rows += len(X)
    return total / rows


@exercise.mistake(
    "The steps are right, but you measure the loss in a second pass, after the epoch. Return the mean of the losses "
    "that the steps started from: you have them already, for free."
)
def measured_afterwards(model, loader, loss, optimizer):
    train_epoch(model, loader, loss, optimizer)
    total = sum(loss(model(X), y).item() * len(X) for X, y in loader)
    return total / len(loader.dataset)


@exercise.mistake(
    "Every batch's loss is multiplied by 2 rather than by its number of rows: `len(batch)` is 2, always, because a "
    "batch is the pair `X, y`. Its rows are `len(X)`.",
    shown_by=lambda code: code.has("len(batch)"),
    otherwise="This is twice the sum of the batch losses, divided by the number of rows. Weight each batch's loss by "
    "its own number of rows, `len(X)`.",
)
def length_of_the_pair(model, loader, loss, optimizer):
    model.train()
    total = 0.0
    for batch in loader:
        X, y = batch
        optimizer.zero_grad()
        value = loss(model(X), y)
        value.backward()
        optimizer.step()
        total += value.item() * len(batch)
    return total / len(loader.dataset)


@exercise.mistake("The value is right, but it is still a tensor. `.item()` turns it into a Python float.")
def still_a_tensor(model, loader, loss, optimizer):
    return torch.tensor(train_epoch(model, loader, loss, optimizer))


@exercise.mistake(
    "You compute a loss of your own choice. `train_epoch` gets its loss as an argument and is called with different "
    "ones: use `loss`.",
    shown_by=lambda code: not code.calls("loss"),
    otherwise="This is binary cross-entropy, whichever loss was passed in. Use the argument `loss`.",
)
def own_loss(model, loader, loss, optimizer):
    criterion = torch.nn.BCEWithLogitsLoss()
    return train_epoch(model, loader, criterion, optimizer)
