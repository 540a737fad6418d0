"""One step: forward, backward, update."""

import torch

from course_utils.exercise import Exercise, case
from course_utils.probes.training import steps


def _batch(rng, rows, features):
    return (torch.from_numpy(rng.normal(size=(rows, features))).float(),
            torch.from_numpy(rng.integers(0, 2, size=(rows, 1))).float())


def _numbers(rng, rows, features):
    return (torch.from_numpy(rng.normal(size=(rows, features))).float(),
            torch.from_numpy(rng.normal(0.5, 0.5, size=(rows, 1))).float())


exercise = Exercise(
    name="train_step",
    points=3,
    objective="Write the five lines that every training loop turns around.",
    hints=(
        "Five things: clear the old gradients, compute the outputs, compute the loss, compute the gradients, take the "
        "step. Which calls are these, and in which order?",
        "`optimizer.zero_grad()`, `loss(model(X), y)`, `.backward()`, `optimizer.step()`. The loss takes outputs "
        "first, targets second.",
        "Keep the loss in a name of its own, `value = loss(model(X), y)`, and return `value.item()`: a number, without "
        "its graph.",
    ),
    examples=lambda: [case([2, 1], torch.tensor([[1.0, 2.0], [-1.0, 0.5]]), torch.tensor([[1.0], [0.0]]))],
    fresh=lambda rng: [case([3, 4, 1], *_batch(rng, 6, 3), seed=int(rng.integers(1000))),
                       case([2, 5, 1], *_numbers(rng, 7, 2), seed=int(rng.integers(1000)), task="number")],
    probe=steps,
    shown_call=lambda name, args, kwargs: (
        f"{name}(‹net {'-'.join(map(str, args[0]))}›, X, y, "
        f"nn.{'MSELoss' if kwargs.get('task') == 'number' else 'BCEWithLogitsLoss'}(), ‹SGD›), three times"),
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
    return value.item()


exercise.does_the_same("→ optimizer =", because="The name is not read again.")
exercise.does_the_same("optimizer → model", line="zero_grad()",
                       because="The optimizer has all of the model's parameters.")
exercise.does_the_same(line="model.train()", kind="result lost", because="`train` returns the model itself.")
exercise.does_the_same("() →", "→ True", "model → loss", "model.train() →", line="model.train()",
                       because="The model is in train mode already.")
exercise.does_the_same("→ model.train()", because="The model is in train mode already.")
exercise.does_the_same("→ model.eval()", line="model.train()", because="`model.train()` follows at once.")
exercise.does_the_same("True → False", ", strict=True →", line="strict=True",
                       because="There is one gradient for each parameter.")
exercise.does_the_same("→ , create_graph=True", because="The step takes a gradient with a graph as it takes others.")
exercise.does_the_same(kind="order of statements", line="model.train()", because="The model is in train mode already.")
exercise.does_the_same(kind="order of statements", line="optimizer.zero_grad()",
                       because="The forward pass doesn't read gradients.")
exercise.does_the_same(kind="order of statements", line="value = loss(model(X), y)",
                       because="Neither the loss nor the list of parameters needs the other.")
exercise.does_the_same(kind="scale", line="value.item()", because="The last parameter is the bias of the only output, "
                       "so it and its gradient have length 1.")
exercise.does_the_same("list → tuple", because="Both are gone through in the same order.")


@exercise.mistake(
    "`optimizer.zero_grad` lacks its parentheses: that names the method and doesn't call it. So `backward` adds to the "
    "gradients that are there, and from the second step on they are wrong.",
    shown_by=lambda code: code.uncalled("zero_grad") and not code.calls("zero_grad"),
)
def zero_grad_not_called(model, X, y, loss, optimizer):
    optimizer.zero_grad  # noqa: B018
    value = loss(model(X), y)
    value.backward()
    optimizer.step()
    return value.item()


@exercise.mistake(
    "`zero_grad` is missing. `backward` adds to the gradients that are there, so each step goes along the sum of all "
    "gradients so far. The first step is right; from the second on it isn't.",
    shown_by=lambda code: not code.names("zero_grad"),
    otherwise="The gradients of earlier steps are still there when `backward` adds the new ones. So the first step is "
    "right, and from the second on the steps go along a sum of gradients. Clear them once in each call, before "
    "`backward`.",
)
def forgot_zero_grad(model, X, y, loss, optimizer):
    value = loss(model(X), y)
    value.backward()
    optimizer.step()
    return value.item()


@exercise.mistake(
    "`optimizer.step` lacks its parentheses: that names the method and doesn't call it, so the weights never move.",
    shown_by=lambda code: code.uncalled("step") and not code.calls("step"),
)
def step_not_called(model, X, y, loss, optimizer):
    optimizer.zero_grad()
    value = loss(model(X), y)
    value.backward()
    optimizer.step  # noqa: B018
    return value.item()


@exercise.mistake(
    "The weights never move, because `optimizer.step()` isn't called. `backward` computes the gradients; the step is "
    "what uses them."
)
def no_step(model, X, y, loss, optimizer):
    optimizer.zero_grad()
    value = loss(model(X), y)
    value.backward()
    return value.item()


@exercise.mistake(
    "The weights never move: `zero_grad()` comes between `backward()` and `optimizer.step()`, and clears the gradients "
    "before they are used.",
    shown_by=lambda code: code.in_order("backward", "zero_grad", "step"),
)
def cleared_before_the_step(model, X, y, loss, optimizer):
    value = loss(model(X), y)
    value.backward()
    optimizer.zero_grad()
    optimizer.step()
    return value.item()


@exercise.mistake(
    "The weights never move: `optimizer.step()` comes before `backward()`, and at that point `zero_grad()` has just "
    "cleared the gradients.",
    shown_by=lambda code: code.in_order("zero_grad", "step", "backward"),
)
def step_after_clearing(model, X, y, loss, optimizer):
    optimizer.zero_grad()
    value = loss(model(X), y)
    optimizer.step()
    value.backward()
    return value.item()


@exercise.mistake(
    "The weights never move: no gradients are computed, because `backward` isn't called. Call it on the loss before "
    "`optimizer.step()`.",
    shown_by=lambda code: not code.calls("backward") and not code.calls("grad"),
    otherwise="The weights never move: when `optimizer.step()` runs, there are no gradients for it to use. Which line "
    "computes them, and what happens between that line and the step?",
)
def no_backward(model, X, y, loss, optimizer):
    optimizer.zero_grad()
    value = loss(model(X), y)
    optimizer.step()
    return value.item()


@exercise.mistake(
    "`optimizer.step()` comes before `backward()`, so each step uses the gradients of the call before, and the first "
    "one has none.",
    shown_by=lambda code: code.in_order("step", "backward"),
    otherwise="Each step uses the gradients of the call before, and the first one has none. Compute the gradients of "
    "this batch before the step.",
)
def step_before_backward(model, X, y, loss, optimizer):
    value = loss(model(X), y)
    optimizer.step()
    optimizer.zero_grad()
    value.backward()
    return value.item()


@exercise.mistake(
    "You put a sigmoid on the outputs before the loss. A loss for logits applies it itself, and other losses don't "
    "expect one. Give the loss the model's outputs as they are.",
    shown_by=lambda code: code.names("sigmoid") or code.names("Sigmoid"),
    otherwise="This is what comes out if the outputs go through a sigmoid before the loss. Give the loss the model's "
    "outputs as they are.",
)
def sigmoid_twice(model, X, y, loss, optimizer):
    optimizer.zero_grad()
    value = loss(torch.sigmoid(model(X)), y)
    value.backward()
    optimizer.step()
    return value.item()


@exercise.mistake("The arguments are swapped. The outputs come first, then the targets: `loss(model(X), y)`.")
def arguments_swapped(model, X, y, loss, optimizer):
    optimizer.zero_grad()
    value = loss(y, model(X))
    value.backward()
    optimizer.step()
    return value.item()


@exercise.mistake(
    "You compute a loss of your own choice. `train_step` gets its loss as an argument and is called with different "
    "ones: use `loss`.",
    shown_by=lambda code: not code.calls("loss"),
    otherwise="This is binary cross-entropy, whichever loss was passed in. Use the argument `loss`.",
)
def own_loss(model, X, y, loss, optimizer):
    optimizer.zero_grad()
    value = torch.nn.functional.binary_cross_entropy_with_logits(model(X), y)
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


@exercise.mistake("The value is right, but it is still a tensor. `.item()` turns it into a Python number.")
def still_a_tensor(model, X, y, loss, optimizer):
    optimizer.zero_grad()
    value = loss(model(X), y)
    value.backward()
    optimizer.step()
    return value.detach()


@exercise.mistake(
    "You return the loss after the step. Return the one from before, which `backward` started from; that also saves a "
    "second forward pass."
)
def loss_after_the_step(model, X, y, loss, optimizer):
    optimizer.zero_grad()
    loss(model(X), y).backward()
    optimizer.step()
    return loss(model(X), y).item()


@exercise.mistake(
    "You make a new optimizer in each step. Its momentum starts from nothing each time, and the optimizer that was "
    "passed in isn't used. Call `step()` on that one.",
    shown_by=lambda code: code.calls("SGD") > 0,
    otherwise="Each step is plain gradient descent, and the optimizer that was passed in doesn't take it, so its "
    "momentum has no effect. Call `optimizer.step()`.",
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


@exercise.mistake(
    "The step is right, but it runs with the model in eval mode. There dropout is off and batch norm doesn't learn its "
    "statistics. The model comes in train mode: leave it in that mode.",
)
def in_eval_mode(model, X, y, loss, optimizer):
    model.eval()
    optimizer.zero_grad()
    value = loss(model(X), y)
    value.backward()
    optimizer.step()
    return value.item()
