"""The card under a check: outcome, points, the sentence that helps, expected beside got.

Plain HTML with JupyterLab's own colour variables, so that it follows the theme; hints and the
solution open with ``<details>``, so they work by keyboard and where no kernel runs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from course_utils.outcome import Outcome
from course_utils.show.text import HEADLINES, points_text
from course_utils.verdict import Verdict

# A word and a colour: nobody has to tell the colours apart (Okabe and Ito 2008).
COLOURS = {
    Outcome.CORRECT: "#009e73",
    Outcome.PARTIAL: "#e69f00",
    Outcome.WRONG: "#d55e00",
    Outcome.ERROR: "#d55e00",
    Outcome.TIMEOUT: "#d55e00",
    Outcome.CRASHED: "#d55e00",
    Outcome.NOT_ATTEMPTED: "#56b4e9",
}
TEXT = "var(--jp-content-font-color1, inherit)"
MONO = "font-family:var(--jp-code-font-family,monospace);font-size:0.92em"


def inline(text: str) -> str:
    """Escaped text in which `code` is set as code."""
    return re.sub(r"`([^`]+)`", rf'<code style="{MONO}">\1</code>', escape(text))


def card(verdict: Verdict, hints: Sequence[str] = (), solution: str | None = None, since: str = "") -> str:
    """The card as HTML."""
    colour = COLOURS[verdict.outcome]
    body = [
        f'<div style="font-weight:600">{HEADLINES[verdict.outcome]}'
        f'<span style="font-weight:400;opacity:.75"> &middot; {escape(verdict.name)} &middot; '
        f"{points_text(verdict.score, verdict.max_score)}</span></div>"
    ]
    if not verdict.correct:
        body.append(f'<div style="margin-top:4px">{inline(verdict.message)}</div>')
    if since:
        body.append(f'<div style="margin-top:4px;opacity:.75">{inline(since)}</div>')
    if verdict.code:
        lines = "\n".join(f"line {number}:  {code}" for number, code in verdict.code)
        body.append(f'<pre style="margin:6px 0 0 0;{MONO}">{escape(lines)}</pre>')
    if verdict.expected or verdict.got:
        body.append(_side_by_side(verdict))
    if verdict.printed:
        body.append(_details("What your code printed", f'<pre style="{MONO}">{escape(verdict.printed)}</pre>'))
    if not verdict.correct and hints:
        body.append(_hints(hints))
    if solution:
        title = "One way to write it" if verdict.correct else "Show the solution"
        body.append(_details(title, f'<pre style="{MONO}">{escape(solution)}</pre>'))
    return (f'<div style="border-left:6px solid {colour};padding:6px 12px;margin:4px 0;color:{TEXT};'
            f'max-width:60em">{"".join(body)}</div>')


def _side_by_side(verdict: Verdict) -> str:
    def row(label: str, value: str) -> str:
        return (f'<tr style="background:none"><th scope="row" style="text-align:left;padding:1px 12px 1px 0;'
                f'font-weight:600;vertical-align:top">{label}</th>'
                f'<td style="text-align:left;padding:1px 0;{MONO};overflow-wrap:anywhere">{escape(value)}</td></tr>')

    rows = row("on", verdict.call) if verdict.call else ""
    rows += row("expected", verdict.expected) + row("got", verdict.got)
    return f'<table style="margin:6px 0 0 0;border:0">{rows}</table>'


def _details(title: str, inner: str) -> str:
    return (f'<details style="margin-top:6px"><summary style="cursor:pointer">{escape(title)}</summary>'
            f'<div style="margin:4px 0 0 16px">{inner}</div></details>')


def _hints(hints: Sequence[str]) -> str:
    """Each hint opens onto the next."""
    nested = ""
    for number in range(len(hints), 0, -1):
        nested = _details(f"Hint {number} of {len(hints)}", f"{inline(hints[number - 1])}{nested}")
    return nested
