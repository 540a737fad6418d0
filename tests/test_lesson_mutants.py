"""A part of `course mutants`: no edit of a reference gets full points unless it is declared to do the same.

`make fuzz` tries all edits of all right answers with twenty draws of the inputs; this takes the same few of each
reference every time.
"""

from __future__ import annotations

import random

import pytest

from course_utils.authoring.mutants import Form, Mutant, lines_of
from course_utils.authoring.survivors import find_survivors
from course_utils.exercise import Exercise

from .test_exercises import EXERCISES

TRIED = 15  # of each reference
# Exercises whose checks let an edit pass that nobody has declared. Strict: who mends one takes it out of here.
TOO_TAME = frozenset({
    "01_tensors-pairwise_distances",
    "01_tensors-standardize",
    "02_autograd-train_steps",
    "05_inference-predict_proba",
    "05_inference-resume",
})


def some_of_the_reference(form: Form, found: list[Mutant]) -> list[Mutant]:
    if form.name != "reference":
        return []
    return random.Random(form.exercise.name).sample(found, min(TRIED, len(found)))


@pytest.mark.parametrize("exercise", [
    pytest.param(*param.values, id=param.id, marks=[pytest.mark.xfail(strict=True, reason="an edit passes")]
                 if param.id in TOO_TAME else []) for param in EXERCISES])
def test_no_edit_of_the_reference_passes(exercise: Exercise) -> None:
    report = find_survivors(exercise, choose=some_of_the_reference)
    assert list(lines_of(report.surviving)) == []
    assert report.killed + len(report.same) == report.tried > 0
