"""How many pixels a unit deep in the net looks at."""

import math

from course_utils.exercise import Exercise, case
from course_utils.probes.image_model import whole_number

exercise = Exercise(
    name="receptive_field",
    points=2,
    objective="Say how far a unit in a given layer sees.",
    hints=(
        "One 3 × 3 convolution sees 3 pixels across. A second one sees 3 outputs of the first. How many pixels are "
        "those together?",
        "Each layer adds `kernel - 1` steps. How many pixels long is a step? 1 at first; after a layer with stride 2, "
        "neighbouring outputs are 2 pixels apart.",
        "Keep two numbers, `field = 1` and `step = 1`. For each layer: `field += (kernel - 1) * step`, and then "
        "`step *= stride`.",
    ),
    examples=[case([(3, 1)]), case([(3, 1), (3, 1)]), case([(3, 2), (3, 1)]), case([(5, 1), (2, 2), (5, 1), (2, 2)])],
    fresh=lambda rng: [
        case([(int(rng.integers(3, 6)), 2), (3, 1), (2, 2), (int(rng.integers(3, 8)), 1)]),
        case([(3, int(rng.integers(2, 4))), (int(rng.integers(3, 6)), 2), (4, 2), (3, 1), (5, 1)]),
        case([(7, 2), (1, 1), (3, 3), (5, 2)]),
    ],
    probe=whole_number,
    shown_call=lambda name, args, kwargs: f"{name}({args[0]})",
)


@exercise.reference
def receptive_field(layers):
    field, step = 1, 1  # step: how many pixels apart neighbouring outputs are
    for kernel, stride in layers:
        field += (kernel - 1) * step
        step *= stride
    return field


@exercise.alternative
def from_the_last_layer(layers):
    field = 1
    for kernel, stride in reversed(layers):
        field = (field - 1) * stride + kernel
    return field


@exercise.alternative
def with_products(layers):
    strides = [stride for _, stride in layers]
    return 1 + sum((kernel - 1) * math.prod(strides[:i]) for i, (kernel, _) in enumerate(layers))


@exercise.mistake(
    "The strides make no difference in your count. After a layer with stride 2, neighbours are 2 pixels apart, so "
    "every later kernel reaches twice as far."
)
def strides_ignored(layers):
    return 1 + sum(kernel - 1 for kernel, _ in layers)


@exercise.mistake(
    "A layer's own stride does not widen what it sees; it spreads what comes *after* it. Add `(kernel - 1) * step` "
    "first, multiply `step` by the stride afterwards."
)
def stride_too_early(layers):
    field, step = 1, 1
    for kernel, stride in layers:
        step *= stride
        field += (kernel - 1) * step
    return field


@exercise.mistake(
    "You took each layer's *own* stride. What counts is how far apart its inputs are: the product of the strides of "
    "all layers *before* it."
)
def own_stride(layers):
    return 1 + sum((kernel - 1) * stride for kernel, stride in layers)


@exercise.mistake("Kernels overlap: two of size 3 see 5 pixels, not 6. Each layer adds `kernel - 1` steps.")
def kernels_added(layers):
    field, step = 0, 1
    for kernel, stride in layers:
        field += kernel * step
        step *= stride
    return field


@exercise.mistake(
    "One is missing: a unit sees at least the one pixel it sits on, so begin with `field = 1`."
)
def started_at_zero(layers):
    return receptive_field(layers) - 1


@exercise.mistake(
    "You replaced the step by the last stride. Steps multiply: after strides 2 and 2, neighbours are 4 pixels apart."
)
def last_stride_only(layers):
    field, step = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * step
        step = stride
    return field


@exercise.mistake("You multiplied the kernels. Windows that overlap add up; they don't multiply.")
def multiplied(layers):
    return math.prod(kernel for kernel, _ in layers)


@exercise.mistake(
    "You added the kernels up. They overlap: two of size 3 see 5 pixels, not 6, so each layer adds `kernel - 1`. And "
    "after a stride of 2, each of those is two pixels."
)
def sum_of_kernels(layers):
    return sum(kernel for kernel, _ in layers)


@exercise.mistake(
    "Every layer adds `kernel * step`; kernels overlap in one place, so it is `(kernel - 1) * step`."
)
def whole_kernels_upon_one(layers):
    return kernels_added(layers) + 1


def _is_reversed(code):
    return code.calls("reversed") > 0 or code.has("layers[::-1]") or code.calls("reverse") > 0


@exercise.mistake(
    "`(field - 1) * stride + kernel` is right when you go from the last layer back to the first. Go through "
    "`reversed(layers)`.",
    shown_by=lambda code: not _is_reversed(code),
)
def backward_rule_forwards(layers):
    field = 1
    for kernel, stride in layers:
        field = (field - 1) * stride + kernel
    return field


@exercise.mistake(
    "This is the field of the same layers in the opposite order. `field += (kernel - 1) * step` goes from the first "
    "layer to the last: loop over `layers` as they are.",
    shown_by=_is_reversed,
)
def forward_rule_backwards(layers):
    return receptive_field(list(reversed(layers)))


@exercise.mistake(
    "The steps are added up. They multiply: after two layers with stride 2, neighbours are 4 pixels apart, and after "
    "three, 8."
)
def strides_added(layers):
    field, step = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * step
        step += stride - 1
    return field


@exercise.mistake(
    "You add each stride to the step. A stride multiplies it: with stride 1 the step stays as it is, and with stride 2 "
    "it doubles."
)
def strides_added_to_the_step(layers):
    field, step = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * step
        step += stride
    return field


@exercise.mistake("Only the first layer is counted. Return the field after the loop, not in it.",
                  shown_by=lambda code: code.return_in_loop(), otherwise="Only the first layer is counted.")
def returned_in_the_loop(layers):
    field, step = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * step
        step *= stride
        return field


@exercise.mistake(
    "The number is right, but it is a float, and a number of pixels is an int. Start with `field = 1` and multiply "
    "whole numbers."
)
def as_a_float(layers):
    return float(receptive_field(layers))


exercise.does_the_same("field, step → step, field", line="1, 1", because="Both start at 1.")
