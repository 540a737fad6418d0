"""The course's recipe against the classic one, on real CIFAR-10 and on this machine.

    COURSE_DATA_DIR=... python benchmarks/cifar10.py               # the classic timed by its images per second
    COURSE_DATA_DIR=... python benchmarks/cifar10.py --whole       # the classic run for its 20 epochs
    COURSE_DATA_DIR=... python benchmarks/cifar10.py --ablation    # what each idea buys
    COURSE_DATA_DIR=... python benchmarks/cifar10.py --seeds 5     # how much chance there is in it

The classic recipe: the net 3-32-32-512-10, batches of 24, SGD with rate 0.001 and momentum 0.9,
20 epochs through a DataLoader. Both train from the same bytes; loading them from disk is not counted.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader
from torchvision.transforms import v2

from course_utils.data import cifar10
from course_utils.models.cnn import ClassicCNN, FastCNN
from course_utils.training.recipe import (
    CIFAR10_MEAN,
    CIFAR10_STD,
    CPU,
    Recipe,
    accuracy,
    as_tensors,
    bfloat16_pays,
    normalize,
    train,
)

CLASSIC_EPOCHS = 20
CLASSIC_BATCH = 24


@dataclass(frozen=True)
class Data:
    """Training and test images as bytes (N, 3, 32, 32), and their labels."""

    images: Tensor
    labels: Tensor
    test_images: Tensor
    test_labels: Tensor


def classic_step(model: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, labels: Tensor) -> None:
    optimizer.zero_grad()
    F.cross_entropy(model(images), labels).backward()
    optimizer.step()


def classic_rate_from_memory(data: Data, steps: int = 60) -> float:
    """Images per second of the classic net and its steps alone, with batches that are ready in memory."""
    model = ClassicCNN().train()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.001, momentum=0.9)
    times = []
    for rows in torch.arange((steps + 10) * CLASSIC_BATCH).split(CLASSIC_BATCH):
        images, labels = normalize(data.images[rows]), data.labels[rows]
        begin = time.perf_counter()
        classic_step(model, optimizer, images, labels)
        times.append(time.perf_counter() - begin)
    return CLASSIC_BATCH / statistics.median(times[10:])


def classic(dataset: Any, epochs: float) -> tuple[nn.Module, float, int]:
    """The classic loop for ``epochs``: the model, the seconds, and the images seen."""
    torch.manual_seed(0)
    model = ClassicCNN().train()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.001, momentum=0.9)
    loader = DataLoader(dataset, batch_size=CLASSIC_BATCH, shuffle=True)
    steps = round(epochs * len(loader))
    warm_up = min(20, steps // 4) if epochs < 1 else 0
    done, seen, begin = 0, 0, time.perf_counter()
    while done < steps:
        for images, labels in loader:
            if done == warm_up:
                begin, seen = time.perf_counter(), 0
            classic_step(model, optimizer, images, labels)
            done, seen = done + 1, seen + len(images)
            if done == steps:
                break
    return model, time.perf_counter() - begin, seen


def ours(data: Data, recipe: Recipe = CPU, seed: int = 0, **net: Any) -> tuple[float, float, float]:
    """One run of our recipe: test accuracy, seconds, images per second."""
    torch.manual_seed(seed)
    model = FastCNN(**net)
    run = train(model, data.images, data.labels, recipe, seed=seed)
    return accuracy(model, data.test_images, data.test_labels), run.seconds, run.images_per_second


ABLATION: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "the recipe": ({}, {}),
    "without batch norm (rate 0.1)": ({"lr": 0.1}, {"norm": False}),
    "full size in the stem": ({}, {"early_stride": False}),
    "constant rate (0.1)": ({"one_cycle": False, "lr": 0.1}, {}),
    "batches of 24 (rate 0.2)": ({"batch_size": 24, "lr": 0.2}, {}),
    "batches of 512 (rate 2)": ({"batch_size": 512, "lr": 2.0}, {}),
    "without label smoothing": ({"label_smoothing": 0.0}, {}),
    "with random flips": ({"flip": True}, {}),
    "with random flips and shifts": ({"flip": True, "crop": 2}, {}),
    "without channels_last": ({"channels_last": False}, {}),
    "without bfloat16": ({"bfloat16": False}, {}),
}


def ablation(data: Data) -> None:
    """The recipe with one idea changed at a time."""
    print(f"{'':32}{'accuracy':>10}{'seconds':>10}{'images/s':>10}")
    for name, (changes, net) in ABLATION.items():
        score, seconds, rate = ours(data, replace(CPU, **changes), **net)
        print(f"{name:32}{score:10.1%}{seconds:10.1f}{rate:10.0f}", flush=True)


def compare(data: Data, dataset: Any, whole: bool, seeds: int) -> None:
    """Both recipes in one run, and how many times faster ours is."""
    sample = CLASSIC_EPOCHS if whole else 0.12
    model, seconds, seen = classic(dataset, sample)
    rate, total = seen / seconds, CLASSIC_EPOCHS * len(data.images)
    classic_seconds = seconds if whole else total / rate
    how = "run whole" if whole else f"reckoned from {seen:,} images at the measured rate"
    print(f"classic: {rate:.0f} images/s; {CLASSIC_EPOCHS} epochs take {classic_seconds:.0f} s ({how})")
    if whole:
        print(f"classic: {accuracy(model, data.test_images, data.test_labels):.1%} of the test images right")
    alone = classic_rate_from_memory(data)
    print(f"classic without its data loading: {alone:.0f} images/s; {CLASSIC_EPOCHS} epochs would take "
          f"{total / alone:.0f} s")
    runs = [ours(data, seed=seed) for seed in range(seeds)]
    for seed, (score, took, speed) in enumerate(runs):
        print(f"ours, seed {seed}: {score:.1%} of the test images right after {took:.1f} s ({speed:.0f} images/s), "
              f"1/{classic_seconds / took:.0f} of the classic time (1/{total / alone / took:.0f} of its steps alone)")
    if seeds > 1:
        scores = [score for score, _, _ in runs]
        print(f"ours: {statistics.mean(scores):.1%} on average, {min(scores):.1%} at worst")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--whole", action="store_true", help="run the classic recipe for its 20 epochs")
    parser.add_argument("--ablation", action="store_true", help="print what each idea of the recipe buys")
    parser.add_argument("--seeds", type=int, default=1, help="how many runs of our recipe")
    options = parser.parse_args()
    os.environ.setdefault("COURSE_DATA", "real")
    scale = v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True), v2.Normalize(CIFAR10_MEAN, CIFAR10_STD)])
    dataset = cifar10(train=True, transform=scale)
    data = Data(*as_tensors(dataset), *as_tensors(cifar10(train=False)))
    print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads, "
          f"bfloat16 {'on' if bfloat16_pays('cpu') else 'off'}")
    if options.ablation:
        ablation(data)
    else:
        compare(data, dataset, options.whole, options.seeds)


if __name__ == "__main__":
    main()
