"""A sampler that draws every class equally often."""

import torch
from torch.utils.data import Sampler, WeightedRandomSampler

from course_utils.exercise import Exercise, case
from course_utils.probes.loader import draws


def _labels(rng, counts):
    return case(torch.from_numpy(rng.permutation([c for c, n in enumerate(counts) for _ in range(n)])))


exercise = Exercise(
    name="balanced_sampler",
    points=2,
    objective="Draw rare classes as often as common ones.",
    hints=(
        "`WeightedRandomSampler` takes one weight for each *row*. A row of a class with few rows needs a large weight.",
        "`counts = torch.bincount(labels)` counts each class, and `counts[labels]` gives each row the count of its own "
        "class. The weight is 1 over that.",
        "`WeightedRandomSampler(1.0 / counts[labels], num_samples=len(labels))`. It draws with replacement, so that a "
        "rare row can come more than once.",
    ),
    examples=[],
    fresh=lambda rng: [_labels(rng, [40, 8]), _labels(rng, [30, 6, 24])],
    probe=draws,
    rtol=0.0,
    atol=0.025,  # five standard deviations of a share of 12,000 draws
)


@exercise.reference
def balanced_sampler(labels):
    counts = torch.bincount(labels)
    return WeightedRandomSampler((1.0 / counts[labels]).tolist(), num_samples=len(labels))


@exercise.alternative
def row_by_row(labels):
    labels = labels.tolist()
    weights = [1 / labels.count(label) for label in labels]
    return WeightedRandomSampler(weights, len(labels), replacement=True)


@exercise.alternative
class ClassThenRow(Sampler):
    def __init__(self, labels):
        self.rows = [(labels == c).nonzero().flatten() for c in labels.unique()]
        self.length = len(labels)

    def __len__(self):
        return self.length

    def __iter__(self):
        for c in torch.randint(len(self.rows), (self.length,)).tolist():
            yield int(self.rows[c][torch.randint(len(self.rows[c]), ())])


@exercise.mistake(
    "Only the first rows are ever drawn, as many as there are classes. The sampler takes one weight for each *row*, "
    "and with one for each class it knows of no other rows: `weights[labels]`."
)
def weights_of_classes(labels):
    return WeightedRandomSampler((1.0 / torch.bincount(labels)).tolist(), num_samples=len(labels))


@exercise.mistake(
    "Common classes become even more common: the weight of a row grows with the count of its class. Divide 1 by the "
    "count."
)
def weighted_by_count(labels):
    return WeightedRandomSampler(torch.bincount(labels)[labels].double().tolist(), num_samples=len(labels))


@exercise.mistake(
    "`//` rounds the weights down to whole numbers, so the classes come out only roughly equal. Use `/`.",
    shown_by=lambda code: code.operator("//"),
    otherwise="The classes come out only roughly equal. Rows times weight must be the same for every class, so the "
    "weight of a row is 1 over the count of its class.",
)
def whole_weights(labels):
    counts = torch.bincount(labels)
    return WeightedRandomSampler((len(labels) // counts)[labels].double().tolist(), num_samples=len(labels))


@exercise.mistake(
    "Nothing has changed: every row comes exactly once, the rare ones too. Without replacement (`replacement=False`), "
    "or with a plain random order, no weight can help."
)
def without_replacement(labels):
    counts = torch.bincount(labels)
    return WeightedRandomSampler((1.0 / counts[labels]).tolist(), len(labels), replacement=False)


@exercise.mistake(
    "An epoch would be as many draws as there are classes. `num_samples` is the length of the epoch: `len(labels)`."
)
def one_draw_a_class(labels):
    counts = torch.bincount(labels)
    return WeightedRandomSampler((1.0 / counts[labels]).tolist(), num_samples=len(counts))


@exercise.mistake(
    "You cut every class down to the size of the rarest. That balances them, but most rows are never seen again: draw "
    "`len(labels)` rows with replacement instead."
)
def cut_to_the_rarest(labels):
    fewest = int(torch.bincount(labels).min())
    kept = torch.cat([(labels == c).nonzero().flatten()[:fewest] for c in labels.unique()])
    return torch.utils.data.SubsetRandomSampler(kept.tolist())


@exercise.mistake(
    "The classes come as often as they do in the data: every row is equally likely. Give each row the weight 1 over "
    "the count of its class."
)
def equal_weights(labels):
    return WeightedRandomSampler([1.0] * len(labels), num_samples=len(labels))


@exercise.mistake(
    "1 minus the share of a class makes rare rows likelier, but not by the right amount: with more than two classes "
    "they don't come out equal. Rows times weight must be the same for every class, so the weight is 1 over the count.",
    shown_by=lambda code: code.operator("-"),
    otherwise="Rare rows are likelier now, but not by the right amount: the classes don't come out equal. Rows times "
    "weight must be the same for every class, so the weight is 1 over the count.",
)
def one_minus_the_share(labels):
    weights = 1 - torch.bincount(labels)[labels] / len(labels)
    return WeightedRandomSampler(weights.tolist(), num_samples=len(labels))


@exercise.mistake(
    "These are the weights. The sampler draws by them: `WeightedRandomSampler(weights, num_samples=len(labels))`.",
    shown_by=lambda code: not code.calls("WeightedRandomSampler"),
    otherwise="You returned a tensor, not the sampler.",
)
def weights_alone(labels):
    return 1.0 / torch.bincount(labels)[labels]


@exercise.mistake(
    "Every epoch draws the same rows in the same order. Return a sampler that makes a new draw "
    "whenever a loader asks it, as `WeightedRandomSampler` does."
)
def drawn_only_once(labels):
    weights = 1.0 / torch.bincount(labels)[labels]
    return torch.multinomial(weights, len(labels), replacement=True).tolist()


RATIOS = "Only the ratios of the weights count."
exercise.does_the_same("1.0 → 2.0", "1.0 → 0.5", "1.0 / counts → (1.0 / counts)", line="WeightedRandomSampler",
                       because=RATIOS)
exercise.does_the_same("1 → 2", "1 → 3", line="labels.count", because=RATIOS)
exercise.does_the_same(".tolist() →", because="A tensor of weights, or of classes, will do as well as a list.")
exercise.does_the_same(", replacement=True →", because="It is the default.")
exercise.does_the_same("labels → weights", line="replacement=True", because="There is one weight for each label.")
exercise.does_the_same("→ return c", because="Without it the generator would end there too.")
exercise.does_the_same("→ super().__init__()", because="`Sampler` keeps nothing in its `__init__`.")
exercise.does_the_same("flatten → squeeze", ".flatten() →", "→ 1", "→ start_dim=1", line="nonzero()",
                       because="A row of `nonzero()` has one number, and `int` takes it out of a tensor of shape (1,).")
exercise.does_the_same(kind="order of statements", line="self.rows =", because="Neither line needs the other.")
exercise.does_the_same("int(self.rows[c][torch.randint(len(self.rows[c]), ())]) → "
                       "self.rows[c][torch.randint(len(self.rows[c]), ())]",
                       because="A tensor with one whole number will do as an index.")
