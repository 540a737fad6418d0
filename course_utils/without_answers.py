"""What a lesson's commands do where the package has no answers, as in the grader's sandbox: nothing can be judged."""

from __future__ import annotations

from typing import Any

from course_utils.display import Shown


def start(lesson: str) -> None:
    """Do nothing: the grader knows which lesson it runs."""


def check(answer: Any) -> Any:
    """Return a placeholder of no points; the grader's own verdict takes its place."""
    return Shown("This answer is judged by the grader.", "", "0.0")


def hint(name: str) -> None:
    """Give no hint."""


def solution(name: str) -> None:
    """Show no solution."""


def progress() -> None:
    """Show no progress."""
