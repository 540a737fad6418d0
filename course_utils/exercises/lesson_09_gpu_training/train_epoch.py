"""Repair: a loop that waits for the device on every step."""

import torch
from torch.nn import functional as F

from course_utils.exercise import Exercise, case
from course_utils.probes.device import epoch


def _rows(rng, count):
    return torch.from_numpy(rng.normal(size=(count, 4))).float(), torch.from_numpy(rng.integers(0, 3, count))


exercise = Exercise(
    name="train_epoch",
    points=2,
    objective="Keep numbers on the device until they are needed.",
    hints=(
        "`loss.item()` needs the number now, so the program waits for the GPU in every step. When is the number "
        "needed?",
        "Add up on the device: `total = torch.zeros((), device=...)`, `total += loss.detach() * len(labels)`. "
        "What would "
        "happen without `detach`?",
        "`total.item() / count` once, after the loop. `rows.device` says where to make `total`.",
    ),
    examples=lambda: [case(torch.eye(4), torch.tensor([0, 1, 2, 0]), [2, 1, 1], 0.5)],
    fresh=lambda rng: [case(*_rows(rng, 11), [4, 4, 3], 0.3, seed=int(rng.integers(1000)))],
    probe=epoch,
    shown_call=lambda name, args, kwargs: f"{name}(‹net›, ‹batches of {', '.join(map(str, args[2]))} rows›, ‹SGD›)",
)


def _epoch(model, batches, optimizer, keep):
    kept = []
    for rows, labels in batches:
        loss = F.cross_entropy(model(rows), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        kept.append(keep(loss, labels))
    return kept


@exercise.reference
def train_epoch(model, batches, optimizer):
    total, count = 0.0, 0
    for rows, labels in batches:
        loss = F.cross_entropy(model(rows), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.detach() * len(labels)
        count += len(labels)
    return total.item() / count


@exercise.alternative
def stacked(model, batches, optimizer):
    losses = _epoch(model, batches, optimizer, lambda loss, labels: loss.detach() * len(labels))
    return (torch.stack(losses).sum() / sum(len(labels) for _, labels in batches)).item()


@exercise.alternative
def brought_over_then_read(model, batches, optimizer):
    losses = _epoch(model, batches, optimizer, lambda loss, labels: loss.detach() * len(labels))
    return sum(losses).cpu().item() / sum(len(labels) for _, labels in batches)


@exercise.starter
@exercise.mistake(
    "The loop reads numbers out of the device before the last step, and each time the program waits until the device "
    "has caught up. (`loss.item()`, `float(loss)`, `loss.cpu()`, `print(loss)` and `if loss > 3` all do that.) Add up "
    "`loss.detach()`, and read the sum once, after the loop."
)
def waits_in_every_step(model, batches, optimizer):
    """One epoch; the mean loss per row, a number."""
    total, count = 0.0, 0
    for rows, labels in batches:
        loss = F.cross_entropy(model(rows), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(labels)
        count += len(labels)
    return total / count


@exercise.mistake(
    "Without `detach` the sum holds on to the graph of every step. `loss.detach()` has the number and no history."
)
def keeps_graphs(model, batches, optimizer):
    losses = _epoch(model, batches, optimizer, lambda loss, labels: loss * len(labels))
    return sum(losses) / sum(len(labels) for _, labels in batches)


@exercise.mistake(
    "You averaged the batches' means. The last batch is smaller: weight each loss by `len(labels)`, and divide by the "
    "number of all rows."
)
def mean_of_means(model, batches, optimizer):
    losses = _epoch(model, batches, optimizer, lambda loss, labels: loss.detach())
    return torch.stack(losses).mean().item()


@exercise.mistake("The sum over the rows is not divided by their number yet.")
def not_divided(model, batches, optimizer):
    return sum(_epoch(model, batches, optimizer, lambda loss, labels: loss.detach() * len(labels))).item()


@exercise.mistake("Only the last batch's loss is returned.")
def last_loss(model, batches, optimizer):
    return _epoch(model, batches, optimizer, lambda loss, labels: loss.detach())[-1].item()


@exercise.mistake(
    "You wait only at the end. But until then the sum holds on to the graph of every step: add up `loss.detach()`."
)
def keeps_graphs_until_the_end(model, batches, optimizer):
    return keeps_graphs(model, batches, optimizer).item()


@exercise.mistake(
    "You return a tensor. The function should return a plain number, as before: read it once, after the loop, with "
    "`.item()`."
)
def left_as_tensor(model, batches, optimizer):
    count = sum(len(labels) for _, labels in batches)
    return sum(_epoch(model, batches, optimizer, lambda loss, labels: loss.detach() * (len(labels) / count)))


@exercise.mistake(
    "You divided the sum over the rows by the number of batches. Divide by the number of rows."
)
def divided_by_batches(model, batches, optimizer):
    return not_divided(model, batches, optimizer) / len(batches)


NO_STEP = "Nothing is learned: the weights haven't moved."


@exercise.mistake(NO_STEP + " `optimizer.step()` is missing after `backward()`.",
                  shown_by=lambda code: not code.calls("step"), otherwise=NO_STEP)
def no_step(model, batches, optimizer):
    total, count = 0.0, 0
    for rows, labels in batches:
        loss = F.cross_entropy(model(rows), labels)
        optimizer.zero_grad()
        loss.backward()
        total += loss.detach() * len(labels)
        count += len(labels)
    return total.item() / count


@exercise.mistake(
    "The gradients are never cleared, so each step also uses those of all steps before it: `optimizer.zero_grad()`.",
    shown_by=lambda code: not code.calls("zero_grad"),
    otherwise="The gradients of earlier steps are still there in each step: clear them between a step and the next "
    "`backward()`.",
)
def no_zero_grad(model, batches, optimizer):
    total, count = 0.0, 0
    for rows, labels in batches:
        loss = F.cross_entropy(model(rows), labels)
        loss.backward()
        optimizer.step()
        total += loss.detach() * len(labels)
        count += len(labels)
    return total.item() / count


exercise.does_the_same("→ [None]", line="total +=", because="`item` reads the one number, whatever the shape.")
exercise.does_the_same("→ model.eval()", "→ model.train()",
                       because="The text leaves the mode to the caller, and this net has no layer that knows one.")
exercise.does_the_same("→ , reduction=\"mean\"", because="It is the default.")
exercise.does_the_same(kind="swapped", line="total, count = 0.0, 0", because="Both start at 0.")
exercise.does_the_same(kind="swapped", line="for _, labels in batches", because="There are as many rows as labels.")
exercise.does_the_same("labels → rows", "labels → _", because="There are as many rows as labels.")
exercise.does_the_same(kind="order of statements", because="Neither of these lines changes what the other reads.")
exercise.does_the_same("optimizer → model", line="zero_grad", because="The optimizer has all parameters of the model.")
exercise.does_the_same(".cpu() →", because="`item` brings the number over itself.")
exercise.does_the_same("→ optimizer.step()", line="loss.backward()",
                       because="The gradients have just been cleared, and without them SGD leaves a weight as it is.")
