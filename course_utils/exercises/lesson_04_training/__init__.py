"""Lesson 4: training."""

from course_utils.lesson import Lesson

LESSON = Lesson(
    id="04_training",
    title="Training",
    summary="From a table with holes in it to a net that is right on rows it has never seen.",
    objectives=(
        "turn a table with missing values and categories into tensors",
        "split before you scale, so that nothing leaks from the held-out rows",
        "pick the loss that fits the task, and write the training loop from step to epoch",
        "read learning curves, and stop before the net learns its rows by heart",
    ),
    exercise_names=(
        "clean",
        "encode",
        "split_and_scale",
        "honest_accuracy",
        "pick_loss",
        "train_step",
        "train_epoch",
        "evaluate",
        "EarlyStopping",
    ),
)
