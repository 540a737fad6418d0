"""What `course grade` does, from paths to results."""

from __future__ import annotations

from pathlib import Path

from course_utils.grading.coordinate import default_jobs, grade_all, release_demonstrations
from course_utils.grading.gather import gather
from course_utils.grading.limits import Limits
from course_utils.grading.results import Result, document
from course_utils.grading.sandbox import Sandbox, choose
from course_utils.grading.secret import instructor_secret
from course_utils.grading.settings import Settings


def grade_paths(paths: list[Path], sandbox: str, limits: Limits, jobs: int | None, seed: str | None) -> list[Result]:
    """Grade all that lies under the paths; results in the order of the submissions."""
    kind = choose(sandbox)
    jobs = jobs or default_jobs()
    submissions = gather(paths)
    secret = seed.encode() if seed is not None else instructor_secret()
    with Sandbox(kind, limits) as warm:
        settings = Settings(kind, limits, secret, warm.address, release_demonstrations())
        results = list(grade_all(submissions, settings, jobs))
    order = {submission.path: place for place, submission in enumerate(submissions)}
    return sorted(results, key=lambda result: order[result.path])


__all__ = ["document", "grade_paths"]
