"""Checkpoints: stop a training and go on later exactly as if it had never stopped."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler


def save_checkpoint(
    path: str | os.PathLike[str],
    model: nn.Module,
    optimizer: Optimizer,
    epoch: int,
    scheduler: LRScheduler | None = None,
    **extra: Any,
) -> None:
    """Write everything that the next epoch depends on.

    Weights alone are not enough: Adam's running averages and momentum's velocities live in the
    optimizer, the next shuffle and dropout mask in the random state. ``extra`` may hold plain
    values (numbers, texts, tensors, lists, dicts). The file appears under its name only when it
    is whole, so a crash while writing leaves the old one.
    """
    state = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "scheduler": scheduler.state_dict() if scheduler is not None else None,
        "epoch": epoch,
        "rng": torch.get_rng_state(),
        "cuda_rng": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        "extra": extra,
    }
    path = Path(path)
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            torch.save(state, file)
        os.replace(unfinished, path)
    except BaseException:
        os.unlink(unfinished)
        raise


def load_checkpoint(
    path: str | os.PathLike[str], model: nn.Module, optimizer: Optimizer, scheduler: LRScheduler | None = None
) -> dict[str, Any]:
    """Put a checkpoint back in place. Returns ``{"epoch": …, **extra}``.

    Model and optimizer must be built as they were. ``weights_only=True`` reads tensors and plain
    values and refuses everything else: a pickle from somebody else can run any code
    (https://docs.pytorch.org/docs/stable/generated/torch.load.html). Loading to the CPU first
    lets a checkpoint from a GPU go on where there is none.
    """
    state = torch.load(path, weights_only=True, map_location="cpu")
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    if scheduler is not None:
        scheduler.load_state_dict(state["scheduler"])
    torch.set_rng_state(state["rng"])
    if torch.cuda.is_available() and state["cuda_rng"]:
        torch.cuda.set_rng_state_all(state["cuda_rng"])
    return {"epoch": state["epoch"], **state["extra"]}
