"""A training loop that runs on any device."""

import torch
from torch.nn import functional as F

from course_utils.exercise import Exercise, case
from course_utils.probes.device import fitted


def _rows(rng, count):
    return torch.from_numpy(rng.normal(size=(count, 4))).float(), torch.from_numpy(rng.integers(0, 3, count))


exercise = Exercise(
    name="fit",
    points=3,
    objective="Write a loop in which model, data and results follow one device.",
    hints=(
        "Three things have to be on the device: the model (once), and both tensors of each batch (every time).",
        "Keep each epoch's losses in a list as tensors, detached. `torch.stack(losses).mean()` is their mean, still on "
        "the device.",
        "`model.to(device)` before the optimizer is built; in the loop `rows, labels = rows.to(device), "
        "labels.to(device)`; at the end `return torch.stack(means)`.",
    ),
    examples=lambda: [
        case(torch.eye(4), torch.tensor([0, 1, 2, 0]), [2, 2], 2, 0.5, "cpu"),
        case(torch.eye(4), torch.tensor([0, 1, 2, 0]), [2, 2], 3, 0.5, "meta"),
    ],
    fresh=lambda rng: [case(*_rows(rng, 9), [4, 4, 1], 3, 0.3, "cpu", seed=int(rng.integers(1000))),
                       case(*_rows(rng, 7), [5, 2], 1, 0.2, "cpu", seed=int(rng.integers(1000)))],
    probe=fitted,
    shown_call=lambda name, args, kwargs: (
        f"{name}(‹net›, ‹batches of {', '.join(map(str, args[2]))} rows›, {args[3]}, {args[4]}, ‹device {args[5]}›)"),
)


@exercise.reference
def fit(model, batches, epochs, lr, device):
    model.to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    means = []
    for _ in range(epochs):
        losses = []
        for rows, labels in batches:
            loss = F.cross_entropy(model(rows.to(device)), labels.to(device))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        means.append(torch.stack(losses).mean())
    return torch.stack(means)


@exercise.alternative
def with_sums(model, batches, epochs, lr, device):
    model = model.to(device).train()
    optimizer = torch.optim.SGD(model.parameters(), lr)
    means = torch.zeros(epochs, device=device)
    for epoch in range(epochs):
        for rows, labels in batches:
            rows, labels = rows.to(device, non_blocking=True), labels.to(device, non_blocking=True)
            model.zero_grad()
            loss = torch.nn.CrossEntropyLoss()(model(rows), labels)
            loss.backward()
            optimizer.step()
            means[epoch] += loss.detach() / len(batches)
    return means


@exercise.alternative
def moved_once(model, batches, epochs, lr, device):
    ready = [(rows.to(device), labels.to(device)) for rows, labels in batches]
    model.to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    table = torch.empty(epochs, len(ready), device=device)
    for epoch in range(epochs):
        for step, (rows, labels) in enumerate(ready):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(rows), labels)
            loss.backward()
            optimizer.step()
            table[epoch, step] = loss.detach()
    return table.mean(dim=1)


def _fit(model, batches, epochs, lr, device, *, rows_to=True, labels_to=True, model_to=True, zero=True, step=True,
         loss_of=F.cross_entropy, optimizer=torch.optim.SGD, means_of=lambda losses, sizes: torch.stack(losses).mean()):
    """The reference with some of its steps left out, or others in their place."""
    if model_to:
        model.to(device)
    chosen = optimizer(model.parameters(), lr=lr)
    means = []
    for _ in range(epochs):
        losses = []
        for rows, labels in batches:
            logits = model(rows.to(device) if rows_to else rows)
            loss = loss_of(logits, labels.to(device) if labels_to else labels)
            if zero:
                chosen.zero_grad()
            loss.backward()
            if step:
                chosen.step()
            losses.append(loss.detach())
        means.append(means_of(losses, [len(labels) for _, labels in batches]))
    return torch.stack(means)


@exercise.mistake(
    "It trains on the CPU whatever `device` says: neither the model nor the batches are moved."
)
def nothing_moved(model, batches, epochs, lr, device):
    return _fit(model, batches, epochs, lr, device, rows_to=False, labels_to=False, model_to=False)


@exercise.mistake(
    "You read every loss with `.item()`, and return plain numbers. On a GPU each reading waits until the device has "
    "caught up. Keep tensors: `loss.detach()`, and `torch.stack` at the end."
)
def reads_every_loss(model, batches, epochs, lr, device):
    means = []
    model.to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(epochs):
        total = 0.0
        for rows, labels in batches:
            loss = F.cross_entropy(model(rows.to(device)), labels.to(device))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        means.append(total / len(batches))
    return means


@exercise.mistake(
    "The gradients are never cleared, so each step also uses those of all steps before it: `optimizer.zero_grad()`."
)
def no_zero_grad(model, batches, epochs, lr, device):
    return _fit(model, batches, epochs, lr, device, zero=False)


@exercise.mistake("You return one mean over everything. Return one number per epoch: a tensor of shape (epochs,).")
def one_mean(model, batches, epochs, lr, device):
    return _fit(model, batches, epochs, lr, device).mean()


@exercise.mistake("You return the loss of each epoch's *last* batch, not the mean over its batches.")
def last_batch(model, batches, epochs, lr, device):
    lasts = []
    for _ in range(epochs):
        losses = [fit(model, [batch], 1, lr, device)[0] for batch in batches]
        lasts.append(losses[-1])
    return torch.stack(lasts)


@exercise.mistake("You add the batches' losses up. Return their mean: divide by the number of batches.")
def sum_of_losses(model, batches, epochs, lr, device):
    return _fit(model, batches, epochs, lr, device) * len(batches)


@exercise.mistake(
    "The result is on the CPU, and to bring it there the program waits for the device. Leave it on the device; the "
    "caller knows when to look."
)
def to_the_cpu(model, batches, epochs, lr, device):
    losses = _fit(model, batches, epochs, lr, device)
    return torch.zeros_like(losses, device="cpu") if device.type != "cpu" else losses


@exercise.mistake(
    "Numbers are read out of the device: `.item()`, `float(…)` and `torch.tensor(list_of_tensors)` all do that. On a "
    "GPU each reading waits until the device has caught up, and on `meta` there is nothing to read. Keep "
    "`loss.detach()`, and `torch.stack` them."
)
def reads_and_makes_a_tensor(model, batches, epochs, lr, device):
    return torch.tensor(reads_every_loss(model, batches, epochs, lr, device), device=device)


@exercise.mistake("You return a list of tensors. `torch.stack(means)` makes one tensor of them, on the same device.")
def a_list(model, batches, epochs, lr, device):
    return list(_fit(model, batches, epochs, lr, device))


@exercise.mistake(
    "The numbers are right, but they still hold the graph of every step. Keep `loss.detach()`."
)
def keeps_graphs(model, batches, epochs, lr, device):
    model.to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    means = []
    for _ in range(epochs):
        losses = []
        for rows, labels in batches:
            losses.append(F.cross_entropy(model(rows.to(device)), labels.to(device)))
            optimizer.zero_grad()
            losses[-1].backward()
            optimizer.step()
        means.append(torch.stack(losses).mean())
    return torch.stack(means)


BATCHES_LEFT = (
    "Not all of a batch is on the device. `rows.to(device)` and `labels.to(device)` return new tensors: use both in "
    "the loop."
)


@exercise.mistake(
    "The rows stay on the CPU, but the model is on the device. `rows.to(device)` returns a new tensor: use that one.",
    shown_by=lambda code: code.has("labels.to(device)") and not code.has("rows.to(device)"), otherwise=BATCHES_LEFT,
)
def rows_left_behind(model, batches, epochs, lr, device):
    model.to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    means = []
    for _ in range(epochs):
        losses = []
        for rows, labels in batches:
            loss = F.cross_entropy(model(rows), labels.to(device))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        means.append(torch.stack(losses).mean())
    return torch.stack(means)


@exercise.mistake(
    "The labels stay on the CPU, but the logits are on the device. `labels.to(device)` returns a new tensor: use that "
    "one.",
    shown_by=lambda code: code.has("rows.to(device)") and not code.has("labels.to(device)"), otherwise=BATCHES_LEFT,
)
def labels_left_behind(model, batches, epochs, lr, device):
    model.to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    means = []
    for _ in range(epochs):
        losses = []
        for rows, labels in batches:
            loss = F.cross_entropy(model(rows.to(device)), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        means.append(torch.stack(losses).mean())
    return torch.stack(means)


@exercise.mistake("The batches are on the device, but the model is still on the CPU: `model.to(device)`.")
def model_left_behind(model, batches, epochs, lr, device):
    return _fit(model, batches, epochs, lr, device, model_to=False)


NO_STEP = "Nothing is learned: the weights never move."


@exercise.mistake(NO_STEP + " `optimizer.step()` is missing after `backward()`.",
                  shown_by=lambda code: not code.calls("step"), otherwise=NO_STEP)
def no_step(model, batches, epochs, lr, device):
    model.to(device)
    means = []
    for _ in range(epochs):
        losses = []
        for rows, labels in batches:
            loss = F.cross_entropy(model(rows.to(device)), labels.to(device))
            loss.backward()
            losses.append(loss.detach())
        means.append(torch.stack(losses).mean())
    return torch.stack(means)


@exercise.mistake(
    NO_STEP + " `zero_grad()` is between `backward()` and `step()`, so the gradients are gone before they are used.",
    shown_by=lambda code: code.in_order("backward", "zero_grad", "step"),
)
def cleared_before_the_step(model, batches, epochs, lr, device):
    model.to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    means = []
    for _ in range(epochs):
        losses = []
        for rows, labels in batches:
            loss = F.cross_entropy(model(rows.to(device)), labels.to(device))
            loss.backward()
            optimizer.zero_grad()
            optimizer.step()
            losses.append(loss.detach())
        means.append(torch.stack(losses).mean())
    return torch.stack(means)


@exercise.mistake("You used Adam. The exercise asks for SGD: `torch.optim.SGD(model.parameters(), lr=lr)`.")
def with_adam(model, batches, epochs, lr, device):
    return _fit(model, batches, epochs, lr, device, optimizer=torch.optim.Adam)


@exercise.mistake("The rate is SGD's own, 0.001: pass it on, `torch.optim.SGD(model.parameters(), lr=lr)`.")
def rate_forgotten(model, batches, epochs, lr, device):
    return _fit(model, batches, epochs, 0.001, device)


@exercise.mistake("There is a softmax before cross-entropy, which applies one itself. Pass the logits as they are.")
def softmax_first(model, batches, epochs, lr, device):
    return _fit(model, batches, epochs, lr, device, loss_of=lambda logits, y: F.cross_entropy(logits.softmax(1), y))


@exercise.mistake(
    "This is the mean over the *rows* of an epoch. The exercise asks for the mean of the batches' losses, in which a "
    "small batch counts as much as a large one."
)
def mean_over_rows(model, batches, epochs, lr, device):
    return _fit(model, batches, epochs, lr, device, means_of=lambda losses, sizes: sum(
        loss * size for loss, size in zip(losses, sizes, strict=True)) / sum(sizes))


@exercise.mistake("Only the first epoch is run. Return the result after the loop over the epochs, not in it.",
                  shown_by=lambda code: code.return_in_loop(), otherwise="Only one epoch is run.")
def returned_in_the_loop(model, batches, epochs, lr, device):
    for _ in range(epochs):
        return _fit(model, batches, 1, lr, device)
