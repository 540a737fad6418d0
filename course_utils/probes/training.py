"""Probes for training: what a step, an epoch or an evaluation did to a small net, and in which mode."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from course_utils.models.mlp import mlp
from course_utils.probes.module import give_weights

LOSSES = {"binary": nn.BCEWithLogitsLoss, "classes": nn.CrossEntropyLoss, "number": nn.MSELoss}


class Watch:
    """Notes, at each forward pass, the mode, whether gradients are recorded, and how many rows came."""

    def __init__(self, model: nn.Module) -> None:
        self.train_mode: list[bool] = []
        self.recording: list[bool] = []
        self.rows: list[int] = []
        model.register_forward_pre_hook(self._note)

    def _note(self, model: nn.Module, inputs: tuple[Any, ...]) -> None:
        self.train_mode.append(model.training)
        self.recording.append(torch.is_grad_enabled())
        self.rows.append(len(inputs[0]))


def net(sizes: Sequence[int], seed: int, dropout: float = 0.0, normed: bool = False) -> nn.Sequential:
    """A net of linear layers with the weights of ``seed``; ``normed`` puts a batch norm in front."""
    model = mlp(sizes, dropout=dropout)
    if normed:
        model.insert(0, nn.BatchNorm1d(sizes[0]))
    give_weights(model, seed)
    return model


def weights(model: nn.Module) -> list[Tensor]:
    """Copies of all parameters, in order."""
    return [parameter.detach().clone() for parameter in model.parameters()]


def holds_graph(value: Any) -> bool:
    """Whether a returned value keeps the graph of its computation alive."""
    return isinstance(value, Tensor) and value.requires_grad


def mode(flags: Sequence[bool]) -> str:
    """In which mode a model ran, in words, from ``Watch.train_mode``."""
    if not any(flags):
        return "eval mode"
    return "train mode" if all(flags) else "train mode for some batches"


def loss_value(answer: Any, task: str, outputs: Tensor, targets: Tensor) -> Any:
    """The loss that the function picks for a task, computed on these outputs and targets."""
    return answer(task)(outputs, targets)


def steps(answer: Any, sizes: Sequence[int], inputs: Tensor, targets: Tensor, seed: int = 0) -> dict[str, Any]:
    """Three training steps on one batch: ``answer(model, inputs, targets, loss, optimizer)``, each time.

    The optimizer is SGD with momentum, the loss is binary cross-entropy on logits.
    """
    model = net(sizes, seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.9)
    returned = [answer(model, inputs, targets, LOSSES["binary"](), optimizer) for _ in range(3)]
    return {"losses": returned, "weights": weights(model), "keeps the graph": any(map(holds_graph, returned))}


def epoch(
    answer: Any, sizes: Sequence[int], inputs: Tensor, targets: Tensor, batch_size: int, seed: int = 0
) -> dict[str, Any]:
    """One epoch of ``answer(model, loader, loss, optimizer)`` on a net that an evaluation left in eval mode."""
    model = net(sizes, seed).eval()
    watch = Watch(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.9)
    loader = DataLoader(TensorDataset(inputs, targets), batch_size=batch_size)
    returned = answer(model, loader, LOSSES["binary"](), optimizer)
    return {"mode of the model": mode(watch.train_mode), "mean loss": returned, "weights afterwards": weights(model),
            "keeps the graph": holds_graph(returned)}


def evaluation(
    answer: Any, sizes: Sequence[int], inputs: Tensor, targets: Tensor, batch_size: int, seed: int = 0
) -> dict[str, Any]:
    """``answer(model, loader, loss)`` on a net with dropout that training left in train mode."""
    model = net(sizes, seed, dropout=0.5).train()
    watch = Watch(model)
    loader = DataLoader(TensorDataset(inputs, targets), batch_size=batch_size)
    returned = answer(model, loader, LOSSES["binary"]())
    return {"mode of the model": mode(watch.train_mode), "loss and accuracy": returned,
            "records gradients": any(watch.recording)}


def stopping(answer: Any, losses: Sequence[float], patience: int) -> dict[str, Any]:
    """Early stopping over a list of validation losses, until it says stop.

    The one weight of the model is the number of the epoch, so that the weights kept tell which epoch they are of.
    """
    stopper = answer(patience)
    model = nn.Linear(1, 1, bias=False)
    said = []
    for number, loss in enumerate(losses, 1):
        with torch.no_grad():
            model.weight.fill_(number)
        said.append(stopper.should_stop(loss, model))
        if said[-1]:
            break
    with torch.no_grad():
        model.weight.fill_(-1)  # training goes on; a copy does not notice
    return {"should_stop": said, "best_loss": stopper.best_loss, "best_weights": stopper.best_weights}
