"""Which device to compute on, moving data there, and waiting for it when the time is taken."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

import torch

VARIABLE = "COURSE_DEVICE"
KNOWN = "auto, cpu, cuda, cuda:0 (or another number) or mps"


class DeviceUnavailable(RuntimeError):
    """The device that was asked for is not here; the message says what is, and the repair."""


def available_devices() -> list[torch.device]:
    """Every device that this PyTorch can use here, the fastest kind first; the CPU is always last."""
    found = [torch.device("cuda", index) for index in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        found.append(torch.device("mps"))
    return [*found, torch.device("cpu")]


def pick_device(prefer: str | torch.device | None = None) -> torch.device:
    """The device to train on.

    ``prefer`` comes first, then the environment variable COURSE_DEVICE, then ``auto``: a CUDA
    device where there is one, else Apple's ``mps``, else the CPU. Raises ``DeviceUnavailable`` for a
    device that is not here, and ``ValueError`` for a text that names none.
    """
    asked = str(prefer) if prefer is not None else os.environ.get(VARIABLE, "auto")
    text = asked.strip().lower() or "auto"
    if text == "auto":
        return available_devices()[0] if not torch.cuda.is_available() else torch.device("cuda")
    try:
        device = torch.device(text)
    except RuntimeError:
        raise ValueError(f"'{asked}' is no device. Possible are {KNOWN}.") from None
    if device.type == "cuda":
        _require_cuda(device, asked)
    elif device.type == "mps" and not torch.backends.mps.is_available():
        raise DeviceUnavailable(f"'{asked}' was asked for, and this machine has no Apple GPU that PyTorch can use. "
                                f"Set {VARIABLE}=auto to take what is here.")
    elif device.type not in ("cpu", "mps"):
        raise ValueError(f"'{asked}' is no device that the course uses. Possible are {KNOWN}.")
    return device


def _require_cuda(device: torch.device, asked: str) -> None:
    count = torch.cuda.device_count()
    if count == 0:
        reason = ("this PyTorch was built without CUDA" if torch.version.cuda is None
                  else "PyTorch finds no CUDA GPU (is the driver installed, is CUDA_VISIBLE_DEVICES empty?)")
        raise DeviceUnavailable(f"'{asked}' was asked for, and {reason}. "
                                f"Set {VARIABLE}=auto, or unset it, to take what is here.")
    if device.index is not None and device.index >= count:
        last = "only cuda:0 is" if count == 1 else f"cuda:0 to cuda:{count - 1} are"
        raise DeviceUnavailable(f"'{asked}' was asked for, and {last} here. They are counted from 0, after "
                                f"CUDA_VISIBLE_DEVICES has hidden some. Set {VARIABLE}=auto to take the first.")


def to_device(batch: Any, device: torch.device | str, non_blocking: bool = False) -> Any:
    """The same nest of tuples, lists, named tuples and dicts, with every tensor on ``device``.

    What is no tensor (a file name, a number) stays as it is. ``non_blocking=True`` lets a copy from
    pinned memory run beside the computation.
    """
    if isinstance(batch, torch.Tensor):
        return batch.to(device, non_blocking=non_blocking)
    if isinstance(batch, dict):
        return {key: to_device(value, device, non_blocking) for key, value in batch.items()}
    if isinstance(batch, tuple) and hasattr(batch, "_fields"):
        return type(batch)(*(to_device(value, device, non_blocking) for value in batch))
    if isinstance(batch, list | tuple):
        return type(batch)(to_device(value, device, non_blocking) for value in batch)
    return batch


def synchronize(device: torch.device | str) -> None:
    """Wait until ``device`` has done all that was asked of it; on a CPU there is nothing to wait for."""
    kind = torch.device(device).type
    if kind == "cuda":
        torch.cuda.synchronize(device)
    elif kind == "mps":
        torch.mps.synchronize()


def seconds_per_call(function: Callable[[], Any], device: torch.device | str, warm_up: int = 2, runs: int = 5) -> float:
    """The median time of one call, in seconds: after a warm-up, and with the device's work included."""
    for _ in range(warm_up):
        function()
    times = []
    for _ in range(runs):
        synchronize(device)
        begin = time.perf_counter()
        function()
        synchronize(device)
        times.append(time.perf_counter() - begin)
    return statistics.median(times)
