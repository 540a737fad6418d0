"""How large the output of a convolution or a pooling is."""

import math

import torch
from torch import nn

from course_utils.exercise import Exercise, case


def _cases(rng):
    drawn = []
    for _ in range(4):
        kernel = int(rng.integers(2, 6))
        size, stride, padding = int(rng.integers(11, 40)), int(rng.integers(2, 4)), int(rng.integers(1, 3))
        drawn.append(case(size, kernel, stride, padding))
    return [*drawn, case(int(rng.integers(25, 40)), 3, 2, 1, int(rng.integers(2, 5)), part="dilation")]


exercise = Exercise(
    name="conv_output_size",
    points=2,
    objective="Say the size of a convolution's output without running it.",
    hints=(
        "Without padding and stride, a kernel of 3 fits into a row of 5 at three places: 0, 1 and 2. What is the last "
        "place at which a kernel of k fits into a row of n?",
        "The last place is `n + 2 * padding - kernel`. With a stride, only every `stride`-th place counts, from 0 on.",
        "`(size + 2 * padding - reach) // stride + 1`, where `reach = dilation * (kernel - 1) + 1` is how far a kernel "
        "with gaps stretches.",
    ),
    examples=[case(32, 3), case(32, 5), case(32, 3, 1, 1), case(32, 4, 2, 1), case(7, 2, 2), case(224, 7, 2, 3),
              case(32, 3, 1, 0, 2, part="dilation")],
    fresh=_cases,
    parts={"": 1.5, "dilation": 0.5},
)


@exercise.reference
def conv_output_size(size, kernel, stride=1, padding=0, dilation=1):
    reach = dilation * (kernel - 1) + 1
    return (size + 2 * padding - reach) // stride + 1


@exercise.alternative
def asked_of_pytorch(size, kernel, stride=1, padding=0, dilation=1):
    layer = nn.Conv1d(1, 1, kernel, stride, padding, dilation)
    return layer(torch.zeros(1, 1, size)).shape[-1]


@exercise.alternative
def counted(size, kernel, stride=1, padding=0, dilation=1):
    last = size + 2 * padding - dilation * (kernel - 1)
    return len(range(0, last, stride))


@exercise.mistake("One is missing. A kernel as wide as the image still fits at one place: add 1 at the end.")
def one_too_few(size, kernel, stride=1, padding=0, dilation=1):
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride


@exercise.mistake("Padding is put on both sides, so the row grows by `2 * padding`.")
def padding_once(size, kernel, stride=1, padding=0, dilation=1):
    return (size + padding - dilation * (kernel - 1) - 1) // stride + 1


@exercise.mistake("`/` gives a float, and sizes are whole numbers. A window that does not fit is left out: use `//`.")
def float_division(size, kernel, stride=1, padding=0, dilation=1):
    return (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1


@exercise.mistake("The padding is not used: it puts `padding` pixels on both sides, so the row grows by `2 * padding`.")
def padding_ignored(size, kernel, stride=1, padding=0, dilation=1):
    return (size - dilation * (kernel - 1) - 1) // stride + 1


@exercise.mistake(
    "Nearly: a kernel with gaps reaches over `dilation * (kernel - 1) + 1` pixels, not `dilation * "
    "kernel`. The gaps are "
    "between its weights, and there is one gap fewer than weights."
)
def gap_too_many(size, kernel, stride=1, padding=0, dilation=1):
    return (size + 2 * padding - dilation * kernel) // stride + 1


@exercise.mistake("You rounded up. A window that hangs over the edge is left out, so round down: `//`.")
def rounded_up(size, kernel, stride=1, padding=0, dilation=1):
    return math.ceil((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1


@exercise.mistake(
    "Dilation is not used. It puts gaps into the kernel, so that it reaches over `dilation * (kernel - 1) + 1` pixels."
)
def dilation_ignored(size, kernel, stride=1, padding=0, dilation=1):
    return (size + 2 * padding - kernel) // stride + 1


@exercise.mistake("The stride is not used: the window moves `stride` pixels at a time, so divide by it.")
def stride_ignored(size, kernel, stride=1, padding=0, dilation=1):
    return size + 2 * padding - dilation * (kernel - 1)


@exercise.mistake(
    "You divided the image by the stride first and took the kernel off afterwards. First find the last place at which "
    "the kernel fits, then divide by the stride."
)
def stride_first(size, kernel, stride=1, padding=0, dilation=1):
    return (size + 2 * padding) // stride - dilation * (kernel - 1)
