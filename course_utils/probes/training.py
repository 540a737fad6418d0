"""Probes for training: what a step, an epoch or an evaluation did to a small net, and in which mode."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from course_utils.evidence.describe import form_of
from course_utils.evidence.facts import Facts, Form, Note, several, yes_or_no
from course_utils.models.mlp import mlp
from course_utils.probes.function import told_apart_from_numbers
from course_utils.probes.module import give_weights
from course_utils.probes.words import graph_of, parameters_after

RATES = {"binary": 0.5, "number": 0.05}
STEPS = "calls of `optimizer.step()`"
LOSSES = {"binary": nn.BCEWithLogitsLoss, "classes": nn.CrossEntropyLoss, "number": nn.MSELoss}


def mode_of(model: nn.Module) -> bool | None:
    """Return True for train mode, False for eval mode, None if the model and its layers are in different modes."""
    modes = {layer.training for layer in model.modules()}
    return None if len(modes) > 1 else model.training


class Watch:
    """Notes, at each forward pass, the mode, whether the outputs have a graph, and how many rows came.

    The mode is True for train, False for eval, and None if the model and its layers are in different modes.

    ``model(x)``, ``model.forward(x)`` and calls of a copy of the model are all seen.
    """

    def __init__(self, model: nn.Module) -> None:
        self.train_mode: list[bool | None] = []
        self.recording: list[bool] = []
        self.rows: list[int] = []
        kind = type(model)

        def forward(module: nn.Module, *args: Any, **kwargs: Any) -> Any:
            self._note(module, (*args, *kwargs.values()))
            outputs = kind.forward(module, *args, **kwargs)
            self.recording.append(outputs.requires_grad)
            return outputs

        # A class of its own: a hook is passed over by `forward`, and a copy of the model would have a copy of the hook.
        model.__class__ = type(kind.__name__, (kind,), {"forward": forward, "__module__": kind.__module__})

    def _note(self, model: nn.Module, inputs: tuple[Any, ...]) -> None:
        self.train_mode.append(mode_of(model))
        self.rows.append(len(inputs[0]))


def net(sizes: Sequence[int], seed: int, dropout: float = 0.0, normed: bool = False) -> nn.Sequential:
    """A net of linear layers with the weights of ``seed``; ``normed`` puts a batch norm in front."""
    model = mlp(sizes, dropout=dropout)
    if normed:
        model.insert(0, nn.BatchNorm1d(sizes[0]))
    give_weights(model, seed)
    return model


RECORDING = "graph in the forward pass"


def recording(watch: Watch) -> Note:
    """Return whether a forward pass recorded a graph."""
    return yes_or_no(any(watch.recording), "recorded", "not recorded")


def mode(flags: Sequence[bool | None]) -> Note:
    """Return in which mode a model ran, from ``Watch.train_mode``."""
    if not flags:
        return Note("none: no call of the model was seen")
    if None in flags:
        return Note("mixed: the model and its layers are in different modes")
    if not any(flags):
        return Note("eval")
    return Note("train" if all(flags) else "train for some batches, eval for others")


def loss_value(answer: Any, task: str, outputs: Tensor, targets: Tensor) -> Facts:
    """The loss that the function picks for a task, computed on these outputs and targets, and whether it can be used.

    The outputs come with a graph, as those of a model do.
    """
    loss = answer(task)
    if not callable(loss):
        return Facts({"pick_loss(task)": form_of(loss)})
    value = loss(outputs.clone().requires_grad_(), targets)
    return Facts({"pick_loss(task)": Form("a loss function"), "": value, "graph of the loss": graph_of([value])})


class _Steps:
    """SGD with momentum for a model, and how often its ``step`` has run."""

    def __init__(self, model: nn.Module, task: str) -> None:
        self.optimizer = torch.optim.SGD(model.parameters(), lr=RATES[task], momentum=0.9)
        self.count = 0
        self.optimizer.register_step_post_hook(self._one_more)

    def _one_more(self, *_: Any) -> None:
        self.count += 1

    def told(self, due: int, per: str) -> Note:
        """Return how many steps there were, if one is due for each of ``due`` batches or calls."""
        if self.count == due:
            return Note(f"one for each {per}")
        return Note(f"{self.count} for {due} {per}{'e' * per.endswith('ch')}s" if self.count else "none")


def steps(answer: Any, sizes: Sequence[int], inputs: Tensor, targets: Tensor, seed: int = 0,
          task: str = "binary") -> Facts:
    """Three training steps on one batch: ``answer(model, inputs, targets, loss, optimizer)``, each time.

    The optimizer is SGD with momentum, the loss is that for the task, and the model is in train mode.
    """
    model = net(sizes, seed).train()
    watch, taken = Watch(model), _Steps(model, task)
    returned = [answer(model, inputs, targets, LOSSES[task](), taken.optimizer) for _ in range(3)]
    return Facts({
        "mode of the model": mode(watch.train_mode), STEPS: taken.told(3, "call"),
        **{f"loss of step {number}": told_apart_from_numbers(value) for number, value in enumerate(returned, 1)},
        **parameters_after(model, "after three steps"), "graph of the loss": graph_of(returned),
        "mode of the model afterwards": mode([mode_of(model)])})


def epoch(
    answer: Any, sizes: Sequence[int], inputs: Tensor, targets: Tensor, batch_size: int, seed: int = 0,
    task: str = "binary"
) -> Facts:
    """One epoch of ``answer(model, loader, loss, optimizer)`` on a net that an evaluation left in eval mode."""
    model = net(sizes, seed).eval()
    watch, taken = Watch(model), _Steps(model, task)
    loader = DataLoader(TensorDataset(inputs, targets), batch_size=batch_size)
    returned = answer(model, loader, LOSSES[task](), taken.optimizer)
    return Facts({"mode of the model": mode(watch.train_mode), STEPS: taken.told(len(loader), "batch"),
                  "mean loss": told_apart_from_numbers(returned), **parameters_after(model),
                  "graph of the loss": graph_of([returned])})


def evaluation(
    answer: Any, sizes: Sequence[int], inputs: Tensor, targets: Tensor, batch_size: int, seed: int = 0,
    weight: float = 1.0
) -> Facts:
    """``answer(model, loader, loss)`` on a net with dropout that training left in train mode.

    ``weight`` is what a row with target 1 counts in the loss; with any but 1 the loss can't be replaced.
    """
    model = net(sizes, seed, dropout=0.5).train()
    before = [parameter.detach().clone() for parameter in model.parameters()]
    watch = Watch(model)
    loader = DataLoader(TensorDataset(inputs, targets), batch_size=batch_size)
    loss = LOSSES["binary"]() if weight == 1.0 else nn.BCEWithLogitsLoss(pos_weight=torch.tensor(weight))
    try:
        returned = answer(model, loader, loss)
        still_on = torch.is_grad_enabled()
    finally:
        torch.set_grad_enabled(True)
    same = all(torch.equal(old, new) for old, new in zip(before, model.parameters(), strict=True))
    numbers = tuple(map(told_apart_from_numbers, returned)) if isinstance(returned, tuple | list) else returned
    return Facts({
        "mode of the model": mode(watch.train_mode), "": several(numbers, "loss", "accuracy"),
        RECORDING: recording(watch),
        "parameters afterwards": yes_or_no(same, "as before", "changed"),
        "`requires_grad` of the parameters afterwards": yes_or_no(
            all(parameter.requires_grad for parameter in model.parameters()), "True", "False"),
        "`torch.is_grad_enabled()` afterwards": yes_or_no(still_on, "True", "False")})


def stopping(answer: Any, losses: Sequence[float], patience: int, training: bool = True) -> Facts:
    """Early stopping over a list of validation losses, until it says stop; and once more, with a loss no lower.

    The weight of the model and its running mean are the number of the epoch, so that what was kept tells its epoch.
    """
    stopper = answer(patience)
    model = nn.BatchNorm1d(1).train(training)
    stopped = "no epoch"
    for number, loss in enumerate(losses, 1):
        _give_number(model, number)
        said = stopper.should_stop(loss, model)
        if not _is_truth(said):
            return Facts({CALL: form_of(said)})
        if said:
            stopped = f"epoch {number}"
            break
    _give_number(model, -1)  # training goes on; a copy does not notice
    seen = Facts({CALL: Form("True or False"), "first True of `should_stop`": Note(stopped, of_values=True),
                  "stopper.best_loss": stopper.best_loss,
                  "stopper.best_weights": copy.deepcopy(stopper.best_weights),
                  "mode of the model afterwards": yes_or_no(model.training is training, "as before", "changed")})
    if stopped != "no epoch":
        seen["`should_stop` one epoch later, with no lower loss"] = yes_or_no(
            bool(stopper.should_stop(max(losses), model)), "True", "False")
    return seen


def _give_number(model: nn.BatchNorm1d, number: int) -> None:
    with torch.no_grad():
        model.weight.fill_(number)
        if model.running_mean is not None:
            model.running_mean.fill_(number)


CALL = "stopper.should_stop(val_loss, model)"


def _is_truth(value: Any) -> bool:
    """Whether a value is True or False, be it in a tensor of no dimensions."""
    return isinstance(value, bool | np.bool_) or (
        isinstance(value, Tensor) and value.ndim == 0 and value.dtype == torch.bool)
