"""The same training on a GPU, made faster one idea at a time, then the long recipe for 94%.

    COURSE_DATA_DIR=... python benchmarks/gpu.py                       # on the GPU that is here
    COURSE_DATA=embedded python benchmarks/gpu.py --smoke --device cpu  # does the script run at all?

First the images per second of the classic loop (batches from a DataLoader, float32, the loss read in every
step), then with each idea added to the ones before. Then ResNet9 with the GPU recipe on the whole of
CIFAR-10: seconds of training, compiling told apart, and accuracy on the test images.
"""

from __future__ import annotations

import argparse
import copy
import os
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader
from torchvision.transforms import v2

from course_utils.data import cifar10
from course_utils.models.cnn import ResNet9
from course_utils.training.devices import pick_device, synchronize
from course_utils.training.recipe import (
    CIFAR10_MEAN,
    CIFAR10_STD,
    GPU,
    Recipe,
    accuracy,
    as_tensors,
    train,
)


def classic_rate(dataset: Any, model: nn.Module, device: torch.device, batch_size: int, steps: int) -> float:
    """Images per second of the loop that everyone writes first."""
    model.to(device).train()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    done, begin = 0, 0.0
    for images, labels in DataLoader(dataset, batch_size=batch_size, shuffle=True, drop_last=True):
        if done == 2:
            synchronize(device)
            begin = time.perf_counter()
        loss = F.cross_entropy(model(images.to(device)), labels.to(device))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        _ = loss.item()
        done += 1
        if done == steps + 2:
            break
    synchronize(device)
    return (done - 2) * batch_size / (time.perf_counter() - begin)


def rate(make: Callable[[], nn.Module], images: Tensor, labels: Tensor, recipe: Recipe, device: torch.device,
         steps: int) -> float:
    """Images per second of the recipe, after a run that compiles and warms up."""
    model = make()
    short = replace(recipe, epochs=(steps + 0.5) * recipe.batch_size / len(images))
    train(model, images, labels, replace(short, epochs=3.5 * recipe.batch_size / len(images)), device)
    return train(model, images, labels, short, device).images_per_second


PLAIN = replace(GPU, batch_size=32, channels_last=False, bfloat16=False, compile=False, flip=False, crop=0)
STEPS: dict[str, dict[str, Any]] = {
    "data on the device, no waiting": {},
    "+ batches of 512": {"batch_size": 512},
    "+ bfloat16": {"bfloat16": True},
    "+ channels_last": {"channels_last": True},
    "+ torch.compile": {"compile": True},
    "+ augmentation (everything)": {"flip": True, "crop": 4},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default=None, help="auto, cpu, cuda, cuda:1 or mps")
    parser.add_argument("--smoke", action="store_true", help="a tiny net and a few steps: does it run?")
    options = parser.parse_args()
    device = pick_device(options.device)
    if not options.smoke:
        os.environ.setdefault("COURSE_DATA", "real")
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
    print(f"PyTorch {torch.__version__} on {name}{', smoke test: the figures mean nothing' if options.smoke else ''}")

    width, size, steps = (4, 16, 2) if options.smoke else (64, None, 50)
    scale = v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True), v2.Normalize(CIFAR10_MEAN, CIFAR10_STD)])
    images, labels = as_tensors(cifar10(train=True))
    images, labels = images.to(device), labels.to(device)

    first = classic_rate(cifar10(train=True, transform=scale), ResNet9(width), device, 32, steps)
    print(f"{'the classic loop':34}{first:12,.0f} images/s")
    recipe = PLAIN
    for said, changes in STEPS.items():
        recipe = replace(recipe, **changes)
        if size:
            recipe = replace(recipe, batch_size=min(size, recipe.batch_size), compile=False)
        speed = rate(lambda: ResNet9(width), images, labels, recipe, device, steps)
        print(f"{said:34}{speed:12,.0f} images/s{speed / first:8.1f} times", flush=True)

    long = replace(GPU, epochs=0.01, batch_size=16, compile=False) if options.smoke else GPU
    torch.manual_seed(0)
    model = ResNet9(width)
    if long.compile:
        warm = replace(long, epochs=2.5 * long.batch_size / len(images))
        fresh = copy.deepcopy(model.state_dict())
        took = train(model, images, labels, warm, device).seconds
        model.load_state_dict(fresh)  # compiled, and as untrained as before
        print(f"compiling and the first steps: {took:.1f} s")
    run = train(model, images, labels, long, device)
    test_images, test_labels = as_tensors(cifar10(train=False))
    count = 500 if options.smoke else len(test_labels)
    score = accuracy(model, test_images[:count], test_labels[:count], device)
    print(f"{long.epochs:g} epochs: {run.seconds:.1f} s, {score:.1%} of the test images right")


if __name__ == "__main__":
    main()
