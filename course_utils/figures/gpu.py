"""Lesson 9's figures: time per image by batch size, and what host and device do during a step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from matplotlib.figure import Figure
from torch import nn
from torch.nn import functional as F

from course_utils.plotting.explore import Explorer, explore
from course_utils.plotting.style import COLOURS, new_figure
from course_utils.training.devices import seconds_per_call


def training_step(model: nn.Module, batch_size: int, device: torch.device) -> float:
    """Seconds for one training step of ``model`` on random images (batch_size, 3, 32, 32)."""
    model.to(device).train()
    images = torch.randn(batch_size, 3, 32, 32, device=device)
    labels = torch.zeros(batch_size, dtype=torch.int64, device=device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)

    def step() -> None:
        optimizer.zero_grad()
        F.cross_entropy(model(images), labels).backward()  # type: ignore[no-untyped-call]
        optimizer.step()

    return seconds_per_call(step, device, warm_up=1, runs=3)


def time_per_image(measured: Mapping[str, Mapping[int, float]]) -> Figure:
    """Microseconds per image by batch size; ``measured[device][batch size]`` is seconds per step."""
    figure: Figure
    figure, axes = new_figure(6.6, 3.2)
    for (name, seconds), colour, marker in zip(measured.items(), COLOURS, "os^Dv", strict=False):
        axes.plot(list(seconds), [1e6 * time / size for size, time in seconds.items()], marker=marker, color=colour,
                  label=name)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set(xlabel="images in a batch", ylabel="microseconds per image")
    axes.legend()
    return figure


@dataclass(frozen=True)
class Work:
    """One piece of work in the timeline, in milliseconds."""

    name: str
    row: str
    begin: float
    end: float


ROWS = ("loader", "program", "device")
PIECES = {"load": COLOURS[4], "copy": COLOURS[3], "ask": COLOURS[0], "compute": COLOURS[2], "wait": "#d9d9d9"}


def plan(load: float, compute: float, workers: bool, waits: bool, steps: int = 4) -> list[Work]:
    """Who does what when. ``load`` and ``compute`` are milliseconds a step; asking takes 2, a copy 1."""
    ask, copy = 2.0, 1.0
    done: list[Work] = []
    program = device = loaded = 0.0
    for _ in range(steps):
        begin = loaded if workers else program
        done.append(Work("load", "loader" if workers else "program", begin, begin + load))
        loaded = begin + load
        if loaded > program and workers:
            done.append(Work("wait", "program", program, loaded))
        program = max(program, loaded)
        done.append(Work("ask", "program", program, program + ask))
        start = max(program + ask / 2, device)
        done.append(Work("copy", "device", start, start + copy))
        done.append(Work("compute", "device", start + copy, start + copy + compute))
        program, device = program + ask, start + copy + compute
        if waits:
            done.append(Work("wait", "program", program, max(program, device)))
            program = max(program, device)
    return done


def timeline() -> Explorer:
    """A drawn model of four training steps on a GPU: sliders for loading and computing, switches for the habits."""

    def draw(load: int, compute: int, workers: bool, item_in_loop: bool) -> Figure:
        figure: Figure
        figure, axes = new_figure(8.0, 2.7)
        pieces = plan(load, compute, workers, item_in_loop)
        for work in pieces:
            axes.barh(ROWS.index(work.row), work.end - work.begin, left=work.begin, height=0.6, edgecolor="white",
                      color=PIECES[work.name])
        for name, colour in PIECES.items():
            axes.barh(0, 0, color=colour, label=name)
        axes.set_yticks(range(len(ROWS)), ROWS)
        axes.invert_yaxis()
        axes.set(xlabel="milliseconds", xlim=(0, max(60.0, _end(pieces))), title=_verdict(pieces))
        axes.legend(ncols=5, fontsize=9, loc="upper center", bbox_to_anchor=(0.5, -0.28))
        return figure

    def alt(load: int, compute: int, workers: bool, item_in_loop: bool) -> str:
        pieces = plan(load, compute, workers, item_in_loop)
        return (f"Timeline of four steps; loading takes {load} ms, computing {compute} ms, loader workers "
                f"{'on' if workers else 'off'}, .item() in the loop {'on' if item_in_loop else 'off'}. "
                f"{_verdict(pieces)}.")

    return explore(draw, alt, load=(0, 12, 1), compute=(1, 12, 1), workers=False, item_in_loop=True)


def _end(pieces: Sequence[Work]) -> float:
    return max(work.end for work in pieces)


def _verdict(pieces: Sequence[Work]) -> str:
    busy = sum(work.end - work.begin for work in pieces if work.name == "compute")
    return f"4 steps in {_end(pieces):.0f} ms; the device computes {busy / _end(pieces):.0%} of the time"
