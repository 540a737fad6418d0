"""Convolutional nets for 32 × 32 colour images. All take (N, 3, H, W) floats and give (N, 10) logits."""

from __future__ import annotations

import torch
from torch import nn


class LeNet(nn.Sequential):
    """LeNet-5's shape on colour images: 6 and 16 maps of 5 × 5, then 120, 84 and 10 units.

    Takes (N, 3, 32, 32). After LeCun et al. (1998), "Gradient-based learning applied to document
    recognition"; ReLU and max pooling stand where the paper has tanh and trained averages.
    """

    def __init__(self, classes: int = 10) -> None:
        super().__init__(
            nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(16 * 5 * 5, 120), nn.ReLU(),
            nn.Linear(120, 84), nn.ReLU(),
            nn.Linear(84, classes),
        )


class ClassicCNN(nn.Sequential):
    """The tutorial net 3-32-32-512-10: two convolutions at full size, one pooling, a wide linear layer.

    Takes (N, 3, 32, 32) only: 32 maps of 16 × 16 make the 8192 inputs of the linear layer, which holds
    4.2 of the net's 4.2 million parameters.
    """

    def __init__(self, classes: int = 10) -> None:
        super().__init__(
            nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), nn.Dropout(0.3),
            nn.Conv2d(32, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(32 * 16 * 16, 512), nn.ReLU(), nn.Dropout(0.5),
            nn.Linear(512, classes),
        )


def conv_block(inputs: int, outputs: int, pool: bool = True, norm: bool = True) -> nn.Sequential:
    """Convolution 3 × 3, max pooling that halves the image, batch norm, ReLU: (N, C, H, W) to (N, C', H/2, W/2)."""
    layers: list[nn.Module] = [nn.Conv2d(inputs, outputs, 3, padding=1, bias=not norm)]
    if pool:
        layers.append(nn.MaxPool2d(2))
    if norm:
        layers.append(nn.BatchNorm2d(outputs))
    return nn.Sequential(*layers, nn.ReLU())


class FastCNN(nn.Module):
    """A small net for quick training: a stem that halves the image at once, then three blocks.

    Takes (N, 3, H, W) with H and W multiples of 8, from 8 on: the largest value of each map goes to the
    head, so no image size is built in. ``features`` gives (N, 4 * width), ``head`` the logits.
    ``early_stride=False`` keeps the full size in the stem, and ``norm=False`` leaves batch norm out; both
    are there to show what they buy.
    """

    def __init__(self, width: int = 32, classes: int = 10, early_stride: bool = True, norm: bool = True) -> None:
        super().__init__()
        kernel, stride = (4, 2) if early_stride else (3, 1)
        stem: list[nn.Module] = [nn.Conv2d(3, width, kernel, stride, padding=1, bias=not norm)]
        if norm:
            stem.append(nn.BatchNorm2d(width))
        self.features = nn.Sequential(
            *stem, nn.ReLU(),
            conv_block(width, 2 * width, norm=norm),
            conv_block(2 * width, 4 * width, norm=norm),
            conv_block(4 * width, 4 * width, pool=False, norm=norm),
            nn.AdaptiveMaxPool2d(1), nn.Flatten(),
        )
        self.head = Linear8(4 * width, classes)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.head(self.features(images))
        return logits


class Linear8(nn.Linear):
    """A linear layer without bias whose outputs are divided by 8, so that training starts with small logits."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs, bias=False)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return super().forward(input) / 8


class Residual(nn.Module):
    """Two blocks with a way around them: what comes out is x + f(x), so the gradient has a short way back."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.blocks = nn.Sequential(*(conv_block(channels, channels, pool=False) for _ in range(2)))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = images + self.blocks(images)
        return out


class ResNet9(nn.Sequential):
    """Eight convolutions and a linear layer, two of the stages with a way around: for a GPU.

    Takes (N, 3, H, W) with H and W multiples of 8. After David Page (2018), "How to train your ResNet".
    """

    def __init__(self, width: int = 64, classes: int = 10) -> None:
        super().__init__(
            conv_block(3, width, pool=False),
            conv_block(width, 2 * width), Residual(2 * width),
            conv_block(2 * width, 4 * width),
            conv_block(4 * width, 8 * width), Residual(8 * width),
            nn.AdaptiveMaxPool2d(1), nn.Flatten(),
            Linear8(8 * width, classes),
        )
