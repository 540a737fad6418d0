"""Stop when the validation loss has not improved for a while, and keep the best weights."""

import copy
import math

from course_utils.exercise import Exercise, case
from course_utils.probes.training import stopping

exercise = Exercise(
    name="EarlyStopping",
    kind="class",
    points=2,
    objective="Stop a training in time, and go back to its best epoch.",
    hints=(
        "What has to be remembered from epoch to epoch? The best loss so far, how many epochs ago that was, and the "
        "weights of that epoch.",
        "On a new best loss: keep it, keep the weights, set the count back to 0. Otherwise count one more. Stop when "
        "the count has reached `patience`.",
        "`model.state_dict()` does not copy: its tensors are the model's own, and the next step changes them. "
        "`copy.deepcopy(model.state_dict())`.",
    ),
    examples=[
        case([0.7, 0.6, 0.65, 0.62, 0.5], 2),
        case([0.7, 0.6, 0.65, 0.5, 0.55, 0.52, 0.51, 0.4], 3),
        case([0.5, 0.5, 0.5, 0.5], 2),
    ],
    fresh=lambda rng: [
        # Down, up, further down, then up for good; the noise never reaches across the steps.
        case([round(float(level + noise), 3) for level, noise in
              zip([0.9, 0.8, 0.85, 0.7, 0.75, 0.72, 0.73, 0.5], rng.uniform(0, 0.009, 8), strict=True)], 3),
    ],
    probe=stopping,
    shown_call=lambda name, args, kwargs: f"{name}(patience={args[1]}), losses {', '.join(map(str, args[0]))}",
)


@exercise.reference
class EarlyStopping:
    def __init__(self, patience):
        self.patience = patience
        self.best_loss = float("inf")
        self.best_weights = None
        self.epochs_without = 0

    def should_stop(self, val_loss, model):
        if val_loss < self.best_loss:
            self.best_loss = val_loss
            self.best_weights = copy.deepcopy(model.state_dict())
            self.epochs_without = 0
        else:
            self.epochs_without += 1
        return self.epochs_without >= self.patience


@exercise.alternative
class WithEpochNumbers:
    def __init__(self, patience=5):
        self.patience, self.epoch, self.best_epoch = patience, 0, 0
        self.best_loss = float("inf")

    def should_stop(self, val_loss, model):
        self.epoch += 1
        if val_loss < self.best_loss:
            self.best_loss, self.best_epoch = val_loss, self.epoch
            self.best_weights = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        return self.epoch - self.best_epoch >= self.patience


@exercise.alternative
class WithHistory:
    def __init__(self, patience):
        self.patience = patience
        self.losses = []

    def should_stop(self, val_loss, model):
        if not self.losses or val_loss < min(self.losses):
            self.best_weights = copy.deepcopy(model).state_dict()
        self.losses.append(val_loss)
        self.best_loss = min(self.losses)
        return len(self.losses) - 1 - self.losses.index(self.best_loss) >= self.patience


@exercise.mistake(
    "The weights that you kept changed afterwards. `state_dict()` holds the model's own tensors, and training goes on "
    "writing into them: `copy.deepcopy(model.state_dict())`."
)
class KeepsNoCopy(EarlyStopping):
    def should_stop(self, val_loss, model):
        if val_loss < self.best_loss:
            self.best_weights = model.state_dict()
            self.best_loss, self.epochs_without = val_loss, 0
        else:
            self.epochs_without += 1
        return self.epochs_without >= self.patience


@exercise.mistake(
    "The count is never set back. Bad epochs need not follow one another then; patience means so many *in a row*. A "
    "new best loss starts the count again at 0."
)
class CountNeverReset(EarlyStopping):
    def should_stop(self, val_loss, model):
        if val_loss < self.best_loss:
            self.best_loss, self.best_weights = val_loss, copy.deepcopy(model.state_dict())
        else:
            self.epochs_without += 1
        return self.epochs_without >= self.patience


@exercise.mistake(
    "You compare with the epoch before. A loss that rises and then falls back a little counts as better that way, "
    "while it is far above the best. Compare with the best."
)
class ComparesWithTheLast(EarlyStopping):
    def should_stop(self, val_loss, model):
        if val_loss < getattr(self, "last", math.inf):
            self.best_loss, self.best_weights = val_loss, copy.deepcopy(model.state_dict())
            self.epochs_without = 0
        else:
            self.epochs_without += 1
        self.last = val_loss
        return self.epochs_without >= self.patience


@exercise.mistake("You stop one epoch late: with `patience` 2, the second epoch without a new best is the last (`>=`).")
class OneEpochLate(EarlyStopping):
    def should_stop(self, val_loss, model):
        super().should_stop(val_loss, model)
        return self.epochs_without > self.patience


@exercise.mistake("You stop at the first epoch that is no better. Losses jitter: wait for `patience` of them in a row.")
class NoPatience(EarlyStopping):
    def should_stop(self, val_loss, model):
        super().should_stop(val_loss, model)
        return self.epochs_without > 0


@exercise.mistake(
    "An equal loss counts as better in yours (`<=`). A net that has stopped learning would then go on for ever; only a "
    "lower loss is an improvement."
)
class EqualIsBetter(EarlyStopping):
    def should_stop(self, val_loss, model):
        if val_loss <= self.best_loss:
            self.best_loss, self.best_weights = val_loss, copy.deepcopy(model.state_dict())
            self.epochs_without = 0
        else:
            self.epochs_without += 1
        return self.epochs_without >= self.patience


@exercise.mistake("You kept the weights of the last epoch. Keep them only when the loss is a new best.")
class KeepsTheLast(EarlyStopping):
    def should_stop(self, val_loss, model):
        stop = super().should_stop(val_loss, model)
        self.best_weights = copy.deepcopy(model.state_dict())
        return stop


@exercise.mistake(
    "No loss is below 0, so nothing is ever better than the 0 that you start from. Start from infinity, "
    "`float(\"inf\")`."
)
class StartsAtZero(EarlyStopping):
    def __init__(self, patience):
        super().__init__(patience)
        self.best_loss = 0
