"""Lesson 9: training on a GPU, or on whatever there is."""

from course_utils.lesson import Lesson

LESSON = Lesson(
    id="09_gpu_training",
    title="Training on a GPU",
    summary="Run the same code on any device, time it honestly, make it faster, and train in two processes.",
    objectives=(
        "choose a device, and move models and nested batches to it",
        "time code that runs beside your program, and find where the time goes",
        "use less of it: larger batches, no waiting, 16-bit arithmetic, memory layout, compilation",
        "train with batches that are larger than the memory",
        "train in several processes that keep the same model",
    ),
    exercise_names=(
        "pick_device",
        "to_device",
        "set_up",
        "fit",
        "time_it",
        "train_epoch",
        "autocast_step",
        "accumulate_gradients",
        "shard_indices",
    ),
    minutes=35,
    one_thread=False,
)
