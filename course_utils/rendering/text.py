"""Feedback as plain text, for terminals and wherever HTML is not shown."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Sequence

from course_utils.evidence.describe import SMALL
from course_utils.evidence.label import part_name
from course_utils.judging.excerpt import SideBySide
from course_utils.judging.outcome import Outcome
from course_utils.judging.verdict import Verdict
from course_utils.records.store import ExerciseProgress, LessonProgress

HEADLINES = {
    Outcome.CORRECT: "Correct",
    Outcome.PARTIAL: "Partly right",
    Outcome.WRONG: "Not yet",
    Outcome.NOT_ATTEMPTED: "Not attempted",
    Outcome.ERROR: "Your code raised an exception",
    Outcome.TIMEOUT: "Took too long",
    Outcome.CRASHED: "The kernel died",
}


def headline(verdict: Verdict) -> str:
    """What became of an answer, in a few words."""
    if verdict.outcome is Outcome.ERROR and not verdict.code:  # raised as the check used what the answer gave
        return "An exception was raised"
    return HEADLINES[verdict.outcome]


def points_text(score: float, max_score: float) -> str:
    return f"{score:g} of {max_score:g} points"


def plain(text: str) -> str:
    """Prose without the marks that set code and stress in HTML."""
    parts = re.split(r"`([^`]+)`", text)
    return "".join(part if i % 2 else re.sub(r"\*(\w(?:[^*\n]*\w)?)\*", r"\1", part) for i, part in enumerate(parts))


def numbered(lines: Sequence[tuple[int, str]]) -> str:
    """The student's own lines on the way to an exception, the last marked."""
    width = max(len(str(number)) for number, _ in lines)
    return "\n".join(f"{'->' if i == len(lines) - 1 else '  '} line {number:>{width}}:  {code}"
                     for i, (number, code) in enumerate(lines))


def names_text(names: Sequence[tuple[str, str]]) -> str:
    """What a line worked on: "There, `x` is (8, 3) float32, `w` is (4,) float32."."""
    return "There, " + ", ".join(f"`{name}` is {facts}" for name, facts in names) + "."


def verdict_text(verdict: Verdict, since: str = "") -> str:
    """The verdict in a few lines."""
    lines = [f"{verdict.name}: {headline(verdict)} ({points_text(verdict.score, verdict.max_score)})"]
    if verdict.raised:
        lines.append(textwrap.fill(verdict.raised, 88))
    if not verdict.correct:
        lines.append(textwrap.fill(plain(verdict.told), 88))
    if since:
        lines.append(plain(since))
    if verdict.code:
        lines.append(textwrap.indent(numbered(verdict.code), "  "))
    if verdict.names:
        lines.append("  " + plain(names_text(verdict.names)))
    if verdict.call:
        lines.append(f"  on        {verdict.call}")
    if (verdict.expected or verdict.got) and not verdict.code:
        part = f"{part_name(verdict.where)}: " if verdict.where else ""
        lines += [f"  expected  {part}{verdict.expected}", f"  got       {part}{verdict.got}"]
    if verdict.side_by_side:
        lines += _grids(verdict.side_by_side)
    if verdict.printed:
        lines.append("  it printed: " + textwrap.shorten(verdict.printed, 200))
    return "\n".join(lines)


def _grids(both: SideBySide) -> list[str]:
    """Numbers that are too many for a line, with `>` before each that differs."""
    if not both.got.numbers or math.prod(both.got.shape) <= SMALL:  # those are written out already
        return []
    lines = []
    for label, side, wrong in (("expected", both.expected, ()), ("got", both.got, both.wrong)):
        width = max(len(text) for row in side.numbers for text in row)
        lines.append(f"  {label}{both.window}:")
        lines += ["    " + " ".join(f"{'>' if (r, c) in wrong else ' '}{text:>{width}}" for c, text in enumerate(row))
                  for r, row in enumerate(side.numbers)]
    return lines


def state_text(exercise: ExerciseProgress) -> str:
    """What became of an exercise, in a few words."""
    if exercise.changed:
        return "changed since you passed it: check it again"
    if exercise.stands is not None:
        return f"your answer now gets {exercise.stands:g}: look at it again"
    if exercise.score >= exercise.max_score:
        return "correct"
    return "not attempted" if exercise.outcome is Outcome.NOT_ATTEMPTED else HEADLINES[exercise.outcome].lower()


def next_text(states: Sequence[LessonProgress]) -> str:
    """Which exercise is next."""
    for state in states:
        if state.next_exercise:
            where = "" if len(states) == 1 else f" in lesson {state.lesson.id}"
            return f"Next: `{state.next_exercise}`{where}."
    return "All exercises are done." if len(states) == 1 else "All lessons are done."


def progress_text(progress: LessonProgress) -> str:
    """One lesson's exercises with their points, and which is next."""
    lines = [f"{progress.lesson.id} · {points_text(progress.score, progress.max_score)}"]
    lines += [f"  {e.name:<24} {e.score:>4g} / {e.max_score:<4g} {state_text(e)}" for e in progress.exercises]
    return "\n".join([*lines, plain(next_text([progress]))])


def course_text(states: Sequence[LessonProgress]) -> str:
    """All lessons, a line each, and which exercise is next."""
    lines = []
    for state in states:
        filled = round(20 * state.score / state.max_score) if state.max_score else 0
        changed = [e.name for e in state.exercises if e.changed]
        worse = [e.name for e in state.exercises if e.stands is not None and not e.changed]
        note = f"  changed since you passed: {', '.join(changed)}" if changed else ""
        note += f"  your answer now gets fewer points: {', '.join(worse)}" if worse else ""
        lines.append(f"{state.lesson.id:<24} {'█' * filled}{'·' * (20 - filled)} "
                     f"{state.score:>5g} / {state.max_score:<5g}{note}".rstrip())
    return "\n".join([*lines, "", plain(next_text(states))])
