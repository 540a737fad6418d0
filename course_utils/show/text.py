"""Feedback as plain text, for terminals and wherever HTML is not shown."""

from __future__ import annotations

import textwrap

from course_utils.outcome import Outcome
from course_utils.records import LessonProgress
from course_utils.verdict import Verdict

HEADLINES = {
    Outcome.CORRECT: "Correct",
    Outcome.PARTIAL: "Partly right",
    Outcome.WRONG: "Not yet",
    Outcome.NOT_ATTEMPTED: "Not attempted",
    Outcome.ERROR: "Your code raised an exception",
    Outcome.TIMEOUT: "Took too long",
    Outcome.CRASHED: "The kernel died",
}


def points_text(score: float, max_score: float) -> str:
    return f"{score:g} of {max_score:g} points"


def verdict_text(verdict: Verdict) -> str:
    """The verdict in a few lines."""
    lines = [f"{verdict.name}: {HEADLINES[verdict.outcome]} ({points_text(verdict.score, verdict.max_score)})"]
    if not verdict.correct:
        lines.append(textwrap.fill(verdict.message.replace("`", ""), 88))
    lines += [f"  line {number}: {code}" for number, code in verdict.code]
    if verdict.call:
        lines.append(f"  on        {verdict.call}")
    if verdict.expected or verdict.got:
        lines += [f"  expected  {verdict.expected}", f"  got       {verdict.got}"]
    if verdict.printed:
        lines.append("  it printed: " + textwrap.shorten(verdict.printed, 200))
    return "\n".join(lines)


def progress_text(progress: LessonProgress) -> str:
    """One lesson's exercises with their points, and which is next."""
    lines = [f"{progress.lesson.id} · {points_text(progress.score, progress.max_score)}"]
    for exercise in progress.exercises:
        note = " (changed since you passed it: check it again)" if exercise.changed else ""
        lines.append(f"  {exercise.name:<24} {exercise.score:>4g} / {exercise.max_score:<4g}"
                     f" {HEADLINES[exercise.outcome].lower()}{note}")
    lines.append(f"Next: {progress.next_exercise}" if progress.next_exercise else "All done.")
    return "\n".join(lines)
