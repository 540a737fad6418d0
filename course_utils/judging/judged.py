"""A judged answer with what it was measured against, for looking further into what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from course_utils.evidence.codec import BadEvidence
from course_utils.evidence.observation import Evidence, Observation, parse_evidence
from course_utils.exercise import Case, Exercise, Mistake
from course_utils.judging import judge
from course_utils.judging.compare import Difference, Tolerance
from course_utils.judging.verdict import Verdict


@dataclass(frozen=True)
class Judged:
    """An answer's evidence and verdict."""

    exercise: Exercise
    cases: Sequence[Case]
    seen: Evidence
    verdict: Verdict

    @classmethod
    def of(cls, exercise: Exercise, cases: Sequence[Case], evidence: bytes, verdict: Verdict) -> Judged | None:
        """Return the judged answer, or None if the evidence can't be read."""
        try:
            return cls(exercise, cases, parse_evidence(evidence, len(cases)), verdict)
        except BadEvidence:
            return None

    @cached_property
    def expected(self) -> tuple[Observation, ...]:
        """What the reference does."""
        return judge.observe_declared(self.exercise, self.exercise.reference_answer, self.cases)

    @cached_property
    def findings(self) -> list[Difference | None]:
        """What is wrong, by input."""
        return [self.difference(index, observation) for index, observation in enumerate(self.seen.observations)]

    @property
    def first(self) -> int:
        """The number of the first input for which the answer is wrong."""
        return next(index for index, finding in enumerate(self.findings) if finding)

    @cached_property
    def mistakes_on_first(self) -> list[Observation]:
        """What each declared mistake does on the first input for which the answer is wrong."""
        return [judge.observe_declared(self.exercise, mistake.answer, self.cases, [self.first])[0]
                for mistake in self.exercise.mistakes]

    def difference(self, index: int, observation: Observation) -> Difference | None:
        """Return what is wrong with an observation of this input; None if nothing is."""
        return judge.difference(self.exercise, self.expected[index], observation, self._tolerance)

    def same(self, one: Observation, other: Observation) -> bool:
        """Whether two observations of one input are the same."""
        return judge.same_on_one(one, other, self.exercise, self._tolerance)

    def is_a_mistake(self, observation: Observation) -> bool:
        """Whether an observation of the first wrong input is what a declared mistake gives there."""
        return any(judge.same_on_one(ours, observation, self.exercise, self._tolerance, mistake.name)
                   for mistake, ours in zip(self.exercise.mistakes, self.mistakes_on_first, strict=True))

    def mistake_of(self, seen: Evidence) -> Mistake | None:
        """Return the declared mistake that an answer with this evidence makes."""
        return judge.named_mistake(self.exercise, self.cases, seen, self.expected, self._tolerance)

    @property
    def _tolerance(self) -> Tolerance:
        return judge.tolerance_of(self.exercise)
