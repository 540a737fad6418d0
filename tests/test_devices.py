"""Choosing a device, and moving batches there."""

from __future__ import annotations

from collections import namedtuple

import pytest
import torch

from course_utils.probes.device import machine
from course_utils.training.devices import DeviceUnavailable, pick_device, seconds_per_call, to_device

Pair = namedtuple("Pair", ["image", "name"])


@pytest.fixture(autouse=True)
def _no_wish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COURSE_DEVICE", raising=False)


@pytest.mark.parametrize(("cuda", "mps", "expected"), [(0, False, "cpu"), (2, False, "cuda"), (0, True, "mps")])
def test_auto_takes_the_best_there_is(cuda: int, mps: bool, expected: str) -> None:
    with machine(cuda, mps):
        assert pick_device() == torch.device(expected)
        assert pick_device("auto").type == expected


def test_the_variable_is_honoured_and_an_argument_is_stronger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_DEVICE", "cuda:1")
    with machine(2, False):
        assert pick_device() == torch.device("cuda:1")
        assert pick_device("cpu") == torch.device("cpu")


@pytest.mark.parametrize(("asked", "cuda", "said"), [
    ("cuda", 0, "COURSE_DEVICE=auto"), ("cuda:2", 2, "cuda:0 to cuda:1"), ("cuda:1", 1, "only cuda:0"),
    ("mps", 1, "no Apple GPU"),
])
def test_a_device_that_is_not_here_is_refused_with_the_repair(
    asked: str, cuda: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_DEVICE", asked)
    with machine(cuda, False), pytest.raises(DeviceUnavailable, match=said):
        pick_device()


@pytest.mark.parametrize("asked", ["gpu", "cuda:x", "xpu"])
def test_what_is_no_device_is_named_with_what_is(asked: str) -> None:
    with pytest.raises(ValueError, match="Possible are auto, cpu"):
        pick_device(asked)


def test_a_nest_is_moved_and_keeps_its_types() -> None:
    batch = {"pair": Pair(torch.zeros(2), "a.png"), "list": [torch.ones(1), 3, None], "tuple": (torch.ones(1),)}
    moved = to_device(batch, "meta")
    assert isinstance(moved["pair"], Pair)
    assert moved["pair"].image.device.type == moved["list"][0].device.type == moved["tuple"][0].device.type == "meta"
    assert moved["pair"].name == "a.png"
    assert moved["list"][1:] == [3, None]
    assert isinstance(moved["tuple"], tuple)
    assert batch["pair"].image.device.type == "cpu"


def test_time_is_taken_after_the_warm_up() -> None:
    calls: list[int] = []
    assert seconds_per_call(lambda: calls.append(1), "cpu", warm_up=3, runs=4) >= 0
    assert len(calls) == 7
