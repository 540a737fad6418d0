"""A convolution layer, written out."""

import torch
from torch.nn import functional as F

from course_utils.exercise import Exercise, case
from course_utils.probes.image_model import by_hand


def _draw(rng, *shape):
    return torch.from_numpy(rng.normal(size=shape)).float()


exercise = Exercise(
    name="conv2d_by_hand",
    points=3,
    objective="Say exactly what nn.Conv2d computes.",
    hints=(
        "Start with one place: the patch `images[:, :, y:y + k, x:x + k]` has the shape (N, C, k, k), and one kernel "
        "`weight[o]` is (C, k, k). What do you do with the two to get one number for each image?",
        "Multiply them, and sum over channels, rows and columns: `(patch[:, None] * weight).sum(dim=(2, 3, 4))` "
        "does it "
        "for all O kernels at once and has the shape (N, O).",
        "Output place (i, j) looks at the patch that begins at `y = i * stride`, `x = j * stride`. There are "
        "`(H - k) // stride + 1` rows. Fill `out[:, :, i, j]`, and add `bias`.",
    ),
    examples=lambda: [
        case(torch.arange(16.0).reshape(1, 1, 4, 4), torch.tensor([[[[0.0, 1.0], [2.0, 3.0]]]]), torch.zeros(1)),
        case(torch.arange(100.0).reshape(2, 2, 5, 5), torch.ones(2, 2, 3, 3), torch.tensor([0.5, -1.0])),
        case(torch.arange(50.0).reshape(1, 2, 5, 5), torch.ones(2, 2, 3, 3), torch.tensor([0.5, -1.0]), stride=2,
             part="stride"),
    ],
    fresh=lambda rng: [
        case(_draw(rng, 2, 3, 5, 6), _draw(rng, 4, 3, 3, 3), _draw(rng, 4)),
        case(_draw(rng, 1, 4, 4, 7), _draw(rng, 2, 4, 4, 4), _draw(rng, 2)),  # a kernel as high as the image
        case(_draw(rng, 2, 2, 7, 6), _draw(rng, 3, 2, 2, 2), _draw(rng, 3), stride=2, part="stride"),
        case(_draw(rng, 3, 2, 9, 8), _draw(rng, 3, 2, 3, 3), _draw(rng, 3), stride=3, part="stride"),
    ],
    parts={"": 2, "stride": 1},
    probe=by_hand,
    rtol=1e-3,
    atol=1e-4,
)


@exercise.reference
def conv2d_by_hand(images, weight, bias, stride=1):
    n, _, height, width = images.shape
    outputs, _, k, _ = weight.shape
    rows, columns = (height - k) // stride + 1, (width - k) // stride + 1
    out = torch.empty(n, outputs, rows, columns)
    for i in range(rows):
        for j in range(columns):
            y, x = i * stride, j * stride
            patch = images[:, None, :, y : y + k, x : x + k]  # (N, 1, C, k, k) against (O, C, k, k)
            out[:, :, i, j] = (patch * weight).sum(dim=(2, 3, 4)) + bias
    return out


@exercise.alternative
def with_unfold(images, weight, bias, stride=1):
    k = weight.shape[-1]
    patches = images.unfold(2, k, stride).unfold(3, k, stride)  # (N, C, rows, columns, k, k)
    return torch.einsum("ncijkl,ockl->noij", patches, weight) + bias[:, None, None]


@exercise.alternative
def shifted_images(images, weight, bias, stride=1):
    k = weight.shape[-1]
    rows, columns = images.shape[2] - k + 1, images.shape[3] - k + 1
    total = bias[:, None, None]
    for a in range(k):
        for b in range(k):
            window = images[:, :, a : a + rows : stride, b : b + columns : stride]
            total = total + torch.einsum("ncij,oc->noij", window, weight[:, :, a, b])
    return total


@exercise.mistake(
    "The kernel is flipped before it is multiplied. That is the mathematicians' convolution; what deep learning calls "
    "a convolution multiplies the patch by the kernel unflipped (a cross-correlation)."
)
def flipped_kernel(images, weight, bias, stride=1):
    return with_unfold(images, weight.flip(2, 3), bias, stride)


@exercise.mistake("The bias is missing: each output map adds its own number, `bias[o]`, at every place.")
def without_bias(images, weight, bias, stride=1):
    return with_unfold(images, weight, torch.zeros_like(bias), stride)


@exercise.mistake(
    "You added up everything, over all images and all kernels. Each image and each kernel gets a number of its own: "
    "sum over channels, rows and columns only, `sum(dim=(2, 3, 4))`."
)
def summed_over_everything(images, weight, bias, stride=1):
    return torch.zeros_like(with_unfold(images, weight, bias, stride)) + bias[:, None, None] + (
        with_unfold(images, weight, 0 * bias, stride).sum(dim=(0, 1)))


@exercise.mistake(
    "The stride makes no difference in your answer: with `stride=2` the window moves two pixels at a time, so place "
    "(i, j) looks at the patch that begins at `(i * stride, j * stride)`."
)
def stride_ignored(images, weight, bias, stride=1):
    return with_unfold(images, weight, bias)


@exercise.mistake(
    "Only the first channel was looked at. A kernel has one slice for each input channel; all of them are multiplied, "
    "and everything is summed."
)
def first_channel_only(images, weight, bias, stride=1):
    return with_unfold(images[:, :1], weight[:, :1], bias, stride)


@exercise.mistake(
    "The patch begins at `(i, j)` where it should begin at `(i * stride, j * stride)`: your output has the right size, "
    "but looks at the upper left corner only."
)
def corner_only(images, weight, bias, stride=1):
    k = weight.shape[-1]
    rows, columns = (images.shape[2] - k) // stride + 1, (images.shape[3] - k) // stride + 1
    return with_unfold(images, weight, bias)[:, :, :rows, :columns]


@exercise.mistake("You took the mean over the patch. A convolution is a weighted *sum*: nothing is divided.")
def mean_of_patch(images, weight, bias, stride=1):
    return with_unfold(images, weight / weight[0].numel(), bias, stride)


@exercise.mistake(
    "The numbers are right, but PyTorch's own convolution made them. Do it by hand: slices, products and a sum."
)
def left_to_pytorch(images, weight, bias, stride=1):
    return F.conv2d(images, weight, bias, stride=stride)


@exercise.mistake(
    "The bias is added inside the sum, so it comes once for every number of the patch. Sum first, then add `bias` once."
)
def bias_inside_the_sum(images, weight, bias, stride=1):
    return with_unfold(images, weight, bias * weight[0].numel(), stride)


@exercise.mistake(
    "The last row and column are missing. A kernel of k fits at `H - k + 1` places along H pixels: there is one place "
    "even if k is H."
)
def last_place_missing(images, weight, bias, stride=1):
    right = with_unfold(images, weight, bias, stride)
    k = weight.shape[-1]
    rows, columns = (images.shape[2] - k) // stride, (images.shape[3] - k) // stride
    return right[:, :, :rows, :columns].contiguous()


@exercise.mistake(
    "The bias is added once for each channel, so it comes C times. Sum over the channels first, then add `bias` once."
)
def bias_for_each_channel(images, weight, bias, stride=1):
    return with_unfold(images, weight, bias * weight.shape[1], stride)


@exercise.mistake(
    "The images of a batch are added up. Each image gets its own output: leave the first dimension out of the sum."
)
def summed_over_the_batch(images, weight, bias, stride=1):
    total = with_unfold(images, weight, 0 * bias, stride).sum(dim=0, keepdim=True) + bias[:, None, None]
    return total.expand(len(images), *total.shape[1:]).clone()


@exercise.mistake(
    "The image is padded, so that the output has the size of the image. The exercise asks for no padding: only patches "
    "that lie inside the image."
)
def padded(images, weight, bias, stride=1):
    around = weight.shape[-1] // 2
    return with_unfold(F.pad(images, (around,) * 4), weight, bias, stride)


@exercise.mistake(
    "Rows and columns are swapped in your output: place (i, j) of it looks at the patch that begins at (j, i)."
)
def transposed(images, weight, bias, stride=1):
    return with_unfold(images, weight, bias, stride).transpose(2, 3).contiguous()
