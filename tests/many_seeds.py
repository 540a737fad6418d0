"""Every exercise over many drawn inputs; slow, so `make fuzz` runs it and `make test` does not.

An unlucky draw can let a mistake through (two images that happen to hold a 255), and another
rounding can refuse a right answer (Adam makes a whole step of a gradient that is nearly 0). Neither
shows with the two seeds of ``test_exercises.py``.
"""

from __future__ import annotations

import os

import pytest
import torch

from course_utils.authoring.mutants import lines_of
from course_utils.authoring.survivors import find_survivors
from course_utils.evidence.codec import decode, encode
from course_utils.evidence.collect import Plan, collect, encode_cases
from course_utils.exercise import Exercise, source_of
from course_utils.judging.judge import judge
from course_utils.judging.verdict import Verdict

from .test_exercises import EXERCISES

SEEDS = range(100, 100 + int(os.environ.get("SEEDS", "40")))
UNNAMED = 0.1  # the share of draws in which a mistake may look like another one
pytestmark = pytest.mark.timeout(3600)


def collected(exercise: Exercise, answer: object, inputs: bytes) -> bytes:
    return collect({exercise.name: exercise.make(answer)}, Plan.of(exercise), inputs)


def rounded_otherwise(exercise: Exercise, answer: object, inputs: bytes) -> bytes:
    """Evidence from other algorithms and another number of threads than the judge uses."""
    with torch.backends.mkldnn.flags(enabled=False):
        torch.set_num_threads(2)
        try:
            return collected(exercise, answer, inputs)
        finally:
            torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_right_is_correct_and_wrong_is_not_whatever_was_drawn(exercise: Exercise) -> None:
    refused: list[tuple[int, str, Verdict]] = []
    accepted: list[tuple[int, str]] = []
    unnamed = {mistake.name: 0 for mistake in exercise.mistakes}
    for seed in SEEDS:
        cases = exercise.cases(seed)
        inputs = encode_cases(cases)
        for answer in (exercise.reference_answer, *exercise.alternatives):
            verdict = judge(exercise, cases, rounded_otherwise(exercise, answer, inputs))
            if not verdict.correct:
                refused.append((seed, answer.__name__, verdict))
        for mistake in exercise.mistakes:
            evidence = collected(exercise, mistake.answer, inputs)
            source = source_of(mistake.answer) + "\nedited = True"  # so that it is not the code that was handed out
            verdict = judge(exercise, cases, encode({**decode(evidence), "source": source}))
            if verdict.correct:
                accepted.append((seed, mistake.name))
            unnamed[mistake.name] += verdict.mistake != mistake.name
    assert not refused
    assert not accepted
    assert {name: n for name, n in unnamed.items() if n > max(1, UNNAMED * len(SEEDS))} == {}


@pytest.mark.parametrize("exercise", EXERCISES)
def test_no_mutant_passes_whatever_was_drawn(exercise: Exercise) -> None:
    report = find_survivors(exercise, SEEDS[:20])
    assert list(lines_of(report.surviving)) == []
    assert report.unmatched == []
