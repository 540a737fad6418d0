"""The same net with one more layer: what else must change?"""

import torch
from torch import nn

from course_utils.exercise import Exercise, case
from course_utils.probes.module import module, shown_call


def _rows(rng, count):
    return torch.from_numpy(rng.normal(size=(count, 8)) * 3).float()


exercise = Exercise(
    name="pima_net_20",
    points=2,
    objective="Put a layer into a net, and mend its neighbour.",
    hints=(
        "Write the sizes down in a row: 8, 12, 20, 8, 1. Each pair of neighbours is a linear layer.",
        "The new layer is Linear(12, 20), with a ReLU behind it. The layer after it used to take in 12.",
    ),
    examples=lambda: [case([torch.linspace(-9, 9, 80).sin().reshape(10, 8) * 3], 22)],
    fresh=lambda rng: [case([_rows(rng, 12)], int(rng.integers(1, 1000)))],
    probe=module,
    shown_call=shown_call,
    rtol=1e-3,
    atol=1e-4,
)


@exercise.reference
def pima_net_20():
    return nn.Sequential(
        nn.Linear(8, 12), nn.ReLU(),
        nn.Linear(12, 20), nn.ReLU(),
        nn.Linear(20, 8), nn.ReLU(),
        nn.Linear(8, 1),
    )


@exercise.alternative
def from_sizes():
    sizes, layers = [8, 12, 20, 8, 1], []
    for n, m in zip(sizes, sizes[1:]):
        layers += [nn.Linear(n, m), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


@exercise.alternative
def nested():
    def block(n, m):
        return nn.Sequential(nn.Linear(n, m), nn.ReLU())

    return nn.Sequential(block(8, 12), block(12, 20), block(20, 8), nn.Linear(8, 1))


@exercise.mistake(
    "Two neighbours don't fit: each layer must take in as many numbers as the one before it gives out. Go along "
    "8-12-20-8-1, pair by pair. What comes behind `Linear(12, 20)` is `Linear(20, 8)`."
)
def neighbour_forgotten():
    return nn.Sequential(nn.Linear(8, 12), nn.ReLU(), nn.Linear(12, 20), nn.ReLU(),
                         nn.Linear(12, 8), nn.ReLU(), nn.Linear(8, 1))


@exercise.mistake("You put the new layer behind the one with 8 neurons. It belongs between the 12 and the 8.")
def too_late():
    return nn.Sequential(nn.Linear(8, 12), nn.ReLU(), nn.Linear(12, 8), nn.ReLU(),
                         nn.Linear(8, 20), nn.ReLU(), nn.Linear(20, 1))


@exercise.mistake("You put the new layer in front of the one with 12 neurons. It belongs between the 12 and the 8.")
def too_early():
    return nn.Sequential(nn.Linear(8, 20), nn.ReLU(), nn.Linear(20, 12), nn.ReLU(),
                         nn.Linear(12, 8), nn.ReLU(), nn.Linear(8, 1))


@exercise.mistake("This is the net of exercise 2. Put the layer with 20 neurons in between the 12 and the 8.")
def nothing_new():
    return nn.Sequential(nn.Linear(8, 12), nn.ReLU(), nn.Linear(12, 8), nn.ReLU(), nn.Linear(8, 1))


@exercise.mistake("The 20 have taken the place of the 8. The 8 stay: 12 to 20, 20 to 8, 8 to 1.")
def eight_lost():
    return nn.Sequential(nn.Linear(8, 12), nn.ReLU(), nn.Linear(12, 20), nn.ReLU(), nn.Linear(20, 1))


@exercise.mistake("You replaced a layer. The 12 stay, and the 20 come between them and the 8.")
def replaced():
    return nn.Sequential(nn.Linear(8, 20), nn.ReLU(), nn.Linear(20, 8), nn.ReLU(), nn.Linear(8, 1))


@exercise.mistake(
    "The new layer has no ReLU behind it. Two linear layers in a row are one: the 20 neurons would add nothing."
)
def no_activation_behind():
    return nn.Sequential(nn.Linear(8, 12), nn.ReLU(), nn.Linear(12, 20),
                         nn.Linear(20, 8), nn.ReLU(), nn.Linear(8, 1))


@exercise.mistake("The layers are right. But there is a sigmoid at the end, and the net shall give logits.")
def sigmoid_at_the_end():
    return pima_net_20().append(nn.Sigmoid())
