"""The same net with one more layer: what else must change?"""

import torch
from torch import nn

from course_utils.exercise import Exercise, case
from course_utils.probes.module import module, shown_call


def _rows(rng, count):
    """Rows of 8 numbers, the first of them large enough for an activation that is capped, such as ReLU6."""
    rows = torch.from_numpy(rng.normal(size=(count, 8)) * 3).float()
    return torch.cat([rows[:1] * 10, rows[1:]])


exercise = Exercise(
    name="pima_net_20",
    points=2,
    objective="Put a layer into a net, and fit its neighbour to it.",
    hints=(
        "Write the sizes down in a row: 8, 12, 20, 8, 1. Each pair of neighbours is a linear layer.",
        "The new layer is Linear(12, 20), with a ReLU after it. The layer that follows used to take 12 numbers.",
    ),
    examples=lambda: [case([torch.linspace(-9, 9, 80).sin().reshape(10, 8) * 3], 22)],
    fresh=lambda rng: [
        case([_rows(rng, 12)], int(rng.integers(1, 1000))),
        case([_rows(rng, 1)], int(rng.integers(1, 1000))),
    ],
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


exercise.does_the_same("→ nn.ReLU(),", because="It follows another ReLU, and a second one changes nothing.")
exercise.does_the_same("→ .float()", because="Parameters are float32 from the start, and so are the outputs.")
exercise.does_the_same("→ * m", line="layers[:-1]", because="After the loop m is the last size, 1.")


@exercise.mistake(
    "Two neighbours don't fit: 20 numbers arrive at Linear(12, 8). Each layer takes as many numbers as the one before "
    "gives. Go along 8-12-20-8-1, pair by pair: after `Linear(12, 20)` comes `Linear(20, 8)`."
)
def neighbour_forgotten():
    return nn.Sequential(nn.Linear(8, 12), nn.ReLU(), nn.Linear(12, 20), nn.ReLU(),
                         nn.Linear(12, 8), nn.ReLU(), nn.Linear(8, 1))


@exercise.mistake("The new layer comes after the one with 8 neurons. It belongs between the 12 and the 8.")
def too_late():
    return nn.Sequential(nn.Linear(8, 12), nn.ReLU(), nn.Linear(12, 8), nn.ReLU(),
                         nn.Linear(8, 20), nn.ReLU(), nn.Linear(20, 1))


@exercise.mistake("The new layer comes before the one with 12 neurons. It belongs between the 12 and the 8.")
def too_early():
    return nn.Sequential(nn.Linear(8, 20), nn.ReLU(), nn.Linear(20, 12), nn.ReLU(),
                         nn.Linear(12, 8), nn.ReLU(), nn.Linear(8, 1))


@exercise.mistake("This is the net of the last exercise, 8-12-8-1. Put a layer of 20 neurons between the 12 and the 8.")
def nothing_new():
    return nn.Sequential(nn.Linear(8, 12), nn.ReLU(), nn.Linear(12, 8), nn.ReLU(), nn.Linear(8, 1))


@exercise.mistake("This net is 8-12-20-1, so the layer of 8 neurons is gone. It stays: 12 to 20, 20 to 8, 8 to 1.")
def eight_lost():
    return nn.Sequential(nn.Linear(8, 12), nn.ReLU(), nn.Linear(12, 20), nn.ReLU(), nn.Linear(20, 1))


@exercise.mistake("This net is 8-20-8-1, so the layer of 12 neurons is gone. It stays, and the 20 come after it.")
def replaced():
    return nn.Sequential(nn.Linear(8, 20), nn.ReLU(), nn.Linear(20, 8), nn.ReLU(), nn.Linear(8, 1))


@exercise.mistake(
    "The new layer has no ReLU after it. Two linear layers in a row are one, so the 20 neurons add nothing."
)
def no_activation_behind():
    return nn.Sequential(nn.Linear(8, 12), nn.ReLU(), nn.Linear(12, 20),
                         nn.Linear(20, 8), nn.ReLU(), nn.Linear(8, 1))


@exercise.mistake(
    "The layer in front of the new one, with 12 neurons, has no ReLU after it. Two linear layers in a row are one."
)
def no_activation_before():
    return nn.Sequential(nn.Linear(8, 12), nn.Linear(12, 20), nn.ReLU(),
                         nn.Linear(20, 8), nn.ReLU(), nn.Linear(8, 1))


@exercise.mistake("The layers are right, but no activation acts between them, so together they are one linear layer.")
def no_activation():
    return nn.Sequential(nn.Linear(8, 12), nn.Linear(12, 20), nn.Linear(20, 8), nn.Linear(8, 1))


@exercise.mistake("The last hidden layer, with 8 neurons, has no ReLU after it.")
def last_relu_missing():
    return nn.Sequential(nn.Linear(8, 12), nn.ReLU(), nn.Linear(12, 20), nn.ReLU(),
                         nn.Linear(20, 8), nn.Linear(8, 1))


@exercise.mistake("The layers are right, but a sigmoid follows the last one, and this net should return logits.")
def sigmoid_at_the_end():
    return pima_net_20().append(nn.Sigmoid())


@exercise.mistake("A ReLU follows the last layer, so a logit can never be negative. Nothing follows the last layer.")
def relu_at_the_end():
    return pima_net_20().append(nn.ReLU())


@exercise.mistake("The function returns nothing. `return` the net.", shown_by=lambda code: not code.returns(),
                  otherwise="The function returns None instead of the net.")
def returns_nothing():
    pima_net_20()


_only_one = pima_net_20()


@exercise.mistake(
    "Every call returns the same net, so whoever trains one of them trains all. A new net is made by the code inside "
    "the function."
)
def the_same_net_again():
    return _only_one
