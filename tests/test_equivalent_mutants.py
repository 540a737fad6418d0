"""Which mutants need no declaration if they pass, and which look like them but do."""

from __future__ import annotations

import pytest
from torch import nn

from course_utils.authoring.equivalent import why_equivalent
from course_utils.exercise import Exercise
from course_utils.mutation.edits import edits


def exercise(**settings: object) -> Exercise:
    return Exercise("f", points=1, objective="", hints=(), examples=[], **settings)  # type: ignore[arg-type]


def why(source: str, after: str, **settings: object) -> str:
    """The reason for the first edit of a source that gives ``after``."""
    edit = next(edit for edit in edits(source) if edit.apply(source) == after)
    return why_equivalent(exercise(**settings), source, edit)


SAME = [
    ("def f(x):\n    y = g(x)\n    return y", "def f(x):\n    y = g(x).float()\n    return y", "adds a step"),
    ("def f(x):\n    return x", "def f(x):\n    return x.clone()", "adds a step"),
    ("def f(x):\n    return x", "def f(x):\n    return x.detach()", "gradient"),
    ("def f(x):\n    return x", "def f(x):\n    with torch.no_grad():\n        return x", "gradient"),
    ("y = f(x, dim=1)", "y = f(x, 1)", "without its name"),
    ("y = torch.arange(n)", "y = torch.arange(n, dtype=torch.float32)", "dtype"),
    ("def f(optimizer):\n    g()", "def f(optimizer):\n    optimizer.zero_grad()\n    g()", "no gradient"),
    ("def f(m):\n    m.eval()\n    g()\n    h()",
     "def f(m):\n    m.eval()\n    g()\n    m.eval()\n    h()", "that mode"),
    ("y = x[i]", "y = x[i, :]", "takes all"),
    ("y = x[i, :]", "y = x[i]", "takes all"),
    ("y = x.sum(dim=1)", "y = x.sum(dim=-1)", "other end"),
    ("y = x.mean()", "y = x.nanmean()", "nan"),
    ("y = x.mean()", "y = x.mean(dim=0)", "no other"),
    ("y = x.div(2)", "y = x.div_(2)", "nobody else"),
    ("y[:, j] = v", "y[:, j, None] = v", "size 1"),
    ("y = x - m", "y = x - m[None]", "size 1"),
    ("y = nn.Sequential(a, b)", "y = nn.Sequential(a, nn.Flatten(), b)", "is flat"),
    ("def f(t, x):\n    t += x", "def f(t, x):\n    t = t + x", "nobody else"),
    ("y = x.view(6)", "y = x.reshape(6)", "reshape"),
    ("def g(self):\n    self.a = 1\n    self.b = 2", "def g(self):\n    self.b = 2\n    self.a = 1", "nothing to do"),
    ("class A:\n    def g(self):\n        h()\n    def k(self):\n        h()",
     "class A:\n    def k(self):\n        h()\n    def g(self):\n        h()", "order of functions"),
]
DIFFERENT = [
    ("def f(x):\n    return x", "def f(x):\n    return x.squeeze()"),
    ("def f(x):\n    return x", "def f(x):\n    return x.item()"),
    ("y = x.sum(dim=0)", "y = x.sum(dim=-1)"),
    ("y = x.sum(dim=0)", "y = x.sum(dim=1)"),
    ("y = x.mean()", "y = x.sum()"),
    ("y = x - m", "y = x - m[:, None]"),
    ("y = x[:, j]", "y = x[j, :]"),
    ("y = x[:, None]", "y = x[None, :]"),
    ("y = nn.Sequential(a, b)", "y = nn.Sequential(a, nn.ReLU(), b)"),
    ("y = x.mean()", "y = x.mean(dim=1)"),
    ("y = x.div_(2)", "y = x.div(2)"),
    ("y = x.reshape(6)", "y = x.view(6)"),
    ("y = x[i]", "y = x[:, i]"),
    ("y = x[:, i]", "y = x[i]"),
    ("def f(optimizer):\n    g()", "def f(optimizer):\n    optimizer.step()\n    g()"),
    ("def f(m):\n    m.eval()\n    g()", "def f(m):\n    m.eval()\n    g()\n    m.train()"),
    ("def g(self):\n    self.a = 1\n    self.b = self.a", "def g(self):\n    self.b = self.a\n    self.a = 1"),
    ("def f():\n    a()\n    b()", "def f():\n    b()\n    a()"),
    ("def f(x):\n    a = x\n    b = g(x)", "def f(x):\n    b = g(x)\n    a = x"),
]


@pytest.mark.parametrize(("source", "after", "reason"), SAME)
def test_an_edit_that_cannot_matter_where_it_passes(source: str, after: str, reason: str) -> None:
    assert reason in why(source, after).lower()


@pytest.mark.parametrize(("source", "after"), DIFFERENT)
def test_an_edit_that_must_be_declared(source: str, after: str) -> None:
    assert why(source, after) == ""


def test_making_a_layer_records_no_graph() -> None:
    source = ("class A(B):\n    def __init__(self):\n        self.a = C(2)\n"
              "    def forward(self, x):\n        return self.a(x)")
    made = source.replace("        self.a = C(2)", "        with torch.no_grad():\n            self.a = C(2)")
    assert "gradient" in why(source, made, kind="class")
    used = source.replace("        return self.a(x)", "        with torch.no_grad():\n            return self.a(x)")
    assert why(source, used, kind="class") == ""


def test_a_graph_matters_where_the_exercise_asks_for_it() -> None:
    source, after = "def f(x):\n    return x", "def f(x):\n    return x.detach()"
    assert why(source, after, check_grad=True) == why(source, after, kind="class") == ""


def test_a_class_that_is_no_module_is_asked_for_no_gradient() -> None:
    source = "class A:\n    def f(self):\n        return x"
    edit = next(edit for edit in edits(source) if edit.apply(source).endswith("x.detach()"))
    data, net = exercise(kind="class"), exercise(kind="class")
    data.reference(type("A", (), {}))
    net.reference(type("A", (nn.Module,), {}))
    assert "gradient" in why_equivalent(data, source, edit)
    assert why_equivalent(net, source, edit) == ""
