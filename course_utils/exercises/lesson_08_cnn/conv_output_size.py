"""How large the output of a convolution or a pooling is."""

import math

import torch
from torch import nn

from course_utils.exercise import Exercise, case
from course_utils.probes.image_model import whole_number


def _cases(rng):
    """Every rest that a stride of 2, 3 or 4 can leave, and a kernel as wide as the padded row."""
    drawn = []
    for stride in (2, 3, 4):
        for rest in range(stride):
            kernel, padding = int(rng.integers(2, 6)), int(rng.integers(1, 3))
            drawn.append(case(kernel - 2 * padding + rest + stride * int(rng.integers(5, 12)), kernel, stride, padding))
    with_gaps = [case(int(rng.integers(25, 40)), 3, stride, 1, dilation, part="dilation")
                 for stride in (2, 3) for dilation in (int(rng.integers(2, 4)), 4)]
    return [*drawn, case(5, 5), case(3, 5, 1, 1), *with_gaps]


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
    probe=whole_number,
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


@exercise.mistake("You count the padding once. It is put on both sides, so the row grows by `2 * padding`.")
def padding_once(size, kernel, stride=1, padding=0, dilation=1):
    return (size + padding - dilation * (kernel - 1) - 1) // stride + 1


@exercise.mistake(
    "`/` gives a float, but a size is a whole number. A window that would hang over the edge is left out: use `//`."
)
def float_division(size, kernel, stride=1, padding=0, dilation=1):
    return (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1


@exercise.mistake(
    "The padding makes no difference in your answer: it puts `padding` pixels on both sides, so the row grows by `2 * "
    "padding`."
)
def padding_ignored(size, kernel, stride=1, padding=0, dilation=1):
    return (size - dilation * (kernel - 1) - 1) // stride + 1


@exercise.mistake(
    "Right without dilation. But a kernel with gaps reaches over `dilation * (kernel - 1) + 1` pixels, not "
    "`dilation * kernel`: the gaps are between its weights, and there is one gap fewer than weights."
)
def gap_too_many(size, kernel, stride=1, padding=0, dilation=1):
    return (size + 2 * padding - dilation * kernel) // stride + 1


@exercise.mistake("You rounded up. A window that hangs over the edge is left out, so round down: `//`.")
def rounded_up(size, kernel, stride=1, padding=0, dilation=1):
    return math.ceil((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1


@exercise.mistake(
    "Dilation makes no difference in your answer. It puts gaps into the kernel, so that it reaches over `dilation * "
    "(kernel - 1) + 1` pixels."
)
def dilation_ignored(size, kernel, stride=1, padding=0, dilation=1):
    return (size + 2 * padding - kernel) // stride + 1


@exercise.mistake(
    "The stride makes no difference in your answer: the window moves `stride` pixels at a time, so divide by it."
)
def stride_ignored(size, kernel, stride=1, padding=0, dilation=1):
    return size + 2 * padding - dilation * (kernel - 1)


@exercise.mistake(
    "You divided the image by the stride first and took the kernel off afterwards. First find the last place at which "
    "the kernel fits, then divide by the stride."
)
def stride_first(size, kernel, stride=1, padding=0, dilation=1):
    return (size + 2 * padding) // stride - dilation * (kernel - 1)


@exercise.mistake(
    "You round to the nearest whole number. A window that would hang over the edge is left out, however little is "
    "missing: round down, with `//`."
)
def rounded(size, kernel, stride=1, padding=0, dilation=1):
    return round((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1


@exercise.mistake(
    "One too many, unless the division has a rest. A kernel of k reaches from its first pixel to k - 1 pixels further, "
    "so the last place is `size + 2 * padding - kernel`."
)
def one_pixel_too_far(size, kernel, stride=1, padding=0, dilation=1):
    return (size + 2 * padding - dilation * (kernel - 1)) // stride + 1


@exercise.mistake(
    "The numbers are right, but they are floats, 30.0 for 30, and a layer's size must be an int. `//` or `int(...)` "
    "gives one."
)
def whole_floats(size, kernel, stride=1, padding=0, dilation=1):
    return float(conv_output_size(size, kernel, stride, padding, dilation))


@exercise.mistake("The `+ 1` has to come after the division by the stride: `(...) // stride + 1`.")
def one_inside_the_division(size, kernel, stride=1, padding=0, dilation=1):
    return (size + 2 * padding - dilation * (kernel - 1) - 1 + 1) // stride


@exercise.mistake(
    "`/` gives a float, but a size is a whole number. A window that would hang over the edge is left out: use `//`. "
    "(Dilation isn't in your formula yet.)"
)
def float_division_without_dilation(size, kernel, stride=1, padding=0, dilation=1):
    return (size - kernel + 2 * padding) / stride + 1


exercise.does_the_same(
    "zeros → ones", "zeros → empty", "zeros → rand", "zeros → randn", "1 → 2", "1 → 3", "1 → 0", "1, →",
    line="layer(torch.zeros(1, 1, size))",
    because="Only the size of the output is read, and neither values nor the number of images change it.")
exercise.does_the_same("1 → 2", "1 → 3", line="nn.Conv1d", because="The number of maps does not change their size.")
exercise.does_the_same(kind="brackets", line="last = size", because="A sum is the same in any order.")
exercise.does_the_same("2 * padding - reach → (2 * padding - reach)", because="A sum is the same in any order.")
