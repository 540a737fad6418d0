"""The card under a check: outcome, points, the sentence that helps, expected beside got."""

from __future__ import annotations

from collections.abc import Sequence

from course_utils.colours import GREEN
from course_utils.evidence.label import part_name
from course_utils.judging.outcome import Outcome
from course_utils.judging.verdict import Verdict
from course_utils.rendering.comparison import comparison
from course_utils.rendering.template import AMBER, BLUE, RED, render
from course_utils.rendering.text import headline, names_text, numbered, points_text

EDGES = {
    Outcome.CORRECT: GREEN,
    Outcome.PARTIAL: AMBER,
    Outcome.WRONG: RED,
    Outcome.ERROR: RED,
    Outcome.TIMEOUT: RED,
    Outcome.CRASHED: RED,
    Outcome.NOT_ATTEMPTED: BLUE,
}


def card(verdict: Verdict, hints: Sequence[str] = (), solution: str | None = None, since: str = "",
         following: str = "", *, searching: bool = False) -> str:
    """Return the card as HTML.

    ``since`` says what changed since the last try, ``following`` what comes next. ``searching`` says that the line
    that is wrong is still being looked for.
    """
    in_parts = not verdict.correct and any(verdict.parts) and any(verdict.parts.values())
    return render(
        "card.html", verdict=verdict, edge=EDGES[verdict.outcome], headline=headline(verdict),
        points=points_text(verdict.score, verdict.max_score), hints=list(hints), solution=solution, since=since,
        following=following, searching=searching, located=verdict.located,
        lines=numbered(verdict.code) if verdict.code else "",
        names=names_text(verdict.names) if verdict.names else "", facts=_facts(verdict),
        comparison=comparison(verdict.side_by_side) if verdict.side_by_side else None,
        parts=verdict.parts if in_parts else None)


def _facts(verdict: Verdict) -> list[tuple[str, str]]:
    """Return the call, and expected beside got where it is not drawn."""
    rows = [("on", verdict.call)] if verdict.call else []
    raised = bool(verdict.code or verdict.names)
    if verdict.side_by_side is None and (verdict.expected or verdict.got) and not raised:
        part = f"{part_name(verdict.where)}: " if verdict.where else ""
        rows += [("expected", part + verdict.expected), ("got", part + verdict.got)]
    return rows
