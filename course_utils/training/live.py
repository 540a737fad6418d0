"""Training as it goes on: a progress bar and growing curves in a notebook, a bar in a terminal.

In a notebook there is one output that is drawn anew in place, so that a saved or converted
notebook holds the last state and no trace of the ones before. Where output goes to a file,
nothing is shown.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from typing import Any, TypeVar

import torch
from markupsafe import Markup
from torch import Tensor, nn
from tqdm import tqdm

from course_utils.colours import BLUE
from course_utils.display import in_notebook
from course_utils.plotting.curves import curves
from course_utils.plotting.show import image_html, png, size_of

Item = TypeVar("Item")
SECONDS_BETWEEN_CURVES = 0.5
SECONDS_BETWEEN_BARS = 0.15


class View:
    """Shows nothing; what the others build on."""

    def __init__(self, epochs: int) -> None:
        self.epochs = epochs
        self.history: Mapping[str, list[float]] = {}

    def __enter__(self) -> View:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def track(self, batches: Iterable[Item], epoch: int) -> Iterator[Item]:
        """The same batches, counted on their way; ``epoch`` counts from 0."""
        total = len(batches) if isinstance(batches, Sized) else 0
        for step, batch in enumerate(batches, 1):
            yield batch
            self.moved(epoch + step / total if total else epoch)

    def epoch_done(self, history: Mapping[str, list[float]]) -> None:
        """Take in the history up to now: lists of one number an epoch."""
        self.history = history
        self.moved(self.epochs_run)

    @property
    def epochs_run(self) -> int:
        return len(next(iter(self.history.values()), []))

    def moved(self, position: float) -> None:
        """Show the position, in epochs."""

    def close(self) -> None:
        """The training is over, by its end, by early stopping or by an error."""

    def summary(self) -> str:
        """The last epoch in one line."""
        values = ", ".join(f"{name.replace('_', ' ')} {value[-1]:.4f}" for name, value in self.history.items())
        return f"epoch {self.epochs_run} of {self.epochs}: {values}" if values else f"epoch 1 of {self.epochs}"


class TerminalView(View):
    """A tqdm bar; silent where the output is no terminal."""

    def __init__(self, epochs: int) -> None:
        super().__init__(epochs)
        self.bar: Any = tqdm(total=epochs, disable=None, leave=True, unit="epoch",
                             bar_format="{percentage:3.0f}%|{bar}| {elapsed}<{remaining} {desc}")

    def moved(self, position: float) -> None:
        self.bar.set_description_str(self.summary(), refresh=False)
        self.bar.update(position - self.bar.n)

    def close(self) -> None:
        self.bar.close()


class NotebookView(View):
    """One display that is replaced as the training goes on: a bar, numbers, and the curves."""

    def __init__(self, epochs: int) -> None:
        from IPython import display

        super().__init__(epochs)
        make_handle: Any = display.DisplayHandle
        self.handle: Any = make_handle()
        self.position = 0.0
        self.picture = ""
        self.drawn_at = self.shown_at = -1e9
        self.drawn_epochs = 0
        self.handle.display(self._bundle(), raw=True)

    def moved(self, position: float) -> None:
        self.position = position
        now = time.monotonic()
        if self.epochs_run > self.drawn_epochs and now - self.drawn_at >= SECONDS_BETWEEN_CURVES:
            self._draw()
        if now - self.shown_at >= SECONDS_BETWEEN_BARS:
            self._show()

    def close(self) -> None:
        if self.epochs_run > self.drawn_epochs:
            self._draw()
        self._show()

    def _draw(self) -> None:
        figure = curves(self.history)
        self.picture = image_html(png(figure), f"Learning curves, {self.summary()}", size_of(figure))
        self.drawn_at, self.drawn_epochs = time.monotonic(), self.epochs_run

    def _show(self) -> None:
        self.shown_at = time.monotonic()
        self.handle.update(self._bundle(), raw=True)

    def _bundle(self) -> dict[str, str]:
        share = 100 * min(1.0, self.position / max(1, self.epochs))
        bar = (
            '<div style="height:6px;max-width:700px;border-radius:3px;background:#8884">'
            f'<div style="height:6px;width:{share:.1f}%;border-radius:3px;background:{BLUE}"></div></div>'
        )
        line = Markup('<div style="font-size:90%;margin:4px 0">{}</div>').format(self.summary())
        return {"text/html": f"<div>{bar}{line}{self.picture}</div>", "text/plain": self.summary()}


def live_view(epochs: int, live: bool = True) -> View:
    """The view that fits where this runs; one that shows nothing for ``live=False``."""
    if not live:
        return View(epochs)
    return NotebookView(epochs) if in_notebook() else TerminalView(epochs)


@contextlib.contextmanager
def watched(
    model: nn.Module, epochs: int, accuracy: Callable[[nn.Module], float], live: bool = True,
) -> Iterator[Callable[[int, int, Tensor], None]]:
    """An ``on_step`` for :func:`course_utils.training.recipe.train` that shows the training as it goes on.

    After each epoch it asks ``accuracy(model)``, a share of images that the training does not see,
    and leaves the model in train mode. Losses are read once an epoch, so that a GPU need not wait
    in every step.
    """
    history: dict[str, list[float]] = {"train_loss": [], "val_accuracy": []}
    losses: list[Tensor] = []
    with live_view(epochs, live) as view:

        def on_step(step: int, steps: int, loss: Tensor) -> None:
            losses.append(loss)
            view.moved(epochs * (step + 1) / steps)
            if epochs * (step + 1) // steps > len(history["train_loss"]):
                history["train_loss"].append(torch.stack(losses).mean().item())
                losses.clear()
                history["val_accuracy"].append(accuracy(model))
                model.train()
                view.epoch_done(history)

        yield on_step
