"""Lesson 8: convolutional networks."""

from course_utils.lesson import Lesson

LESSON = Lesson(
    id="08_cnn",
    title="Convolutional networks",
    summary="Build nets that look at neighbourhoods, train one in seconds, see inside it, and reuse what it learned.",
    objectives=(
        "compute a convolution by hand, and say the size of what comes out before you run it",
        "build LeNet and the classic 3-32-32-512-10 net, and know where the image size is hidden in them",
        "train an image classifier quickly, and say what each trick in the recipe buys",
        "measure it without disturbing it, and look at what it confuses",
        "freeze a trained net and teach it new classes from a few images",
    ),
    exercise_names=(
        "conv2d_by_hand",
        "conv_output_size",
        "receptive_field",
        "LeNet",
        "SmallCNN",
        "TinyCNN",
        "overfit_one_batch",
        "evaluate_classifier",
        "validate",
        "freeze_backbone",
    ),
    minutes=35,
    one_thread=False,
)
