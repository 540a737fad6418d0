"""What an exercise rules out is observed as the answer runs, however the answer is written."""

from __future__ import annotations

import pytest

from course_utils.judging.outcome import Outcome
from tests.from_source import judged

ANSWERS = [
    ("02_autograd", "descend", "with_an_optimizer", """
def descend(f, x0, lr, steps):
    from torch.optim import SGD as Steps
    x = x0.clone().requires_grad_()
    taken = Steps([x], lr)
    for _ in range(steps):
        taken.zero_grad()
        f(x).backward()
        taken.step()
    return x.detach()"""),
    ("02_autograd", "descend", None, """
def descend(f, x0, lr, steps):
    optimizer = "torch.optim.SGD is not used here"
    x = x0
    for _ in range(steps):
        x = x.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(f(x), x)
        x = x - lr * gradient
    return x.detach()"""),
    ("03_first_mlp", "forward_by_hand", "with_modules", """
def forward_by_hand(x, weights):
    for number, (weight, bias) in enumerate(weights):
        layer = torch.nn.Linear(weight.shape[1], weight.shape[0], dtype=weight.dtype)
        layer.weight.data, layer.bias.data = weight, bias
        x = layer(x).detach()
        if number < len(weights) - 1:
            x = x.relu()
    return x"""),
    ("03_first_mlp", "forward_by_hand", "with_relu_modules", """
bend = torch.nn.ReLU()


def forward_by_hand(x, weights):
    for weight, bias in weights[:-1]:
        x = bend(x @ weight.T + bias)
    weight, bias = weights[-1]
    return x @ weight.T + bias"""),
    ("03_first_mlp", "forward_by_hand", None, """
def forward_by_hand(x, weights):
    for number, (weight, bias) in enumerate(weights):
        x = torch.nn.functional.linear(x, weight, bias)
        if number + 1 < len(weights):
            x = torch.nn.functional.relu(x)
    return x"""),
]


@pytest.mark.parametrize(("lesson", "name", "mistake", "source"), ANSWERS)
def test_what_is_ruled_out_is_seen_and_nothing_else(lesson: str, name: str, mistake: str | None, source: str) -> None:
    verdict = judged(lesson, name, source)
    if mistake is None:
        assert verdict.outcome is Outcome.CORRECT, verdict.message
    else:
        assert verdict.outcome is Outcome.WRONG
        assert (verdict.mistake or "") == mistake
        assert verdict.score == 0
