"""The ladder: what is said at each rung."""

from __future__ import annotations

import linecache
import logging
import os
import sys
import warnings
from collections.abc import Callable
from typing import Any

import pytest
import torch

from course_utils.evidence.codec import decode, encode
from course_utils.evidence.collect import Plan, collect, encode_cases
from course_utils.evidence.describe import describe_argument
from course_utils.exercise import Exercise, case
from course_utils.judging.judge import judge
from course_utils.judging.outcome import Outcome, Rung
from course_utils.judging.verdict import Verdict
from course_utils.lesson import load_lesson


def doubling(**options: Any) -> Exercise:
    exercise = Exercise("double", points=2, objective="-", hints=("-",), examples=lambda: [case(torch.arange(3.0))],
                        fresh=lambda rng: [case(torch.from_numpy(rng.normal(size=4)).float())], **options)
    exercise.reference(lambda x: 2 * x)

    @exercise.mistake("You squared.")
    def squared(x):
        return x**2

    return exercise


def verdict(answer: Callable[..., Any], exercise: Exercise | None = None, reveal: bool = True) -> Verdict:
    exercise = exercise or doubling()
    cases = exercise.cases(0)
    evidence = collect({exercise.name: answer}, Plan.of(exercise), encode_cases(cases))
    return judge(exercise, cases, evidence, reveal=reveal)


def raises(x):
    raise ValueError("no good")


def stub(x):
    raise NotImplementedError


LADDER = [
    (stub, Outcome.NOT_ATTEMPTED, Rung.NOT_ATTEMPTED, "Not attempted"),
    (lambda x: ..., Outcome.NOT_ATTEMPTED, Rung.NOT_ATTEMPTED, "Not attempted"),
    (raises, Outcome.ERROR, Rung.RAISED, "ValueError: no good"),
    (lambda x: None, Outcome.WRONG, Rung.TYPE, "return"),
    (lambda x: x.tolist(), Outcome.WRONG, Rung.TYPE, "Expected a tensor, got a list"),
    (lambda x: (2 * x)[None], Outcome.WRONG, Rung.SHAPE, r"shape \(3,\), got \(1, 3\)"),
    (lambda x: 2 * x.double(), Outcome.WRONG, Rung.DTYPE, "float32, got float64"),
    (lambda x: 3 * x, Outcome.WRONG, Rung.VALUES, r"at \[1\]: expected 2, got 3"),
    (lambda x: 2 * x + torch.nan, Outcome.WRONG, Rung.VALUES, "nan"),
    (lambda x: x.mul_(2), Outcome.WRONG, Rung.CHANGED, "changed `?one of its arguments|changed `x`"),
    (lambda x: sys.exit(0), Outcome.ERROR, Rung.RAISED, "SystemExit"),
    (lambda x: 2 * x, Outcome.CORRECT, None, "Correct"),
]


@pytest.mark.parametrize(("answer", "outcome", "rung", "says"), LADDER, ids=[f"{r}-{i}" for i, (_, _, r, _) in
                                                                          enumerate(LADDER)])
def test_each_rung_says_what_was_expected_and_what_came(answer, outcome, rung, says) -> None:
    found = verdict(answer)
    assert (found.outcome, found.rung) == (outcome, rung)
    assert found.score == (2.0 if outcome is Outcome.CORRECT else 0.0)
    import re

    assert re.search(says, found.message), found.message


def test_a_missing_answer_is_not_attempted() -> None:
    exercise = doubling()
    cases = exercise.cases(0)
    found = judge(exercise, cases, collect({}, Plan.of(exercise), encode_cases(cases)))
    assert (found.outcome, found.rung) == (Outcome.NOT_ATTEMPTED, Rung.MISSING)


def test_a_named_mistake_is_recognised_however_it_is_written() -> None:
    found = verdict(lambda x: x * x)
    assert (found.mistake, found.message) == ("squared", "You squared.")


def in_parts() -> Exercise:
    exercise = Exercise("double", points=2, objective="-", hints=("-",), parts={"": 1, "big": 0.5, "negative": 0.5},
                        fresh=lambda rng: [],
                        examples=lambda: [case(1.0), case(2.0), case(9.0, part="big"), case(-1.0, part="negative")])
    exercise.reference(lambda x: 2 * x)
    exercise.mistake("Nothing is right.")(lambda x: 0.0)
    exercise.mistake("Small ones are right, but the big one is missing.")(lambda x: 0.0 if x > 5 else 2 * x)
    return exercise


def test_a_mistake_of_one_part_is_named_although_another_part_has_a_slip_of_its_own() -> None:
    found = verdict(lambda x: 0.0 if x > 5 else 2 * x if x > 0 else 7.5, in_parts())
    assert found.message == "Small ones are right, but the big one is missing."


@pytest.mark.parametrize("answer", [lambda x: 0.0 if x > 5 or x == 2 else 2 * x,  # small ones fail too
                                    lambda x: 0.0 if x > 1 else 2 * x,
                                    lambda x: 2 * x if x == 2 else 0.0])
def test_a_mistake_is_not_named_if_it_does_something_else_on_the_main_part(answer) -> None:
    assert verdict(answer, in_parts()).mistake is None


def with_two_causes() -> Exercise:
    exercise = Exercise("total", points=2, objective="-", hints=("-",), fresh=lambda rng: [],
                        examples=lambda: [case(torch.arange(3.0))])
    exercise.reference(lambda x: x.sum())

    @exercise.mistake("You multiplied by 0.", shown_by=lambda code: code.has("0 * x"), otherwise="Yours is always 0.")
    def times_zero(x):
        return (0 * x).sum()

    return exercise


def judged_from_source(exercise: Exercise, source: str) -> Verdict:
    names: dict[str, Any] = {"torch": torch}
    exec(source, names)
    cases = exercise.cases(0)
    evidence = decode(collect(names, Plan.of(exercise), encode_cases(cases)))
    return judge(exercise, cases, encode({**evidence, "source": source}))


def test_a_cause_is_stated_only_if_the_code_has_it() -> None:
    found = judged_from_source(with_two_causes(), "def total(x):\n    return (0*x).sum()")
    assert (found.mistake, found.message) == ("times_zero", "You multiplied by 0.")
    found = judged_from_source(with_two_causes(), "def total(x):\n    return torch.zeros(())")
    assert (found.mistake, found.message) == (None, "Yours is always 0.")


def test_errors_with_other_numbers_are_other_errors() -> None:
    exercise = Exercise("fails", points=2, objective="-", hints=("-",), fresh=lambda rng: [], examples=[case(1)])
    exercise.reference(lambda x: x)

    @exercise.mistake("It has 3 rows.")
    def with_three(x):
        raise ValueError("with_three cannot use 3 rows")

    def with_four(x):
        raise ValueError("fails cannot use 4 rows")

    def fails(x):
        raise ValueError("fails cannot use 3 rows")

    assert verdict(with_four, exercise).mistake is None
    assert verdict(fails, exercise).mistake == "with_three"


def test_an_answer_that_calls_an_unwritten_one_is_told_which() -> None:
    cell = "def helper(x):\n    raise NotImplementedError\n\ndef double(x):\n    return helper(x)\n"
    linecache.cache["<ipykernel_1>"] = (len(cell), None, cell.splitlines(True), "<ipykernel_1>")
    names: dict[str, Any] = {}
    exec(compile(cell, "<ipykernel_1>", "exec"), names)
    found = verdict(names["double"])
    assert found.outcome is Outcome.NOT_ATTEMPTED
    assert "calls `helper`" in found.message


@pytest.mark.parametrize(("value", "text"), [
    (torch.tensor([1.0, 2.0]), "torch.tensor([1.0, 2.0])"),
    (torch.tensor([1.0], dtype=torch.float64), "torch.tensor([1.0], dtype=torch.float64)"),
    (torch.tensor([1, 2], dtype=torch.uint8), "torch.tensor([1, 2], dtype=torch.uint8)"),
    (torch.tensor([1.0, torch.nan]), 'torch.tensor([1.0, float("nan")])'),
    (torch.tensor([1.0], requires_grad=True), "torch.tensor([1.0], requires_grad=True)"),
])
def test_a_shown_input_makes_the_same_tensor(value: torch.Tensor, text: str) -> None:
    assert describe_argument(value) == text
    again = eval(text)
    assert (again.dtype, again.requires_grad) == (value.dtype, value.requires_grad)
    assert torch.equal(again.nan_to_num(7), value.nan_to_num(7))


def test_an_answer_that_knows_the_examples_by_heart_fails_on_fresh_inputs() -> None:
    found = verdict(lambda x: torch.tensor([0.0, 2.0, 4.0]))
    assert found.outcome is Outcome.WRONG


def test_fresh_inputs_stay_out_of_the_messages_of_the_grader() -> None:
    def half_right(x):
        return 2 * x if len(x) == 3 else 3 * x

    shown, hidden = verdict(half_right), verdict(half_right, reveal=False)
    assert "double(torch.tensor(" in shown.call
    assert (hidden.call, hidden.expected, hidden.got) == ("", "", "")
    assert "inputs generated for this check" in hidden.message


def test_points_for_a_part_count_only_with_the_main_part() -> None:
    exercise = Exercise("double", points=3, objective="-", hints=("-",), parts={"": 2, "empty": 1},
                        examples=lambda: [case(torch.ones(2)), case(torch.empty(0), part="empty")])
    exercise.reference(lambda x: 2 * x)

    def only_main(x):
        return 2 * x if len(x) else None

    assert (verdict(only_main, exercise).score, verdict(only_main, exercise).outcome) == (2.0, Outcome.PARTIAL)
    assert verdict(lambda x: x, exercise).score == 0


HONEST = {"result": 2, "raised": None, "changed": [], "printed": ""}
RAISED = {"type": "ValueError", "bases": ["ValueError"], "message": "", "lines": [], "names": [], "name": "",
          "near": []}
FORGED = [{"raised": 3}, {"raised": {}}, {"changed": 3}, {"changed": [4]}, {"printed": None},
          *({"raised": {**RAISED, **wrong}} for wrong in (
              {"type": 1}, {"bases": "ValueError"}, {"bases": [1]}, {"message": None}, {"lines": [1]},
              {"lines": [["1", "x", "f"]]}, {"lines": [[True, "x", "f"]]}, {"names": [["x"]]}, {"names": {"x": "y"}}))]


@pytest.mark.parametrize("evidence", [b"", b"rubbish", encode(None), encode({"found": True}), encode({"found": 1}),
                                      encode({"found": True, "source": None, "observations": [{}, {}]}),
                                      *(encode({"found": True, "observations": [{**HONEST, **forged}] * 2})
                                        for forged in FORGED)])
def test_forged_evidence_gets_nothing(evidence: bytes) -> None:
    exercise = doubling()
    found = judge(exercise, exercise.cases(0), evidence)
    assert (found.outcome, found.score) == (Outcome.WRONG, 0.0)


def test_what_right_code_prints_is_caught_and_costs_nothing(capfd) -> None:
    handler = logging.StreamHandler(sys.stderr)

    def talkative(x):
        print("hello")
        warnings.warn("careful", stacklevel=1)
        handler.emit(logging.LogRecord("x", logging.ERROR, "", 0, "logged", None, None))
        os.write(2, b"from C\n")
        return 2 * x

    assert verdict(talkative).correct
    assert capfd.readouterr() == ("", "")


def test_the_check_leaves_random_state_dtype_and_streams_as_they_were() -> None:
    torch.manual_seed(3)
    before, out = torch.get_rng_state(), sys.stdout
    torch.set_default_dtype(torch.float64)
    try:
        assert verdict(lambda x: 2 * x + 0 * torch.rand(1)).correct
        assert torch.get_default_dtype() is torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
    assert torch.equal(torch.get_rng_state(), before)
    assert sys.stdout is out
    assert "write" not in vars(sys.stdout)


def test_an_answer_imported_from_the_package_is_not_the_students_own() -> None:
    from course_utils.models import DigitNet

    exercise = load_lesson("03_first_mlp")["DigitNet"]
    cases = exercise.cases(0)
    found = judge(exercise, cases, collect({"DigitNet": DigitNet}, Plan.of(exercise), encode_cases(cases)))
    assert (found.outcome, found.score) == (Outcome.WRONG, 0.0)
    assert "write yours" in found.message


def test_an_answer_that_hands_on_to_the_packages_own_earns_nothing() -> None:
    from course_utils.training import devices

    exercise = load_lesson("09_gpu_training")["pick_device"]
    found = verdict(lambda prefer="auto": devices.pick_device(prefer), exercise)
    assert found.score == 0
    assert "write yours" in found.message


def test_the_same_seed_draws_the_same_inputs() -> None:
    exercise = doubling()
    assert encode_cases(exercise.cases(5)) == encode_cases(exercise.cases(5))
    assert encode_cases(exercise.cases(5)) != encode_cases(exercise.cases(6))
