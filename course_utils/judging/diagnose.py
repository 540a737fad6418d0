"""Where no declared mistake fits: which change to the student's own code makes it right.

Edits of the answer are tried where the student's code runs, and judged here like any answer. Whatever is said was
seen: the line and the part of it, what other changes of that part give, and, where two slips came together, that
each of the two changes is needed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from textwrap import dedent

from course_utils.evidence.codec import BadEvidence
from course_utils.evidence.observation import Evidence, Observation, parse_evidence
from course_utils.judging.judged import Judged
from course_utils.judging.located import Choice, Located, Slip
from course_utils.judging.outcome import Rung
from course_utils.mutation.edit import Edit
from course_utils.mutation.edits import iter_edits

TryAnswer = Callable[[str, Sequence[int]], bytes | None]  # (source, which inputs) -> evidence, or None if it was lost
CLIMB = (Rung.RAISED, Rung.TYPE, Rung.SHAPE, Rung.DTYPE, Rung.DEVICE, Rung.GRAD, Rung.CHANGED, Rung.VALUES)
MAX_SOURCE = 6_000  # characters of an answer that is looked into
CHOICES = 3
SECOND_PLACES = 6  # how many first changes are followed up in the search for two slips


@dataclass
class Budget:
    """How long may be searched: by the clock, and by the number of changed answers that are tried."""

    seconds: float = 1.5
    tries: int = 400
    started: float = field(default_factory=time.monotonic)

    def spend(self) -> bool:
        """Count one try; whether there was room for it."""
        self.tries -= 1
        return self.tries >= 0 and time.monotonic() - self.started < self.seconds


def can_be_located(judged: Judged) -> bool:
    """Whether a search makes sense: a wrong answer in the form of code, and no name for what is wrong with it."""
    source = judged.seen.source
    return (bool(judged.findings) and any(judged.findings) and judged.verdict.mistake is None
            and judged.verdict.rung not in (None, Rung.MISSING, Rung.NOT_ATTEMPTED, Rung.REBOUND)
            and judged.exercise.kind != "value" and source is not None and len(source) <= MAX_SOURCE)


def diagnose(judged: Judged, try_answer: TryAnswer, budget: Budget, *, reveal: bool = True) -> Located | None:
    """Return the change that makes the answer right, or the two; None if none was found within the budget."""
    source = dedent(judged.seen.source or "")
    search = _Search(judged, try_answer, budget, reveal)
    if not search.is_repeatable(source):
        return None
    fix, others = search.fix(source)
    if fix is not None:
        return Located((search.slip(fix, source),), search.choices(fix, source))
    for edit in sorted(others, key=lambda other: -others[other])[:SECOND_PLACES]:
        between = edit.apply(source)
        second, _ = search.fix(between, follow=False)
        if second is not None and (pair := search.pair(source, edit, between, second)):
            return pair
    return None


@dataclass
class _Search:
    judged: Judged
    try_answer: TryAnswer
    budget: Budget
    reveal: bool

    def __post_init__(self) -> None:
        self.first = self.judged.first
        self.wrong = [index for index, finding in enumerate(self.judged.findings) if finding]

    def is_repeatable(self, source: str) -> bool:
        """Whether the code as it is does again what it did when it was checked."""
        again = self._observe(source, [self.first])
        return again is not None and self.judged.same(again[0], self.judged.seen.observations[self.first])

    def fix(self, source: str, *, follow: bool = True) -> tuple[Edit | None, dict[Edit, int]]:
        """Return the edit that makes ``source`` right; and, to be followed up, edits that bring it nearer."""
        nearer: dict[Edit, int] = {}
        for edit in iter_edits(source):
            seen = self._try(edit.apply(source), [self.first])
            if seen is None:
                break
            height = self._height(seen[0]) if seen else -1
            if height == len(CLIMB):
                if self._is_right(edit.apply(source)):
                    return edit, nearer
                nearer[edit] = height
            elif follow and seen and (height > self._height(self.judged.seen.observations[self.first])
                                      or self.judged.is_a_mistake(seen[0])):
                nearer[edit] = height
        return None, nearer

    def pair(self, source: str, edit: Edit, between: str, second: Edit) -> Located | None:
        """Return two slips: ``edit`` of the source, and then ``second`` of what came of it."""
        one, two = self.slip(edit, source), self.slip(second, between)
        if edit.end_line != edit.line or edit.after.count("\n") != edit.before.count("\n"):
            return Located((one, two)) if second.line >= edit.line else None
        slips = (one, two) if (one.line, one.start) <= (two.line, two.start) else (two, one)
        seen = self._try(between, list(range(len(self.judged.cases))))
        mistake = self.judged.mistake_of(Evidence(True, between, observations=tuple(seen))) if seen else None
        return Located(slips, mistake=mistake.sentence if mistake and slips == (one, two) else "")

    def slip(self, edit: Edit, source: str) -> Slip:
        """Return an edit as what is shown: its line as the cell counts, and the part that is wrong."""
        code = source.splitlines()[edit.line - 1] if edit.line <= len(source.splitlines()) else ""
        end = edit.end_column if edit.end_line == edit.line else len(code)
        return Slip(edit.line + self.judged.seen.line - 1, code, min(edit.column, len(code)), min(end, len(code)),
                    edit.kind, edit.sentence, edit.before, edit.after)

    def choices(self, fix: Edit, source: str) -> tuple[Choice, ...]:
        """Return the right change between one or two others of the same part, with what each of these gives."""
        wrong: list[Choice] = []
        for edit in self._of_the_same_part(fix, source):
            if len(wrong) == CHOICES - 1:
                break
            seen = self._try(edit.apply(source), self.wrong)
            if seen is None:
                break
            gives = next((said for index, observation in zip(self.wrong, seen, strict=False)
                          if (said := self._gives(index, observation))), "")
            if gives:
                wrong.append(Choice(edit.after, False, gives))
        if not wrong:
            return ()
        right = Choice(fix.after, True, "That is right: it was tried on every input.")
        return tuple(sorted([*wrong, right], key=lambda choice: (len(choice.code), choice.code)))

    def _of_the_same_part(self, fix: Edit, source: str) -> Iterator[Edit]:
        place = (fix.line, fix.column, fix.end_line, fix.end_column)
        for edit in iter_edits(source):
            if (edit.line, edit.column, edit.end_line, edit.end_column) == place and edit.after != fix.after:
                yield edit

    def _gives(self, index: int, observation: Observation) -> str:
        """Return what a change gives instead of the right result; "" if it is right there."""
        difference = self.judged.difference(index, observation)
        if difference is None:
            return ""
        if self.reveal or not self.judged.cases[index].fresh:
            return difference.sentence
        return "That gives another result, which is not right either."

    def _is_right(self, source: str) -> bool:
        seen = self._try(source, list(range(len(self.judged.cases))))
        return bool(seen) and all(self.judged.difference(index, observation) is None
                                  for index, observation in enumerate(seen or ()))

    def _height(self, observation: Observation) -> int:
        """Return how far up the ladder an observation of the first wrong input comes."""
        difference = self.judged.difference(self.first, observation)
        return len(CLIMB) if difference is None else CLIMB.index(difference.rung) if difference.rung in CLIMB else -1

    def _try(self, source: str, only: Sequence[int]) -> tuple[Observation, ...] | None:
        """Return what a changed answer does; () if that can't be looked at, None if the budget is spent."""
        return (self._observe(source, only) or ()) if self.budget.spend() else None

    def _observe(self, source: str, only: Sequence[int]) -> tuple[Observation, ...] | None:
        data = self.try_answer(source, only)
        if data is None:
            self.budget.tries = 0  # what ran the answers is gone
            return None
        try:
            return parse_evidence(data, len(only)).observations
        except BadEvidence:
            return None
