"""Counting the parameters of 8-12-8-1 on paper."""

from course_utils.exercise import Exercise, case
from course_utils.probes.function import entry


def parameters_by_hand():
    return {
        "8 to 12": 108,  # 12 neurons with 8 weights and a bias
        "12 to 8": 104,
        "8 to 1": 9,
        "in all": 221,
    }


TRUTH = parameters_by_hand()

exercise = Exercise(
    name="parameters_by_hand",
    kind="value",
    points=2,
    objective="Count a net's parameters on paper.",
    hints=(
        "Each neuron has a weight for every number that comes in, and one bias.",
        "Eight numbers come in, and there are 12 neurons: 12 · 8 weights and 12 biases.",
    ),
    examples=[case(key, part=key) for key in TRUTH],
    probe=entry,
    parts=dict.fromkeys(TRUTH, 0.5),
    starter_text="""
parameters_by_hand = {
    "8 to 12": ...,
    "12 to 8": ...,
    "8 to 1": ...,
    "in all": ...,
}
""",
)


exercise.reference(parameters_by_hand)


@exercise.alternative
def written_out():
    layers = {"8 to 12": 12 * (8 + 1), "12 to 8": 8 * (12 + 1), "8 to 1": 1 * (8 + 1)}
    return {**layers, "in all": sum(layers.values())}


@exercise.alternative
def measured():
    from torch import nn

    nets = {"8 to 12": nn.Linear(8, 12), "12 to 8": nn.Linear(12, 8), "8 to 1": nn.Linear(8, 1)}
    layers = {name: sum(p.numel() for p in net.parameters()) for name, net in nets.items()}
    return {**layers, "in all": sum(layers.values())}


@exercise.mistake("You counted the weights, and left out the biases: one more for each neuron.")
def biases_forgotten():
    return {"8 to 12": 96, "12 to 8": 96, "8 to 1": 8, "in all": 200}


@exercise.mistake(
    "You added a bias for each number that comes in. A bias belongs to a neuron, so there are as many as numbers go "
    "out."
)
def bias_for_each_input():
    return {"8 to 12": 104, "12 to 8": 108, "8 to 1": 16, "in all": 228}


@exercise.mistake("One bias for a whole layer is too few: each neuron has its own.")
def one_bias_a_layer():
    return {"8 to 12": 97, "12 to 8": 97, "8 to 1": 9, "in all": 203}


@exercise.mistake("The last neuron has a bias too: 8 weights and one bias.")
def last_bias_forgotten():
    return {"8 to 12": 108, "12 to 8": 104, "8 to 1": 8, "in all": 220}


@exercise.mistake("The three layers are right. Add them up once more: 108 + 104 + 9.")
def added_up_wrong():
    return {**TRUTH, "in all": 220}


@exercise.mistake("The three layers are right. But the last one is missing from the sum: 108 + 104 + 9.")
def last_layer_not_added():
    return {**TRUTH, "in all": 212}


@exercise.mistake("You counted neurons. Each of them has a weight for every number that comes in, and a bias.")
def neurons():
    return {"8 to 12": 12, "12 to 8": 8, "8 to 1": 1, "in all": 21}
