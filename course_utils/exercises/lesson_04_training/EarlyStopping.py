"""Stop when the validation loss has not improved for a while, and keep the best weights."""

import copy
import math

from course_utils.exercise import Exercise, case
from course_utils.probes.training import stopping


def _losses(rng, patience):
    """Down, up, further down, with fewer bad epochs in a row than the patience; then as many and one more."""
    level, losses = 2.0, []
    for _ in range(3):
        level -= float(rng.uniform(0.1, 0.3))
        losses += [level] + [level + 0.05 * float(rng.uniform(0.2, 1)) for _ in range(patience - 1)]
    level -= 0.1
    losses += [level, level, *sorted((level + 0.2 * float(u) for u in rng.uniform(0.1, 1, patience)), reverse=True)]
    return case([round(loss, 4) for loss in losses], patience, training=bool(rng.integers(2)))


exercise = Exercise(
    name="EarlyStopping",
    kind="class",
    points=2,
    objective="Stop training in time, and go back to the best epoch.",
    hints=(
        "What has to be remembered from epoch to epoch? The best loss so far, how many epochs ago that was, and the "
        "weights of that epoch.",
        "On a new best loss, keep it, keep the weights and set the count back to 0. Otherwise count one more. Stop "
        "when "
        "the count has reached `patience`.",
        "`model.state_dict()` does not copy: its tensors are the model's own, and the next step changes them. "
        "`copy.deepcopy(model.state_dict())`.",
    ),
    examples=[
        case([0.7, 0.6, 0.65, 0.62, 0.5], 2),
        case([0.7, 0.6, 0.65, 0.5, 0.55, 0.52, 0.51, 0.4], 3),
        case([0.5, 0.5, 0.5, 0.5], 2),
        case([120.0, 130.0, 121.0, 125.0, 122.0, 120.5], 4, training=False),  # a start at 1, 10 or 100 shows
        case([0.5, 0.49995, 0.4999, 0.4998, 0.49985, 0.3], 1),  # so does a smallest step that counts
        case([0.9, 0.8, 0.85, 0.7, 0.75, 0.6], 5),
    ],
    fresh=lambda rng: [_losses(rng, patience) for patience in (1, 2, 3, 4, 6)],
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


exercise.does_the_same("→ super().__init__()", because="The class has no base class whose `__init__` does anything.")
exercise.does_the_same(line="self.best_weights = None", because="The first loss is a new best, which sets the weights "
                       "and the count; before that nothing reads them.")
exercise.does_the_same("0 → 1", "0 → -1", "0 → 2", "0 → 3", "self. →", "epochs_without → best_weights", "= → *=",
                       line="self.epochs_without = 0", because="The first loss is a new best, which sets the count to "
                       "0, and so does 0 times any count.")
exercise.does_the_same("5 → 6", "5 → 4", "5 → -5", "5 → 10", "=5 →", because="The patience is always given.")
exercise.does_the_same(line="self.patience, self.epoch, self.best_epoch = patience, 0, 0",
                       because="The first loss is a new best, which sets the best epoch. From then on only the "
                       "difference of the two numbers counts.")
exercise.does_the_same("→ val_loss =", line="self.losses.append(", because="The name is not read again.")
for line in ("self.patience = patience", 'self.best_loss = float("inf")', "self.best_loss = val_loss",
             "self.best_weights = copy.deepcopy(", "self.best_loss, self.best_epoch = val_loss"):
    exercise.does_the_same(kind="order of statements", line=line,
                           because="The two lines set different attributes, and neither reads what the other sets.")


@exercise.mistake(
    "The weights that you kept changed afterwards. `state_dict()` holds the model's own tensors, and training keeps "
    "writing into them. Keep `copy.deepcopy(model.state_dict())`."
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
    "You count all epochs without a new best loss, but patience counts those *in a row*. A new best loss starts the "
    "count again at 0."
)
class CountNeverReset(EarlyStopping):
    def should_stop(self, val_loss, model):
        if val_loss < self.best_loss:
            self.best_loss, self.best_weights = val_loss, copy.deepcopy(model.state_dict())
        else:
            self.epochs_without += 1
        return self.epochs_without >= self.patience


@exercise.mistake(
    "You compare with the epoch before. A loss that rises and then falls back a little counts as an improvement that "
    "way, even if it is far above the best one. Compare with the best loss so far."
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


@exercise.mistake(
    "Your `best_loss` is the loss of the latest epoch, and the next loss is compared with that. Keep a loss only if it "
    "is lower than the best one so far."
)
class BestLossIsTheLatest(EarlyStopping):
    def should_stop(self, val_loss, model):
        stop = super().should_stop(val_loss, model)
        self.best_loss = val_loss
        return stop


@exercise.mistake(
    "You stop one epoch late. With `patience` 2, the second epoch in a row without a new best is the last."
)
class OneEpochLate(EarlyStopping):
    def should_stop(self, val_loss, model):
        super().should_stop(val_loss, model)
        return self.epochs_without > self.patience


@exercise.mistake(
    "You stop at the first epoch without a lower loss. Losses jitter: wait for `patience` of them in a row."
)
class NoPatience(EarlyStopping):
    def should_stop(self, val_loss, model):
        super().should_stop(val_loss, model)
        return self.epochs_without > 0


@exercise.mistake(
    "An equal loss counts as better in yours. A network that has stopped learning would then train forever. Only a "
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


@exercise.mistake("You kept the weights of the last epoch. Keep them only if the loss is a new best.")
class KeepsTheLast(EarlyStopping):
    def should_stop(self, val_loss, model):
        stop = super().should_stop(val_loss, model)
        self.best_weights = copy.deepcopy(model.state_dict())
        return stop


@exercise.mistake(
    "Your best loss stays 0, because no loss here is below 0. Start from infinity, `float(\"inf\")`."
)
class StartsAtZero(EarlyStopping):
    def __init__(self, patience):
        super().__init__(patience)
        self.best_loss = 0


@exercise.mistake(
    "You stop one epoch early. With `patience` 2, the second epoch in a row without a new best is the last."
)
class OneEpochEarly(EarlyStopping):
    def should_stop(self, val_loss, model):
        super().should_stop(val_loss, model)
        return self.epochs_without >= self.patience - 1


@exercise.mistake(
    "You say True only at the epoch at which patience runs out, and False at the next one, although that has brought "
    "no lower loss either. Compare with `>=`.",
    shown_by=lambda code: code.compares("=="),
    otherwise="`should_stop` says True once, and False at the next epoch, although that has brought no lower loss "
    "either. As long as there is nothing better, the answer stays True.",
)
class OnlyOnce(EarlyStopping):
    def should_stop(self, val_loss, model):
        super().should_stop(val_loss, model)
        return self.epochs_without == self.patience


@exercise.mistake(
    "Your best loss starts at 1, so a loss above 1 is never the best. Losses have no upper limit: start from "
    "infinity, `float(\"inf\")`."
)
class StartsAtOne(EarlyStopping):
    def __init__(self, patience):
        super().__init__(patience)
        self.best_loss = 1.0


@exercise.mistake(
    "You kept the parameters, but a state dict holds the buffers as well, such as the running means of batch norm. "
    "Keep a copy of all of `model.state_dict()`."
)
class ParametersOnly(EarlyStopping):
    def should_stop(self, val_loss, model):
        stop = super().should_stop(val_loss, model)
        names = {name for name, _ in model.named_parameters()}
        self.best_weights = {name: tensor for name, tensor in self.best_weights.items() if name in names}
        return stop


@exercise.mistake(
    "`best_weights` holds a model. It should be the model's state dict: `copy.deepcopy(model.state_dict())`."
)
class KeepsTheModel(EarlyStopping):
    def should_stop(self, val_loss, model):
        if val_loss < self.best_loss:
            self.best_loss, self.best_weights = val_loss, copy.deepcopy(model)
            self.epochs_without = 0
        else:
            self.epochs_without += 1
        return self.epochs_without >= self.patience
