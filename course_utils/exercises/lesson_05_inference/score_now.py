"""Repair: a score taken in the middle of training, by a model in train mode."""

import torch

from course_utils.exercise import Exercise, case
from course_utils.probes.inference import SIZES, scored_net, scoring


def _case(rng, training):
    """Rows on which every slip gives another accuracy than the right one."""
    while True:
        seed = int(rng.integers(1000))
        rows = torch.from_numpy(rng.normal(1, 2, size=(21, SIZES[0]))).float()
        labels = torch.from_numpy(rng.integers(0, 2, size=(21, 1))).float()
        with torch.no_grad():
            logits = scored_net(seed).eval()(rows)
        right = float(((logits > 0) == labels.bool()).float().mean())
        half, rounded, none, table = _named_slips(logits, labels)
        apart = len({round(near, 4) for near in (half, rounded, none, table, 1 - right)}) == 5
        if apart and all(abs(near - right) > 0.005 for near in _slips(logits, labels)):
            return case(rows, labels, training, seed=seed)


def _named_slips(logits, labels):
    """The accuracies of a threshold of 0.5, rounded logits, everybody called 0, and a table of all pairs."""
    predictions = [logits > 0.5, logits.round(), torch.zeros_like(labels), (logits > 0).squeeze(1)]
    return [float((p == labels).float().mean()) for p in predictions]


def _slips(logits, labels):
    """The accuracies of slips: other thresholds, rounding, everybody alike, a table of all pairs, one row."""
    thresholds = torch.tensor([-1.0, -0.5, 0.5, 0.62, 1.0])
    predictions = [(logits > t).float() for t in thresholds]
    predictions += [logits.round(), logits.sigmoid().ceil(), torch.zeros_like(labels), (logits < 0).float(), logits]
    predictions += [(logits > 0).float().squeeze(1), (logits[0] > 0).float()]
    return [*(float((p == labels).float().mean()) for p in predictions), 0.0, 1.0]


exercise = Exercise(
    name="score_now",
    points=2,
    objective="Measure in eval mode, and give the model back as it was.",
    hints=(
        "Call it twice on the same rows. Why do the two numbers differ?",
        "`model.eval()` switches dropout off and makes batch norm use its running means. But whoever called you goes "
        "on training afterwards: in which mode do they expect their model?",
        "`was_training = model.training` first, `model.eval()`, predict, and at the end `model.train(was_training)`.",
    ),
    examples=lambda: [
        case(torch.linspace(-3, 3, 24).reshape(8, 3), torch.tensor([[0.0], [1.0]] * 4), True, seed=5),
        case(torch.linspace(-3, 3, 24).reshape(8, 3), torch.tensor([[0.0], [1.0]] * 4), False, seed=5),
    ],
    fresh=lambda rng: [_case(rng, True), _case(rng, False)],
    probe=scoring,
    shown_call=lambda name, args, kwargs: (
        f"{name}(‹net in {'train' if args[2] else 'eval'} mode›, ‹{len(args[0])} rows›, ‹their labels›)"),
)


@exercise.reference
def score_now(model, rows, labels):
    was_training = model.training
    model.eval()
    with torch.inference_mode():
        predicted = model(rows) > 0
    model.train(was_training)
    return (predicted == labels.bool()).float().mean().item()


@exercise.alternative
@torch.no_grad()
def with_a_copy(model, rows, labels):
    import copy

    logits = copy.deepcopy(model).eval()(rows)
    return float((logits.sigmoid().round() == labels).double().mean())


@exercise.alternative
def with_a_flag(model, rows, labels):
    mode = model.training
    with torch.no_grad():
        logits = model.train(False)(rows)
    model.train(mode)
    return float(((logits > 0).float() == labels).float().mean())


exercise.does_the_same(kind="indentation", because="The mode can be set within the block as well as outside.")
exercise.does_the_same("→ model.train()", "→ model.eval()", because="A later line sets the mode anyway.")
exercise.does_the_same("> → >=", because="No logit is exactly 0 here, and the text leaves open what it would count as.")
exercise.does_the_same(kind="brackets", because="`==` comes before the method calls either way.")
exercise.does_the_same("→ model =", "→ was_training =", "→ mode =",
                       because="`eval` and `train` return the model itself; the other names aren't read again.")
exercise.does_the_same("inference_mode → enable_grad", "no_grad → enable_grad", kind="sibling",
                       because="A Python float carries no graph, and the text asks for nothing else.")
exercise.does_the_same(kind="block dropped", because="A Python float carries no graph; the text asks for nothing else.")
exercise.does_the_same(
    "bool → int", "bool → half", "bool → long", "bool → bfloat16", "bool → double", "bool → float", ".bool() →",
    "float → double", "float → long", "float → int", "float → bool", "float → half", ".float() →", "double → float",
    because="0 and 1 are the same numbers in every dtype, and so is their mean in the digits that are compared.")


@exercise.mistake(
    "`model.eval` lacks its parentheses: that names the method and doesn't call it. So the model is scored in train "
    "mode.",
    shown_by=lambda code: code.uncalled("eval") and not code.calls("eval"),
)
def eval_not_called(model, rows, labels):
    was_training = model.training
    model.eval  # noqa: B018
    with torch.no_grad():
        predicted = model(rows) > 0
    model.train(was_training)
    return (predicted == labels.bool()).float().mean().item()


@exercise.starter
@exercise.mistake(
    "The model is scored in train mode. Dropout leaves out half of its values at random, and batch norm looks at the "
    "other rows of the batch (and learns from them), so each call gives another score. Call `model.eval()` before you "
    "predict and restore the mode afterwards."
)
def in_train_mode(model, rows, labels):
    with torch.no_grad():
        predicted = model(rows) > 0
    return (predicted == labels.bool()).float().mean().item()


@exercise.mistake(
    "The score is right, but the model is left in eval mode, so training goes on without dropout. Put it back into the "
    "mode you found it in."
)
def left_in_eval(model, rows, labels):
    model.eval()
    with torch.no_grad():
        predicted = model(rows) > 0
    return (predicted == labels.bool()).float().mean().item()


@exercise.mistake(
    "You always leave the model in train mode. A model that arrived in eval mode, finished and in use, comes back with "
    "dropout on. Save `model.training` first and restore it at the end."
)
def always_back_to_train(model, rows, labels):
    model.eval()
    with torch.no_grad():
        predicted = model(rows) > 0
    model.train()
    return (predicted == labels.bool()).float().mean().item()


@exercise.mistake(
    "You compared logits with 0.5. That is the middle of probabilities; a logit is in the middle at 0. Write "
    "`logits > 0` or `torch.sigmoid(logits) > 0.5`.",
    shown_by=lambda code: not code.names("sigmoid"),
    otherwise="Your threshold is a logit of 0.5. A probability of 0.5 is a logit of 0.",
)
def logits_against_half(model, rows, labels):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        predicted = model(rows) > 0.5
    model.train(was_training)
    return (predicted == labels.bool()).float().mean().item()


@exercise.mistake("This is the fraction of wrong predictions. Accuracy is the fraction of right ones.")
def error_rate(model, rows, labels):
    return 1 - score_now(model, rows, labels)


@exercise.mistake(
    "Afterwards only the model's own `training` flag is back: all layers inside it are still in the mode for scoring. "
    "`model.train(was_training)` reaches every one of them."
)
def outermost_only(model, rows, labels):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        predicted = model(rows) > 0
    model.training = was_training
    return (predicted == labels.bool()).float().mean().item()


@exercise.mistake(
    "Afterwards the model and its direct children are back in their mode, but not the layers inside these children. "
    "`model.train(was_training)` reaches every layer."
)
def children_only(model, rows, labels):
    was_training = model.training
    accuracy = score_now(model.eval(), rows, labels)
    model.training = was_training
    for child in model.children():
        child.training = was_training
    return accuracy


@exercise.mistake("You returned how many predictions are right. Divide by the number of rows.")
def count_for_share(model, rows, labels):
    return round(score_now(model, rows, labels) * len(rows))


@exercise.mistake("Your accuracy is in percent. Return the fraction, between 0 and 1.")
def in_percent(model, rows, labels):
    return 100 * score_now(model, rows, labels)


@exercise.mistake("The accuracy is right, but it's still a tensor. `.item()` turns it into a Python float.")
def still_a_tensor(model, rows, labels):
    return torch.tensor(score_now(model, rows, labels))


def _share(model, rows, labels, decide):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        predicted = decide(model(rows))
    model.train(was_training)
    return (predicted == labels).float().mean().item()


@exercise.mistake(
    "Your predictions have shape (N,) and the labels (N, 1), so `==` compares every prediction with every label. Bring "
    "both to one shape."
)
def broadcast_into_a_table(model, rows, labels):
    return _share(model, rows, labels, lambda logits: logits.squeeze(1) > 0)


@exercise.mistake(
    "No prediction is right here: you compare logits or probabilities with labels, and these are hardly ever exactly 0 "
    "or 1. Turn a logit into a decision first, `logits > 0`.",
    shown_by=lambda code: not code.calls("argmax") and not code.calls("round") and not code.compares(">"),
    otherwise="No prediction counts as right here. What do you compare with the labels? A decision is 0 or 1, like "
    "them.",
)
def logits_against_labels(model, rows, labels):
    return _share(model, rows, labels, lambda logits: logits)


@exercise.mistake(
    "You rounded the logits. Only those between 0.5 and 1.5 become 1, and a logit of 4 is neither 0 nor 1. Write "
    "`logits > 0`.",
    shown_by=lambda code: code.calls("round") > 0 and not code.names("sigmoid"),
)
def rounded_logits(model, rows, labels):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        predicted = model(rows).round()
    model.train(was_training)
    return (predicted == labels).float().mean().item()


@exercise.mistake(
    "`argmax` over a single column is always 0, so every row is predicted as 0. With one logit per row, the decision "
    "is `logits > 0`.",
    shown_by=lambda code: code.calls("argmax") > 0 or code.calls("max") > 0,
    otherwise="Your accuracy is that of predicting 0 for every row. How do you turn a logit into a decision?",
)
def argmax_of_one(model, rows, labels):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        predicted = model(rows).argmax(dim=1)
    model.train(was_training)
    return (predicted == labels).float().mean().item()


@exercise.mistake(
    "You switched `requires_grad` of the parameters off, and they stay that way, so the training that called you can't "
    "go on. Predict under `torch.inference_mode()`, which ends with its block."
)
def freezes_the_model(model, rows, labels):
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    return score_now(model, rows, labels)


@exercise.mistake(
    "Gradients stay off after your function, for everything that runs later: training would fail. Predict under "
    "`with torch.inference_mode():`, which ends with its block."
)
def gradients_off_for_good(model, rows, labels):
    torch.set_grad_enabled(False)
    return score_now(model, rows, labels)
