"""Where no declared mistake fits: the line, the change that was run, and two slips at once."""

from __future__ import annotations

import linecache
import os
import textwrap
import time
from collections.abc import Sequence
from itertools import count
from typing import Any

import pytest
import torch

from course_utils.evidence.collect import Plan, collect, encode_cases
from course_utils.evidence.observation import Evidence, Observation, encode_evidence, parse_evidence
from course_utils.evidence.variant import try_variant
from course_utils.exercise import Exercise, case
from course_utils.judging.diagnose import Budget, can_be_located, diagnose
from course_utils.judging.judge import judge
from course_utils.judging.judged import Judged
from course_utils.judging.likely_edits import likely_edits
from course_utils.judging.located import Located
from course_utils.judging.lost_code import loses_code
from course_utils.lesson import load_lesson
from course_utils.notebook import search as notebook_search
from course_utils.rendering.card import card
from course_utils.rendering.text import verdict_text

_numbers = count()


def centre() -> Exercise:
    """An exercise with one declared mistake."""
    exercise = Exercise("centre", points=2, objective="-", hints=("-",), probe=load_lesson("01_tensors")[
        "standardize"].probe, examples=lambda: [case(torch.tensor([[1.0, 2.0], [3.0, 7.0]]))],
        fresh=lambda rng: [case(torch.from_numpy(rng.normal(size=(4, 3))).float())])

    @exercise.reference
    def centre(x):
        middle = x.mean(dim=0)
        return (x - middle) * 2

    @exercise.mistake("You doubled nothing.")
    def not_doubled(x):
        return x - x.mean(dim=0)

    return exercise


def answered(source: str, exercise: Exercise, before: str = "") -> tuple[Judged, dict[str, Any]]:
    """An answer as if it stood in a cell, ``before`` above it, with the namespace of its notebook."""
    cell, file = before + textwrap.dedent(source), f"<ipykernel_{next(_numbers)}>"
    linecache.cache[file] = (len(cell), None, cell.splitlines(True), file)
    names: dict[str, Any] = {"torch": torch, "nn": torch.nn, "__name__": "__main__"}
    exec(compile(cell, file, "exec"), names)
    cases = exercise.cases(7)
    evidence = collect(names, Plan.of(exercise), encode_cases(cases))
    judged = Judged.of(exercise, cases, evidence, judge(exercise, cases, evidence))
    assert judged is not None
    return judged, names


def located(source: str, exercise: Exercise | None = None, before: str = "", **options: Any) -> Located | None:
    judged, names = answered(source, exercise or centre(), before)
    inputs = encode_cases(judged.cases)

    def try_answer(text: str, only: Sequence[int]) -> bytes:
        return try_variant(names, Plan.of(judged.exercise), inputs, text, only, 1.0)

    assert can_be_located(judged)
    return diagnose(judged, try_answer, Budget(30.0, 3000), **options)


def test_one_slip_is_told_by_its_line_in_the_cell_and_the_part_that_is_wrong() -> None:
    found = located("""\
        def centre(x):
            middle = x.mean(dim=1)
            return (x - middle) * 2
        """, before="import math\n\n")
    assert found is not None
    (slip,) = found.slips
    assert (slip.line, slip.code, slip.code[slip.start:slip.end]) == (4, "    middle = x.mean(dim=1)", "1")
    assert (slip.before, slip.after) == ("1", "0")
    assert "`middle = x.mean(dim=1)`" in found.sentence
    assert "dim=0" not in found.sentence  # the change itself comes last


def test_the_question_has_one_right_line_and_says_of_the_others_what_they_give() -> None:
    found = located("def centre(x):\n    middle = x.mean(dim=1)\n    return (x - middle) * 2\n")
    assert found is not None
    right = [choice.code for choice in found.choices if choice.right]
    assert right == ["middle = x.mean(dim=0)"]
    assert 2 <= len(found.choices) <= 3
    for choice in found.choices:
        names: dict[str, Any] = {}
        x = torch.tensor([[1.0, 2.0], [3.0, 7.0]])
        exec(f"def centre(x):\n    {choice.code}\n    return (x - middle) * 2", names)
        try:
            gives = torch.allclose(names["centre"](x), (x - x.mean(dim=0)) * 2)
        except Exception:  # a wrong choice may raise
            gives = False
        assert gives == choice.right


def test_hidden_inputs_stay_hidden() -> None:
    exercise = centre()
    exercise.examples = lambda: []
    found = located("def centre(x):\n    middle = x.mean(dim=1, keepdim=True)\n    return (x - middle) * 2\n", exercise,
                    reveal=False)
    assert found is not None
    for choice in found.choices:
        assert choice.right or choice.gives == "That gives another result, which is not right either."


def test_the_declared_mistake_that_is_left_is_told_after_the_slip() -> None:
    found = located("def centre(x):\n    middle = x.mean(dim=1, keepdim=True)\n    return x - middle\n")
    assert found is not None
    assert [slip.line for slip in found.slips] == [2]
    assert found.mistake == "You doubled nothing."
    assert "Two things are wrong. First, in line 2" in found.sentence


@pytest.mark.parametrize("source", [
    "def set_column(x, j, value):\n    y = x.clone()\n    y[:, j:j + 1] = value\n    return y\n",
    "def set_column(x, j, value):\n    out = torch.zeros(x.shape)\n    out[:, :] = x\n    out[:, j] = value\n"
    "    return out\n",
])
def test_an_edit_that_spoils_what_is_right_leads_to_no_mistake(source: str) -> None:
    """Both are one slip away from right. `y[:] = value` and `return x` would make declared mistakes of them."""
    found = located(source, load_lesson("01_tensors")["set_column"])
    assert found is None or not found.mistake


def test_two_slips_are_both_told_in_the_order_of_their_lines() -> None:
    found = located("def centre(x):\n    middle = x.mean(dim=1, keepdim=True)\n    return (x + middle) * 2\n")
    assert found is not None
    assert [slip.line for slip in found.slips] == [2, 3]
    assert (found.slips[1].before, found.slips[1].after) == ("+", "-")
    assert "Two changes make it right. First, in line 2" in found.sentence


def test_what_only_the_right_answer_has_can_be_put_in() -> None:
    exercise = centre()
    exercise.mistakes.clear()
    found = located("def centre(x):\n    middle = x.mean(dim=0)\n    return x - middle\n", exercise)
    assert found is not None
    assert found.slips[0].line == 3


def test_nothing_is_said_of_an_answer_that_no_edit_makes_right() -> None:
    assert located("def centre(x):\n    return torch.linalg.svd(x).S\n") is None


def test_a_declared_mistake_and_a_right_answer_are_not_searched() -> None:
    for source in ("def centre(x):\n    return x - x.mean(dim=0)\n", "def centre(x):\n    return 2 * (x - x.mean(0))\n",
                   "def centre(x):\n    raise NotImplementedError\n"):
        assert not can_be_located(answered(source, centre())[0])


def test_an_answer_that_does_something_else_each_time_is_left_alone() -> None:
    source = "calls = []\ndef centre(x):\n    calls.append(1)\n    return x * len(calls)\n"
    assert located(source) is None


def test_the_search_ends_when_its_budget_is_spent_and_when_the_other_side_is_gone() -> None:
    judged, _ = answered("def centre(x):\n    return x.mean(dim=1)\n", centre())
    tried: list[str] = []

    def gone(source: str, only: Sequence[int]) -> bytes | None:
        tried.append(source)
        return None

    assert diagnose(judged, gone, Budget()) is None
    assert len(tried) == 1

    def slow(source: str, only: Sequence[int]) -> bytes:
        tried.append(source)
        return encode_evidence(Evidence(True, observations=tuple(judged.seen.observations[i] for i in only)))

    assert diagnose(judged, slow, Budget(30.0, 5)) is None
    assert len(tried) == 7  # the answer as it is, and five changed ones


@pytest.mark.parametrize("evidence", [b"", b"\0" * 40, encode_evidence(Evidence(False)),
                                      encode_evidence(Evidence(True, observations=(Observation(1),) * 3))])
def test_what_a_hostile_process_sends_is_no_evidence(evidence: bytes) -> None:
    judged, _ = answered("def centre(x):\n    return x.mean(dim=1)\n", centre())
    assert diagnose(judged, lambda source, only: evidence, Budget(5.0, 50)) is None


def test_a_variant_is_run_in_a_copy_of_the_namespace_and_stopped_in_time() -> None:
    exercise = centre()
    inputs, plan = encode_cases(exercise.cases(1)), Plan.of(exercise)
    names: dict[str, Any] = {"torch": torch}
    seen = parse_evidence(try_variant(names, plan, inputs, "other = 1\ndef centre(x):\n    return x", [0], 1.0), 1)
    assert seen.observations[0].raised is None
    assert set(names) == {"torch"}
    started = time.monotonic()
    seen = parse_evidence(try_variant(names, plan, inputs, "def centre(x):\n    while True: pass", [0], 0.2), 1)
    assert seen.observations[0].raised is not None
    assert time.monotonic() - started < 5
    seen = parse_evidence(try_variant(names, plan, inputs, "1 / 0", [0, 1], 1.0), 2)
    assert [one.raised.type for one in seen.observations if one.raised] == ["ZeroDivisionError"] * 2


def test_edits_that_lead_to_a_right_answer_come_first() -> None:
    source = "def centre(x):\n    middle = x.mean(dim=1)\n    return (x - middle) * 2\n"
    first = [edit.apply(source) for _, edit in likely_edits(source, centre())[:12]]
    assert source.replace("dim=1", "dim=0") in first


def test_the_card_shows_line_question_reason_and_change_in_this_order() -> None:
    source = "def centre(x):\n    middle = x.mean(dim=1)\n    return (x - middle) * 2\n"
    judged, names = answered(source, centre())
    found = located(source)
    from dataclasses import replace

    verdict = replace(judged.verdict, located=found)
    html = card(verdict)
    places = [html.index(text) for text in ("One change makes it right", "line 2:", "which of these lines",
                                            "What is wrong there", "The change")]
    assert places == sorted(places)
    assert "Looking for the line" in card(judged.verdict, searching=True)
    assert "in line 2" in verdict_text(verdict)



@pytest.fixture
def standardize() -> tuple[Judged, dict[str, Any]]:
    source = """\
        def standardize(x):
            middle = x.mean(dim=0)
            spread = x.std(dim=0)
            return (x - middle) * torch.where(spread < 1e-6, torch.ones_like(spread), spread)
        """
    from course_utils.notebook.seed import notebook_seed

    lesson = load_lesson("01_tensors")
    judged, names = answered(source, lesson["standardize"])
    cases = judged.exercise.cases(notebook_seed(lesson, judged.exercise))
    evidence = collect(names, Plan.of(judged.exercise), encode_cases(cases))
    again = Judged.of(judged.exercise, cases, evidence, judge(judged.exercise, cases, evidence))
    assert again is not None
    if again.verdict.mistake is not None:
        pytest.fail("this slip has a name now; choose another for this test")
    names["In"] = ["", "import torch", textwrap.dedent(source), "%time 3", "check(standardize)"]
    return again, names


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_notebook_searches_in_a_fork(standardize: tuple[Judged, dict[str, Any]],
                                       monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook_search, "SECONDS", 20.0)
    found = notebook_search.locate("01_tensors", *standardize, standardize[1]["In"])
    assert found is not None
    assert found.slips[0].code.startswith("    return (x - middle) *")


def test_a_notebook_searches_in_a_new_process_where_it_cannot_fork(standardize: tuple[Judged, dict[str, Any]],
                                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook_search, "_can_fork", lambda: False)
    monkeypatch.setattr(notebook_search, "START_SECONDS", 120.0)
    monkeypatch.setenv("COURSE_SEARCH_SECONDS", "20")
    found = notebook_search.locate("01_tensors", *standardize, standardize[1]["In"])
    assert found is not None
    assert found.slips[0].code.startswith("    return (x - middle) *")


def test_only_definitions_are_run_again_in_a_new_process() -> None:
    cells = ["import math\nx = open('secret')\nN = (3, -1)", "!ls", "def f(): ...\nprint(1)", "class A: ..."]
    assert notebook_search.definitions(cells) == "import math\nN = (3, -1)\ndef f(): ...\nclass A: ..."


@pytest.mark.parametrize(("before", "after", "loses"), [
    ("y[:, j:j + 1] = v", "y[:] = v", True),
    ("y = torch.zeros_like(x)", "y = x", True),
    ("def f(x):\n    x = x.T\n    return -x", "def f(x):\n    return x.T\n    return -x", True),
    ("y = x - m", "y = x + m", False),
    ("y = m", "y = j", False),
    ("y = x.double()", "y = x", False),
])
def test_code_is_lost_where_fewer_names_are_read_or_statements_are_not_reached(before: str, after: str,
                                                                             loses: bool) -> None:
    assert loses_code(before, after) == loses
