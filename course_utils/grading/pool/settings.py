"""What grading needs to know beside the submission."""

from __future__ import annotations

from dataclasses import dataclass, field

from course_utils.grading.sandbox.limits import Limits
from course_utils.grading.submission.released_cell import ReleasedCell


@dataclass(frozen=True)
class Settings:
    """How a run grades: the same for all its submissions."""

    kind: str
    limits: Limits
    secret: bytes = field(repr=False)
    address: str = ""  # of a sandbox that is there already
    demonstrations: dict[str, tuple[str, ...]] = field(default_factory=dict)  # by lesson
    release_code: dict[str, tuple[str, ...]] = field(default_factory=dict)  # digests of its code cells, by lesson
    released: dict[str, tuple[ReleasedCell, ...]] = field(default_factory=dict)  # by lesson, for a gradebook
    feedback: bool = False  # whether a page for the student is wanted
