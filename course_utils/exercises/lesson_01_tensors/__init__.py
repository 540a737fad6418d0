"""Lesson 1: tensors."""

from course_utils.lesson import Lesson

LESSON = Lesson(
    id="01_tensors",
    title="Tensors",
    summary="Make, cut, combine and reduce tensors, and say their shapes before you run the code.",
    objectives=(
        "make tensors, and read their shape, dtype and device",
        "take out parts by index, slice and mask",
        "replace loops by broadcasting and by reductions over a dimension",
        "tell when two tensors share memory, and when that bites",
    ),
    exercise_names=(
        "leibniz_pi",
        "set_column",
        "times_table",
        "standardize",
        "pairwise_distances",
        "stack_images",
        "shares_memory",
    ),
)
