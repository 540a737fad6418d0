"""Lesson 3: the first network."""

from course_utils.lesson import Lesson

LESSON = Lesson(
    id="03_first_mlp",
    title="Your first network",
    summary="From one neuron to a net with three layers: by hand, with nn.Sequential, and as a class of your own.",
    objectives=(
        "compute what a layer computes, by hand",
        "put a net together with nn.Sequential, and change its layers",
        "count a net's parameters on paper and in code",
        "write a net as a class, with dropout, and say what train and eval mode change",
        "find out why an optimizer sees no parameters",
    ),
    exercise_names=(
        "forward_by_hand",
        "pima_net",
        "pima_net_20",
        "parameters_by_hand",
        "count_parameters",
        "DigitNet",
        "StackedNet",
    ),
)
