"""A class in numbers: per exercise who was right, and which mistakes were made how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from course_utils.grading.submission.result import Result


@dataclass
class ExerciseNumbers:
    """One exercise over all submissions."""

    lesson: str
    name: str
    max_score: float
    outcomes: Counter[str] = field(default_factory=Counter)
    mistakes: Counter[str] = field(default_factory=Counter)
    slips: dict[str, Counter[str]] = field(default_factory=dict)  # lines of code by the kind of edit that corrects them
    points: float = 0.0

    @property
    def total(self) -> int:
        return self.outcomes.total()

    @property
    def share(self) -> float:
        """The part of all possible points that was reached."""
        return self.points / (self.total * self.max_score) if self.total and self.max_score else 0.0


def numbers_of(results: Sequence[Result]) -> list[ExerciseNumbers]:
    """The numbers of each exercise, in the order of lessons and exercises."""
    found: dict[tuple[str, str], ExerciseNumbers] = {}
    for result in sorted((r for r in results if r.lesson), key=lambda r: str(r.lesson)):
        for exercise in result.exercises:
            key = str(result.lesson), exercise.name
            numbers = found.setdefault(key, ExerciseNumbers(*key, max_score=exercise.max_score))
            numbers.outcomes[exercise.outcome] += 1
            numbers.points += exercise.score
            if exercise.mistake:
                numbers.mistakes[exercise.mistake] += 1
            elif exercise.edit:
                numbers.slips.setdefault(exercise.edit, Counter())[exercise.wrong_code] += 1
    return list(found.values())
