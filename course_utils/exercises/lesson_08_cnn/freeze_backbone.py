"""Fine-tuning: keep what was learned, and put a new head on it."""

import torch
from torch import nn

from course_utils.exercise import Exercise, case
from course_utils.probes.image_model import frozen


def _images(rng):
    return torch.from_numpy(rng.normal(size=(2, 3, 8, 8))).float()


exercise = Exercise(
    name="freeze_backbone",
    points=2,
    objective="Prepare a trained net for new classes.",
    hints=(
        "Two things happen here: the parameters of `model.features` no longer get gradients, and `model.head` is "
        "replaced by a new layer. How many inputs does the new one need?",
        "`model.features.requires_grad_(False)` (with an underscore, and brackets) switches all of them off. "
        "`model.head.in_features` says how many inputs the old head had.",
        "`model.head = nn.Linear(model.head.in_features, classes)`, then `return model`.",
    ),
    examples=lambda: [case(2, torch.linspace(-1, 1, 384).reshape(2, 3, 8, 8))],
    fresh=lambda rng: [case(int(rng.integers(4, 9)), _images(rng), seed=int(rng.integers(1000)))],
    probe=frozen,
    shown_call=lambda name, args, kwargs: f"{name}(‹net of 3 classes›, {args[0]})",
)


@exercise.reference
def freeze_backbone(model, classes):
    model.features.requires_grad_(False)
    model.head = nn.Linear(model.head.in_features, classes)
    return model


@exercise.alternative
def one_by_one(model, classes):
    for parameter in model.parameters():
        parameter.requires_grad = False
    model.head = nn.Linear(model.head.weight.shape[1], classes)
    return model


@exercise.alternative
def without_bias(model, classes):
    model.features.requires_grad_(False)
    model.head = nn.Linear(model.head.in_features, classes, bias=False)
    return model


@exercise.alternative
def by_name(model, classes):
    inputs = model.get_submodule("head").in_features
    model.head = nn.Linear(inputs, classes)
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name.startswith("head"))
    return model


@exercise.mistake(
    "Everything is frozen, the new head included, so nothing can learn. Freeze first and make the head afterwards, or "
    "freeze `model.features` only."
)
def head_frozen_too(model, classes):
    model.head = nn.Linear(model.head.in_features, classes)
    for parameter in model.parameters():
        parameter.requires_grad = False
    return model


@exercise.mistake(
    "The head is new, but the features still learn. `model.features.requires_grad_(False)`, with the underscore, goes "
    "through their parameters. An attribute `requires_grad` on a module, `eval()` and `no_grad()` here freeze nothing."
)
def nothing_frozen(model, classes):
    model.features.requires_grad = False
    model.head = nn.Linear(model.head.in_features, classes)
    return model


@exercise.mistake(
    "The features are frozen, but the model still has its old head, with its old weights. (Setting its `out_features` "
    "doesn't change them.) Put a new `nn.Linear` in its place."
)
def old_head(model, classes):
    model.features.requires_grad_(False)
    return model


@exercise.mistake(
    "You put a second layer after the old head, so the new classes are computed from the old ones' logits. Replace the "
    "head: it then sees all the features."
)
def head_upon_head(model, classes):
    model.features.requires_grad_(False)
    model.head = nn.Sequential(model.head, nn.Linear(model.head.out_features, classes))
    return model


@exercise.mistake("The function returns nothing. Give the model back: `return model`.")
def returns_nothing(model, classes):
    freeze_backbone(model, classes)


@exercise.mistake(
    "The features no longer have the weights they came with, so what was learned is gone. Keep `model.features` as it "
    "is."
)
def features_reset(model, classes):
    for part in model.features.modules():
        if hasattr(part, "reset_parameters"):
            part.reset_parameters()
    return freeze_backbone(model, classes)


TEN = (
    "The new head has a fixed number of outputs. It should have one for each of the `classes`: "
    "`nn.Linear(model.head.in_features, classes)`."
)


@exercise.mistake(TEN)
def always_ten_classes(model, classes):
    return freeze_backbone(model, 10)


@exercise.mistake(TEN)
def as_many_as_before(model, classes):
    return freeze_backbone(model, model.head.out_features)


@exercise.mistake(
    "`model.head.requires_grad_(False)` freezes the head. It is the features that should stop learning.",
    shown_by=lambda code: code.names("requires_grad_") or code.names("requires_grad"),
    otherwise="The features learn, and the head is frozen. It should be the other way round.",
)
def head_frozen_instead(model, classes):
    model.head = nn.Linear(model.head.in_features, classes)
    model.head.requires_grad_(False)
    return model


exercise.does_the_same("→ model.eval()", "→ model.train()", because="The text leaves the mode to the caller.")
exercise.does_the_same(kind="result lost", because="`requires_grad_` returns the module or the parameter itself.")
exercise.does_the_same(kind="order of statements", because="The features and the head have no parameter in common.")
exercise.does_the_same("→ , bias=False", ", bias=False →", "False → True", line="model.head = nn.Linear",
                       because="The exercise takes a head with a bias or without.")
exercise.does_the_same(kind="indentation", line="model.head = nn.Linear",
                       because="Each round makes a new head, and the parameters of the last one still learn.")
