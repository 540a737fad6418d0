"""What is read from the text of an answer."""

from __future__ import annotations

import textwrap

import pytest

from course_utils.evidence.code_facts import MAX_SOURCE, Code, read_code

STEP = """
    def train_step(model, X, y, loss, optimizer):
        # optimizer.zero_grad() is only mentioned here
        for _ in range(2):
            value = loss(model(X), y)
            value.backward()
        optimizer.step()
        return value.item()
"""


def code(source: str) -> Code:
    found = read_code(source)
    assert found is not None
    return found


def test_calls_are_counted_and_comments_are_not() -> None:
    step = code(STEP)
    assert (step.calls("backward"), step.calls("step"), step.calls("zero_grad")) == (1, 1, 0)


def test_the_order_of_calls() -> None:
    step = code(STEP)
    assert step.in_order("model", "loss", "backward", "step")
    assert not step.in_order("step", "backward")
    assert not step.in_order("zero_grad", "step")


def test_expressions_are_found_however_they_are_laid_out() -> None:
    assert code("def f(x, w):\n    return (x   @ w.T) + 1").has("x@w.T")
    assert code("def f(x):\n    x = x+1\n    return x").has("x = x + 1")
    assert not code("def f(x, w):\n    return w @ x").has("x @ w")


def test_operators_are_found_in_expressions_and_assignments() -> None:
    assert code("n // b").operator("//")
    assert code("n //= b").operator("//")
    assert not code("n / b").operator("//")


def test_a_result_that_is_thrown_away_is_seen() -> None:
    assert code("df[columns].replace(0, 1)").discards("replace")
    assert not code("df = df.replace(0, 1)").discards("replace")
    assert not code("df.replace(0, 1).dropna()").discards("replace")
    assert not code("return df.replace(0, 1)").discards("replace")


def test_what_stands_on_a_side_of_a_comparison() -> None:
    assert code("(dataset.targets == 3).sum()").compared("targets")
    assert code("3 == targets").compared("targets")
    assert not code("torch.tensor(dataset.targets) == 3").compared("targets")
    assert not code("[t == 3 for t in dataset.targets]").compared("targets")


def test_comparisons_are_found_by_their_symbol() -> None:
    assert code("a == b").compares("==")
    assert code("0 < a <= b").compares("<=")
    assert not code("a >= b").compares("==")
    assert not code("a = b").compares("==")


def test_names_loops_and_returns() -> None:
    step = code(STEP)
    assert step.names("optimizer")
    assert code("f(x, keepdim=True)").names("keepdim")
    assert not step.names("keepdim")
    assert step.loops() == 1
    assert step.inside_loop("backward")
    assert not step.inside_loop("step")
    assert step.returns()
    assert not code("def f():\n    print(1)").returns()


def test_arguments_are_given_in_one_layout_without_the_named_ones() -> None:
    seen = code("a = torch.where(x.isnan( ),x,   m)\nb = where(c)\nx.where(out=1)\nelsewhere(1)")
    assert sorted(seen.arguments("where")) == [[], ["c"], ["x.isnan()", "x", "m"]]


def test_conditions_are_counted_as_statements_and_as_expressions() -> None:
    assert code("x = a if b else c\nif x:\n    y = 1").conditions() == 2
    assert code("y = [x for x in a]").conditions() == 0


@pytest.mark.parametrize("source", [None, "def f(:", "x" * (MAX_SOURCE + 1), "(" * 5000, "\0"])
def test_what_python_cannot_read_is_no_code(source: str | None) -> None:
    assert read_code(source) is None


def test_code_that_stands_further_in_is_read() -> None:
    assert code(textwrap.indent(textwrap.dedent(STEP), "    ")).calls("backward") == 1


@pytest.mark.parametrize(("source", "asked"), [
    ("for k in x:\n    if k:\n        return k", lambda seen: seen.return_in_loop()),
    ("losses.append(loss.item)", lambda seen: seen.uncalled("item")),
    ("x //= 2", lambda seen: seen.operator("//")), ("y = a @ b", lambda seen: seen.operator("@")),
    ("y = -1.0 ** k", lambda seen: seen.negates_a_power()),
    ("x = x - lr * x.grad", lambda seen: seen.subtracts_into_a_new_one()),
    ("y = (x - m).sum() ** 1/2", lambda seen: seen.divides_a_power())])
def test_a_slip_is_seen(source: str, asked) -> None:
    assert asked(code(source))


@pytest.mark.parametrize(("source", "asked"), [
    ("for k in x:\n    y += k\nreturn y", lambda seen: seen.return_in_loop()),
    ("losses.append(loss.item())", lambda seen: seen.uncalled("item")),
    ("x = x / 2", lambda seen: seen.operator("//")),
    ("y = (-1.0) ** k", lambda seen: seen.negates_a_power()),
    ("x -= lr * x.grad\ny = x - 1", lambda seen: seen.subtracts_into_a_new_one()),
    ("y = x ** (1 / 2)\nz = x ** k / 2", lambda seen: seen.divides_a_power())])
def test_the_right_form_is_no_slip(source: str, asked) -> None:
    assert not asked(code(source))
