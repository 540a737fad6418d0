"""Whether an answer passes, without a word on what is wrong with it: for many answers to one exercise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from course_utils.evidence.collect import Plan, collect, encode_cases
from course_utils.exercise import Case, Exercise
from course_utils.judging.judge import difference, judge, observe_declared, tolerance_of


class Passing:
    """An exercise with its inputs, and what the reference does on them."""

    def __init__(self, exercise: Exercise, cases: Sequence[Case]) -> None:
        self.exercise, self.cases = exercise, cases
        self.expected = observe_declared(exercise, exercise.reference_answer, cases)

    def first_failure(self, declared: Any) -> int | None:
        """Return the number of the first input on which a declared answer is wrong; None if there is none."""
        for index, want in enumerate(self.expected):
            have = observe_declared(self.exercise, declared, self.cases, [index])[0]
            if difference(self.exercise, want, have, tolerance_of(self.exercise)) is not None:
                return index
        return None

    def has_full_points(self, value: Any) -> bool:
        """Return whether the judge gives full points to what a student's name holds."""
        evidence = collect({self.exercise.name: value}, Plan.of(self.exercise), encode_cases(self.cases))
        return judge(self.exercise, self.cases, evidence).score == self.exercise.points
