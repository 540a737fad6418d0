"""The loss that fits the task, for a model that gives logits."""

import torch
from torch import nn

from course_utils.evidence.describe import describe_argument
from course_utils.exercise import Exercise, case
from course_utils.probes.training import loss_value


def _tasks(rng, rows):
    def normal(*shape):
        return torch.from_numpy(rng.normal(0, 2, size=shape)).float()

    return [
        case("binary", normal(rows, 1), torch.from_numpy(rng.integers(0, 2, (rows, 1))).float(), part="binary"),
        case("classes", normal(rows, 4), torch.from_numpy(rng.integers(0, 4, rows)), part="classes"),
        case("number", normal(rows, 1), normal(rows, 1), part="number"),
    ]


exercise = Exercise(
    name="pick_loss",
    points=2,
    objective="Pick the loss by what the outputs and the targets are.",
    hints=(
        "What does the model give in each task: one logit, one logit for each class, or the number itself? None of "
        "these is a probability.",
        "Losses with \"WithLogits\" or \"CrossEntropy\" in their name apply sigmoid or softmax themselves.",
        "`nn.BCEWithLogitsLoss()`, `nn.CrossEntropyLoss()`, `nn.MSELoss()`.",
    ),
    examples=lambda: [
        case("binary", torch.tensor([[2.0], [-1.0]]), torch.tensor([[1.0], [1.0]]), part="binary"),
        case("classes", torch.tensor([[2.0, 0.0, -1.0], [0.5, 0.0, 3.0]]), torch.tensor([0, 1]), part="classes"),
        case("number", torch.tensor([[2.0], [5.0]]), torch.tensor([[2.5], [3.0]]), part="number"),
    ],
    fresh=lambda rng: _tasks(rng, 6),
    probe=loss_value,
    shown_call=lambda name, args, kwargs: (
        f"{name}({args[0]!r})({describe_argument(args[1])}, {describe_argument(args[2])})"),
    parts={"binary": 1, "classes": 0.5, "number": 0.5},
)


@exercise.reference
def pick_loss(task):
    if task == "binary":
        return nn.BCEWithLogitsLoss()
    if task == "classes":
        return nn.CrossEntropyLoss()
    return nn.MSELoss()


@exercise.alternative
def from_a_dict(task):
    functional = nn.functional
    return {"binary": functional.binary_cross_entropy_with_logits, "classes": functional.cross_entropy,
            "number": functional.mse_loss}[task]


@exercise.alternative
def spelled_out(task):
    match task:
        case "binary":
            return lambda logits, y: nn.BCELoss()(torch.sigmoid(logits), y)
        case "classes":
            return lambda logits, y: nn.NLLLoss()(torch.log_softmax(logits, dim=1), y)
        case _:
            return lambda outputs, y: (outputs - y).square().mean()


@exercise.mistake(
    "`nn.BCELoss` wants probabilities, and gets logits. `nn.BCEWithLogitsLoss` takes the logits as they are, and "
    "computes more exactly besides."
)
def bce_without_logits(task):
    return {"binary": nn.BCELoss(), "classes": nn.CrossEntropyLoss(), "number": nn.MSELoss()}[task]


@exercise.mistake(
    "Sigmoid twice: `BCEWithLogitsLoss` applies it itself. With another one before it, no probability can leave 0.5 to "
    "0.73, and learning crawls."
)
def sigmoid_twice(task):
    if task == "binary":
        return lambda logits, y: nn.BCEWithLogitsLoss()(torch.sigmoid(logits), y)
    return pick_loss(task)


@exercise.mistake("Softmax twice: `CrossEntropyLoss` takes logits and applies it itself.")
def softmax_twice(task):
    if task == "classes":
        return lambda logits, y: nn.CrossEntropyLoss()(logits.softmax(dim=1), y)
    return pick_loss(task)


@exercise.mistake(
    "Cross-entropy over a single column: softmax of one logit is always 1, so this loss teaches nothing. One logit for "
    "yes or no goes with `BCEWithLogitsLoss`."
)
def cross_entropy_for_binary(task):
    if task == "binary":
        return nn.CrossEntropyLoss()
    return pick_loss(task)


@exercise.mistake(
    "`nn.NLLLoss` wants log-probabilities, and gets logits. `nn.CrossEntropyLoss` is log-softmax and NLLLoss in one."
)
def nll_on_logits(task):
    if task == "classes":
        return nn.NLLLoss()
    return pick_loss(task)


@exercise.mistake(
    "Squared error everywhere. It fits numbers; classes have no distances (and it cannot even compare (N, C) logits "
    "with (N,) class numbers)."
)
def squared_error_for_all(task):
    return nn.MSELoss()


@exercise.mistake(
    "Absolute error is a loss for numbers too, a more patient one with outliers. The one asked for is squared error."
)
def absolute_error(task):
    return nn.L1Loss() if task == "number" else pick_loss(task)


@exercise.mistake(
    "You returned the class, and `nn.MSELoss(outputs, targets)` then tries to *make* a loss out of a batch. Make the "
    "object here, with parentheses: `nn.MSELoss()`."
)
def classes_for_objects(task):
    return {"binary": nn.BCEWithLogitsLoss, "classes": nn.CrossEntropyLoss, "number": nn.MSELoss}[task]


@exercise.mistake(
    "This is the sum over the batch. Take the mean, or the gradient grows with the batch, and the learning rate that "
    "fits 32 rows is far too large for 256."
)
def sums(task):
    return {"binary": nn.BCEWithLogitsLoss(reduction="sum"), "classes": nn.CrossEntropyLoss(reduction="sum"),
            "number": nn.MSELoss(reduction="sum")}[task]
