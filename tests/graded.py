"""What a run of `course grade` left: its results, and the scores in the gradebook."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from course_utils.grading.sandbox.bubblewrap import Bubblewrap
from tests.conftest import LESSON

_sandboxed = pytest.mark.skipif(Bubblewrap().problem() is not None, reason=f"{Bubblewrap().problem()}")
GRADING = [pytest.mark.slow, pytest.mark.sandbox, _sandboxed]


def grades(folder: Path) -> dict[str, float]:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
        return {entry["student"]: entry["score"] for entry in book.submission_dicts(LESSON)}


def results_of(run: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run.stdout)["results"]
    return found
