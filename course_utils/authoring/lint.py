"""The linter of the course: what a lesson must keep to before it is handed out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

from course_utils.authoring.execute import Execution
from course_utils.authoring.minima import missing_in_exercise, missing_in_lesson
from course_utils.authoring.places import exercise_place
from course_utils.authoring.source import shown_source
from course_utils.evidence.collect import Plan, collect, encode_cases
from course_utils.exercise import Exercise
from course_utils.judging.judge import judge
from course_utils.judging.outcome import Outcome
from course_utils.lesson import Lesson

SLOW_CELL = 20.0  # seconds
SLOW_LESSON = 60.0


def unfinished(lesson: Lesson) -> Iterator[str]:
    """Yield a line for each draft in a lesson: what it lacks, or that it is complete."""
    drafts = [(lesson.id, missing_in_lesson(lesson))] if lesson.draft else []
    drafts += [(f"{lesson.id}/{e.name}", missing_in_exercise(e)) for e in lesson.exercises if e.draft]
    for place, missing in drafts:
        lacks = ", ".join(missing)
        yield (f"{place} is a draft: it lacks {lacks}." if lacks else
               f"{place} is a draft that lacks nothing. Remove draft=True once you are content with it.")


def lint_execution(lesson: Lesson, execution: Execution, source: Path) -> Iterator[str]:
    """Faults that show when the solution runs: errors, warnings, lost points, slow cells."""
    if execution.failure:
        failure = execution.failure
        yield f"{shown_source(source)}, cell {failure.cell} ({_first_line(failure.source)}): {failure.reason}"
        return
    for number, cell in enumerate(execution.notebook.cells, start=1):
        place = f"{shown_source(source)}, cell {number} ({_first_line(cell.source)})"
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            if output.output_type == "stream" and output.name == "stderr" and "demo" not in cell.metadata:
                yield f"{place}: it prints a warning ({_first_line(output.text)}). Fix its cause."
        if execution.seconds.get(number - 1, 0) > SLOW_CELL:
            yield f"{place}: it takes {execution.seconds[number - 1]:.0f} s. Make it smaller, or shorter."
        if "check" in cell.metadata:
            yield from _lint_score(lesson[cell.metadata["check"]], cell, place)
    if sum(execution.seconds.values()) > SLOW_LESSON:
        yield f"{shown_source(source)}: it takes {sum(execution.seconds.values()):.0f} s to run. Aim for 20."


def _lint_score(exercise: Exercise, cell: NotebookNode, place: str) -> Iterator[str]:
    results = [o.data.get("text/plain", "") for o in cell.outputs if o.output_type == "execute_result"]
    if len(cell.outputs) != 1 or not results or float(results[0]) != exercise.points:
        yield f"{place}: the solution does not get {exercise.points:g} points. Correct the exercise."


def lint_release(lesson: Lesson, release: NotebookNode) -> Iterator[str]:
    """Faults of what is handed out: an answer left in, or a starter that is no 'not attempted'."""
    imports = _imports(release)
    if _imports_torch_first(imports):
        yield f"{lesson.id}: it imports torch before course_utils. Import course_utils first (see threads.py)."
    for number, cell in enumerate(release.cells, start=1):
        if "SOLUTION" in cell.source and "BEGIN" in cell.source:
            yield f"{lesson.id}, released cell {number}: it holds a solution's marks. Mark the cell as an exercise."
        name = cell.metadata.get("exercise")
        if name:
            yield from _lint_starter(lesson, lesson[name], cell.source, imports)


def _lint_starter(lesson: Lesson, exercise: Exercise, source: str, imports: str) -> Iterator[str]:
    place = exercise_place(lesson, exercise, "starter_text")
    namespace: dict[str, object] = {"__name__": "__main__"}
    exec(imports, namespace)
    try:
        exec(source, namespace)
    except Exception as error:
        line = " ".join(str(error).split())
        yield (f"{place}: the starter of {exercise.name} raises {type(error).__name__} ({line}). Make it run to its "
               "end.")
        return
    cases = exercise.cases(0)
    verdict = judge(exercise, cases, collect(namespace, Plan.of(exercise), encode_cases(cases)))
    if verdict.outcome is not Outcome.NOT_ATTEMPTED or verdict.score:
        yield (f"{place}: the starter of {exercise.name} is judged '{verdict.outcome}' with {verdict.score:g} points. "
               "Make it wrong, so that the exercise is still open.")


def _imports(notebook: NotebookNode) -> str:
    """All import statements of a notebook, so that one of its cells can be run alone."""
    lines = []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        source = re.sub(r"(?m)^\s*[%!].*$", "", cell.source)
        lines += [ast.unparse(node) for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom)]
    return "\n".join(lines)


def _imports_torch_first(imports: str) -> bool:
    """Whether PyTorch would load OpenMP before the course can say how its threads wait."""
    packages = re.findall(r"(?m)^(?:import|from) (course_utils|torch|torchvision)\b", imports)
    return bool(packages) and packages[0] != "course_utils"


def _first_line(text: str) -> str:
    line = next((line for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= 100 else line[:97] + "..."
