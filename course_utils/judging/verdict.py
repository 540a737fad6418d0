"""A verdict: what became of an answer, with the sentence that helps."""

from __future__ import annotations

from dataclasses import dataclass, field

from course_utils.judging.excerpt import SideBySide
from course_utils.judging.located import Located
from course_utils.judging.outcome import Outcome, Rung


@dataclass(frozen=True)
class Verdict:
    """The judge's result for one exercise; plain data, safe to keep and to send."""

    name: str
    outcome: Outcome
    score: float
    max_score: float
    message: str
    mistake: str | None = None  # the name of the named mistake, where one was recognised
    rung: Rung | None = None
    raised: str = ""  # the exception in its own words, where the message speaks of the mistake behind it
    call: str = ""  # the call that went wrong: "leibniz_pi(5)"
    where: str = ""  # the expression that shows it: "losses[1]"; empty for the result itself
    expected: str = ""
    got: str = ""
    code: tuple[tuple[int, str], ...] = ()  # the student's own lines on the way to an exception
    printed: str = ""
    parts: dict[str, bool] = field(default_factory=dict)
    side_by_side: SideBySide | None = None  # two tensors to be looked at together
    names: tuple[tuple[str, str], ...] = ()  # what the student's last line worked on: ("x", "(8, 3) float32")
    right: int = 0  # on how many of the inputs the answer is right
    tried: int = 0  # how many inputs were tried
    located: Located | None = None  # the change that makes it right, if one was looked for and found

    @property
    def correct(self) -> bool:
        return self.outcome is Outcome.CORRECT

    @property
    def told(self) -> str:
        """The message, and in which line a change makes the answer right, for where no card is shown."""
        if self.located is None:
            return self.message
        return f"{self.message} {self.located.sentence}"


def score_text(score: float) -> str:
    """The bare score, as nbgrader reads partial credit: ``1.5``, ``2.0``."""
    return repr(round(float(score), 4))
