"""Which mutants of an exercise pass its check. Each is a wrong answer that nobody notices, or does the same."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch

from course_utils.authoring.mutants import Form, Mutant, forms, mutants
from course_utils.authoring.trials import try_all
from course_utils.exercise import Exercise, Same
from course_utils.judging.passing import Passing


@dataclass
class Report:
    """What became of an exercise's mutants."""

    exercise: Exercise
    tried: int = 0
    killed: int = 0
    stopped: int = 0  # of the killed: those that hung or ended their process
    same: list[tuple[Mutant, str]] = field(default_factory=list)  # with the reason
    surviving: list[Mutant] = field(default_factory=list)
    unmatched: list[Same] = field(default_factory=list)  # declarations that cover no mutant that passes
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether every mutant is killed or declared, and every declaration is of use."""
        return not self.surviving and not self.unmatched


@dataclass(frozen=True)
class Counts:
    """How many mutants of a lesson were tried, and what became of them."""

    tried: int
    killed: int
    same: int
    surviving: int

    @classmethod
    def of(cls, reports: Sequence[Report]) -> Counts:
        """The sums over the exercises of a lesson."""
        return cls(sum(r.tried for r in reports), sum(r.killed for r in reports), sum(len(r.same) for r in reports),
                   sum(len(r.surviving) for r in reports))


def find_survivors(exercise: Exercise, seeds: Sequence[int] = (1,), *,
                   choose: Callable[[Form, list[Mutant]], list[Mutant]] | None = None) -> Report:
    """Try the mutants of an exercise's right answers with the inputs of each seed.

    A mutant survives if it gets full points with any of the seeds. ``choose`` takes some of a form's mutants, for a
    test that has little time; declarations that cover none are then not reported.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # a process that forks while its threads work may leave the child waiting for them
    try:
        return _report(exercise, seeds, choose)
    finally:
        torch.set_num_threads(threads)


def _report(exercise: Exercise, seeds: Sequence[int],
            choose: Callable[[Form, list[Mutant]], list[Mutant]] | None) -> Report:
    report = Report(exercise)
    begin = time.monotonic()
    used = set()
    passings = [Passing(exercise, exercise.cases(seed)) for seed in seeds]
    for form in forms(exercise):
        found = mutants(form)
        if choose is not None:
            found = choose(form, found)
        passed: set[int] = set()
        left = list(range(len(found)))
        for passing in passings:
            trials = try_all(passing, form, [found[number] for number in left])
            passed |= {left[number] for number in trials.passed}
            left = [left[number] for number in sorted(trials.unlucky)]  # visible inputs are the same for every seed
            report.stopped += trials.stopped
        report.tried += len(found)
        report.killed += len(found) - len(passed)
        for number in sorted(passed):
            mutant = found[number]
            covering = [same for same in exercise.same if mutant.is_meant_by(same)]
            used |= {id(same) for same in covering}
            reason = covering[0].because if covering else mutant.why_equivalent
            if reason:
                report.same.append((mutant, reason))
            else:
                report.surviving.append(mutant)
    if choose is None:
        report.unmatched = [same for same in exercise.same if id(same) not in used]
    report.seconds = time.monotonic() - begin
    return report
