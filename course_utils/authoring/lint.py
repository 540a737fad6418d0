"""The linter of the course: what a lesson must keep to before it is handed out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

from course_utils.authoring.execute import Execution
from course_utils.authoring.minima import missing_in_exercise, missing_in_lesson
from course_utils.evidence.collect import Plan, collect, encode_cases
from course_utils.exercise import Exercise
from course_utils.judging.judge import judge
from course_utils.judging.outcome import Outcome
from course_utils.lesson import Lesson

SLOW_CELL = 20.0  # seconds
SLOW_LESSON = 60.0


def lint_declarations(lesson: Lesson) -> Iterator[str]:
    """Yield problems of what a lesson and its exercises declare; for what a draft lacks see :func:`unfinished`."""
    if not lesson.objectives:
        yield f"{lesson.id}: no objective. Say in LESSON what a student can do at the end."
    if not lesson.draft and (missing := ", ".join(missing_in_lesson(lesson))):
        yield f"{lesson.id}: it lacks {missing}. Add them, or mark the lesson as a draft (draft=True)."
    for exercise in lesson.exercises:
        place = f"{lesson.id}/{exercise.name}"
        if not exercise.draft and (missing := ", ".join(missing_in_exercise(exercise))):
            yield f"{place}: it lacks {missing}. Add them, or mark the exercise as a draft (draft=True)."
        if any(not hint.strip() for hint in exercise.hints):
            yield f"{place}: an empty hint. Write it, or take it out."
        if not exercise.objective.strip():
            yield f"{place}: no objective. Say what a student who solves it can do."
        if exercise.reference_answer is None:
            yield f"{place}: no reference. Add the right answer with @exercise.reference."
        if exercise.parts and abs(sum(exercise.parts.values()) - exercise.points) > 1e-9:
            yield f"{place}: its parts give {sum(exercise.parts.values()):g} points, but it has {exercise.points:g}."
        if exercise.kind == "value" and exercise.starter_text is None:
            yield f"{place}: a value needs a starter_text, such as '{exercise.name} = ...'."


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
        yield f"{source.name}, cell {failure.cell}: {failure.reason}\n    in: {_first_line(failure.source)}"
        return
    for number, cell in enumerate(execution.notebook.cells, start=1):
        place = f"{source.name}, cell {number} ({_first_line(cell.source)})"
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            if output.output_type == "stream" and output.name == "stderr" and "demo" not in cell.metadata:
                yield f"{place}: it prints a warning: {_first_line(output.text)}. Mend its cause."
        if execution.seconds.get(number - 1, 0) > SLOW_CELL:
            yield f"{place}: it takes {execution.seconds[number - 1]:.0f} s. Make it smaller, or shorter."
        if "check" in cell.metadata:
            yield from _lint_score(lesson[cell.metadata["check"]], cell, place)
    if sum(execution.seconds.values()) > SLOW_LESSON:
        yield f"{source.name}: it takes {sum(execution.seconds.values()):.0f} s to run. Aim for 20."


def _lint_score(exercise: Exercise, cell: NotebookNode, place: str) -> Iterator[str]:
    results = [o.data.get("text/plain", "") for o in cell.outputs if o.output_type == "execute_result"]
    if len(cell.outputs) != 1 or not results or float(results[0]) != exercise.points:
        yield f"{place}: the solution does not get {exercise.points:g} points. Mend the solution, or the exercise."


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
            yield from _lint_starter(lesson[name], cell.source, imports)


def _lint_starter(exercise: Exercise, source: str, imports: str) -> Iterator[str]:
    namespace: dict[str, object] = {"__name__": "__main__"}
    exec(imports, namespace)
    try:
        exec(source, namespace)
    except Exception as error:
        yield f"{exercise.name}: its starter raises {type(error).__name__}: {error}. Run All must reach the end."
        return
    cases = exercise.cases(0)
    verdict = judge(exercise, cases, collect(namespace, Plan.of(exercise), encode_cases(cases)))
    if verdict.outcome is not Outcome.NOT_ATTEMPTED or verdict.score:
        yield f"{exercise.name}: its starter is judged '{verdict.outcome}' with {verdict.score:g} points, not as open."


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
