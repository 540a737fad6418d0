"""Lesson 6: image data with torchvision."""

from course_utils.lesson import Lesson

LESSON = Lesson(
    id="06_torchvision_data",
    title="Images with torchvision",
    summary="Look at an image data set before you train on it, and turn its pictures into good tensors.",
    objectives=(
        "open an image data set, and say how many images of which class it holds",
        "go from a picture to a float tensor (C, H, W), and back",
        "normalize with statistics of the training set, found in one pass",
        "augment the training images, and only those, and only in ways that keep the label",
    ),
    exercise_names=(
        "count_images",
        "class_histogram",
        "channel_stats",
        "unnormalize",
        "keeps_label",
        "train_transform",
        "eval_transform",
        "show_grid",
    ),
)
