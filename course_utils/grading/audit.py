"""What the grader holds, measured: points for nothing, for constants and for the solution, and hostile submissions."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from course_utils.exercise import Exercise
from course_utils.grading.grade import Options, grade_paths
from course_utils.grading.sandbox.limits import Limits
from course_utils.grading.submission.result import Result
from course_utils.lesson import Lesson
from course_utils.paths import lesson_notebook, solution_notebook

# What every function returns, every class computes, and every value is, in a submission that knows nothing.
CONSTANTS = ("None", "0.0", "True", "torch.zeros(1)")
HOSTILE_LIMITS = Limits(cell_seconds=8.0, total_seconds=120.0)


@dataclass(frozen=True)
class LessonAudit:
    """What submissions of one lesson get."""

    lesson: str
    untouched: float
    constants: float  # the most of all notebooks of constants
    solution: float
    points: float

    @property
    def holds(self) -> bool:
        return self.untouched == self.constants == 0 and self.solution == self.points


@dataclass(frozen=True)
class HostileAudit:
    """How many hostile and unlucky submissions get what they should, and the names of the others."""

    number: int
    wrong: tuple[str, ...]


def audit_lessons(lessons: Sequence[Lesson], root: Path, options: Options) -> Iterator[LessonAudit]:
    """Grade the release, the solution and notebooks of constants of each lesson."""
    for lesson in lessons:
        release = json.loads(lesson_notebook(root, lesson.id).read_text(encoding="utf-8"))
        notebooks = {"untouched": release,
                     "solution": json.loads(solution_notebook(root, lesson.id).read_text(encoding="utf-8"))}
        notebooks |= {f"constant{number}": _with_constants(release, lesson, constant)
                      for number, constant in enumerate(CONSTANTS)}
        scores = {str(result.student): _score(result) for result in _graded(notebooks, lesson.id, options)}
        yield LessonAudit(lesson.id, scores["untouched"],
                          max(score for name, score in scores.items() if name.startswith("constant")),
                          scores["solution"], lesson.max_score)


def audit_hostile(root: Path, options: Options) -> HostileAudit | None:
    """Grade the submissions of ``tests/submissions``; None if this is no clone, but a package alone."""
    files = root / "tests" / "submission_files.py"
    if not files.exists():
        return None
    module = _module(files)
    cases = module.cases()
    with tempfile.TemporaryDirectory() as scratch:
        for case in cases:
            place = Path(scratch, case.name, module.LESSON)
            place.mkdir(parents=True)
            (place / f"{module.LESSON}.ipynb").write_bytes(module.notebook_bytes(case, Path(scratch, "marker")))
        results = {str(result.student): result for result in
                   grade_paths([Path(scratch)], replace(options, limits=HOSTILE_LIMITS)).results}
    wrong = [case.name for case in cases if not _is_as_it_should(results.get(case.name), case)]
    return HostileAudit(len(cases), tuple(wrong))


def commit_of(root: Path) -> str:
    """Return the short name of the commit that is checked out, or "no commit"."""
    command = ["git", "rev-parse", "--short", "HEAD"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "no commit"


def _is_as_it_should(result: Result | None, case: Any) -> bool:
    if result is None or result.error or result.score != case.points:
        return False
    outcomes = {exercise.name: exercise.outcome for exercise in result.exercises}
    return all(outcomes[name] in expected for name, expected in case.outcomes.items())


def _graded(notebooks: dict[str, Any], lesson_id: str, options: Options) -> list[Result]:
    with tempfile.TemporaryDirectory() as scratch:
        for student, notebook in notebooks.items():
            place = Path(scratch, student, lesson_id)
            place.mkdir(parents=True)
            (place / f"{lesson_id}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        return grade_paths([Path(scratch)], options).results


def _score(result: Result) -> float:
    if result.error:
        raise RuntimeError(f"{result.lesson}, {result.student}: {result.error}")
    return result.score


def _with_constants(release: dict[str, Any], lesson: Lesson, constant: str) -> dict[str, Any]:
    """Return the release with every exercise answered by a constant."""
    notebook: dict[str, Any] = json.loads(json.dumps(release))
    for cell in notebook["cells"]:
        name = cell["metadata"].get("exercise")
        if name is not None:
            cell["source"] = _constant_answer(lesson[name], constant)
    return notebook


def _constant_answer(exercise: Exercise, constant: str) -> str:
    if exercise.kind == "value":
        return f"import torch\n{exercise.name} = {constant}"
    if exercise.kind == "class":
        return (f"import torch\nclass {exercise.name}(torch.nn.Module):\n    def __init__(self, *args, **kwargs):\n"
                f"        super().__init__()\n    def forward(self, *args):\n        return {constant}")
    return f"import torch\ndef {exercise.name}(*args, **kwargs):\n    return {constant}"


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("course_audit_submissions", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module
