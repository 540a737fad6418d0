"""Answers as students write them: right ones get full points, wrong ones their own name or none.

``written_answers/NN.txt`` holds a lesson's answers one after the other, each under a heading: ``### exercise: verdict
(how it is written) without "words"``. The verdict is ``right``, ``no name``, or the name of the declared mistake that
the answer is. Words in quotes after ``without`` must not be in the message: they claim what the code does not do.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from course_utils.judging.outcome import Outcome
from course_utils.lesson import load_exercise, resolve_lesson_id
from tests.from_source import judged

HEADING = re.compile(r"(\w+): ([\w ]+?)(?: \((.*)\))?(?: without (\".*\"))?")


def written_answers() -> list[object]:
    found = []
    for file in sorted((Path(__file__).parent / "written_answers").glob("*.txt")):
        lesson = resolve_lesson_id(file.stem.lstrip("0"))
        for number, block in enumerate(re.split(r"^### ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]):
            heading, source = block.split("\n", 1)
            match = HEADING.fullmatch(heading)
            assert match, heading
            forbidden = re.findall(r'"([^"]+)"', match[4] or "")
            found.append(pytest.param(lesson, match[1], match[2], forbidden, source,
                                      id=f"{file.stem}-{number}-{match[1]}-{match[2]}"))
    return found


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("lesson", "name", "verdict", "forbidden", "source"), written_answers())
def test_an_answer_gets_its_own_verdict(lesson: str, name: str, verdict: str, forbidden: list[str],
                                        source: str) -> None:
    found = judged(lesson, name, source)
    if verdict == "right":
        assert found.outcome is Outcome.CORRECT, found
        return
    assert found.outcome in (Outcome.WRONG, Outcome.PARTIAL, Outcome.ERROR), found
    assert found.score < load_exercise(lesson, name).points
    assert (found.mistake or "no name") == verdict, found
    for words in forbidden:
        assert words not in found.message
