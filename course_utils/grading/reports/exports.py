"""Results for other programs: CSV for spreadsheets, JUnit XML for continuous integration."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from xml.etree import ElementTree

from course_utils.grading.submission.result import Result

FIRST = ("path", "student", "lesson", "score", "max_score", "seconds", "error")


def csv_text(results: Sequence[Result]) -> str:
    """One line a submission: its score, then its score for each exercise."""
    lessons = sorted({result.lesson for result in results if result.lesson})
    names = list(dict.fromkeys((str(r.lesson), e.name) for lesson in lessons for r in results
                               if r.lesson == lesson for e in r.exercises))
    # With several lessons a name alone might mean two exercises.
    titles = {key: key[1] if len(lessons) == 1 else f"{key[0]}/{key[1]}" for key in names}
    file = io.StringIO()
    writer = csv.DictWriter(file, [*FIRST, *titles.values()], restval="")
    writer.writeheader()
    for result in results:
        facts = result.as_json()
        row = {key: _harmless(facts[key]) for key in FIRST}
        row.update({titles[str(result.lesson), e.name]: e.score for e in result.exercises})
        writer.writerow(row)
    return file.getvalue()


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
