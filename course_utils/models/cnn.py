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
