"""Numbers that a lesson's prose takes from its declarations: exercises, points, minutes.

In the source, ``### Exercise · A times table`` becomes ``### Exercise 3 · A times table (2 points)``, and
``About {minutes} minutes, {exercises}, {points}.`` becomes ``About 30 minutes, seven exercises, 20 points.``
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from course_utils.exercise import Exercise
from course_utils.lesson import Lesson

WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
HEADING = re.compile(r"^(?P<hashes>#+) Exercise(?: (?P<number>\d+))?(?P<title> · .*?)?"
                     r"(?: \((?P<points>[\d.]+) points?\))?$", re.MULTILINE)
_MINUTES = re.compile(r"\b(\d+) minutes, (?=\{exercises\}|\w+ exercises)")
_EXERCISES = re.compile(r"(?<![\w{])(\w+)(?: short)? exercises, (?=\{points\}|[\d.]+ points)")
_POINTS = re.compile(r"(?<=exercises, |xercises}, )([\d.]+) points")


def numbered(text: str, lesson: Lesson, following: Exercise | None) -> str:
    """Return a Markdown cell with its numbers; ``following`` is the exercise of the next solution cell."""
    facts = {"{minutes}": str(lesson.minutes), "{exercises}": count(len(lesson.exercise_names), "exercise"),
             "{points}": points_text(lesson.max_score)}
    for mark, fact in facts.items():
        text = text.replace(mark, fact)
    if following is None:
        return text
    number = lesson.exercise_names.index(following.name) + 1
    points = points_text(following.points)
    return HEADING.sub(lambda m: f"{m['hashes']} Exercise {number}{m['title'] or ''} ({points})", text)


def contradictions(text: str, lesson: Lesson, following: Exercise | None) -> Iterator[str]:
    """Yield what the numbers written by hand in a cell say that the declarations don't."""
    for heading in HEADING.finditer(text):
        if following is None:
            yield f"'{heading[0]}' heads no exercise of {lesson.id}"
            continue
        number = lesson.exercise_names.index(following.name) + 1
        if heading["number"] and int(heading["number"]) != number:
            yield f"'Exercise {heading['number']}' heads '{following.name}', which is exercise {number}"
        if heading["points"] and float(heading["points"]) != float(following.points):
            yield f"'{heading['points']} points' heads '{following.name}', which has {following.points:g}"
    for pattern, right in ((_MINUTES, str(lesson.minutes)), (_POINTS, f"{lesson.max_score:g}")):
        yield from (f"'{found[0].rstrip(', ')}' should be {right}" for found in pattern.finditer(text)
                    if found[1] != right)
    exercises = len(lesson.exercise_names)
    for found in _EXERCISES.finditer(text):
        if found[1].lower() not in (str(exercises), _word(exercises)):
            yield f"'{found[0].rstrip(', ')}' should be {count(exercises, 'exercise')}"


def without_numbers(text: str) -> str:
    """Return a cell as the source should have it: what the build writes is left out, or a mark."""
    text = HEADING.sub(lambda m: f"{m['hashes']} Exercise{m['title'] or ''}", text)
    text = _POINTS.sub("{points}", text)
    text = _EXERCISES.sub("{exercises}, ", text)
    return _MINUTES.sub("{minutes} minutes, ", text)


def count(number: int, noun: str) -> str:
    """Return a number of things in words.

    >>> count(1, "exercise"), count(7, "exercise"), count(30, "exercise")
    ('one exercise', 'seven exercises', '30 exercises')
    """
    return f"{_word(number)} {noun}{'s' * (number != 1)}"


def points_text(points: float) -> str:
    """Return points with their noun: ``1 point``, ``2.5 points``."""
    return f"{points:g} point{'s' * (points != 1)}"


def _word(number: int) -> str:
    return WORDS[number] if number < len(WORDS) else str(number)
