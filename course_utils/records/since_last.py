"""What changed since the last check of an exercise, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from course_utils.judging.outcome import Outcome, Rung
from course_utils.judging.verdict import Verdict

IMPROVED = {
    Rung.RAISED: "It runs now.",
    Rung.TYPE: "The type is correct now.",
    Rung.SHAPE: "The shape is correct now.",
    Rung.DTYPE: "The dtype is correct now.",
    Rung.DEVICE: "The device is correct now.",
    Rung.GRAD: "The gradient is correct now.",
    Rung.CHANGED: "The caller's values stay as they were now.",
}
REGRESSED = {
    Rung.RAISED: "Your previous attempt ran without an exception.",
    Rung.TYPE: "Your previous attempt gave the right type.",
    Rung.SHAPE: "Your previous attempt had the right shape.",
    Rung.DTYPE: "Your previous attempt had the right dtype.",
    Rung.DEVICE: "Your previous attempt was on the right device.",
    Rung.CHANGED: "Your previous attempt left the caller's values as they were.",
}
LADDER = (Rung.RAISED, Rung.CHANGED, Rung.NOT_ATTEMPTED, Rung.TYPE, Rung.SHAPE, Rung.DTYPE, Rung.DEVICE, Rung.VALUES,
          Rung.GRAD)  # in the order in which the judge looks


class LastCheck(Protocol):
    """What is known of the check before this one."""

    rung: str
    spot: str  # see spot_of
    mistake: str
    right: int
    parts: list[str]
    tries: list[str]
    source: str  # a digest of the code


def spot_of(verdict: Verdict) -> str:
    """Which input, and which part of its result, the verdict speaks of."""
    return f"{verdict.call} {verdict.where}"


def since_last(last: LastCheck, verdict: Verdict, digest: str, code: str = "") -> str:
    """The sentence; empty where there was no check before, or where it would say nothing new.

    ``code`` is a digest of the answer's source, empty if that is not known.

    A right answer gets none, so that its card is the same wherever it is made.
    """
    if verdict.correct or verdict.outcome is Outcome.NOT_ATTEMPTED or not last.rung or not last.tries:
        return ""
    if last.tries[-1] == digest:
        if not code or not last.source:
            return "The same result as last time."
        return ("The same result as last time. Did you run the cell with your answer after changing it?"
                if code == last.source else "Your code has changed, but its result is the same.")
    return " ".join(_news(last, verdict))


def _news(last: LastCheck, verdict: Verdict) -> Sequence[str]:
    gained = [part for part, right in verdict.parts.items() if right and part and part not in last.parts]
    if gained:
        return [f"New: {', '.join(gained)}."]
    if verdict.right != last.right:
        return [f"Right on {verdict.right} of {verdict.tried} inputs; last time on {last.right}."]
    before, now = Rung(last.rung), verdict.rung
    same_spot = last.spot == spot_of(verdict)
    if same_spot and before is not now and before in LADDER and now in LADDER:
        higher = LADDER.index(now) > LADDER.index(before)
        return [IMPROVED.get(before, "") if higher else REGRESSED.get(now, "")]
    if last.mistake and verdict.mistake != last.mistake:
        return ["This is a different mistake from last time."]
    return []
