"""Nets of linear layers. All of them give logits: a loss with "logits" or "cross-entropy" in its name takes those."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import nn


def mlp(sizes: Sequence[int], activation: Callable[[], nn.Module] = nn.ReLU, dropout: float = 0.0) -> nn.Sequential:
    """Linear layers from ``sizes[0]`` features to ``sizes[-1]`` outputs, with ``activation`` between them.

    Takes (N, sizes[0]) floats and gives (N, sizes[-1]) logits: nothing follows the last layer.
    With ``dropout`` above 0, a dropout layer of that probability stands behind every activation.

    >>> mlp([2, 3, 1])
    Sequential(
      (0): Linear(in_features=2, out_features=3, bias=True)
      (1): ReLU()
      (2): Linear(in_features=3, out_features=1, bias=True)
    )
    """
    layers: list[nn.Module] = []
    for inputs, outputs in zip(sizes[:-2], sizes[1:-1], strict=True):
        layers += [nn.Linear(inputs, outputs), activation()]
        if dropout > 0:
            layers.append(nn.Dropout(dropout))
    return nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1]))


class PimaNet(nn.Sequential):
    """The net 8-12-8-1 for the Pima table: (N, 8) floats in, (N, 1) logits out.

    A logit above 0 means "more likely than not"; :func:`torch.sigmoid` makes a probability of it, and
    :class:`torch.nn.BCEWithLogitsLoss` takes the logit as it is.
    """

    def __init__(self) -> None:
        super().__init__(
            nn.Linear(8, 12), nn.ReLU(),
            nn.Linear(12, 8), nn.ReLU(),
            nn.Linear(8, 1),
        )


class DigitNet(nn.Module):
    """The net 784-512-256-10 for digits, with dropout behind both hidden layers.

    Takes images (N, 1, 28, 28), (N, 28, 28) or flat rows (N, 784), and gives (N, 10) logits.
    """

    def __init__(self, dropout: float = 0.2) -> None:
        super().__init__()
        self.flatten = nn.Flatten()
        self.hidden1 = nn.Linear(28 * 28, 512)
        self.hidden2 = nn.Linear(512, 256)
        self.output = nn.Linear(256, 10)
        self.dropout = nn.Dropout(dropout)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        x = self.flatten(images)
        x = self.dropout(torch.relu(self.hidden1(x)))
        x = self.dropout(torch.relu(self.hidden2(x)))
        logits: torch.Tensor = self.output(x)
        return logits
