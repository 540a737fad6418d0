"""Loss and accuracy on held-out rows, and nothing learned from them."""

import torch

from course_utils.exercise import Exercise, case
from course_utils.probes.training import evaluation, net


def _rows(rng, rows, sizes, batch_size, weight=1.0):
    """Rows drawn until every usual slip gives another accuracy than the right one, in the digits that are compared."""
    while True:
        X = torch.from_numpy(rng.normal(0, 1.5, size=(rows, sizes[0]))).float()
        y = torch.from_numpy(rng.integers(0, 2, size=(rows, 1))).float()
        seed = int(rng.integers(1000))
        with torch.no_grad():
            logits = net(sizes, seed)(X)
        right = float(((logits > 0) == y.bool()).float().mean())
        if all(abs(near - right) > 0.01 for near in _slips(logits, y, batch_size)):
            return case(sizes, X, y, batch_size, seed=seed, weight=weight)


def _slips(logits, y, batch_size):
    """The accuracies of slips: other thresholds, rounding, everybody alike, one batch or means of batches, a table."""
    thresholds = torch.tensor([-1.1, -1.0, -0.5, 0.5, 0.62, 1.0, 1.1])
    predictions = [(logits > t).float() for t in thresholds]
    predictions += [logits.round(), torch.zeros_like(y), torch.ones_like(y), (logits < 0).float()]
    decided = (logits > 0).float()
    batches = [part.mean() for part in (decided == y).float().split(batch_size)]
    full = (decided == y)[:len(y) // batch_size * batch_size]
    shares = [*(p == y for p in predictions), decided.squeeze(1) == y, decided == y[0], full]
    return [*(float(share.float().mean()) for share in shares), float(batches[0]), float(batches[-1]),
            float(sum(batches) / len(batches)), 0.0, 1.0]


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
    fresh=lambda rng: [_rows(rng, 23, [3, 6, 1], 4), _rows(rng, 17, [2, 5, 1], 5, weight=3.0)],
    probe=evaluation,
    shown_call=lambda name, args, kwargs: (
        f"{name}(‹net {'-'.join(map(str, args[0]))} in train mode›, ‹{len(args[1])} rows in batches of {args[3]}›, "
        f"nn.BCEWithLogitsLoss({'pos_weight=…' if kwargs.get('weight', 1.0) != 1.0 else ''}))"),
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
    batches = [(model(X), y) for X, y in loader]
    logits, y = torch.cat([logits for logits, _ in batches]), torch.cat([y for _, y in batches])
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


exercise.does_the_same("> → >=", because="No logit is exactly 0 here, and the text leaves open what it would count as.")
exercise.does_the_same("bool → int", "bool → half", "bool → long", "bool → bfloat16", "bool → double", "bool → float",
                       ".bool() →", line="y.bool()",
                       because="Labels are 0 and 1 in any dtype, and equal True and False.")
exercise.does_the_same("float → long", "float → int", "float → bool", "float → half", "float → double", ".float() →",
                       line="logits.sigmoid() > 0.5", because="Decisions are 0 and 1 in any dtype.")
exercise.does_the_same("float → double", line="torch.sigmoid(logits).round() == y",
                       because="The share of right rows is the same, up to rounding.")
exercise.does_the_same("X → y", "X → logits", "y → X", "y → logits", line="len(",
                       because="Inputs, targets and logits have equally many rows.")
exercise.does_the_same("→ model =", because="`train` and `eval` return the model itself.")
exercise.does_the_same("→ model.train()", line="model.eval()", because="`model.eval()` follows at once.")
exercise.does_the_same("→ model.train()", line="return ", because="The last forward pass has run, and the text doesn't "
                       "say in which mode the model should be afterwards.")
exercise.does_the_same("→ model.train()", line="rows += len(X)", because="After the loop; the text doesn't say in "
                       "which mode the model should be afterwards.")
exercise.does_the_same("train → eval", "() →", "→ False", "→ True", "model → loss", "model.train() →",
                       "model.train() return loss(logits, y).item(), accuracy.item() → "
                       "return loss(logits, y).item(), accuracy.item() model.train()", line="model.train()",
                       because="The text doesn't say in which mode the model should be afterwards.")
exercise.does_the_same("→ model.eval()", because="The model is in eval mode already, or no forward pass follows.")
exercise.does_the_same(kind="swapped", line="total, right, rows = 0.0, 0, 0", because="All three start at 0.")
exercise.does_the_same(kind="swapped", line="losses, rights, sizes = [], [], []",
                       because="All three start as empty lists.")
exercise.does_the_same(kind="indentation", because="Whether these lines run under `no_grad` makes no difference: they "
                       "compute nothing that would be differentiated.")
exercise.does_the_same(kind="brackets", line="== y.bool()", because="The comparison comes first anyway.")
exercise.does_the_same(kind="closing bracket", line="float(loss(logits, y)) * len(y)",
                       because="The product is the same, before or after `float`.")
exercise.does_the_same("int → float", line="rights.append(", because="A count divided by a count gives a float.")
exercise.does_the_same("dataset → sampler", because="Both are as long as the table.")
exercise.does_the_same(kind="order of statements", line="model.eval()",
                       because="The mode and the sums have nothing to do with each other.")
exercise.does_the_same(kind="order of statements", line="total += ", because="They are added to different sums.")
exercise.does_the_same(kind="order of statements", line="right += ", because="They are added to different sums.")
exercise.does_the_same(kind="order of statements", line="losses.append(", because="They go to different lists.")
exercise.does_the_same(kind="order of statements", line="rights.append(", because="They go to different lists.")
exercise.does_the_same(kind="order of statements", line="accuracy = (torch.sigmoid(",
                       because="No forward pass follows, and the mode is not asked for.")


@exercise.mistake(
    "`model.eval` lacks its parentheses: that names the method and doesn't call it. So the model is in train mode, and "
    "dropout leaves out half of its hidden values.",
    shown_by=lambda code: code.uncalled("eval") and not code.calls("eval"),
)
def eval_not_called(model, loader, loss):
    model.eval  # noqa: B018
    total, right, rows = 0.0, 0, 0
    with torch.no_grad():
        for X, y in loader:
            logits = model(X)
            total += loss(logits, y).item() * len(X)
            right += ((logits > 0) == y.bool()).sum().item()
            rows += len(X)
    return total / rows, right / rows


@exercise.mistake(
    "The model is in train mode, so dropout leaves out a new random half of its hidden values on each call. Call "
    "`model.eval()` first."
)
def train_mode_left_on(model, loader, loss):
    with torch.no_grad():
        return _measure(model, loader, loss)


@exercise.mistake(
    "You compared logits with 0.5. That is the middle of probabilities; a logit is in the middle at 0. Write "
    "`logits > 0` or `torch.sigmoid(logits) > 0.5`.",
    shown_by=lambda code: not code.names("sigmoid"),
    otherwise="Your threshold is a logit of 0.5. A probability of 0.5 is a logit of 0.",
)
def logits_against_half(model, loader, loss):
    model.eval()
    with torch.no_grad():
        return _measure(model, loader, loss, threshold=0.5)


@exercise.mistake(
    "Each forward pass records its graph, but nobody calls `backward` on it: that costs time and memory. Put the loop "
    "under `torch.inference_mode()` or `torch.no_grad()`."
)
def records_gradients(model, loader, loss):
    model.eval()
    return _measure(model, loader, loss)


@exercise.mistake(
    "Both numbers are means over batches, so the rows of the smaller last batch count more than the others. Weight the "
    "loss by `len(X)`, count correct predictions over all rows, and divide both by the number of rows."
)
def mean_of_batch_means(model, loader, loss):
    model.eval()
    with torch.no_grad():
        return _measure(model, loader, loss, per_batch=True)


@exercise.mistake(
    "This is the loss of probabilities: it was given `sigmoid(logits)`, and applies the sigmoid itself. Give it the "
    "logits as they are."
)
def sigmoid_twice(model, loader, loss):
    model.eval()
    with torch.no_grad():
        return _measure(model, loader, loss, transform=torch.sigmoid)


@exercise.mistake(
    "You returned how many predictions are right. Accuracy is their fraction: divide by the number of rows."
)
def count_for_share(model, loader, loss):
    value, accuracy = evaluate(model, loader, loss)
    return value, round(accuracy * len(loader.dataset))


@exercise.mistake("The order is loss, then accuracy.")
def order_swapped(model, loader, loss):
    value, accuracy = evaluate(model, loader, loss)
    return accuracy, value


@exercise.mistake(
    "The model is in train mode, with dropout on, and each forward pass records its graph. Call `model.eval()`, and "
    "put the loop under `torch.inference_mode()`."
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
    "The accuracy is right, but the loss is the mean of the batch losses, and the last batch is smaller. Weight each "
    "loss by `len(X)`."
)
def loss_over_batches(model, loader, loss):
    _, accuracy = evaluate(model, loader, loss)
    measured, _, _ = _totals(model, loader, loss, lambda logits, y: 0)
    return sum(value for value, _, _ in measured) / len(measured), accuracy


@exercise.mistake(
    "The loss is right, but the accuracy is the mean of the batches' accuracies, and the last batch is smaller. Count "
    "correct predictions over all rows, and divide once."
)
def accuracy_over_batches(model, loader, loss):
    measured, mean, _ = _totals(model, loader, loss, lambda logits, y: ((logits > 0) == y.bool()).float().mean().item())
    return mean, sum(right for _, right, _ in measured) / len(measured)


@exercise.mistake(
    "`//` rounds down, and every share below 1 becomes 0. Divide with `/`.",
    shown_by=lambda code: code.operator("//"),
)
def floor_division(model, loader, loss):
    model.eval()
    total, right, rows = 0.0, 0, 0
    with torch.no_grad():
        for X, y in loader:
            logits = model(X)
            total += loss(logits, y).item() * len(X)
            right += ((logits > 0) == y.bool()).sum().item()
            rows += len(X)
    return total / rows, right // rows


@exercise.mistake(
    "You compared logits with labels, but a logit is hardly ever exactly 0 or 1. Turn it into a decision first: "
    "`logits > 0`.",
    shown_by=lambda code: code.compares("==") and not any(map(code.compares, (">", ">=", "<", "<="))) and not any(
        map(code.calls, ("sigmoid", "argmax", "round", "gt", "ge", "where", "heaviside", "sign"))),
    otherwise="No prediction counts as right here. What do you compare with the labels, and what do you add up? A "
    "decision is 0 or 1, like the labels.",
)
def logits_against_labels(model, loader, loss):
    measured, mean, rows = _totals(model, loader, loss, lambda logits, y: (logits == y).sum().item())
    return mean, sum(right for _, right, _ in measured) / rows


@exercise.mistake(
    "`argmax` over a single column is always 0, so you call every row 0. You also compare an (N,) with an (N, 1), "
    "which makes an N × N table. With one logit per row, the decision is `logits > 0`.",
    shown_by=lambda code: code.calls("argmax") > 0 or code.calls("max") > 0,
)
def argmax_of_one(model, loader, loss):
    model.eval()
    total, right, rows = 0.0, 0, 0
    with torch.no_grad():
        for X, y in loader:
            logits = model(X)
            total += loss(logits, y).item() * len(X)
            right += (logits.argmax(dim=1) == y).sum().item()
            rows += len(X)
    return total / rows, right / rows


@exercise.mistake(
    "`argmax` over a single column is always 0, so every row is predicted as 0. With one logit per row, the decision "
    "is `logits > 0`.",
    shown_by=lambda code: code.calls("argmax") > 0 or code.calls("max") > 0,
    otherwise="Your accuracy is that of predicting 0 for every row. How do you turn a logit into a decision?",
)
def argmax_kept_in_its_column(model, loader, loss):
    model.eval()
    total, right, rows = 0.0, 0, 0
    with torch.no_grad():
        for X, y in loader:
            logits = model(X)
            total += loss(logits, y).item() * len(X)
            right += (logits.argmax(dim=1, keepdim=True) == y).sum().item()
            rows += len(X)
    return total / rows, right / rows


@exercise.mistake(
    "One of predictions and labels has shape (N, 1), the other (N,), so broadcasting compares every prediction with "
    "every label of the batch. Bring both to one shape."
)
def broadcast_into_a_table(model, loader, loss):
    measured, mean, rows = _totals(model, loader, loss, lambda logits, y: ((logits.squeeze(1) > 0) == y).sum().item())
    return mean, sum(right for _, right, _ in measured) / rows


@exercise.mistake(
    "You rounded the logits. Only those between 0.5 and 1.5 become 1, and a logit of 4 is neither 0 nor 1. Round "
    "probabilities, `torch.sigmoid(logits).round()`, or write `logits > 0`.",
    shown_by=lambda code: code.calls("round") > 0,
)
def rounded_logits(model, loader, loss):
    model.eval()
    total, right, rows = 0.0, 0, 0
    with torch.no_grad():
        for X, y in loader:
            logits = model(X)
            total += loss(logits, y).item() * len(X)
            right += (logits.round() == y).sum().item()
            rows += len(X)
    return total / rows, right / rows


@exercise.mistake("Your accuracy is in percent. Return the fraction, between 0 and 1.")
def in_percent(model, loader, loss):
    value, accuracy = evaluate(model, loader, loss)
    return value, 100 * accuracy


@exercise.mistake("You returned the share of wrong predictions. Accuracy is the share of right ones.")
def error_rate(model, loader, loss):
    value, accuracy = evaluate(model, loader, loss)
    return value, 1 - accuracy


@exercise.mistake(
    "The `return` is inside the loop, so this is the first batch alone. Return both numbers after the loop.",
    shown_by=lambda code: code.return_in_loop(),
    otherwise="This is the first batch alone. Go through the whole loader.",
)
def first_batch_only(model, loader, loss):
    model.eval()
    total, right, rows = 0.0, 0, 0
    with torch.no_grad():
        for X, y in loader:
            logits = model(X)
            total += loss(logits, y).item() * len(X)
            right += ((logits > 0) == y.bool()).sum().item()
            rows += len(X)
            return total / rows, right / rows


@exercise.mistake(
    "This is the last batch alone. Add up what you need of every batch: after the loop, names that are assigned in it "
    "hold what the last batch gave."
)
def last_batch_only(model, loader, loss):
    return evaluate(model, [list(loader)[-1]], loss)


@exercise.mistake("The accuracy is right, but the loss is the sum over all rows. Divide it by the number of rows.")
def loss_not_divided(model, loader, loss):
    value, accuracy = evaluate(model, loader, loss)
    return value * len(loader.dataset), accuracy


@exercise.mistake(
    "You divided the number of right predictions by the number of batches. Divide by the number of rows."
)
def count_over_batches(model, loader, loss):
    value, accuracy = evaluate(model, loader, loss)
    return value, accuracy * len(loader.dataset) / len(loader)


@exercise.mistake(
    "The accuracy is right, but the sum of batch losses is divided by the number of rows. A batch's loss is a mean "
    "already: multiply it by `len(X)` before you add it up."
)
def batch_losses_over_rows(model, loader, loss):
    _, accuracy = evaluate(model, loader, loss)
    measured, _, rows = _totals(model, loader, loss, lambda logits, y: 0)
    return sum(value for value, _, _ in measured) / rows, accuracy


@exercise.mistake("Both values are right, but they are still tensors. `.item()` turns one into a Python float.")
def still_tensors(model, loader, loss):
    return tuple(map(torch.tensor, evaluate(model, loader, loss)))


@exercise.mistake(
    "You switched `requires_grad` of the parameters off, and they stay that way: the model can't be trained any more. "
    "Put the loop under `torch.inference_mode()`, which ends with its block."
)
def freezes_the_model(model, loader, loss):
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    return evaluate(model, loader, loss)


@exercise.mistake(
    "Gradients stay off after your function, for everything that runs later: training would fail. Put the loop under "
    "`with torch.inference_mode():`, which ends with its block."
)
def gradients_off_for_good(model, loader, loss):
    torch.set_grad_enabled(False)
    return evaluate(model, loader, loss)


@exercise.mistake(
    "Only the outermost flag is off: the dropout inside the model is still in train mode. `model.eval()` switches all "
    "layers."
)
def outermost_flag(model, loader, loss):
    model.training = False
    with torch.no_grad():
        return _measure(model, loader, loss)
