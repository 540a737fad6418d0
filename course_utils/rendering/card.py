"""The card under a check: outcome, points, the sentence that helps, expected beside got.

Plain HTML that follows the theme; hints and the solution open with ``<details>``, so they work by
keyboard, in JupyterLab, VS Code and Colab, and where no kernel runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from course_utils.evidence.describe import part_name
from course_utils.judging.outcome import Outcome
from course_utils.judging.verdict import Verdict
from course_utils.rendering.comparison import beside_html
from course_utils.rendering.style import AMBER, BLUE, GREEN, MONO, MUTED, RED, block, code, details, frame, inline
from course_utils.rendering.text import HEADLINES, names_text, numbered, points_text

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
         following: str = "") -> str:
    """The card as HTML.

    ``since`` says what changed since the last try, ``following`` what comes next.
    """
    body = [_headline(verdict)]
    if not verdict.correct:
        body.append(block(inline(verdict.message), gap=4))
    if since:
        body.append(block(inline(since), f"font-style:italic;{MUTED}", gap=4))
    if verdict.code:
        body.append(code(numbered(verdict.code)))
    if verdict.names:
        body.append(block(inline(names_text(verdict.names)), gap=4))
    body.append(_facts(verdict))
    if verdict.parts and any(verdict.parts) and not verdict.correct and any(verdict.parts.values()):
        body.append(_parts(verdict))
    if verdict.printed:
        body.append(details("What your code printed", code(verdict.printed)))
    if not verdict.correct and hints:
        body.append(_hints(hints))
    if solution:
        body.append(details("One way to write it" if verdict.correct else "The solution", code(solution)))
    if following:
        body.append(block(inline(following), MUTED))
    return frame(EDGES[verdict.outcome], "".join(body))


def _headline(verdict: Verdict) -> str:
    return (f'<div><strong>{HEADLINES[verdict.outcome]}</strong><span style="{MUTED}"> &middot; {escape(verdict.name)}'
            f" &middot; {points_text(verdict.score, verdict.max_score)}</span></div>")


def _facts(verdict: Verdict) -> str:
    """The call, and expected beside got: drawn where it can be drawn, else as text."""
    raised = bool(verdict.code or verdict.names)
    rows = [("on", verdict.call)] if verdict.call else []
    if verdict.beside is None and (verdict.expected or verdict.got) and not raised:
        part = f"{part_name(verdict.where)}: " if verdict.where else ""
        rows += [("expected", part + verdict.expected), ("got", part + verdict.got)]
    head = "text-align:left;padding:1px 12px 1px 0;font-weight:600;vertical-align:top;border:0;white-space:nowrap"
    cell = f"text-align:left;padding:1px 0;border:0;white-space:normal;{MONO};overflow-wrap:anywhere"
    table = "".join(
        f'<tr style="background:none"><th scope="row" style="{head}">{label}</th>'
        f'<td style="{cell}">{escape(value)}</td></tr>' for label, value in rows)
    html = f'<table style="margin:6px 0 0 0;border:0;color:inherit;font-size:inherit">{table}</table>' if table else ""
    return html + (beside_html(verdict.beside) if verdict.beside else "")


def _parts(verdict: Verdict) -> str:
    """Which parts are right, for exercises whose points come in parts."""
    items = "".join(f'<li>{"right" if right else "<strong>not yet</strong>"}: {inline(part or "the main part")}</li>'
                    for part, right in verdict.parts.items())
    return details("Part by part", f'<ul style="margin:0;padding-left:18px">{items}</ul>')


def _hints(hints: Sequence[str]) -> str:
    """Each hint opens onto the next."""
    nested = ""
    for number in range(len(hints), 0, -1):
        nested = details(f"Hint {number} of {len(hints)}", f"{inline(hints[number - 1])}{nested}")
    return nested
