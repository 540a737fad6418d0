"""The training loop: step, epoch, evaluation, and all of it together in :func:`fit`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler
from torch.utils.data import DataLoader

from course_utils.training.live import live_view
from course_utils.training.metrics import accuracy
from course_utils.training.stopping import EarlyStopping

Loss = Callable[[Tensor, Tensor], Tensor]  # (outputs, targets) -> the mean over the batch, a 0-d tensor
Metric = Callable[[Tensor, Tensor], float]  # (outputs, targets) -> a number
Batch = tuple[Tensor, Tensor]  # inputs (N, ...) and targets (N, ...)
History = dict[str, list[float]]  # one number an epoch under each name

ACCURACY: Mapping[str, Metric] = {"accuracy": accuracy}


def train_step(model: nn.Module, inputs: Tensor, targets: Tensor, loss: Loss, optimizer: Optimizer) -> Tensor:
    """One step: forward, backward, update. Returns the loss before the update, a 0-d tensor with no graph."""
    optimizer.zero_grad()
    value = loss(model(inputs), targets)
    value.backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    return value.detach()


def train_epoch(
    model: nn.Module, batches: Iterable[Batch], loss: Loss, optimizer: Optimizer, device: torch.device | None = None
) -> float:
    """One pass over the batches, in train mode. Returns the mean loss per row.

    Batches may differ in size, so each batch's mean counts as often as it has rows. The sum stays
    on the device until the end: reading it in every step would make a GPU wait.
    """
    device = device or device_of(model)
    model.train()
    total, rows = torch.zeros((), device=device), 0
    for inputs, targets in batches:
        inputs, targets = inputs.to(device, non_blocking=True), targets.to(device, non_blocking=True)
        total += train_step(model, inputs, targets, loss, optimizer) * len(targets)
        rows += len(targets)
    if rows == 0:
        raise ValueError("There is no batch to train on: the loader is empty.")
    return total.item() / rows


@torch.inference_mode()
def predict(model: nn.Module, batches: Iterable[Batch], device: torch.device | None = None) -> Batch:
    """All outputs and all targets, each of them one tensor of N rows, from a model in eval mode (it stays so)."""
    device = device or device_of(model)
    model.eval()
    outputs, wanted = [], []
    for inputs, targets in batches:
        outputs.append(model(inputs.to(device, non_blocking=True)))
        wanted.append(targets.to(device, non_blocking=True))
    if not outputs:
        raise ValueError("There is no batch to predict: the loader is empty.")
    return torch.cat(outputs), torch.cat(wanted)


def evaluate(
    model: nn.Module,
    batches: Iterable[Batch],
    loss: Loss,
    metrics: Mapping[str, Metric] = ACCURACY,
    device: torch.device | None = None,
) -> dict[str, float]:
    """The loss per row and the metrics over all batches; no gradient, no update, eval mode.

    Returns ``{"loss": …, "accuracy": …}``, with the names in ``metrics``.
    """
    outputs, targets = predict(model, batches, device)
    scores = {name: metric(outputs, targets) for name, metric in metrics.items()}
    return {"loss": loss(outputs, targets).item(), **scores}


def fit(
    model: nn.Module,
    train_loader: DataLoader[Any],
    val_loader: DataLoader[Any] | None = None,
    *,
    loss: Loss,
    optimizer: Optimizer,
    epochs: int,
    scheduler: LRScheduler | None = None,
    stopping: EarlyStopping | None = None,
    metrics: Mapping[str, Metric] = ACCURACY,
    device: torch.device | None = None,
    live: bool = True,
    writer: Any = None,
) -> History:
    """Train the model, and look at it on the validation rows after every epoch.

    Parameters
    ----------
    loss, optimizer
        ``nn.BCEWithLogitsLoss()``, ``torch.optim.Adam(model.parameters())``, …; the loss averages over its batch.
    scheduler
        Stepped once after each epoch.
    stopping
        Ends the training when the validation loss has not improved for a while, and puts the best weights back.
    metrics
        What :func:`evaluate` reports beside the loss; ``{}`` for none.
    device
        Where the batches go; default: where the model is.
    live
        A progress bar and growing curves in a notebook, a progress bar in a terminal.
    writer
        A ``torch.utils.tensorboard.SummaryWriter``, or anything with its ``add_scalar``.

    Returns
    -------
    History
        ``{"train_loss": [...], "val_loss": [...], "val_accuracy": [...]}``, one number for each epoch run. The
        training loss is the mean over the epoch while the weights were changing, dropout and all.
    """
    device = device or device_of(model)
    model.to(device)
    history: History = {}
    with live_view(epochs, live) as view:
        for epoch in range(epochs):
            row = {"train_loss": train_epoch(model, view.track(train_loader, epoch), loss, optimizer, device)}
            if val_loader is not None:
                scores = evaluate(model, val_loader, loss, metrics, device)
                row |= {f"val_{name}": score for name, score in scores.items()}
            if scheduler is not None:
                scheduler.step()
            for name, value in row.items():
                history.setdefault(name, []).append(value)
                if writer is not None:
                    writer.add_scalar(name.replace("_", "/", 1), value, epoch + 1)
            view.epoch_done(history)
            if stopping is not None and stopping.should_stop(row["val_loss"], model):
                break
    if stopping is not None:
        stopping.restore(model)
    return history


def device_of(model: nn.Module) -> torch.device:
    """Where the model's parameters are (the CPU for a model without any)."""
    first = next(model.parameters(), None)
    return first.device if first is not None else torch.device("cpu")
