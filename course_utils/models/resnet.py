"""A residual net small enough for an exercise: torchvision's own blocks, few channels, random weights."""

from __future__ import annotations

from torch import nn


def small_resnet(classes: int = 10, width: int = 8) -> nn.Sequential:
    """Two residual blocks of ``width`` and ``2 * width`` channels: (N, 3, H, W) floats in, (N, classes) logits out.

    The blocks are those of He et al. (2015), "Deep Residual Learning for Image Recognition", as torchvision has them.
    """
    from torchvision.models.resnet import BasicBlock, conv1x1  # here, since importing torchvision takes a second

    shortcut = nn.Sequential(conv1x1(width, 2 * width, stride=2), nn.BatchNorm2d(2 * width))
    return nn.Sequential(
        nn.Conv2d(3, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
        BasicBlock(width, width),
        BasicBlock(width, 2 * width, stride=2, downsample=shortcut),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(2 * width, classes),
    )
