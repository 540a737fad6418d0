"""The first test of any net: can it learn one batch by heart?"""

import torch
from torch.nn import functional as F

from course_utils.exercise import Exercise, case
from course_utils.probes.image_model import one_batch


def _batch(rng, count):
    """In float64: Adam blows the rounding of a gradient near 0 up to a whole step."""
    return torch.from_numpy(rng.normal(size=(count, 3, 8, 8))), torch.from_numpy(rng.integers(0, 3, count))


exercise = Exercise(
    name="overfit_one_batch",
    points=2,
    objective="Find out in seconds whether a net and its loop can learn at all.",
    hints=(
        "It is the loop of lesson 4 with the same batch each time. Where does the optimizer have to be made: inside "
        "the loop, or before it?",
        "Switch to `model.train()` first: batch norm uses the batch's own statistics then. Note `loss.item()` before "
        "the step that it leads to.",
        "Before the loop: `optimizer = torch.optim.Adam(model.parameters(), lr=lr)`. In it: loss, `zero_grad()`, "
        "`backward()`, `step()`, and `losses.append(loss.item())`.",
    ),
    examples=lambda: [
        case(torch.linspace(-1, 1, 768, dtype=torch.float64).reshape(4, 3, 8, 8), torch.tensor([0, 1, 2, 1]), 3, 0.01),
    ],
    fresh=lambda rng: [case(*_batch(rng, 5), 4, 0.02, seed=int(rng.integers(1000)))],
    probe=one_batch,
    shown_call=lambda name, args, kwargs: (
        f"{name}(‹net in eval mode›, ‹{len(args[0])} images›, ‹labels›, {args[2]}, {args[3]})"),
    rtol=1e-3,
    atol=1e-4,
)


@exercise.reference
def overfit_one_batch(model, images, labels, steps, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    model.train()
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@exercise.alternative
def with_criterion(model, images, labels, steps, lr):
    model.train()
    criterion, optimizer = torch.nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), lr)
    losses = torch.zeros(steps)
    for step in range(steps):
        model.zero_grad()
        loss = criterion(model(images), labels)
        losses[step] = loss.detach()
        loss.backward()
        optimizer.step()
    return losses.tolist()


@exercise.alternative
def by_log_softmax(model, images, labels, steps, lr):
    optimizer = torch.optim.Adam(model.train().parameters(), lr=lr)
    losses = []
    while len(losses) < steps:
        optimizer.zero_grad(set_to_none=False)
        loss = F.nll_loss(model(images).log_softmax(1), labels)
        loss.backward()
        losses += [float(loss.detach())]
        optimizer.step()
    return losses


@exercise.mistake(
    "The optimizer is made anew in each step, so Adam forgets its averages every time. Make it once, before the loop."
)
def optimizer_in_the_loop(model, images, labels, steps, lr):
    model.train()
    losses = []
    for _ in range(steps):
        optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@exercise.mistake("Gradients pile up from step to step: `optimizer.zero_grad()` is missing.")
def no_zero_grad(model, images, labels, steps, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    model.train()
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@exercise.mistake(
    "The model stays in the mode it came in, and it came from an evaluation: batch norm then uses its running "
    "statistics. Call `model.train()` before the loop."
)
def not_in_train_mode(model, images, labels, steps, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@exercise.mistake(
    "The list holds tensors that still have their graph, and keeps every step's memory alive. `loss.item()` is the "
    "number alone."
)
def keeps_graphs(model, images, labels, steps, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    model.train()
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss)
    return losses


@exercise.mistake(
    "These are the losses *after* each step, from a second forward pass. Keep the one that the step was made from: "
    "`losses.append(loss.item())`."
)
def losses_after_the_step(model, images, labels, steps, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    model.train()
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(F.cross_entropy(model(images), labels).item())
    return losses


@exercise.mistake("The rate is Adam's own, 0.001: pass it on, `torch.optim.Adam(model.parameters(), lr=lr)`.")
def rate_forgotten(model, images, labels, steps, lr):
    return overfit_one_batch(model, images, labels, steps, 0.001)


@exercise.mistake("You used SGD. Adam is asked for: `torch.optim.Adam(model.parameters(), lr=lr)`.")
def with_sgd(model, images, labels, steps, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    model.train()
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@exercise.mistake("A softmax before cross-entropy: it is applied twice now. Pass the logits as they are.")
def softmax_first(model, images, labels, steps, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    model.train()
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(model(images).softmax(1), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@exercise.mistake(
    "You return the last loss alone. To see that it falls, all of them are wanted: a list with one number a step."
)
def last_loss(model, images, labels, steps, lr):
    return overfit_one_batch(model, images, labels, steps, lr)[-1]


@exercise.mistake(
    "Nothing is learned: the weights never move. A step takes both, `loss.backward()` and then "
    "`optimizer.step()`."
)
def no_step(model, images, labels, steps, lr):
    model.train()
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        losses.append(loss.item())
    return losses
