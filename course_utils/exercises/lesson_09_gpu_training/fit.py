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
    fresh=lambda rng: [case(*_rows(rng, 9), [3, 3, 3], 3, 0.3, "cpu", seed=int(rng.integers(1000)))],
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


def _fit(model, batches, epochs, lr, device, *, move=True, zero=True, to="device", model_to=True):
    if model_to:
        model.to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    means = []
    for _ in range(epochs):
        losses = []
        for rows, labels in batches:
            if move:
                rows = rows.to(device)
            loss = F.cross_entropy(model(rows), labels.to(device) if to == "device" else labels)
            if zero:
                optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        means.append(torch.stack(losses).mean())
    return torch.stack(means)


@exercise.mistake(
    "It trains on the CPU whatever `device` says: neither the model nor the batches are moved. (Hidden by a CPU, "
    "loud on "
    "a GPU.)"
)
def nothing_moved(model, batches, epochs, lr, device):
    return _fit(model, batches, epochs, lr, device, move=False, to="labels", model_to=False)


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
    "The gradients are never cleared, so each step adds all the steps before it: `optimizer.zero_grad()`."
)
def no_zero_grad(model, batches, epochs, lr, device):
    return _fit(model, batches, epochs, lr, device, zero=False)


@exercise.mistake("You return one mean over everything. One number an epoch is wanted: a tensor of shape (epochs,).")
def one_mean(model, batches, epochs, lr, device):
    return _fit(model, batches, epochs, lr, device).mean()


@exercise.mistake("You return the loss of each epoch's *last* batch, not the mean over its batches.")
def last_batch(model, batches, epochs, lr, device):
    lasts = []
    for _ in range(epochs):
        losses = [fit(model, [batch], 1, lr, device)[0] for batch in batches]
        lasts.append(losses[-1])
    return torch.stack(lasts)


@exercise.mistake("You add the batches' losses up. Divide by their number: the mean was asked for.")
def sum_of_losses(model, batches, epochs, lr, device):
    return _fit(model, batches, epochs, lr, device) * len(batches)


@exercise.mistake(
    "The result is brought to the CPU on every epoch (`.cpu()`), and the device is waited for. Leave it where it is; "
    "the caller knows when to look."
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
    "The numbers are right, and they still hang on the graph of every step. Keep `loss.detach()`."
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
