"""The first test of any net: can it learn one batch by heart?"""

import copy

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
    fresh=lambda rng: [case(*_batch(rng, 5), 6, 0.05, seed=int(rng.integers(1000))),
                       case(*_batch(rng, 7), 2, 0.03, seed=int(rng.integers(1000)), training=True)],
    probe=one_batch,
    shown_call=lambda name, args, kwargs: (
        f"{name}(‹net in {'train' if kwargs.get('training') else 'eval'} mode›, ‹{len(args[0])} images›, ‹labels›, "
        f"{args[2]}, {args[3]})"),
    rtol=1e-4,
    atol=1e-6,
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
    "Adam forgets its averages after every step, as a new optimizer in each step would. Make it once, "
    "before the loop."
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


@exercise.mistake(
    "Gradients pile up from step to step: `optimizer.zero_grad()` is missing.",
    shown_by=lambda code: not code.calls("zero_grad"),
    otherwise="Gradients pile up from step to step: they are not cleared between one `backward()` and the next.",
)
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
    "The model computes in the mode it came in. If that is eval mode, as after an evaluation, batch norm uses its "
    "running statistics. Call `model.train()` before the loop.",
    shown_by=lambda code: not code.calls("train"),
    otherwise="The losses are those of a model in the mode it came in, eval mode here. Call `model.train()` before the "
    "loop.",
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
    "The list holds tensors that still have their graph, which keeps every step's memory alive. `loss.item()` is the "
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


@exercise.mistake("You used SGD. The exercise asks for Adam: `torch.optim.Adam(model.parameters(), lr=lr)`.")
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


@exercise.mistake("There is a softmax before cross-entropy, which applies one itself. Pass the logits as they are.")
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
    "You return the last loss alone. To see that the loss falls, return all of them: a list with one number per step."
)
def last_loss(model, images, labels, steps, lr):
    return overfit_one_batch(model, images, labels, steps, lr)[-1]


NO_STEP = "Nothing is learned: the weights never move."


@exercise.mistake(
    NO_STEP + " The parentheses after `optimizer.step` are missing: only `step()` calls it.",
    shown_by=lambda code: code.uncalled("step") and not code.calls("step"),
)
def step_not_called(model, images, labels, steps, lr):
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step  # noqa: B018
        losses.append(loss.item())
    return losses


@exercise.mistake(
    NO_STEP + " `loss.backward()` only computes the gradients; `optimizer.step()` is what uses them.",
    shown_by=lambda code: not code.calls("step"), otherwise=NO_STEP,
)
def no_step(model, images, labels, steps, lr):
    model.train()
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        losses.append(loss.item())
    return losses


@exercise.mistake(
    NO_STEP + " `loss.backward()` is missing, so the optimizer has no gradients to step with.",
    shown_by=lambda code: not code.calls("backward") and code.calls("step") > 0,
)
def no_backward(model, images, labels, steps, lr):
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        optimizer.step()
        losses.append(loss.item())
    return losses


@exercise.mistake(
    NO_STEP + " `zero_grad()` is between `backward()` and `step()`, so the gradients are gone before they are used. "
    "Clear them before `backward()`, or after the step.",
    shown_by=lambda code: code.in_order("backward", "zero_grad", "step"),
)
def cleared_before_the_step(model, images, labels, steps, lr):
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        losses.append(loss.item())
    return losses


def _trained(model, images, labels, steps, lr, loss_of=F.cross_entropy, optimizer=torch.optim.Adam, **options):
    """The reference with another loss or optimizer."""
    chosen = optimizer(model.parameters(), lr=lr, **options)
    model.train()
    losses = []
    for _ in range(steps):
        loss = loss_of(model(images), labels)
        chosen.zero_grad()
        loss.backward()
        chosen.step()
        losses.append(loss.item())
    return losses


@exercise.mistake(
    "You used AdamW, which also shrinks the weights in every step. The exercise asks for Adam: "
    "`torch.optim.Adam(model.parameters(), lr=lr)`."
)
def with_adamw(model, images, labels, steps, lr):
    return _trained(model, images, labels, steps, lr, optimizer=torch.optim.AdamW)


@exercise.mistake(
    "`nll_loss` expects log-probabilities, and you pass it a softmax, without the logarithm. `F.cross_entropy` takes "
    "the logits and does both."
)
def nll_of_a_softmax(model, images, labels, steps, lr):
    return _trained(model, images, labels, steps, lr, lambda logits, labels: F.nll_loss(logits.softmax(1), labels))


@exercise.mistake(
    "`nll_loss` expects log-probabilities, and you pass it the logits. `F.cross_entropy` takes logits."
)
def nll_of_the_logits(model, images, labels, steps, lr):
    return _trained(model, images, labels, steps, lr, F.nll_loss)


@exercise.mistake("This is the loss *summed* over the images. Cross-entropy is their mean, its default.")
def summed(model, images, labels, steps, lr):
    return _trained(model, images, labels, steps, lr, lambda *both: F.cross_entropy(*both, reduction="sum"))


@exercise.mistake(
    "The losses are right, but the model you were given has its old weights: train it, not a copy of it."
)
def a_copy(model, images, labels, steps, lr):
    return overfit_one_batch(copy.deepcopy(model), images, labels, steps, lr)


@exercise.mistake(
    "Your list holds tensors. They are detached, but the exercise asks for numbers: `loss.item()`."
)
def detached_tensors(model, images, labels, steps, lr):
    return [torch.tensor(loss, dtype=images.dtype) for loss in overfit_one_batch(model, images, labels, steps, lr)]


@exercise.mistake(
    "Only one step is taken, because the function returns inside the loop. Move the `return` out of it.",
    shown_by=lambda code: code.return_in_loop(), otherwise="Only one step is taken.",
)
def returned_in_the_loop(model, images, labels, steps, lr):
    losses = []
    for _ in range(steps):
        losses += overfit_one_batch(model, images, labels, 1, lr)
        return losses


@exercise.mistake(
    "The losses are those of a model in eval mode, in which batch norm uses its running statistics. To learn a batch, "
    "switch to `model.train()` before the loop."
)
def in_eval_mode(model, images, labels, steps, lr):
    model.eval()
    return not_in_train_mode(model, images, labels, steps, lr)


exercise.does_the_same("→ optimizer.step()", line="model.train()",
                       because="Before the first `backward` there is no gradient to step with.")
