"""Reading back what the gradebook says about a submission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from nbgrader.api import Gradebook

from course_utils.cell_names import check_name
from course_utils.grading.submission.gradebook_entry import GradebookEntry, OwnCell
from course_utils.grading.submission.result import ExerciseResult, Result

MAX_TEXT = 20_000  # characters of one essay


def take_over(book: Gradebook, result: Result, cells: Mapping[str, Any], new_student: bool, note: str) -> str:
    """Give a result the gradebook's points; return how the exercises' points differ from the course's, or ""."""
    lesson, student = str(result.lesson), str(result.student)
    submission = book.find_submission(lesson, student)
    notebook = book.find_submission_notebook(lesson, lesson, student)
    grades = {grade.cell.name: grade for grade in notebook.grades}
    written = {comment.cell.name: comment.manual_comment for comment in notebook.comments if comment.manual_comment}
    exercises, differences = _exercises(result.exercises, grades)
    changed = tuple(new.name for old, new in zip(result.exercises, exercises, strict=True)
                    if (old.score, old.max_score) != (new.score, new.max_score))
    names = {name for exercise in exercises for name in (exercise.name, check_name(exercise.name))}
    own = tuple(_own_cell(name, grade, cells.get(name), written.get(name, ""))
                for name, grade in grades.items() if name not in names)
    penalty = float(submission.late_submission_penalty or 0.0)
    result.entry = GradebookEntry(
        round(max(0.0, submission.score - penalty), 4), float(submission.max_score), penalty,
        float(submission.total_seconds_late), new_student, changed,
        {exercise.name: written[exercise.name] for exercise in exercises if exercise.name in written}, own, note)
    result.exercises, result.max_score = exercises, result.entry.max_score
    return differences


def _exercises(found: Sequence[ExerciseResult], grades: Mapping[str, Any]) -> tuple[tuple[ExerciseResult, ...], str]:
    exercises, differences = [], []
    for exercise in found:
        grade = grades.get(check_name(exercise.name))
        score, most = (round(grade.score, 4), float(grade.max_score)) if grade is not None else (0.0, 0.0)
        exercises.append(replace(exercise, score=score, max_score=most))
        if most != exercise.max_score:
            counts = f"and {most:g} in the gradebook" if grade is not None else "but is not in the gradebook"
            differences.append(f"{exercise.name} has {exercise.max_score:g} points in the course {counts}")
    return tuple(exercises), "; ".join(differences)


def _own_cell(name: str, grade: Any, cell: Any, comment: str) -> OwnCell:
    pending = grade.auto_score is None and grade.manual_score is None
    return OwnCell(name, None if pending else round(grade.score, 4), float(grade.max_score), _text(cell)[:MAX_TEXT],
                   comment)


def _text(cell: Any) -> str:
    """Return what the student wrote, or how a test failed; never a test's source, which may be hidden."""
    if cell is None:
        return ""
    marks = cell.metadata.nbgrader
    if marks.get("solution") or marks.get("task"):
        return str(cell.source)
    return next((f"{output.ename}: {output.evalue}" for output in cell.get("outputs", ())
                 if output.output_type == "error"), "")
