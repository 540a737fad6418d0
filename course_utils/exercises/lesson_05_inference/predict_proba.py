"""Probabilities for rows, or for a single row, from a model in eval mode."""

import torch

from course_utils.evidence.describe import describe_argument
from course_utils.exercise import Exercise, case
from course_utils.probes.inference import prediction, undecided


def _rows(rng, *shape):
    return torch.from_numpy(rng.normal(size=shape)).float()


def _undecided(rng):
    """Rows and a net that calls some of them 0: else rounding and a softmax look alike, both 1 everywhere."""
    rows, seed = _rows(rng, 10, 3), int(rng.integers(999))
    while not undecided(rows, seed):
        rows, seed = _rows(rng, 10, 3), int(rng.integers(999))
    return case(rows, seed=seed)


exercise = Exercise(
    name="predict_proba",
    points=3,
    objective="Get probabilities out of a trained net: eval mode, no graph, a batch even for one row.",
    hints=(
        "The model comes out of training: which mode is it in? And it gives logits: what makes a probability of one?",
        "`model.eval()`, `with torch.inference_mode():`, `torch.sigmoid(model(rows))`. That has the shape (N, 1); the "
        "answer has (N,).",
        "For a single row, `if rows.ndim == 1: rows = rows.unsqueeze(0)` at the start; `squeeze(1)` at the end.",
    ),
    examples=lambda: [
        case(torch.tensor([[1.0, 0.0, -1.0], [0.5, 2.0, 0.0]])),
        case(torch.tensor([0.5, 2.0, 0.0]), part="one row"),
    ],
    fresh=lambda rng: [_undecided(rng),
                       case(_rows(rng, 3), seed=int(rng.integers(999)), part="one row")],
    probe=prediction,
    shown_call=lambda name, args, kwargs: f"{name}(‹net in train mode›, {describe_argument(args[0])})",
    parts={"": 2, "one row": 1},
)


@exercise.reference
def predict_proba(model, rows):
    if rows.ndim == 1:
        rows = rows.unsqueeze(0)
    model.eval()
    with torch.inference_mode():
        return torch.sigmoid(model(rows)).squeeze(1)


@exercise.alternative
@torch.no_grad()
def by_formula(model, rows):
    logits = model.train(False)(rows.reshape(-1, rows.shape[-1]))
    return 1 / (1 + torch.exp(-logits[:, 0]))


@exercise.alternative
def detached(model, rows):
    was_training = model.training
    model.eval()
    logits = model(torch.atleast_2d(rows))
    model.train(was_training)
    return logits.detach().sigmoid().flatten()


@exercise.mistake(
    "These are logits, numbers of any size. A probability comes out of the sigmoid: `torch.sigmoid(logits)`."
)
def logits_returned(model, rows):
    model.eval()
    with torch.inference_mode():
        return model(torch.atleast_2d(rows)).squeeze(1)


@exercise.mistake(
    "Softmax over a single column is 1 for everybody. It shares 1 out among the classes of a row; one logit for yes or "
    "no needs a sigmoid."
)
def softmax_of_one(model, rows):
    model.eval()
    with torch.inference_mode():
        return model(torch.atleast_2d(rows)).softmax(dim=1).squeeze(1)


@exercise.mistake("Sigmoid twice: everything lands between 0.5 and 0.73. Once is enough.")
def sigmoid_twice(model, rows):
    model.eval()
    with torch.inference_mode():
        return torch.sigmoid(torch.sigmoid(model(torch.atleast_2d(rows)))).squeeze(1)


@exercise.mistake(
    "A single row fails, or comes out odd: it has the shape (features,), and layers want (N, features). "
    "`rows.unsqueeze(0)` makes it a batch of one."
)
def no_batch_dimension(model, rows):
    model.eval()
    with torch.inference_mode():
        return torch.sigmoid(model(rows)).squeeze(1)


@exercise.mistake(
    "The result still carries its graph, so every prediction that you keep keeps all its intermediate values. Predict "
    "under `torch.inference_mode()`."
)
def keeps_the_graph(model, rows):
    model.eval()
    return torch.sigmoid(model(torch.atleast_2d(rows))).squeeze(1)


@exercise.mistake(
    "The shape is still (N, 1). Wanted is one number a row, (N,): `squeeze(1)`. (Compare an (N, 1) with an (N,) one "
    "day, and broadcasting will make an N × N table of it.)"
)
def column_left(model, rows):
    model.eval()
    with torch.inference_mode():
        return torch.sigmoid(model(torch.atleast_2d(rows)))


@exercise.mistake(
    "`squeeze()` without a dimension removes every 1, so the batch of one loses its batch dimension as well and "
    "becomes a bare number. `squeeze(1)`."
)
def squeezes_everything(model, rows):
    model.eval()
    with torch.inference_mode():
        return torch.sigmoid(model(torch.atleast_2d(rows))).squeeze()


@exercise.mistake("You rounded to 0 and 1. The probability says more than the decision, and the threshold comes later.")
def decides_already(model, rows):
    return predict_proba(model, rows).round()


@exercise.mistake(
    "The model is in train mode: dropout takes away half of it at random, and batch norm looks at who else is in the "
    "batch. `model.eval()` first. (`inference_mode` does not do that for you.)"
)
def in_train_mode(model, rows):
    with torch.inference_mode():
        return torch.sigmoid(model(torch.atleast_2d(rows))).squeeze(1)


@exercise.mistake(
    "Neither switch is set: the model is in train mode, and a graph is recorded. `model.eval()`, then predict under "
    "`torch.inference_mode()`."
)
def as_in_training(model, rows):
    return torch.sigmoid(model(torch.atleast_2d(rows))).squeeze(1)
