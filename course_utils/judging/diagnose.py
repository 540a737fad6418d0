"""Where no declared mistake fits: which change to the student's own code makes it right.

Edits of the answer are tried where the student's code runs, and judged here like any answer. Whatever is said was
seen: the line and the part of it, what other changes of that part give, and, where two slips came together, that
each of the two changes is needed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from textwrap import dedent

from course_utils.evidence.codec import BadEvidence
from course_utils.evidence.observation import Evidence, Observation, parse_evidence
from course_utils.judging.judged import Judged
from course_utils.judging.likely_edits import likely_edits
from course_utils.judging.located import Choice, Located, Slip
from course_utils.judging.lost_code import loses_code
from course_utils.judging.outcome import Rung
from course_utils.mutation.edit import Edit

TryAnswer = Callable[[str, Sequence[int]], bytes | None]  # (source, which inputs) -> evidence, or None if it was lost
CLIMB = (Rung.RAISED, Rung.TYPE, Rung.SHAPE, Rung.DTYPE, Rung.DEVICE, Rung.GRAD, Rung.CHANGED, Rung.VALUES)
MAX_SOURCE = 6_000  # characters of an answer that is looked into
CHOICES = 3
FIRST_SHARE = 0.6  # of the time, for the search for one slip
SECOND_PLACES = 6  # how many first changes are followed up in the search for two slips


@dataclass
class Budget:
    """How long may be searched: by the clock, and by the number of changed answers that are tried."""

    seconds: float = 1.5
    tries: int = 400
    started: float = field(default_factory=time.monotonic)

    def share(self, part: float) -> float:
        """Return this part of the time that is left, as a share of the whole."""
        return part * max(0.0, 1 - (time.monotonic() - self.started) / self.seconds)

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
    fix, others = search.fix(source, FIRST_SHARE)
    if fix is not None:
        return Located((search.slip(fix, source),), search.choices(fix, source))
    for edit in others[:SECOND_PLACES]:
        between = edit.apply(source)
        if named := search.first_of_two(source, edit, between):
            return named
        second, _ = search.fix(between, budget.share(1 / SECOND_PLACES))
        if second is not None and (pair := search.pair(source, edit, between, second)):
            return pair
    return None


def _changed_line(edit: Edit, source: str) -> str:
    """Return the line that an edit changes, as it is afterwards; "" if it changes more or less than a line."""
    line = source.split("\n")[edit.line - 1]
    if edit.line != edit.end_line or "\n" in edit.before + edit.after:
        return ""
    return (line[:edit.column] + edit.after + line[edit.end_column:]).strip()


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

    def fix(self, source: str, share: float) -> tuple[Edit | None, list[Edit]]:
        """Return the edit that makes ``source`` right; and, to be followed up, edits that may be half of the way.

        At most a ``share`` of the whole budget is spent.
        """
        until = time.monotonic() + share * self.budget.seconds
        nearer: list[tuple[int, int, Edit]] = []
        here = self.judged.seen.observations[self.first]
        for away, edit in likely_edits(source, self.judged.exercise):
            seen = self._try(edit.apply(source), [self.first]) if time.monotonic() < until else None
            if seen is None:
                break
            if not seen:
                continue
            height = self._height(seen[0])
            if height == len(CLIMB) and self._is_right(edit.apply(source)):
                return edit, []
            known = self.judged.is_a_mistake(seen[0])
            if away <= 0 and (known or height > self._height(here) or not self.judged.same(seen[0], here)):
                nearer.append((away - known, -height, edit))
        return None, [edit for _, _, edit in sorted(nearer, key=lambda one: one[:2])]

    def first_of_two(self, source: str, edit: Edit, between: str) -> Located | None:
        """Return an edit's slip and the declared mistake that is left when it is corrected, if there is one.

        An edit that takes code away, or that spoils an input on which the answer is right, leads to a mistake that the
        student did not make.
        """
        if edit.kind != "argument dropped" and loses_code(source, between):
            return None
        seen = self._try(between, list(range(len(self.judged.cases))))
        if not seen or any(self.judged.difference(index, observation) is not None
                           for index, observation in enumerate(seen) if index not in self.wrong):
            return None
        mistake = self.judged.mistake_of(Evidence(True, between, observations=seen))
        return Located((self.slip(edit, source),), mistake=mistake.sentence) if mistake and mistake.name else None

    def pair(self, source: str, edit: Edit, between: str, second: Edit) -> Located | None:
        """Return two slips: ``edit`` of the source, and then ``second`` of what came of it."""
        one, two = self.slip(edit, source), self.slip(second, between)
        if edit.end_line != edit.line or edit.after.count("\n") != edit.before.count("\n"):
            return Located((one, two)) if second.line >= edit.line else None
        return Located((one, two) if (one.line, one.start) <= (two.line, two.start) else (two, one))

    def slip(self, edit: Edit, source: str) -> Slip:
        """Return an edit as what is shown: its line as the cell counts, and the part that is wrong."""
        code = source.splitlines()[edit.line - 1] if edit.line <= len(source.splitlines()) else ""
        end = edit.end_column if edit.end_line == edit.line else len(code)
        return Slip(edit.line + self.judged.seen.line - 1, code, min(edit.column, len(code)), min(end, len(code)),
                    edit.kind, edit.sentence, edit.before, edit.after)

    def choices(self, fix: Edit, source: str) -> tuple[Choice, ...]:
        """Return the line with the right change among one or two with others, and what each of these gives.

        The others change the same part, and give something else than the answer as it is.
        """
        right = _changed_line(fix, source)
        wrong: dict[str, Choice] = {}
        for edit in self._near(fix, source)[:4 * CHOICES]:
            line = _changed_line(edit, source)
            if len(wrong) == CHOICES - 1:
                break
            if not right or not line or line == right or line in wrong:
                continue
            seen = self._try(edit.apply(source), self.wrong)
            if seen is None:
                break
            if not seen or self.judged.same(seen[0], self.judged.seen.observations[self.first]):
                continue
            gives = next((said for index, observation in zip(self.wrong, seen, strict=True)
                          if (said := self._gives(index, observation))), "")
            if gives:
                wrong[line] = Choice(line, False, gives)
        if not wrong:
            return ()
        told = Choice(right, True, "Yes. It was run on every input of the check, and is right on each.")
        return tuple(sorted([*wrong.values(), told], key=lambda choice: (len(choice.code), choice.code)))

    def _near(self, fix: Edit, source: str) -> list[Edit]:
        """Return other edits that change or touch the same part of the line: the same kind first, then the nearest."""
        def apart(edit: Edit) -> tuple[bool, int]:
            return edit.kind != fix.kind, abs(edit.column - fix.column) + abs(edit.end_column - fix.end_column)

        found = [edit for _, edit in likely_edits(source, self.judged.exercise, put_in=False)
                 if edit.line == edit.end_line == fix.line == fix.end_line
                 and edit.column <= fix.end_column and edit.end_column >= fix.column]
        return sorted(found, key=apart)

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
            seen = parse_evidence(data, len(only)).observations
        except BadEvidence:
            return None
        return seen if len(seen) == len(only) else None
