"""Repair: a training loop with a new optimizer in each step, gradients that pile up, and graphs kept alive."""

import torch
import torch.nn.functional as F

from course_utils.exercise import Exercise, case
from course_utils.probes.autograd import on_resnet, steps_on_resnet

exercise = Exercise(
    name="train_steps",
    points=3,
    objective="Tell what must happen once, and what in every step.",
    hints=(
        "Momentum is a memory of the steps before. Where does the optimizer keep it, and how long does that optimizer "
        "live here? And what is in `.grad` when the second `backward()` begins?",
        "Make the optimizer once, before the loop. In the loop, empty the gradients before `backward()`. Then look at "
        "what you append: a tensor, with its whole graph behind it, or a number?",
        "Before the loop: `optimizer = torch.optim.SGD(…)`. In it: `optimizer.zero_grad()`, loss, `loss.backward()`, "
        "`optimizer.step()`, `losses.append(loss.item())`.",
    ),
    examples=lambda: [
        case(torch.linspace(-1, 1, 2 * 3 * 8 * 8).reshape(2, 3, 8, 8).sin(), torch.tensor([3, 7]), 0.05, 3),
    ],
    fresh=lambda rng: [
        case(torch.from_numpy(rng.normal(size=(4, 3, 8, 8))).float(), torch.from_numpy(rng.integers(0, 10, size=4)),
             0.02, 3),
    ],
    probe=steps_on_resnet,
    shown_call=on_resnet,
    rtol=2e-3,
    atol=1e-4,
)


@exercise.reference
def train_steps(model, images, labels, lr, steps):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)  # once: it remembers the speed
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())  # the number; the tensor would keep its graph alive
    return losses


@exercise.alternative
def emptied_at_the_end(model, images, labels, lr, steps):
    sgd = torch.optim.SGD(list(model.parameters()), lr, 0.9)
    criterion, losses = torch.nn.CrossEntropyLoss(), []
    while len(losses) < steps:
        loss = criterion(model(images), labels)
        losses.append(float(loss.detach()))
        loss.backward()
        sgd.step()
        model.zero_grad()
    return losses


@exercise.alternative
def momentum_by_hand(model, images, labels, lr, steps):
    parameters = list(model.parameters())
    velocity, losses = [torch.zeros_like(p) for p in parameters], []
    for _ in range(steps):
        loss = -F.log_softmax(model(images), dim=1)[range(len(labels)), labels].mean()
        losses.append(loss.item())
        for p, v, g in zip(parameters, velocity, torch.autograd.grad(loss, parameters)):
            v.mul_(0.9).add_(g)
            with torch.no_grad():
                p -= lr * v
    return losses


@exercise.starter
@exercise.mistake(
    "Both faults are still here: a new optimizer in every step has forgotten its momentum, and `zero_grad()` is never "
    "called, so the gradients of all steps pile up."
)
def as_given(model, images, labels, lr, steps):
    """Train on one batch for some steps of SGD with momentum 0.9; the loss before each step, as a list of floats."""
    losses = []
    for _ in range(steps):
        optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss)
    return losses


@exercise.mistake(
    "You empty the gradients now. But there is no momentum: either each step still makes a new optimizer, which "
    "forgets, or `momentum=0.9` got lost. Make the optimizer once, before the loop, with its momentum."
)
def optimizer_in_the_loop(model, images, labels, lr, steps):
    losses = []
    for _ in range(steps):
        optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@exercise.mistake(
    "The optimizer lives through all steps now. But the gradients are not emptied in every step, and `backward()` "
    "adds: call `optimizer.zero_grad()` inside the loop."
)
def zero_grad_forgotten(model, images, labels, lr, steps):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@exercise.mistake(
    "The training is right. But you keep the losses as tensors, and each keeps the graph of its step alive "
    "(emptied by `backward()`, but still there), so memory grows with every step. Keep the number: "
    "`losses.append(loss.item())`."
)
def graphs_kept(model, images, labels, lr, steps):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss)
    return losses


@exercise.mistake(
    "The training is right, and no graph is kept. But the losses are still tensors, and the exercise asks for Python "
    "numbers: `losses.append(loss.item())`."
)
def detached_tensors(model, images, labels, lr, steps):
    return [torch.tensor(loss) for loss in train_steps(model, images, labels, lr, steps)]


@exercise.mistake(
    "The net never changes, so no step found a gradient: `backward()` or `step()` was never called (are its brackets "
    "there?), or the gradients were emptied between the two. The order is zero_grad, backward, step."
)
def emptied_before_the_step(model, images, labels, lr, steps):
    return [F.cross_entropy(model(images), labels).item() for _ in range(steps)]


@exercise.mistake(
    "The losses are plain numbers now: one of three. Next: is the optimizer made once? And who empties the gradients?"
)
def only_the_losses_mended(model, images, labels, lr, steps):
    return [loss.item() for loss in as_given(model, images, labels, lr, steps)]


@exercise.mistake(
    "The optimizer lives through all steps now: one of three. Next: who empties the gradients? And what do you keep of "
    "each loss, a tensor or a number?"
)
def only_the_optimizer_mended(model, images, labels, lr, steps):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss)
    return losses


@exercise.mistake(
    "The gradients are emptied now: one of three. Next: does momentum outlive a step, if the optimizer does not? And "
    "what do you keep of each loss, a tensor or a number?"
)
def only_the_gradients_mended(model, images, labels, lr, steps):
    losses = []
    for _ in range(steps):
        optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss)
    return losses


@exercise.mistake(
    "The training is right. But you wrote down the loss *after* each step, which costs a second run of the net "
    "besides; the one before it is what `backward()` started from."
)
def loss_after_the_step(model, images, labels, lr, steps):
    losses = train_steps(model, images, labels, lr, steps)
    return [*losses[1:], F.cross_entropy(model(images), labels).item()]


@exercise.mistake(
    "Train mode was switched off: in eval mode batch norm uses its running averages instead of the batch's own, so the "
    "net computes something else. Leave the model's mode alone here."
)
def eval_mode(model, images, labels, lr, steps):
    return train_steps(model.eval(), images, labels, lr, steps)
