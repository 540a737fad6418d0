"""Where an answer goes wrong: the line, the part of it, and the change that was seen to make it right."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Choice:
    """The line with a change to the part that is wrong, and what came when it was run."""

    code: str  # the changed line
    right: bool
    gives: str  # a sentence about what it gives


@dataclass(frozen=True)
class Slip:
    """One place where the answer is wrong, and what is to stand there."""

    line: int  # the number of the line, as the notebook's cell counts
    code: str  # that line
    start: int  # the part of it that is wrong: from this character
    end: int  # up to this one, exclusive; the same as start where something is missing
    kind: str  # the kind of edit: "dim", "call dropped"
    sentence: str  # what is wrong with that part
    before: str  # the code that is replaced; it may run over several lines
    after: str  # the code that makes it right


@dataclass(frozen=True)
class Located:
    """One slip, or two in the order in which to correct them; each was run.

    With one slip and a ``mistake``, correcting the slip leaves the declared mistake that this sentence is about.
    """

    slips: tuple[Slip, ...]
    choices: tuple[Choice, ...] = ()  # for the first slip; exactly one of them is right
    mistake: str = ""

    @property
    def sentence(self) -> str:
        """Where the slips are and what is wrong there, without the change itself."""
        first = self.slips[0]
        where = f"in line {first.line}, `{first.code.strip()}`: {first.sentence}"
        if len(self.slips) == 2:
            second = self.slips[1]
            return (f"Two changes make it right. First, {where} Then, in line {second.line}, `{second.code.strip()}`: "
                    f"{second.sentence}")
        return f"Two things are wrong. First, {where} Then: {self.mistake}" if self.mistake else (
            f"One change makes it right, {where}")

    def as_json(self) -> dict[str, Any]:
        """Plain values, which :meth:`parse` reads."""
        return asdict(self)

    @classmethod
    def parse(cls, kept: dict[str, Any]) -> Located:
        """Return what :meth:`as_json` wrote; raise TypeError or KeyError for anything else."""
        return cls(tuple(Slip(**slip) for slip in kept["slips"]),
                   tuple(Choice(**choice) for choice in kept["choices"]), str(kept["mistake"]))
