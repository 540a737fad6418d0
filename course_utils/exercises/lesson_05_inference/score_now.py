"""Repair: a score taken in the middle of training, by a model in train mode."""

import torch

from course_utils.exercise import Exercise, case
from course_utils.probes.inference import SIZES, scoring
from course_utils.probes.training import net


def _case(rng, training):
    """Rows on which train mode and a wrong threshold give other accuracies than the right one, and none is 50%."""
    while True:
        seed = int(rng.integers(1000))
        rows = torch.from_numpy(rng.normal(1, 2, size=(20, SIZES[0]))).float()
        labels = torch.from_numpy(rng.integers(0, 2, size=(20, 1))).float()
        model = net(SIZES, seed, dropout=0.5, normed=True)
        with torch.no_grad():
            shares = [((logits > threshold) == labels.bool()).float().mean().item()
                      for logits in (model.eval()(rows),) for threshold in (0, 0.5)]
        if shares[0] != shares[1] and shares[0] != 0.5:
            return case(rows, labels, training, seed=seed)


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
def with_finally(model, rows, labels):
    mode = model.training
    try:
        with torch.no_grad():
            return ((model.train(False)(rows) > 0).float() == labels).float().mean()
    finally:
        model.train(mode)


@exercise.starter
@exercise.mistake(
    "The model is scored in train mode. Dropout takes half of it away at random, batch norm looks at the other rows of "
    "the batch (and learns from them), and the score is another one each time. `model.eval()` before, and back "
    "afterwards."
)
def in_train_mode(model, rows, labels):
    with torch.no_grad():
        predicted = model(rows) > 0
    return (predicted == labels.bool()).float().mean().item()


@exercise.mistake(
    "The score is right, and the model stays in eval mode: whoever goes on training now does so without dropout. Put "
    "it back into the mode that you found it in."
)
def left_in_eval(model, rows, labels):
    model.eval()
    with torch.no_grad():
        predicted = model(rows) > 0
    return (predicted == labels.bool()).float().mean().item()


@exercise.mistake(
    "You put the model into train mode at the end, always. One that came in eval mode, finished and in use, leaves "
    "with dropout on. Remember `model.training`, and restore that."
)
def always_back_to_train(model, rows, labels):
    model.eval()
    with torch.no_grad():
        predicted = model(rows) > 0
    model.train()
    return (predicted == labels.bool()).float().mean().item()


@exercise.mistake("You compared logits with 0.5. For a logit the middle is 0; 0.5 is the middle of probabilities.")
def logits_against_half(model, rows, labels):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        predicted = model(rows) > 0.5
    model.train(was_training)
    return (predicted == labels.bool()).float().mean().item()


@exercise.mistake("This is the share of wrong answers; accuracy is the share of right ones.")
def error_rate(model, rows, labels):
    return 1 - score_now(model, rows, labels)


@exercise.mistake(
    "You set `model.training`, and that reaches the outermost module only: every layer in it keeps the mode that it "
    "had. `model.train(was_training)` goes all the way down."
)
def outermost_only(model, rows, labels):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        predicted = model(rows) > 0
    model.training = was_training
    return (predicted == labels.bool()).float().mean().item()


@exercise.mistake("You returned how many answers are right. Divide by the number of rows.")
def count_for_share(model, rows, labels):
    return round(score_now(model, rows, labels) * len(rows))
