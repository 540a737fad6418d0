"""Probes for code about devices, on a machine that may have none: they stage one.

A GPU is played by PyTorch's ``meta`` device (tensors with a shape and no numbers), by pretended
answers of ``torch.cuda`` and by a clock that only pretended work moves on.
"""

from __future__ import annotations

import contextlib
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import BuiltinFunctionType, FunctionType
from typing import Any
from unittest import mock

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from course_utils.evidence.describe import form_of, plain_type_name
from course_utils.evidence.facts import Facts, Form, Note, several, yes_or_no
from course_utils.probes.words import graph_of, number_or_not, parameters_after


@contextlib.contextmanager
def machine(cuda: int, mps: bool) -> Iterator[None]:
    """A machine with so many CUDA devices, and with Apple's GPU or without."""
    kind = "cuda" if cuda else "mps" if mps else None
    current = torch.device(kind) if kind else None
    with contextlib.ExitStack() as stack:
        for target, value in (
            ("torch.cuda.is_available", bool(cuda)), ("torch.cuda.device_count", cuda),
            ("torch.backends.mps.is_available", mps), ("torch.mps.is_available", mps),
            ("torch.mps.device_count", int(mps)),
            ("torch.accelerator.is_available", bool(kind)), ("torch.accelerator.current_accelerator", current),
            ("torch.accelerator.device_count", cuda or int(mps)),
        ):
            stack.enter_context(mock.patch(target, lambda *args, value=value, **kwargs: value))
        yield


def _not_the_courses_own(*args: Any, **kwargs: Any) -> None:
    raise LookupError("This pick_device comes with the course's own package. Read it if you like; then write yours.")


def on_machine(answer: Any, prefer: str = "auto", cuda: int = 0, mps: bool = False, by_default: bool = False) -> Facts:
    """The device that ``answer(prefer)`` picks on such a machine, or that it refuses one that is not there.

    With ``by_default`` the answer is called without an argument.
    """
    kind, _, index = prefer.partition(":")
    there = int(index or 0) < cuda if kind == "cuda" else mps if kind == "mps" else True
    try:
        with machine(cuda, mps), mock.patch("course_utils.training.devices.pick_device", _not_the_courses_own):
            picked = answer() if by_default else answer(prefer)
    except (RuntimeError, ValueError, OSError, AssertionError) as error:
        if there or isinstance(error, NotImplementedError):
            raise
        name = "RuntimeError" if isinstance(error, RuntimeError) else type(error).__name__
        said = "with" if len(str(error).split()) > 1 else "without"
        return Facts({RAISED: Note(f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"),
                      "its message": Note(f"{said} a sentence")})
    if picked == torch.device("cuda:0"):
        picked = torch.device("cuda")
    return Facts({RAISED: Note("nothing"), "": picked})


RAISED = "what it raises"


def moved(answer: Any, batch: Any) -> Facts:
    """What ``answer(batch, device)`` returns for the meta device, each thing of the nest under its own expression.

    On the meta device a tensor has no values, so those are looked at after a move to the CPU.
    """
    seen = Facts(_nest(answer(batch, torch.device("meta")), "to_device(batch, device)"))
    before, after = _tensors(batch), _tensors(answer(batch, torch.device("cpu")))
    same = len(before) == len(after) and all(map(torch.equal, before, after))
    return Facts({**seen, "values of the tensors": yes_or_no(same, "as they were", "changed")})


def _tensors(value: Any) -> list[Tensor]:
    """The tensors in a nest, in their order."""
    return [leaf for leaf in tree_leaves(value) if isinstance(leaf, Tensor)]


def _nest(value: Any, label: str) -> Iterator[tuple[str, Any]]:
    """The form of each thing in a nest, and of each tensor the device."""
    if isinstance(value, Tensor):
        yield label, form_of(value)
        yield f"{label}.device", device_of([value])
    elif isinstance(value, dict):
        yield label, Form("a dict")
        yield f"list({label})", sorted(map(str, value))
        for key, item in sorted(value.items(), key=lambda pair: str(pair[0])):
            yield from _nest(item, f"{label}[{key!r}]")
    elif isinstance(value, list | tuple):
        yield label, form_of(value)
        yield f"len({label})", len(value)
        for number, item in enumerate(value):
            yield from _nest(item, f"{label}[{number}]")
    else:
        yield label, value


def device_of(tensors: Iterable[Tensor]) -> Note:
    """Return on which devices tensors are; "the device" is the pretended one."""
    kinds = sorted({"the device" if tensor.device.type == "meta" else "the CPU" for tensor in tensors})
    return Note(" and ".join(kinds) or "none")


def clocked(answer: Any, costs: Sequence[float], launch: float = 0.001, device: str = "cuda", **options: Any) -> float:
    """The seconds that ``answer(fn, device)`` reports for work on a device that is only pretended.

    On "cuda", call i of ``fn`` takes ``launch`` seconds to ask for and ``costs[i]`` to do (the last cost holds for all
    later calls), and only synchronising waits for it. On "cpu" the call itself takes that long, there is no GPU, and
    synchronising raises what PyTorch raises then. The clocks of ``time`` show the pretended time; ``time.time``, which
    a computer may adjust, runs fast.
    """
    now = {"time": 100.0, "busy until": 100.0, "calls": 0}

    def fn() -> None:
        now["time"] += launch
        cost = costs[min(int(now["calls"]), len(costs) - 1)]
        now["busy until"] = max(now["busy until"], now["time"]) + cost
        now["calls"] += 1
        if device == "cpu":
            now["time"] = now["busy until"]

    def wait(*args: Any, **kwargs: Any) -> None:
        if device == "cpu":
            raise AssertionError("Torch not compiled with CUDA enabled")
        now["time"] = max(now["time"], now["busy until"])

    with contextlib.ExitStack() as stack:
        stack.enter_context(machine(cuda=int(device == "cuda"), mps=False))
        clocks = {"perf_counter": lambda: now["time"], "monotonic": lambda: now["time"],
                  "time": lambda: now["time"] * FAST}
        played: dict[Any, Callable[[], float]] = {}
        for name, clock in clocks.items():
            played |= {getattr(time, name): clock, getattr(time, f"{name}_ns"): _in_nanoseconds(clock)}
        for real, clock in played.items():
            stack.enter_context(mock.patch(f"time.{real.__name__}", clock))
        if isinstance(answer, FunctionType):  # from time import perf_counter
            own = {name: played[value] for name, value in answer.__globals__.items()
                   if isinstance(value, BuiltinFunctionType) and value in played}
            stack.enter_context(mock.patch.dict(answer.__globals__, own))
        for name in ("cuda", "accelerator", "mps"):
            stack.enter_context(mock.patch(f"torch.{name}.synchronize", wait))
        return answer(fn, torch.device(device), **options)  # type: ignore[no-any-return]


FAST = 1.1  # how fast time.time runs, against the other clocks


def _in_nanoseconds(clock: Callable[[], float]) -> Callable[[], int]:
    return lambda: round(clock() * 1e9)


def small_net(seed: int, inputs: int = 4, classes: int = 3) -> nn.Sequential:
    """A small net whose weights depend on ``seed`` alone."""
    state = torch.get_rng_state()
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(inputs, 8), nn.Tanh(), nn.Linear(8, classes))
    torch.set_rng_state(state)
    return model


def weights(model: nn.Module) -> Tensor:
    """All parameters in one row."""
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


def _batches(rows: Tensor, labels: Tensor, sizes: Sequence[int]) -> list[tuple[Tensor, Tensor]]:
    return list(zip(rows.split(list(sizes)), labels.split(list(sizes)), strict=True))


class _Waits(TorchDispatchMode):
    """Notes when a number is read out of a tensor, or brought to the CPU: on a GPU, the program waits there.

    ``during`` holds the numbers of the steps, counted by forward passes, after whose beginning something was read.
    """

    def __init__(self) -> None:
        super().__init__()
        self.steps = 0
        self.during: set[int] = set()
        self._patches = contextlib.ExitStack()

    def __enter__(self) -> _Waits:
        for name in ("cpu", "numpy", "tolist", "__repr__"):  # print shows a tensor by its repr
            self._patches.enter_context(mock.patch.object(Tensor, name, self._noted(getattr(Tensor, name))))
        super().__enter__()
        return self

    def __exit__(self, *raised: Any) -> None:
        super().__exit__(*raised)
        self._patches.close()

    def _noted(self, method: Any) -> Any:
        def noting(tensor: Tensor, *args: Any, **kwargs: Any) -> Any:
            self.during.add(self.steps)
            return method(tensor, *args, **kwargs)

        return noting

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is torch.ops.aten._local_scalar_dense.default:
            self.during.add(self.steps)
        return func(*args, **(kwargs or {}))


def fitted(answer: Any, rows: Tensor, labels: Tensor, sizes: Sequence[int], epochs: int, lr: float, device: str,
           seed: int = 0) -> Facts:
    """What ``answer(model, batches, epochs, lr, device)`` does on the CPU, or on a pretended device ("meta")."""
    model = small_net(seed)
    losses = answer(model, _batches(rows, labels, sizes), epochs, lr, torch.device(device))
    if device == "cpu":
        return Facts({"losses": losses, "graphs of the losses": graph_of([losses]), **parameters_after(model)})
    seen = Facts({"losses": form_of(losses)})
    if isinstance(losses, Tensor):
        seen["losses.device"] = device_of([losses])
    return Facts({**seen, "device of the model afterwards": device_of(model.parameters())})


class _Marked(torch.autograd.Function):
    """Passes a tensor through, and can tell later whether the graph is still held."""

    marks: list[weakref.ref[Any]] = []

    @staticmethod
    def forward(ctx: Any, values: Tensor) -> Tensor:  # type: ignore[override]
        _Marked.marks.append(weakref.ref(ctx))
        return values.view_as(values)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:  # type: ignore[override]
        return gradient


def epoch(answer: Any, rows: Tensor, labels: Tensor, sizes: Sequence[int], lr: float, seed: int = 0) -> Facts:
    """The loss that ``answer(model, batches, optimizer)`` returns, the weights after it, and whether steps waited."""
    model = small_net(seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    # Gradients of a step before, which are not meant to count.
    F.cross_entropy(model(rows.flip(0)), labels).backward()  # type: ignore[no-untyped-call]
    held: list[int] = []
    waits = _Waits()

    def marked(module: nn.Module, inputs: Any, output: Tensor) -> Tensor:
        waits.steps += 1
        held.append(sum(mark() is not None for mark in _Marked.marks))  # the last loss is one
        return _Marked.apply(output)  # type: ignore[no-any-return,no-untyped-call]

    _Marked.marks.clear()
    model.register_forward_hook(marked)
    with waits:
        loss = answer(model, _batches(rows, labels, sizes), optimizer)
    early = {step for step in waits.during if 0 < step < waits.steps}
    graph = (isinstance(loss, Tensor) and loss.grad_fn is not None) or max(held, default=0) > 1
    return Facts({
        "loss": loss.detach() if isinstance(loss, Tensor) else loss,
        **parameters_after(model),
        "waits for the device before the last step": yes_or_no(bool(early), "some", "none"),
        "type of the loss": number_or_not(loss),
        "graphs of the steps": yes_or_no(graph, "still attached", "cut off"),
    })


def autocast(answer: Any, rows: Tensor, labels: Tensor, lr: float, seed: int = 0) -> Facts:
    """One step of ``answer(model, inputs, labels, optimizer, device)``: in which types it computed what."""
    model = small_net(seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    # Gradients of a step before, which are not meant to count.
    F.cross_entropy(model(rows.flip(0)), labels).backward()  # type: ignore[no-untyped-call]
    seen: dict[str, Any] = {COMPUTED: Note("none: the model was not called"), BACKWARD: Note("outside autocast")}

    def forward(module: nn.Module, inputs: Any, output: Tensor) -> None:
        seen[COMPUTED] = Note(str(output.dtype).removeprefix("torch."))
        if output.requires_grad:
            output.register_hook(backward)

    def backward(gradient: Tensor) -> None:
        seen[BACKWARD] = yes_or_no(torch.is_autocast_enabled("cpu"), "inside autocast", "outside autocast")

    model[0].register_forward_hook(forward)
    usual = torch.get_autocast_dtype("cpu")
    torch.set_autocast_dtype("cpu", torch.float16)  # as it is on a GPU: who names no type gets this one
    try:
        loss = answer(model, rows, labels, optimizer, torch.device("cpu"))
    finally:
        torch.set_autocast_dtype("cpu", usual)
    kind = str(next(model.parameters()).dtype).removeprefix("torch.")
    after = {label: values.float() for label, values in parameters_after(model).items()}
    return Facts({**seen, "dtype of the weights": Note(kind), "graph of the loss": graph_of([loss]),
                  "loss": loss.detach() if isinstance(loss, Tensor) else loss, **after})


COMPUTED, BACKWARD = "dtype in the forward pass", "place of the backward pass"


def accumulated(answer: Any, rows: Tensor, labels: Tensor, sizes: Sequence[int], lr: float,
                seed: int = 0) -> Facts:
    """The weights after ``answer(model, micro_batches, optimizer)`` took its step, and what was in memory at a time."""
    model = small_net(seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    # Gradients of a step before, which are not meant to count.
    F.cross_entropy(model(rows.flip(0)), labels).backward()  # type: ignore[no-untyped-call]
    held, largest = [], 0

    def marked(module: nn.Module, inputs: Any, output: Tensor) -> Tensor:
        nonlocal largest
        held.append(sum(mark() is not None for mark in _Marked.marks))  # the last loss is one
        largest = max(largest, len(output))
        return _Marked.apply(output)  # type: ignore[no-any-return,no-untyped-call]

    _Marked.marks.clear()
    model.register_forward_hook(marked)
    answer(model, _batches(rows, labels, sizes), optimizer)
    memory = "one micro-batch"
    if largest > max(sizes):
        memory = "several micro-batches, as one batch"
    elif max(held, default=0) > 1:
        memory = "the graphs of several micro-batches"
    return Facts({**parameters_after(model, "after the step"), "in memory at the same time": Note(memory)})


def set_up(answer: Any, rows: Tensor, labels: Tensor, lr: float, seed: int = 0) -> Facts:
    """Two steps with the model and optimizer that ``answer(model, lr, device)`` returns."""
    given = small_net(seed)
    before = weights(given).clone()
    F.cross_entropy(given(rows), labels).backward()  # type: ignore[no-untyped-call]
    returned = answer(given, lr, torch.device("cpu"))
    if not isinstance(returned, tuple | list):
        return Facts({"": form_of(returned)})
    kinds = [Form(_role(part)) for part in returned]
    if kinds != [Form("a model"), Form("an optimizer")]:
        return Facts({"": several(kinds, "model", "optimizer")})
    model, optimizer = returned
    for _ in range(2):  # in the second step momentum would show
        optimizer.zero_grad()
        F.cross_entropy(model(rows), labels).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    on_device = small_net(seed)
    placed, _ = answer(on_device, lr, torch.device("meta"))
    held = {id(parameter) for group in optimizer.param_groups for parameter in group["params"]}
    of_model, of_caller = ({id(parameter) for parameter in net.parameters()} for net in (model, given))
    whose = {of_model == held: "those of the model you return", of_caller == held: "those of the caller's model",
             bool(held & of_model and held - of_model): "those of the model you return, and others too"}
    return Facts({
        "": several(kinds, "model", "optimizer"),
        "parameters that the optimizer holds": Note(whose.get(True, "others")),
        **parameters_after(model, "after two steps"),
        "weights of the caller's model": yes_or_no(torch.equal(before, weights(given)), "as they were", "changed"),
        "device of the model": device_of(placed.parameters()),
        "device of the caller's model": device_of(on_device.parameters()),
    })


def _role(part: Any) -> str:
    """What one of the two returned things is."""
    if isinstance(part, nn.Module):
        return "a model"
    return "an optimizer" if isinstance(part, torch.optim.Optimizer) else plain_type_name(part)
