"""Results for other programs: CSV for spreadsheets, JUnit XML for continuous integration."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from xml.etree import ElementTree

from course_utils.grading.submission.gradebook_entry import (
    NEW_STUDENT,
    NO_SUBMISSION,
    GradebookEntry,
    Missing,
    OwnCell,
)
from course_utils.grading.submission.result import ExerciseResult, Result

FIRST = ("path", "student", "lesson", "score", "max_score", "seconds", "error")
LAST = ("penalty", "seconds_late", "comments", "note")  # what only a gradebook knows


def csv_text(results: Sequence[Result], missing: Sequence[Missing] | None = None) -> str:
    """Return one line per submission: its score, then its score for each exercise.

    With a gradebook (``missing`` is not None) there are also the instructor's own cells, lateness, comments, and a
    line for each student of the roster who handed in nothing.
    """
    lessons = sorted({result.lesson for result in results if result.lesson})
    names = list(dict.fromkeys((str(r.lesson), e.name) for lesson in lessons for r in results
                               if r.lesson == lesson for e in _parts(r)))
    # With several lessons a name alone might mean two exercises.
    titles = {key: key[1] if len(lessons) == 1 else f"{key[0]}/{key[1]}" for key in names}
    file = io.StringIO()
    writer = csv.DictWriter(file, [*FIRST, *titles.values(), *(LAST if missing is not None else ())], restval="")
    writer.writeheader()
    for result in results:
        facts = result.as_json()
        row = {key: _harmless(facts[key]) for key in FIRST}
        row.update({titles[str(result.lesson), e.name]: "" if e.score is None else e.score for e in _parts(result)})
        if result.entry and missing is not None:
            row.update(_gradebook_columns(result.entry))
        writer.writerow(row)
    for one in missing or ():
        writer.writerow({"student": _harmless(one.student), "lesson": one.lesson, "score": 0.0, "note": NO_SUBMISSION})
    return file.getvalue()


def _parts(result: Result) -> list[ExerciseResult | OwnCell]:
    """Return all that has points: the exercises, and in a gradebook the instructor's own cells."""
    return [*result.exercises, *(result.entry.cells if result.entry else ())]


def _gradebook_columns(entry: GradebookEntry) -> dict[str, object]:
    comments = "; ".join(f"{name}: {comment}" for name, comment in entry.all_comments.items())
    note = " ".join(part for part in (NEW_STUDENT if entry.new_student else "", entry.note) if part)
    return {"penalty": entry.penalty, "seconds_late": entry.seconds_late, "comments": _harmless(comments), "note": note}


def _harmless(value: object) -> object:
    """Text that a spreadsheet would take for a formula, made plain; nothing for None."""
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" else value


def junit_text(results: Sequence[Result]) -> str:
    """A test suite for each submission, a test for each exercise."""
    suites = ElementTree.Element("testsuites", name="course grade")
    for result in results:
        wrong = [e for e in result.exercises if e.outcome not in ("correct", "not_attempted")]
        untried = [e for e in result.exercises if e.outcome == "not_attempted"]
        suite = ElementTree.SubElement(
            suites, "testsuite", name=_plain(result.path), tests=str(max(1, len(result.exercises))),
            failures=str(len(wrong)), skipped=str(len(untried)), errors=str(int(bool(result.error))),
            time=f"{result.seconds:.2f}")
        group = _plain(f"{result.student or ''}.{result.lesson or ''}".strip("."))
        for exercise in result.exercises:
            test = ElementTree.SubElement(suite, "testcase", classname=group, name=exercise.name, time="0")
            text = _plain(exercise.message)
            if exercise in wrong:
                points = f"{exercise.score:g} of {exercise.max_score:g} points"
                kind = exercise.mistake or exercise.outcome
                ElementTree.SubElement(test, "failure", message=points, type=kind).text = text
            elif exercise in untried:
                ElementTree.SubElement(test, "skipped", message=text)
        if result.error:
            test = ElementTree.SubElement(suite, "testcase", classname=group, name="graded", time="0")
            ElementTree.SubElement(test, "error", message=_plain(result.error))
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _plain(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "�", text)
