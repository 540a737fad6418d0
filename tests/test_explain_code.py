"""Exceptions explained by what their line, their names and the notebook show; each is really raised here."""

from __future__ import annotations

import linecache
import textwrap
from typing import Any

import pytest
import torch

from course_utils.evidence.collect import raised_by
from course_utils.evidence.near_names import nearest
from course_utils.evidence.observation import Raised
from course_utils.judging.explain import explain_raised
from course_utils.judging.notebook_names import NotebookNames

NOTEBOOK = NotebookNames.of(["import torch\nfrom torch import nn", "def f(x):\n    return helper(x)",
                             "net, (a, b) = 1, (2, 3)\nwith open('x') as later:\n    pass", "def helper(x): ..."], 1)


def raised(code: str, call: str = "", **names: Any) -> Raised:
    """What is raised by a cell, and then by a line that calls what is in it."""
    source = textwrap.dedent(code)
    linecache.cache["<ipykernel_7>"] = (len(source), None, source.splitlines(True), "<ipykernel_7>")
    scope: dict[str, Any] = {"torch": torch, "nn": torch.nn, **names}

    def run() -> None:
        exec(compile(source, "<ipykernel_7>", "exec"), scope)
        eval(call, scope)

    with pytest.raises(Exception) as caught:
        run()
    return raised_by(caught.value)


COUNTER = """
    class Counter:
        def __init__(self):
            self.count = 0
            self.fc1 = 3
        def up(self):
            {line}
"""
X = torch.arange(6.0).reshape(2, 3)


@pytest.mark.parametrize(("code", "call", "sentence"), [
    (COUNTER.format(line="return count + 1"), "Counter().up()", "Did you mean `self.count`?"),
    (COUNTER.format(line="count += 1"), "Counter().up()", "Did you mean `self.count`?"),
    (COUNTER.format(line="return self.cuont"), "Counter().up()", "There is no `.cuont`. Did you mean `.count`?"),
    ("def f():\n    total += 1", "f()", "`total` is assigned in this function, which makes it the function's own"),
    ("losses = []\nlosse.append(1)", "", "Nothing is called `losse` here. Did you mean `losses`?"),
    ("F.relu(torch.ones(1))", "", "`F` usually comes with `import torch.nn.functional as F`; it has not been imported "
     "here."),
    ("x = true", "", "Python writes it `True`."), ("x = null", "", "Python writes it `None`."),
    ("zzzzzz", "", "Nothing is called `zzzzzz` here, and nothing has a similar name."),
    ("torch.squeez(torch.ones(1))", "", "Did you mean `.squeeze`"),
    ("torch.ones(1).squeze()", "", "Did you mean `.squeeze`"),
    ("from torch import cta", "", "Did you mean `cat`?"), ("import trch", "", "Did you mean `torch`?"),
    ("import my_own_helpers_module", "", "No module of that name is installed here. One of these:"),
    ("x[(x == 1 & x == 2)]", "", "`&` binds more tightly than a comparison, so Python reads `1 & x` first."),
    ("if x > 0 and x < 3:\n    pass", "", "`and` needs a single truth on either side"),
    ("y = 0 < x < 3", "", "Write `(0 < x) & (x < 3)`."), ("y = not x", "", "`~` turns each element round"),
    ("if x > 0:\n    pass", "", "A single truth decides here"),
    ("y = max(x)", "", "Python's own `max` compares whole rows"),
    ("y = x.sum / 2", "", "`x.sum` is the method itself. With parentheses it is called: `x.sum()`."),
    ("y = x.mean() - x.std", "", "`x.std` is the method itself"),
    ("best = None\nif 3 < best:\n    pass", "", "`best` is None here. Look where it gets its value"),
    ("w = torch.ones(2)\nw -= 0.1 * w.grad", "", "`w.grad` is None: no `backward()` has brought `w` a gradient."),
    ("d = torch.device('cuda')\nd.index >= 1", "", "plain `cuda`, is None and means the first"),
    ("torch.optim.SGD(nn.Linear(1, 1), lr=1)", "", "An optimizer takes the parameters: `model.parameters()`"),
    ("n = 3\nfor i in n:\n    pass", "", "`n` is a number, and a loop needs things to go through: `range(n)`"),
    ("net = nn.ModuleList([nn.Linear(1, 1)])\nnet(torch.ones(1))", "", "An `nn.ModuleList` only holds layers"),
    ("nn.Linear(1, 1).load_state_dict(torch.optim.Adam([torch.ones(1)]).state_dict())", "",
     "This is the state of an optimizer"),
    ("nn.Linear(1, 1).load_state_dict({'model': 1, 'optimizer': 2, 'epoch': 3})", "",
     "This is the whole checkpoint; the model's part of it is under the key 'model'."),
    ("nn.functional.binary_cross_entropy_with_logits(torch.ones(2, 3), torch.ones(2))", "",
     "the prediction has shape [2, 3], the target [2]."),
])
@pytest.mark.filterwarnings("ignore")
def test_the_cause_is_read_off_the_line(code: str, call: str, sentence: str) -> None:
    said = explain_raised(raised(code, call, x=X))
    assert sentence in said, said
    assert "squeeze(" not in said or "binary" not in code  # no advice that does not fit


@pytest.mark.parametrize(("name", "sentence"), [
    ("helper", "A cell further down defines `helper`, so it does not exist yet at this point."),
    ("later", "A cell further down defines `later`"), ("b", "A cell further down defines `b`"),
    ("f", "A cell further up defines `f`. It has not been run since the kernel started."),
    ("plt", "`plt` usually comes with `import matplotlib.pyplot as plt`; this notebook does not import it."),
])
def test_a_name_is_looked_for_in_the_notebook(name: str, sentence: str) -> None:
    assert explain_raised(raised(name), NOTEBOOK).startswith(sentence)


def test_without_a_notebook_nothing_is_said_of_cells() -> None:
    for name in ("helper", "plt", "unheard_of"):
        assert "cell" not in explain_raised(raised(name))


@pytest.mark.parametrize(("name", "names", "found"), [
    ("slop", ["slope", "stop", "vjp"], ["slope", "stop"]), ("x", ["y", "X"], ["X"]), ("nn", ["mm", "np"], []),
    ("acuracy", ["accuracy", "accurate"], ["accuracy"]), ("total", ["_total", "other"], []),
])
def test_the_nearest_names_are_a_slip_of_the_keys_away(name: str, names: list[str], found: list[str]) -> None:
    assert nearest(name, names) == found


def test_looking_for_names_calls_nothing_of_the_students() -> None:
    class Trap:
        count = 1

        def __getattribute__(self, name: str) -> Any:
            raise SystemExit("called")

        def __dir__(self) -> Any:
            raise SystemExit("called")

    assert raised("def f(self):\n    return cuont", "f(trap)", trap=Trap()).near == ()
    assert raised("def f(self):\n    return count", "f(trap)", trap=Trap()).near[0] == "self.count"
