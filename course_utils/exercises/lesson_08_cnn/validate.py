"""Repair: a validation loss measured with batch norm in train mode."""

import torch
from torch.nn import functional as F

from course_utils.exercise import Exercise, case
from course_utils.probes.image_model import measure


def _case(rng, sizes, training):
    count = sum(sizes)
    images = torch.from_numpy(rng.normal(size=(count, 3, 8, 8))).float()
    return case(images, torch.from_numpy(rng.integers(0, 3, count)), sizes, training, seed=int(rng.integers(1000)))


exercise = Exercise(
    name="validate",
    points=1,
    objective="Measure a model without changing it.",
    hints=(
        "`torch.no_grad()` stops gradients. What does it do to the running statistics of batch norm?",
        "`model.eval()` before the loop. And afterwards the training goes on: which mode should the model be in then? "
        "`model.training` says which it was in before.",
        "`was_training = model.training`, `model.eval()`, … , `model.train(was_training)`.",
    ),
    examples=lambda: [
        case(torch.linspace(-2, 2, 1152).reshape(6, 3, 8, 8), torch.tensor([0, 1, 2, 1, 0, 0]), [4, 2], True),
    ],
    fresh=lambda rng: [
        _case(rng, [8, 3], True),
        _case(rng, [4, 4, 1], False),
    ],
    probe=measure,
    shown_call=lambda name, args, kwargs: (
        f"{name}(‹net in {'train' if args[3] else 'eval'} mode›, ‹batches of {', '.join(map(str, args[2]))} images›)"),
)


@exercise.reference
def validate(model, batches):
    """The mean loss per image over the batches."""
    was_training = model.training
    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for images, labels in batches:
            total += F.cross_entropy(model(images), labels, reduction="sum").item()
            count += len(labels)
    model.train(was_training)
    return total / count


@exercise.alternative
def all_at_once(model, batches):
    mode = model.training
    model.train(False)
    with torch.inference_mode():
        logits = torch.cat([model(images) for images, _ in batches])
        loss = F.cross_entropy(logits, torch.cat([labels for _, labels in batches]))
    if mode:
        model.train()
    return loss.item()


@exercise.alternative
@torch.no_grad()
def with_try(model, batches):
    was_training = model.training
    try:
        model.eval()
        losses = [F.cross_entropy(model(images), labels, reduction="none") for images, labels in batches]
        return torch.cat(losses).mean()
    finally:
        model.train(was_training)


@exercise.starter
@exercise.mistake(
    "The model computes in train mode. Batch norm scales each batch by that batch's own mean and spread, so an image's "
    "loss depends on its neighbours, and it moves its running statistics towards the validation images. `no_grad` does "
    "not stop that; `model.eval()` does.",
    shown_by=lambda code: not code.uncalled("eval"),
)
def in_train_mode(model, batches):
    """The mean loss per image over the batches."""
    total, count = 0.0, 0
    with torch.no_grad():
        for images, labels in batches:
            total += F.cross_entropy(model(images), labels, reduction="sum").item()
            count += len(labels)
    return total / count


@exercise.mistake(
    "The parentheses after `model.eval` are missing: only `model.eval()` calls it, so the model still computes in "
    "train mode.",
    shown_by=lambda code: code.uncalled("eval") and not code.calls("eval"),
)
def eval_not_called(model, batches):
    was_training = model.training
    model.eval  # noqa: B018
    loss = in_train_mode(model, batches)
    model.train(was_training)
    return loss


@exercise.mistake(
    "The loss is right. But the model stays in eval mode, and the training that continues afterwards would run without "
    "dropout and without batch statistics. Put it back in the mode it came in."
)
def left_in_eval(model, batches):
    model.eval()
    return in_train_mode(model, batches)


@exercise.mistake(
    "The loss is right. But a model that came in eval mode is in train mode afterwards. Remember `model.training` "
    "first, and put *that* back."
)
def always_back_to_train(model, batches):
    model.eval()
    loss = in_train_mode(model, batches)
    model.train()
    return loss


@exercise.mistake(
    "You averaged the batches' means, so the images of the small last batch count more than the others. Add up the "
    "losses of the images, and divide by their number."
)
def mean_of_means(model, batches):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        losses = [F.cross_entropy(model(images), labels).item() for images, labels in batches]
    model.train(was_training)
    return sum(losses) / len(losses)


@exercise.mistake("This is the sum over all images. Divide by how many there are.")
def not_divided(model, batches):
    return validate(model, batches) * sum(len(labels) for _, labels in batches)


@exercise.mistake(
    "The model computes in train mode, and is left in eval mode: `eval()` comes after the batches. Call it before the "
    "loop, and put the old mode back after it."
)
def eval_at_the_end(model, batches):
    loss = in_train_mode(model, batches)
    model.eval()
    return loss


@exercise.mistake(
    "You divided the sum over all images by the number of batches. Divide by the number of images."
)
def divided_by_batches(model, batches):
    return not_divided(model, batches) / len(batches)


@exercise.mistake(
    "Batch norm is in eval mode now, but dropout still drops. `model.eval()` switches all layers at once."
)
def only_batch_norm(model, batches):
    was_training = model.training
    for layer in model.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.eval()
    loss = in_train_mode(model, batches)
    model.train(was_training)
    return loss


@exercise.mistake(
    "This is the loss of the last batch alone. Add up the losses of all images, and divide by their number."
)
def last_batch_only(model, batches):
    return validate(model, batches[-1:])


@exercise.mistake("This is the loss of the first batch alone. Return the result after the loop, not in it.",
                  shown_by=lambda code: code.return_in_loop(), otherwise="This is the loss of the first batch alone.")
def first_batch_only(model, batches):
    for batch in batches:
        return validate(model, [batch])
