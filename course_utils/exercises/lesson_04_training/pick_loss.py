"""The loss that fits the task, for a model that gives logits."""

import torch
from torch import nn

from course_utils.evidence.describe import describe_argument
from course_utils.exercise import Exercise, case
from course_utils.probes.training import loss_value


def _tasks(rng, rows):
    def normal(*shape):
        return torch.from_numpy(rng.normal(0, 2, size=shape)).float()

    both = torch.from_numpy(rng.permutation([0, 1] + rng.integers(0, 2, rows - 2).tolist())).float()[:, None]
    return [
        case("binary", normal(rows, 1), both, part="binary"),
        case("classes", normal(rows, 4), torch.from_numpy(rng.integers(0, 4, rows)), part="classes"),
        case("number", normal(rows, 1), normal(rows, 1), part="number"),
        # So sure that a sigmoid or a softmax before the logarithm gives up.
        case("binary", torch.tensor([[120.0], [-130.0], [0.5]]), torch.tensor([[0.0], [1.0], [1.0]]), part="binary"),
        case("classes", torch.tensor([[200.0, 0.0, -200.0], [0.5, 0.0, 3.0]]), torch.tensor([2, 1]), part="classes"),
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
        case("binary", torch.tensor([[2.0], [-1.0], [0.5]]), torch.tensor([[1.0], [1.0], [0.0]]), part="binary"),
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
    logsigmoid = nn.functional.logsigmoid
    match task:
        case "binary":
            return lambda logits, y: -(y * logsigmoid(logits) + (1 - y) * logsigmoid(-logits)).mean()
        case "classes":
            return lambda logits, y: nn.NLLLoss()(torch.log_softmax(logits, dim=1), y)
        case _:
            return lambda outputs, y: (outputs - y).square().mean()


exercise.does_the_same('→ reduction="mean"', because="This is the default.")
exercise.does_the_same("→ .float()", because="The losses have no parameters that it could convert.")
exercise.does_the_same("NLLLoss → CrossEntropyLoss", line="log_softmax",
                       because="The softmax of log-probabilities gives the probabilities back.")
exercise.does_the_same(kind="order of statements", line="if task ==",
                       because="A task has one name, so only one of the two conditions can hold.")
exercise.does_the_same("-(y * logsigmoid(logits) + (1 - y) * logsigmoid(-logits)) → "
                       "(-(y * logsigmoid(logits) + (1 - y) * logsigmoid(-logits)))",
                       because="The mean of the negative is the negative of the mean.")
exercise.does_the_same(line="(outputs - y).square()", because="The square of a difference doesn't depend on its order.")


@exercise.mistake(
    "The plain binary cross-entropy, `nn.BCELoss`, expects probabilities, but here it gets logits. "
    "`nn.BCEWithLogitsLoss` takes the logits as they are, and is more exact as well."
)
def bce_without_logits(task):
    return {"binary": nn.BCELoss(), "classes": nn.CrossEntropyLoss(), "number": nn.MSELoss()}[task]


@exercise.mistake(
    "A sigmoid and then the plain binary cross-entropy: right for small logits, but a sigmoid of 120 is 1 to all "
    "digits, and the loss gives up at 100. `nn.BCEWithLogitsLoss` does both in one exact step.",
    shown_by=lambda code: code.names("sigmoid") or code.names("Sigmoid"),
    otherwise="Your binary loss is right for small logits, but gives up at 100 if a logit is large and wrong. "
    "`nn.BCEWithLogitsLoss` stays exact.",
)
def sigmoid_then_bce(task):
    if task == "binary":
        return lambda logits, y: nn.BCELoss()(torch.sigmoid(logits), y)
    return nn.CrossEntropyLoss() if task == "classes" else nn.MSELoss()


@exercise.mistake(
    "A softmax and then its logarithm: right for small logits, but a softmax rounds small probabilities to 0, and the "
    "logarithm of 0 is minus infinity. `nn.CrossEntropyLoss` does both in one exact step.",
    shown_by=lambda code: code.names("softmax") or code.names("Softmax"),
)
def log_of_softmax(task):
    if task == "classes":
        return lambda logits, y: nn.NLLLoss()(torch.softmax(logits, dim=1).log(), y)
    return nn.BCEWithLogitsLoss() if task == "binary" else nn.MSELoss()


@exercise.mistake(
    "This applies the sigmoid twice: you do once, and `BCEWithLogitsLoss` does again. The probabilities can't leave "
    "0.5 to 0.73 that way, and learning crawls. Give it the logits.",
    shown_by=lambda code: code.names("sigmoid") or code.names("Sigmoid"),
)
def sigmoid_twice(task):
    if task == "binary":
        return lambda logits, y: nn.BCEWithLogitsLoss()(torch.sigmoid(logits), y)
    return pick_loss(task)


@exercise.mistake(
    "This applies the softmax twice: you do once, and `CrossEntropyLoss` does again. Give it the logits.",
    shown_by=lambda code: code.names("softmax") or code.names("Softmax"),
)
def softmax_twice(task):
    if task == "classes":
        return lambda logits, y: nn.CrossEntropyLoss()(logits.softmax(dim=1), y)
    return pick_loss(task)


@exercise.mistake(
    "You take the cross-entropy of a single column. The softmax of one logit is always 1, so this loss teaches "
    "nothing. For one logit per row, use `BCEWithLogitsLoss`."
)
def cross_entropy_for_binary(task):
    if task == "binary":
        return nn.CrossEntropyLoss()
    return pick_loss(task)


@exercise.mistake(
    "`nn.NLLLoss` expects log-probabilities, but you pass it logits. `nn.CrossEntropyLoss` is log-softmax and NLLLoss "
    "in one.",
    shown_by=lambda code: code.names("NLLLoss") or code.names("nll_loss"),
    otherwise="Your loss for classes is minus the logit of the right class. That is not a loss yet: the logits have to "
    "become log-probabilities first. `nn.CrossEntropyLoss` does both.",
)
def nll_on_logits(task):
    if task == "classes":
        return nn.NLLLoss()
    return pick_loss(task)


@exercise.mistake(
    "You take the squared error for every task. It fits numbers; classes have no distances (and it can't even compare "
    "(N, C) logits with (N,) class numbers)."
)
def squared_error_for_all(task):
    return nn.MSELoss()


@exercise.mistake(
    "This is the absolute error. It is a loss for numbers too, and more patient with outliers, but the table asks for "
    "the squared one."
)
def absolute_error(task):
    return nn.L1Loss() if task == "number" else pick_loss(task)


@exercise.mistake(
    "`nn.MSELoss` is a class, and `nn.MSELoss(outputs, targets)` tries to *make* a loss out of a batch. Make the "
    "object first, with parentheses, `nn.MSELoss()`; the object takes the batch."
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


@exercise.mistake(
    "You return `BCEWithLogitsLoss` for every task. If your condition reads `task == \"binary\" or \"…\"`: that is "
    "always true, because a string that isn't empty counts as true."
)
def always_binary(task):
    return nn.BCEWithLogitsLoss()


@exercise.mistake(
    "`nn.NLLLoss` expects log-probabilities, but you pass it probabilities, so it isn't even positive. "
    "`nn.CrossEntropyLoss` takes the logits and is log-softmax and NLLLoss in one.",
    shown_by=lambda code: code.names("softmax") or code.names("Softmax"),
)
def nll_on_probabilities(task):
    if task == "classes":
        return lambda logits, y: nn.NLLLoss()(torch.softmax(logits, dim=1), y)
    return nn.BCEWithLogitsLoss() if task == "binary" else nn.MSELoss()


@exercise.mistake(
    "Your binary loss computes with the targets first. PyTorch's losses take outputs first, then targets."
)
def targets_first(task):
    if task == "binary":
        return lambda logits, y: nn.BCEWithLogitsLoss()(y, logits)
    return pick_loss(task)


@exercise.mistake("This is the root of the mean squared error. The table asks for the mean squared error itself.")
def root_of_the_mean(task):
    return (lambda outputs, y: nn.MSELoss()(outputs, y).sqrt()) if task == "number" else pick_loss(task)


@exercise.mistake(
    "The values are right, but the losses have no graph, so `backward()` has nothing to follow. Return the tensor as "
    "the loss computes it, without `.item()`, `.detach()` or `no_grad`."
)
def graph_cut(task):
    loss = pick_loss(task)
    return lambda outputs, y: loss(outputs, y).detach()
