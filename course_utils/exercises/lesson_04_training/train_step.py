"""One step: forward, backward, update."""

import torch

from course_utils.exercise import Exercise, case
from course_utils.probes.training import steps


def _batch(rng, rows, features):
    return (torch.from_numpy(rng.normal(size=(rows, features))).float(),
            torch.from_numpy(rng.integers(0, 2, size=(rows, 1))).float())


exercise = Exercise(
    name="train_step",
    points=3,
    objective="Write the five lines that every training loop turns around.",
    hints=(
        "Five things: forget the old gradients, compute the outputs, compute the loss, compute the gradients, take the "
        "step. Which calls are these, and in which order?",
        "`optimizer.zero_grad()`, `loss(model(X), y)`, `.backward()`, `optimizer.step()`. The loss takes outputs "
        "first, targets second.",
        "Keep the loss in a name of its own, `value = loss(model(X), y)`, and return `value.item()`: a number, without "
        "the graph behind it.",
    ),
    examples=lambda: [case([2, 1], torch.tensor([[1.0, 2.0], [-1.0, 0.5]]), torch.tensor([[1.0], [0.0]]))],
    fresh=lambda rng: [case([3, 4, 1], *_batch(rng, 6, 3), seed=int(rng.integers(1000)))],
    probe=steps,
    shown_call=lambda name, args, kwargs: (
        f"{name}(‹net {'-'.join(map(str, args[0]))}›, X, y, nn.BCEWithLogitsLoss(), ‹SGD›), three times"),
)


@exercise.reference
def train_step(model, X, y, loss, optimizer):
    optimizer.zero_grad()
    value = loss(model(X), y)
    value.backward()
    optimizer.step()
    return value.item()


@exercise.alternative
def zero_at_the_end(model, X, y, loss, optimizer):
    model.train()
    outputs = model(X)
    batch_loss = loss(outputs, y)
    batch_loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return float(batch_loss)


@exercise.alternative
def gradients_by_hand(model, X, y, loss, optimizer):
    value = loss(model(X), y)
    parameters = list(model.parameters())
    for parameter, gradient in zip(parameters, torch.autograd.grad(value, parameters), strict=True):
        parameter.grad = gradient
    optimizer.step()
    return value.detach()


@exercise.mistake(
    "`zero_grad` is missing. `backward` adds to the gradients that are there, so each step goes along the sum of all "
    "steps before it. The first step is right, and from the second on it is not."
)
def forgot_zero_grad(model, X, y, loss, optimizer):
    value = loss(model(X), y)
    value.backward()
    optimizer.step()
    return value.item()


@exercise.mistake(
    "The weights never move. Either `backward()` or `optimizer.step()` is missing, or `zero_grad()` stands between the "
    "two and wipes out the gradients before they are used."
)
def weights_stay(model, X, y, loss, optimizer):
    optimizer.zero_grad()
    value = loss(model(X), y)
    value.backward()
    return value.item()


@exercise.mistake(
    "`optimizer.step()` comes before `backward()`, so each step uses the gradients of the step before, and the first "
    "one has none."
)
def step_before_backward(model, X, y, loss, optimizer):
    value = loss(model(X), y)
    optimizer.step()
    optimizer.zero_grad()
    value.backward()
    return value.item()


@exercise.mistake(
    "Sigmoid twice: the loss for logits applies it itself, and you applied it to the outputs before. Give the loss the "
    "model's outputs as they are."
)
def sigmoid_twice(model, X, y, loss, optimizer):
    optimizer.zero_grad()
    value = loss(torch.sigmoid(model(X)), y)
    value.backward()
    optimizer.step()
    return value.item()


@exercise.mistake("The arguments are swapped: the outputs come first, then the targets: `loss(model(X), y)`.")
def arguments_swapped(model, X, y, loss, optimizer):
    optimizer.zero_grad()
    value = loss(y, model(X))
    value.backward()
    optimizer.step()
    return value.item()


@exercise.mistake(
    "You return the loss with its whole graph. Collect a thousand of these for a curve, and a thousand graphs stay in "
    "memory. `.item()` takes the number out."
)
def keeps_the_graph(model, X, y, loss, optimizer):
    optimizer.zero_grad()
    value = loss(model(X), y)
    value.backward()
    optimizer.step()
    return value


@exercise.mistake(
    "You computed the loss once more after the step. Return the one that `backward` started from; the second forward "
    "pass doubles the work."
)
def loss_after_the_step(model, X, y, loss, optimizer):
    optimizer.zero_grad()
    loss(model(X), y).backward()
    optimizer.step()
    return loss(model(X), y).item()


@exercise.mistake(
    "You made a new optimizer in the step. Its momentum starts from nothing each time, so it has none; and the one "
    "that was passed in, with its learning rate, is ignored."
)
def own_optimizer(model, X, y, loss, optimizer):
    optimizer = torch.optim.SGD(model.parameters(), lr=optimizer.param_groups[0]["lr"], momentum=0.9)
    optimizer.zero_grad()
    value = loss(model(X), y)
    value.backward()
    optimizer.step()
    return value.item()


@exercise.mistake(
    "`loss` is the function. `backward` starts from its value: `value = loss(model(X), y)`, then `value.backward()`."
)
def backward_of_the_function(model, X, y, loss, optimizer):
    optimizer.zero_grad()
    value = loss(model(X), y)
    loss.backward()
    optimizer.step()
    return value.item()
