"""How hard the embedded images are: a linear model, an MLP and a small CNN on each set; accuracy and time.

    COURSE_DATA=embedded python benchmarks/embedded_images.py [--sets cifar10 mnist] [--threads 2] [--seeds 1]

The sets are meant to be worth learning on. Shapes: linear under 35 %, MLP under 65 %, CNN over 85 % within a minute on
two cores.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable

os.environ["COURSE_DATA"] = "embedded"

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from course_utils import data


def tensors(name: str, train: bool) -> tuple[Tensor, Tensor]:
    """All images as floats around 0, ``(N, C, H, W)``, and their labels ``(N,)``."""
    found = data.cifar10(train) if name == "cifar10" else data.mnist(train)
    images = torch.as_tensor(found.data)
    images = images.permute(0, 3, 1, 2) if images.ndim == 4 else images[:, None]
    return images.float().div(127.5).sub(1).contiguous(), torch.as_tensor(found.targets)


def linear(features: int, channels: int) -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(features, 10))


def mlp(features: int, channels: int) -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(features, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(),
                         nn.Dropout(0.2), nn.Linear(256, 10))


def block(wide_in: int, wide_out: int) -> list[nn.Module]:
    return [nn.Conv2d(wide_in, wide_out, 3, padding=1, bias=False), nn.BatchNorm2d(wide_out), nn.ReLU(),
            nn.MaxPool2d(2)]


def cnn(features: int, channels: int) -> nn.Module:
    return nn.Sequential(*block(channels, 32), *block(32, 64), *block(64, 128), nn.AdaptiveMaxPool2d(1), nn.Flatten(),
                         nn.Linear(128, 10))


# What each model is trained with: epochs, highest learning rate, whether images are mirrored at random.
RECIPES: dict[str, tuple[Callable[[int, int], nn.Module], int, float, bool]] = {
    "linear": (linear, 10, 0.001, False),
    "mlp": (mlp, 15, 0.001, False),
    "cnn": (cnn, 4, 0.01, True),
}


def train(model: nn.Module, images: Tensor, labels: Tensor, epochs: int, rate: float, mirror: bool) -> None:
    """Adam with a one-cycle schedule, batches of 64."""
    steps = -(-len(images) // 64)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, epochs * steps)
    model.train()
    for _ in range(epochs):
        for rows in torch.randperm(len(images)).split(64):
            batch = images[rows]
            if mirror:
                batch = torch.where(torch.rand(len(batch), 1, 1, 1) < 0.5, batch.flip(-1), batch)
            optimizer.zero_grad()
            cross_entropy(model(batch), labels[rows]).backward()
            optimizer.step()
            schedule.step()


@torch.inference_mode()
def accuracy(model: nn.Module, images: Tensor, labels: Tensor) -> float:
    model.eval()
    right = sum(int((model(x).argmax(1) == y).sum()) for x, y in zip(images.split(500), labels.split(500)))
    return right / len(images)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", nargs="+", default=["cifar10", "mnist"], choices=["cifar10", "mnist"])
    parser.add_argument("--models", nargs="+", default=list(RECIPES), choices=list(RECIPES))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=1, help="how many")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print(f"{'set':8} {'model':7} {'seed':>4} {'parameters':>10} {'epochs':>6} {'test accuracy':>14} {'training':>10} "
          f"{'CPU':>8}")
    for name in options.sets:
        images, labels = tensors(name, train=True)
        held_out = tensors(name, train=False)
        for kind in options.models:
            make, epochs, rate, mirror = RECIPES[kind]
            for seed in range(options.seeds):
                torch.manual_seed(seed)
                model = make(images[0].numel(), images.shape[1])
                start, cpu = time.perf_counter(), time.process_time()
                train(model, images, labels, epochs, rate, mirror and name == "cifar10")
                seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
                count = sum(p.numel() for p in model.parameters())
                print(f"{name:8} {kind:7} {seed:4} {count:10,} {epochs:6} {accuracy(model, *held_out):14.1%} "
                      f"{seconds:8.1f} s {cpu:6.1f} s", flush=True)


if __name__ == "__main__":
    main()
