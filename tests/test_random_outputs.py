"""Outputs that are drawn at random are judged by what they are over many calls, never by torch's own numbers."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from course_utils.evidence.collect import Plan, collect, encode_cases
from course_utils.judging.judge import judge
from course_utils.judging.outcome import Rung
from course_utils.judging.verdict import Verdict
from course_utils.lesson import load_lesson


def by_hand(rate: float, scaled: bool = True, in_eval: bool = False) -> type[nn.Module]:
    class DigitNet(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.two, self.three = nn.Linear(784, 512), nn.Linear(512, 256), nn.Linear(256, 10)

        def drop(self, x: torch.Tensor) -> torch.Tensor:
            if not (self.training or in_eval):
                return x
            kept = torch.rand_like(x) >= rate
            return x * kept / (1 - rate) if scaled else x * kept

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x = self.drop(self.one(x.flatten(1)).relu())
            return self.three(self.drop(self.two(x).relu()))

    return DigitNet


def verdict(net: type[nn.Module], seed: int) -> Verdict:
    exercise = load_lesson("03_first_mlp")["DigitNet"]
    known, exercise.mistakes = exercise.mistakes, []
    try:
        cases = exercise.cases(seed)
        return judge(exercise, cases, collect({"DigitNet": net}, Plan.of(exercise), encode_cases(cases)))
    finally:
        exercise.mistakes = known


@pytest.mark.parametrize("seed", range(12))
def test_dropout_of_ones_own_is_right_for_every_seed(seed: int) -> None:
    assert verdict(by_hand(0.2), seed).correct


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("net", "says"), [
    (by_hand(0.25), "times as much as it should"), (by_hand(0.1), "times as much as it should"),
    (by_hand(0.2, scaled=False), "than|times as much|mean of the output"),
    (by_hand(0.0), "Two calls of `model(x)` in train mode: expected different outputs, got the same output twice."),
    (by_hand(0.2, in_eval=True), "Two calls of `model(x)` in eval mode: expected the same output twice, got different"),
], ids=["a quarter", "a tenth", "not scaled", "none", "in eval mode"])
def test_wrong_dropout_is_told_without_a_number_that_was_drawn(net: type[nn.Module], says: str, seed: int) -> None:
    found = verdict(net, seed)
    assert found.rung is Rung.FACT
    assert any(part in found.message for part in says.split("|")), found.message
    assert "At [" not in found.message
