"""Which lessons are graded, for the processes that import ahead."""

from __future__ import annotations

import os
from collections.abc import Iterable

PRELOADED_LESSONS = "COURSE_GRADED_LESSONS"  # for the processes that import ahead; none named: all
MANY = 50  # names: more than there are lessons, so some are not theirs
WITHOUT_TORCHVISION = {"01_tensors", "03_first_mlp", "04_training", "05_inference"}


def preload_lessons(lessons: Iterable[str | None]) -> None:
    """Let the processes that are started from now on import ahead what these lessons need (None: any lesson)."""
    named = set(lessons)
    every = None in named or len(named) > MANY
    os.environ[PRELOADED_LESSONS] = "" if every else ",".join(sorted(str(lesson) for lesson in named))


def graded_lessons() -> set[str]:
    """The lessons that were named with :func:`preload_lessons`; none of them means all."""
    return set(filter(None, os.environ.get(PRELOADED_LESSONS, "").split(",")))


def torchvision_is_needed() -> bool:
    """Whether torchvision is to be imported ahead: that takes more than a second."""
    return not graded_lessons() or not graded_lessons() <= WITHOUT_TORCHVISION
