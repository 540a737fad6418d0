"""Early stopping: end when the validation loss no longer falls, and keep the best weights."""

from __future__ import annotations

import math

from torch import Tensor, nn


class EarlyStopping:
    """Watches the validation loss over the epochs.

    Parameters
    ----------
    patience
        How many epochs in a row may pass without a new best loss; the last of them says stop.
    min_delta
        How far below the best a loss must be to count as better.
    """

    def __init__(self, patience: int = 10, min_delta: float = 0.0) -> None:
        if patience < 1:
            raise ValueError(f"patience is {patience}; it takes at least one epoch without improvement to stop.")
        self.patience, self.min_delta = patience, min_delta
        self.best_loss = math.inf
        self.best_epoch = 0  # counted from 1
        self.epoch = 0
        self.best_weights: dict[str, Tensor] = {}

    def should_stop(self, val_loss: float, model: nn.Module) -> bool:
        """Take in one epoch's validation loss; True where the training should end now."""
        self.epoch += 1
        if val_loss < self.best_loss - self.min_delta:
            self.best_loss, self.best_epoch = val_loss, self.epoch
            # state_dict() holds the live tensors, which the next step changes: copy them.
            self.best_weights = {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}
        return self.epoch - self.best_epoch >= self.patience

    def restore(self, model: nn.Module) -> None:
        """Put the weights of the best epoch back into the model (nothing to do before the first epoch)."""
        if self.best_weights:
            model.load_state_dict(self.best_weights)
