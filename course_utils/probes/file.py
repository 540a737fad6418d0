"""Probes for functions that write or read files: a round trip in a scratch folder that is gone afterwards."""

from __future__ import annotations

import pickle
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from course_utils.evidence.describe import plain_type_name
from course_utils.evidence.facts import Facts, Note, yes_or_no
from course_utils.probes.training import net
from course_utils.probes.words import parameters_after

SIZES = (3, 4, 1)


@contextmanager
def scratch() -> Iterator[Path]:
    """An empty folder, removed at the end."""
    with tempfile.TemporaryDirectory(prefix="course-") as folder:
        yield Path(folder)


def trainee(seed: int) -> tuple[nn.Module, torch.optim.Optimizer]:
    """A small net and its Adam, whose running averages decide the next step as much as the gradient does."""
    model = net(SIZES, seed)
    return model, torch.optim.Adam(model.parameters(), lr=0.1)


def train(model: nn.Module, optimizer: torch.optim.Optimizer, inputs: Tensor, targets: Tensor, steps: int) -> None:
    """So many steps on one batch."""
    for _ in range(steps):
        optimizer.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(model(inputs), targets)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()


def saving(answer: Any, inputs: Tensor, targets: Tensor, steps: int, seed: int = 0) -> Facts:
    """What ``answer(path, model, optimizer, epoch)`` wrote after some steps, and where training goes from there.

    The file is read as a stranger's file should be: ``weights_only=True``. Returns the keys and the epoch in it,
    and the weights after going on from it for as many steps again; what could not be had is missing.
    """
    with scratch() as folder:
        path = folder / "checkpoint.pt"
        model, optimizer = trainee(seed)
        train(model, optimizer, inputs, targets, steps)
        answer(path, model, optimizer, steps)
        if not path.is_file():
            return Facts({"the file": Note("nothing at the path")})
        if not zipfile.is_zipfile(path):
            return Facts({"the file": Note("a file that torch.save did not write")})
        seen = Facts({"the file": Note("one that torch.save wrote")})
        try:
            state = torch.load(path, weights_only=True)
        except pickle.UnpicklingError:
            return Facts({**seen, "what the file holds": Note("more than tensors and plain values: unsafe to load")})
        seen["what the file holds"] = Note("tensors and plain values")
        named = isinstance(state, dict) and all(isinstance(key, str) for key in state)
        seen["content of the file"] = Note("a dict" if named else plain_type_name(state))
        if not named:
            return seen
        seen["keys of the dict"] = Note(", ".join(sorted(state)[:10]))
        if not {"model", "optimizer", "epoch"} <= state.keys():
            return seen
        again, fresh = trainee(seed + 1)
        for name, owner in (("model", again), ("optimizer", fresh)):
            taken = _takes(owner, state[name])
            seen[f"`state['{name}']`"] = yes_or_no(taken, f"the state dict of the {name}",
                                                 f"something that the {name} cannot load")
            if not taken:
                return seen
        train(again, fresh, inputs, targets, steps)
        return Facts({**seen, "state['epoch']": state["epoch"], **parameters_after(again, "after training goes on")})


def _takes(owner: Any, state: Any) -> bool:
    """Whether a model or an optimizer can load this state."""
    try:
        owner.load_state_dict(state)
    except (AttributeError, KeyError, RuntimeError, TypeError, ValueError):
        return False
    return True


def resuming(answer: Any, inputs: Tensor, targets: Tensor, steps: int, seed: int = 0) -> Facts:
    """What ``answer(path, model, optimizer)`` returns for a good checkpoint, and where training goes from there."""
    with scratch() as folder:
        path = folder / "checkpoint.pt"
        model, optimizer = trainee(seed)
        train(model, optimizer, inputs, targets, steps)
        torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": steps}, path)
        again, fresh = trainee(seed + 1)
        returned = answer(path, again, fresh)
        at_once = parameters_after(again, "after loading")
        train(again, fresh, inputs, targets, steps)
        return Facts({**at_once, "": returned, **parameters_after(again, "after training goes on")})


ran: list[str] = []  # what code from the stranger's file has left behind


def strangers_code(text: str) -> str:
    """Harmless here; in a real file it could be any call of any function."""
    ran.append(text)
    return text


class Booby:
    """An object that calls :func:`strangers_code` when it is unpickled."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return strangers_code, ("the stranger's code ran",)


def loading(answer: Any, file: str, seed: int = 0) -> Facts:
    """What ``answer(path, model)`` does with a file.

    ``file`` is "a friend's" (a state dict), "a stranger's" (a state dict with an object in it that calls a function
    when it is unpickled), or "half of it" (a state dict with layers missing). Returns the model's weights afterwards,
    whether something was raised, and whether code from the file ran.
    """
    ran.clear()
    with scratch() as folder:
        path = folder / "weights.pt"
        state: dict[str, Any] = dict(net(SIZES, seed).state_dict())
        if file == "a stranger's":
            state["extra"] = Booby()
        if file == "half of it":
            state = dict(list(state.items())[:2])
        torch.save(state, path)
        model = net(SIZES, seed + 1)
        returned: Any = None
        raised = False
        try:
            returned = answer(path, model)
        except NotImplementedError:
            raise
        except Exception:
            if file == "a friend's":  # nothing is wrong with this one, so the error is worth reading
                raise
            raised = True
        what = "the model" if returned is model else plain_type_name(returned)
        return Facts({
            "code from the file": yes_or_no(bool(ran), "run", "not run"),
            "what is raised": yes_or_no(raised, "an error", "nothing"),
            "what is returned": Note(what),
            # After an error, a model that is half loaded is no better than one that is untouched.
            **({} if raised and file == "half of it" else parameters_after(model)),
        })
