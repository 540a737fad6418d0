"""One large step from several small batches."""

import torch
from torch import nn
from torch.nn import functional as F

from course_utils.exercise import Exercise, case
from course_utils.probes.device import accumulated


def _rows(rng, count):
    return torch.from_numpy(rng.normal(size=(count, 4))).float(), torch.from_numpy(rng.integers(0, 3, count))


exercise = Exercise(
    name="accumulate_gradients",
    points=3,
    objective="Take the step of a batch that does not fit into memory.",
    hints=(
        "Gradients add up in `.grad` until they are cleared. When should they be cleared here, and when should the one "
        "step be taken?",
        "Each loss is a mean over its own batch. The mean over *all* rows is the sum of `loss * len(labels)` "
        "divided by "
        "the number of all rows.",
        "`count = sum(len(labels) for _, labels in batches)`; `zero_grad()` once; for each batch "
        "`(loss * len(labels) / count).backward()`; then `step()` once.",
    ),
    examples=lambda: [
        case(torch.eye(4).repeat(2, 1), torch.tensor([0, 1, 2, 0, 2, 1, 0, 1]), [2, 2, 2, 2], 0.5),
        case(torch.eye(4).repeat(2, 1), torch.tensor([0, 1, 2, 0, 2, 1, 0, 1]), [3, 3, 2], 0.5, part="unequal batches"),
    ],
    fresh=lambda rng: [
        case(*_rows(rng, 12), [4, 4, 4], 0.3, seed=int(rng.integers(1000))),
        case(*_rows(rng, 11), [5, 5, 1], 0.3, seed=int(rng.integers(1000)), part="unequal batches"),
        case(*_rows(rng, 10), [2, 3, 5], 0.3, seed=int(rng.integers(1000)), part="unequal batches"),
    ],
    parts={"": 2, "unequal batches": 1},
    probe=accumulated,
    shown_call=lambda name, args, kwargs: f"{name}(‹net›, ‹batches of {', '.join(map(str, args[2]))} rows›, ‹SGD›)",
)


@exercise.reference
def accumulate_gradients(model, batches, optimizer):
    count = sum(len(labels) for _, labels in batches)
    optimizer.zero_grad()
    for rows, labels in batches:
        loss = F.cross_entropy(model(rows), labels) * len(labels) / count
        loss.backward()
    optimizer.step()


@exercise.alternative
def sums_then_divide(model, batches, optimizer):
    optimizer.zero_grad()
    for rows, labels in batches:
        F.cross_entropy(model(rows), labels, reduction="sum").backward()
    for parameter in model.parameters():
        parameter.grad /= sum(len(labels) for _, labels in batches)
    optimizer.step()


@exercise.alternative
def scaled_afterwards(model, batches, optimizer):
    model.zero_grad()
    weights = [len(labels) for _, labels in batches]
    for (rows, labels), weight in zip(batches, weights):
        (weight * nn.CrossEntropyLoss()(model(rows), labels)).backward()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.grad.div_(sum(weights))
    optimizer.step()


@exercise.mistake(
    "The step is right, but it needs memory that isn't there: all rows go through the model together. Pass one batch "
    "at a time through it; their gradients add up."
)
def as_one_batch(model, batches, optimizer):
    rows, labels = (torch.cat(parts) for parts in zip(*batches))
    loss = F.cross_entropy(model(rows), labels)
    model.zero_grad()
    loss.backward()
    optimizer.step()


@exercise.mistake(
    "The step is right, but no memory is saved: the graphs of all batches are held until the end. Call `backward()` "
    "inside the loop; it frees that batch's graph."
)
def one_backward(model, batches, optimizer):
    count = sum(len(labels) for _, labels in batches)
    total = sum(F.cross_entropy(model(rows), labels, reduction="sum") for rows, labels in batches)
    optimizer.zero_grad()
    (total / count).backward()
    optimizer.step()


@exercise.mistake(
    "You added the batches' mean losses and did not divide, so the step is as many times too large as there are "
    "batches."
)
def not_divided(model, batches, optimizer):
    optimizer.zero_grad()
    for rows, labels in batches:
        F.cross_entropy(model(rows), labels).backward()
    optimizer.step()


@exercise.mistake(
    "Right for equal batches. In a smaller batch each row counts more than in the others: weigh each loss by "
    "`len(labels) / count` where you divided by the number of batches."
)
def equal_weights(model, batches, optimizer):
    optimizer.zero_grad()
    for rows, labels in batches:
        (F.cross_entropy(model(rows), labels) / len(batches)).backward()
    optimizer.step()


@exercise.mistake("That is one step for each small batch. Accumulate first: `optimizer.step()` comes once, at the end.")
def steps_each_time(model, batches, optimizer):
    for rows, labels in batches:
        optimizer.zero_grad()
        F.cross_entropy(model(rows), labels).backward()
        optimizer.step()


@exercise.mistake(
    "Only the last batch counts: `zero_grad()` inside the loop throws away what was accumulated. Clear once, before "
    "the loop."
)
def cleared_each_time(model, batches, optimizer):
    count = sum(len(labels) for _, labels in batches)
    for rows, labels in batches:
        optimizer.zero_grad()
        (F.cross_entropy(model(rows), labels) * len(labels) / count).backward()
    optimizer.step()


@exercise.mistake(
    "The gradients of the step before are still there and are added in. Clear them before you begin: "
    "`optimizer.zero_grad()`."
)
def never_cleared(model, batches, optimizer):
    count = sum(len(labels) for _, labels in batches)
    for rows, labels in batches:
        (F.cross_entropy(model(rows), labels) * len(labels) / count).backward()
    optimizer.step()


NO_STEP = "The weights haven't moved."


@exercise.mistake(NO_STEP + " The step is missing: `optimizer.step()` after the loop.",
                  shown_by=lambda code: not code.calls("step"), otherwise=NO_STEP)
def no_step(model, batches, optimizer):
    optimizer.zero_grad()
    for rows, labels in batches:
        F.cross_entropy(model(rows), labels).backward()


@exercise.mistake("This is the step of the *sum* over all rows. The loss is their mean: divide by the number of rows.")
def sum_over_rows(model, batches, optimizer):
    optimizer.zero_grad()
    for rows, labels in batches:
        F.cross_entropy(model(rows), labels, reduction="sum").backward()
    optimizer.step()


@exercise.mistake("Only the last batch counts: `zero_grad()` inside the loop clears the others. Clear once, before it.")
def cleared_each_time_and_equal_weights(model, batches, optimizer):
    for rows, labels in batches:
        optimizer.zero_grad()
        (F.cross_entropy(model(rows), labels) / len(batches)).backward()
    optimizer.step()


@exercise.mistake(
    NO_STEP + " `zero_grad()` is between `backward()` and `step()`, so the gradients are gone before they are used. "
    "Clear them before the loop.",
    shown_by=lambda code: code.in_order("backward", "zero_grad", "step"),
)
def cleared_before_the_step(model, batches, optimizer):
    for rows, labels in batches:
        (F.cross_entropy(model(rows), labels) / len(batches)).backward()
    optimizer.zero_grad()
    optimizer.step()


@exercise.mistake(NO_STEP + " `backward()` is missing, so the optimizer has no gradients to step with.",
                  shown_by=lambda code: not code.calls("backward") and code.calls("step") > 0)
def no_backward(model, batches, optimizer):
    optimizer.zero_grad()
    for rows, labels in batches:
        F.cross_entropy(model(rows), labels)
    optimizer.step()


@exercise.mistake("Only the last batch counts: `zero_grad()` inside the loop clears the others. Clear once, before it.")
def cleared_each_time_and_not_divided(model, batches, optimizer):
    for rows, labels in batches:
        optimizer.zero_grad()
        F.cross_entropy(model(rows), labels).backward()
    optimizer.step()


STEP_IN_THE_LOOP = (
    "`optimizer.step()` is inside the loop, so there is one step per small batch, and the later ones use the gradients "
    "accumulated so far. Take one step, after the loop."
)


@exercise.mistake(STEP_IN_THE_LOOP)
def step_in_the_loop(model, batches, optimizer):
    optimizer.zero_grad()
    for rows, labels in batches:
        F.cross_entropy(model(rows), labels).backward()
        optimizer.step()


@exercise.mistake(STEP_IN_THE_LOOP)
def divided_and_step_in_the_loop(model, batches, optimizer):
    optimizer.zero_grad()
    for rows, labels in batches:
        (F.cross_entropy(model(rows), labels) / len(batches)).backward()
        optimizer.step()


@exercise.mistake(STEP_IN_THE_LOOP)
def weighted_and_step_in_the_loop(model, batches, optimizer):
    count = sum(len(labels) for _, labels in batches)
    optimizer.zero_grad()
    for rows, labels in batches:
        (F.cross_entropy(model(rows), labels) * len(labels) / count).backward()
        optimizer.step()


@exercise.mistake(
    "You divide by the number of all rows, but each batch's loss is a mean already. Multiply it by `len(labels)` first."
)
def means_divided_by_rows(model, batches, optimizer):
    count = sum(len(labels) for _, labels in batches)
    optimizer.zero_grad()
    for rows, labels in batches:
        (F.cross_entropy(model(rows), labels) / count).backward()
    optimizer.step()


@exercise.mistake(
    "The gradients of the step before are still there and are added in. Clear them before you begin: "
    "`optimizer.zero_grad()`."
)
def never_cleared_and_equal_weights(model, batches, optimizer):
    for rows, labels in batches:
        (F.cross_entropy(model(rows), labels) / len(batches)).backward()
    optimizer.step()


@exercise.mistake(
    "The gradients of the step before are still there and are added in: clear them before you begin. And you added the "
    "batches' mean losses without dividing."
)
def never_cleared_and_not_divided(model, batches, optimizer):
    for rows, labels in batches:
        F.cross_entropy(model(rows), labels).backward()
    optimizer.step()


exercise.does_the_same("→ model.train()", "→ model.eval()", because="The net has no layer that knows a mode.")
exercise.does_the_same(kind="return forgotten", line="optimizer.step()", because="It is the last line.")
exercise.does_the_same(kind="brackets", because="Products and quotients may be taken in either order.")
exercise.does_the_same(kind="result lost",
                       because="The name isn't used any more, or the method returns the object itself.")
exercise.does_the_same("→ , reduction=\"mean\"", "→ reduction=\"mean\"", because="It is the default.")
exercise.does_the_same(kind="swapped", line="for _, labels in batches", because="There are as many rows as labels.")
exercise.does_the_same("labels → rows", "labels → _", because="There are as many rows as labels.")
exercise.does_the_same("optimizer → model", "model → optimizer", line="zero_grad",
                       because="The optimizer has all parameters of the model.")
exercise.does_the_same(kind="order of statements", because="Neither of these lines changes what the other reads.")
exercise.does_the_same("→ optimizer.step()",
                       because="The gradients have just been cleared, so the step moves nothing.")
exercise.does_the_same(kind="indentation", line="optimizer.step()", because="An optimizer records no graph anyway.")
exercise.does_the_same("no_grad → enable_grad",
                       because="No gradient here requires a gradient, so no graph is recorded.")
exercise.does_the_same(kind="block dropped", line="with torch.no_grad",
                       because="No gradient here requires a gradient, so no graph is recorded.")
