"""The course's fast recipe for small images: every idea in it is a field that can be turned off.

The whole training set lies on the device as bytes, and batches are cut out of it there: for
images this small a DataLoader would cost more than the net.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_utils.training.devices import synchronize

CIFAR10_MEAN = (0.4914, 0.4822, 0.4465)  # of the training images, by channel, in [0, 1]
CIFAR10_STD = (0.2470, 0.2435, 0.2616)


@dataclass(frozen=True)
class Recipe:
    """How to train. The defaults are for one short run on a CPU."""

    epochs: float = 1.0
    batch_size: int = 128
    lr: float = 1.0  # the highest rate; with one_cycle=False the only one
    momentum: float = 0.9
    nesterov: bool = True
    weight_decay: float = 5e-4
    label_smoothing: float = 0.1
    one_cycle: bool = True  # the rate rises to its peak in the first fifth, then falls to zero
    channels_last: bool = True  # each pixel's channels side by side in memory, as fast convolutions read them
    bfloat16: bool | None = None  # compute in 16 bits; None: where the device does that faster
    flip: bool = False  # mirror every second image at random
    crop: int = 0  # shift each image by up to so many pixels
    compile: bool = False  # torch.compile: pays for long runs on a GPU


CPU = Recipe()
GPU = Recipe(epochs=24, batch_size=512, lr=1.0, label_smoothing=0.2, flip=True, crop=4, compile=True)


@dataclass(frozen=True)
class Run:
    """What a training cost. ``losses`` is (steps,), the loss of each batch before its step."""

    seconds: float
    images: int
    losses: Tensor

    @property
    def images_per_second(self) -> float:
        return self.images / self.seconds


def train(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    recipe: Recipe = CPU,
    device: torch.device | str = "cpu",
    seed: int = 0,
    on_step: Callable[[int, int, Tensor], None] | None = None,
) -> Run:
    """Train ``model`` in place on ``images`` (N, 3, H, W) uint8 and ``labels`` (N,) int64.

    ``on_step(step, steps, loss)`` is called after each step (see :func:`course_utils.training.live.watched`). The
    clock runs from the bytes to the last step; compiling, and what ``on_step`` does, included.
    """
    begin = time.perf_counter()
    device = torch.device(device)
    chance = torch.Generator().manual_seed(seed)
    layout = torch.channels_last if recipe.channels_last else torch.contiguous_format
    model.to(device, memory_format=layout).train()  # type: ignore[call-overload]
    images, labels = images.to(device), labels.to(device)
    forward = torch.compile(model) if recipe.compile else model
    half = recipe.bfloat16 if recipe.bfloat16 is not None else bfloat16_pays(device)

    steps = max(1, int(recipe.epochs * len(images) / recipe.batch_size))
    optimizer = torch.optim.SGD(model.parameters(), lr=recipe.lr, momentum=recipe.momentum, nesterov=recipe.nesterov,
                                weight_decay=recipe.weight_decay, fused=device.type in ("cpu", "cuda"))
    losses = torch.zeros(steps, device=device)
    for step, rows in enumerate(row_order(len(images), steps, recipe.batch_size, chance)):
        for group in optimizer.param_groups:
            group["lr"] = recipe.lr * (cycle(step, steps) if recipe.one_cycle else 1.0)
        batch = augment(images[rows.to(device)], recipe, chance)
        batch = normalize(batch).contiguous(memory_format=layout)
        with torch.autocast(device.type, torch.bfloat16, enabled=half):
            loss = F.cross_entropy(forward(batch), labels[rows.to(device)], label_smoothing=recipe.label_smoothing)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses[step] = loss.detach()
        if on_step is not None:
            on_step(step, steps, losses[step])
    synchronize(device)
    return Run(time.perf_counter() - begin, steps * recipe.batch_size, losses.cpu())


def row_order(count: int, steps: int, batch_size: int, chance: torch.Generator) -> tuple[Tensor, ...]:
    """The rows of each batch: every row once in an epoch, in a new order each time; all batches equally large."""
    epochs = -(-steps * batch_size // count)
    rows = torch.cat([torch.randperm(count, generator=chance) for _ in range(epochs)])
    return rows[: steps * batch_size].split(batch_size)


def cycle(step: int, steps: int, peak: float = 0.2) -> float:
    """The share of the highest learning rate: up in a line until ``peak``, then down in a line to nearly 0."""
    return min((step + 1) / (peak * steps), (steps - step) / ((1 - peak) * steps), 1.0)


def normalize(images: Tensor) -> Tensor:
    """Bytes (N, 3, H, W) to floats with mean 0 and spread 1 in each channel."""
    mean, std = (torch.tensor(v, device=images.device).view(1, 3, 1, 1) * 255 for v in (CIFAR10_MEAN, CIFAR10_STD))
    return (images - mean) / std


def augment(images: Tensor, recipe: Recipe, chance: torch.Generator) -> Tensor:
    """Images mirrored and shifted at random, as the recipe says; each by itself, all at once."""
    count, channels, height, width = images.shape
    if recipe.flip:
        mirrored = (torch.rand(count, generator=chance) < 0.5).to(images.device)
        images = torch.where(mirrored.view(-1, 1, 1, 1), images.flip(3), images)
    if recipe.crop:
        shifts = torch.randint(0, 2 * recipe.crop + 1, (2, count, 1), generator=chance).to(images.device)
        padded = F.pad(images.float(), [recipe.crop] * 4, mode="reflect")
        y, x = (shift + torch.arange(size, device=images.device)
                for shift, size in zip(shifts, (height, width), strict=True))
        each = torch.arange(count, device=images.device).view(-1, 1, 1, 1)
        images = padded[each, torch.arange(channels, device=images.device).view(1, -1, 1, 1),
                        y[:, None, :, None], x[:, None, None, :]]
    return images


@torch.inference_mode()
def accuracy(model: nn.Module, images: Tensor, labels: Tensor, device: torch.device | str = "cpu") -> float:
    """The share of ``images`` (N, 3, H, W) uint8 that ``model`` names right, in eval mode and full precision."""
    model.to(device).eval()
    right = 0
    for batch, truth in zip(images.split(500), labels.split(500), strict=True):
        right += int((model(normalize(batch.to(device))).argmax(1) == truth.to(device)).sum())
    return right / len(images)


def bfloat16_pays(device: torch.device | str) -> bool:
    """Whether this device has arithmetic for bfloat16 of its own (without, it is emulated, and slow)."""
    kind = torch.device(device).type
    if kind == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if kind == "cpu" and hasattr(torch.cpu, "get_capabilities"):
        abilities = torch.cpu.get_capabilities()
        return bool(abilities.get("avx512_bf16") or abilities.get("amx_bf16"))
    return False


def as_tensors(dataset: object) -> tuple[Tensor, Tensor]:
    """The images (N, 3, H, W) uint8 and labels (N,) int64 of a torchvision CIFAR-10 dataset, without transforms."""
    data, targets = dataset.data, dataset.targets  # type: ignore[attr-defined]
    return torch.from_numpy(data).permute(0, 3, 1, 2).contiguous(), torch.tensor(targets)
