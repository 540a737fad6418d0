"""Lesson 2: autograd."""

from course_utils.lesson import Lesson

LESSON = Lesson(
    id="02_autograd",
    title="Autograd",
    summary="Let PyTorch differentiate your programs, go downhill by hand, then with an optimizer.",
    objectives=(
        "say what `backward()` does, and which tensors get a gradient from it",
        "check a gradient against numbers",
        "write gradient descent by hand, and the same loop with an optimizer",
        "find out why a gradient is None, too large, or missing",
    ),
    exercise_names=(
        "slope",
        "numerical_gradient",
        "vjp",
        "ridge_loss",
        "descend",
        "fit_line",
        "train_steps",
    ),
)
