"""Loss and accuracy on held-out rows, and nothing learned from them."""

import torch

from course_utils.exercise import Exercise, case
from course_utils.probes.training import evaluation, net


def _rows(rng, rows, sizes, batch_size):
    """Rows of which some have a logit between 0 and 0.5, where a wrong threshold shows."""
    while True:
        X = torch.from_numpy(rng.normal(0, 1.5, size=(rows, sizes[0]))).float()
        y = torch.from_numpy(rng.integers(0, 2, size=(rows, 1))).float()
        seed = int(rng.integers(1000))
        with torch.no_grad():
            logits = net(sizes, seed)(X)
        right = ((logits > 0) == y.bool()).float()
        off = ((logits > 0.5) == y.bool()).float()
        means = torch.stack([part.mean() for part in right.split(batch_size)])
        if right.mean() != off.mean() and abs(means.mean() - right.mean()) > 0.01 and 0 < right.mean() < 1:
            return case(sizes, X, y, batch_size, seed=seed)


exercise = Exercise(
    name="evaluate",
    points=2,
    objective="Measure a model without changing it: eval mode, no gradients, all rows alike.",
    hints=(
        "Training left the model in train mode, so dropout is on. What turns it off? And what tells PyTorch to record "
        "no graph?",
        "`model.eval()`, then `with torch.inference_mode():` around the loop. A logit is positive where the "
        "probability is above 0.5.",
        "`right += ((logits > 0) == y.bool()).sum().item()`; at the end `return total / rows, right / rows`.",
    ),
    examples=lambda: [case(
        [1, 1], torch.tensor([[0.4], [2.0], [-1.0], [0.5], [-3.0]]),
        torch.tensor([[1.0], [0.0], [0.0], [1.0], [1.0]]), 2, seed=3)],
    fresh=lambda rng: [_rows(rng, 11, [3, 6, 1], 4)],
    probe=evaluation,
    shown_call=lambda name, args, kwargs: (
        f"{name}(‹net {'-'.join(map(str, args[0]))} in train mode›, ‹{len(args[1])} rows in batches of {args[3]}›, "
        "nn.BCEWithLogitsLoss())"),
)


@exercise.reference
def evaluate(model, loader, loss):
    model.eval()
    total, right, rows = 0.0, 0, 0
    with torch.inference_mode():
        for X, y in loader:
            logits = model(X)
            total += loss(logits, y).item() * len(X)
            right += ((logits > 0) == y.bool()).sum().item()
            rows += len(X)
    return total / rows, right / rows


@exercise.alternative
@torch.no_grad()
def all_at_once(model, loader, loss):
    model.train(False)
    logits = torch.cat([model(X) for X, _ in loader])
    y = torch.cat([y for _, y in loader])
    accuracy = (torch.sigmoid(logits).round() == y).float().mean()
    model.train()
    return loss(logits, y).item(), accuracy.item()


@exercise.alternative
def with_probabilities(model, loader, loss):
    model.eval()
    losses, rights, sizes = [], [], []
    for X, y in loader:
        with torch.no_grad():
            logits = model(X)
        losses.append(float(loss(logits, y)) * len(y))
        rights.append(int(((logits.sigmoid() > 0.5).float() == y).sum()))
        sizes.append(len(y))
    return [sum(losses) / sum(sizes), sum(rights) / len(loader.dataset)]


def _measure(model, loader, loss, threshold=0.0, transform=lambda logits: logits, per_batch=False):
    totals = []
    for X, y in loader:
        logits = model(X)
        value = loss(transform(logits), y).item()
        right = ((logits > threshold) == y.bool()).float().mean().item()
        totals.append((value, right, 1 if per_batch else len(X)))
    weight = sum(n for _, _, n in totals)
    return sum(v * n for v, _, n in totals) / weight, sum(r * n for _, r, n in totals) / weight


@exercise.mistake(
    "The model is in train mode, so dropout throws away half of it for every row, and each call gives another result. "
    "`model.eval()` first."
)
def train_mode_left_on(model, loader, loss):
    with torch.no_grad():
        return _measure(model, loader, loss)


@exercise.mistake(
    "You compared logits with 0.5. That is the middle of probabilities; a logit is in the middle at 0. Either "
    "`logits > 0`, or `torch.sigmoid(logits) > 0.5`."
)
def logits_against_half(model, loader, loss):
    model.eval()
    with torch.no_grad():
        return _measure(model, loader, loss, threshold=0.5)


@exercise.mistake(
    "Gradients are recorded for a pass that nobody calls `backward` on: it costs time and memory. Put the loop under "
    "`torch.inference_mode()` or `torch.no_grad()`."
)
def records_gradients(model, loader, loss):
    model.eval()
    return _measure(model, loader, loss)


@exercise.mistake("You averaged over batches; the rows of the last, smaller batch count more than the others that way.")
def mean_of_batch_means(model, loader, loss):
    model.eval()
    with torch.no_grad():
        return _measure(model, loader, loss, per_batch=True)


@exercise.mistake("Sigmoid twice: the loss for logits applies it itself. Give it the logits as they are.")
def sigmoid_twice(model, loader, loss):
    model.eval()
    with torch.no_grad():
        return _measure(model, loader, loss, transform=torch.sigmoid)


@exercise.mistake("You returned how many rows are right. Accuracy is their share: divide by the number of rows.")
def count_for_share(model, loader, loss):
    value, accuracy = evaluate(model, loader, loss)
    return value, round(accuracy * len(loader.dataset))


@exercise.mistake("The order is loss, then accuracy.")
def order_swapped(model, loader, loss):
    value, accuracy = evaluate(model, loader, loss)
    return accuracy, value


@exercise.mistake(
    "Neither switch is set: the model is in train mode, with dropout on, and a graph is recorded. `model.eval()`, and "
    "the loop under `torch.inference_mode()`."
)
def as_in_training(model, loader, loss):
    return _measure(model, loader, loss)


def _totals(model, loader, loss, right):
    model.eval()
    with torch.no_grad():
        measured = [(loss(model(X), y).item(), right(model(X), y), len(X)) for X, y in loader]
    rows = sum(n for _, _, n in measured)
    return measured, sum(value * n for value, _, n in measured) / rows, rows


@exercise.mistake(
    "The accuracy is right, and the loss is a mean of batch means, where the last batch is smaller. Weight each loss "
    "with `len(X)`."
)
def loss_over_batches(model, loader, loss):
    _, accuracy = evaluate(model, loader, loss)
    measured, _, _ = _totals(model, loader, loss, lambda logits, y: 0)
    return sum(value for value, _, _ in measured) / len(measured), accuracy


@exercise.mistake(
    "The loss is right, and the accuracy is a mean of batch means, where the last batch is smaller. Count right "
    "answers over all rows, and divide once."
)
def accuracy_over_batches(model, loader, loss):
    measured, mean, _ = _totals(model, loader, loss, lambda logits, y: ((logits > 0) == y.bool()).float().mean().item())
    return mean, sum(right for _, right, _ in measured) / len(measured)


@exercise.mistake(
    "You compared logits with labels. A logit is hardly ever exactly 0 or 1: make a decision of it first, `logits > 0`."
)
def logits_against_labels(model, loader, loss):
    measured, mean, rows = _totals(model, loader, loss, lambda logits, y: (logits == y).sum().item())
    return mean, sum(right for _, right, _ in measured) / rows


@exercise.mistake(
    "`argmax` over a single column is always 0, so you call everybody 0 and compare an (N,) with an (N, 1) besides. "
    "With one logit a row, the decision is `logits > 0`."
)
def argmax_of_one(model, loader, loss):
    measured, mean, rows = _totals(model, loader, loss, lambda logits, y: (logits.argmax(dim=1) == y).sum().item())
    return mean, sum(right for _, right, _ in measured) / rows


@exercise.mistake(
    "You compared an (N,) with an (N, 1), and broadcasting made an N × N table of it: every prediction against every "
    "label. Bring both to one shape."
)
def broadcast_into_a_table(model, loader, loss):
    measured, mean, rows = _totals(model, loader, loss, lambda logits, y: ((logits.squeeze(1) > 0) == y).sum().item())
    return mean, sum(right for _, right, _ in measured) / rows
