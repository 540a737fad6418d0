"""What a run has graded so far, so that one that was killed goes on where it stopped."""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

import course_utils
from course_utils.grading.pool.settings import Settings
from course_utils.grading.submission.result import Result, Submission
from course_utils.paths import state_folder


class Journal:
    """Results of an unfinished run, one a line; nothing where no state is kept."""

    def __init__(self, settings: Settings) -> None:
        folder = state_folder()
        self.path = folder / "grading" / f"{run_mark(settings)}.jsonl" if folder else None
        self._file: TextIO | None = None

    def earlier(self, submissions: list[Submission]) -> dict[str, Result]:
        """Results of an earlier run that was stopped, for submissions that are unchanged since; by path."""
        found: dict[str, Result] = {}
        if self.path is None or not self.path.exists():
            return found
        marks = {submission.path: _mark(submission) for submission in submissions}
        for line in self.path.read_text(encoding="utf-8", errors="replace").splitlines():
            with contextlib.suppress(ValueError, KeyError, TypeError):  # the last line may be cut short
                entry = json.loads(line)
                result = Result.parse(entry["result"])
                if marks.get(result.path) == entry["mark"] and entry["mark"] is not None:
                    found[result.path] = result
        return found

    def add(self, submission: Submission, result: Result) -> None:
        """Note a result; a full disk costs only the going on."""
        if self.path is None or result.error:
            return
        with contextlib.suppress(OSError):
            if self._file is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._file = open(self.path, "a", encoding="utf-8")  # noqa: SIM115
                self._file.write("\n")  # after a line that was cut short
            self._file.write(json.dumps({"mark": _mark(submission), "result": asdict(result)}) + "\n")
            self._file.flush()

    def finish(self, complete: bool) -> None:
        """Close it; a run that reached its end needs it no more."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
        if complete and self.path is not None:
            with contextlib.suppress(OSError):
                self.path.unlink(missing_ok=True)


def run_mark(settings: Settings) -> str:
    """A digest of all that a grade depends on beside the submission: secret, limits, and the package itself."""
    package = Path(course_utils.__file__).parent
    files = [(str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(package.rglob("*.py"))]
    facts: list[Any] = [settings.kind, asdict(settings.limits), hashlib.sha256(settings.secret).hexdigest(),
                        bool(settings.released), settings.feedback, files]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:24]


def _mark(submission: Submission) -> list[Any] | None:
    try:
        facts = submission.place.stat()
    except OSError:
        return None
    return [str(submission.place.absolute()), facts.st_mtime_ns, facts.st_size, submission.student,
            submission.lesson, submission.member]
