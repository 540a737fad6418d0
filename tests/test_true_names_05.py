"""Lesson 5: answers as students write them get their own name or none, and unusual right ones get full points.

``written_answers/05.txt`` holds one answer after the other, each under a heading: ``### exercise: verdict``. The
verdict is ``right``, ``no name``, or the name of the declared mistake that the answer is. Words in quotes after
``without`` must not be in the message: they claim what the code does not do.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from course_utils.judging.outcome import Outcome
from course_utils.lesson import load_exercise
from tests.from_source import judged

LESSON = "05_inference"
HEADING = re.compile(r"(\w+): ([\w ]+?)(?: without (\".*\"))?")
ANSWERS = Path(__file__).parent / "written_answers" / "05.txt"


def written_answers() -> list[object]:
    found = []
    for number, block in enumerate(re.split(r"^### ", ANSWERS.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]):
        heading, source = block.split("\n", 1)
        match = HEADING.fullmatch(heading)
        assert match, heading
        forbidden = re.findall(r'"([^"]+)"', match[3] or "")
        found.append(pytest.param(match[1], match[2], forbidden, source, id=f"{number}-{match[1]}-{match[2]}"))
    return found


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "verdict", "forbidden", "source"), written_answers())
def test_an_answer_gets_its_own_verdict(name: str, verdict: str, forbidden: list[str], source: str) -> None:
    found = judged(LESSON, name, source)
    if verdict == "right":
        assert found.outcome is Outcome.CORRECT, found
        return
    assert found.outcome in (Outcome.WRONG, Outcome.PARTIAL, Outcome.ERROR), found
    assert found.score < load_exercise(LESSON, name).points
    assert (found.mistake or "no name") == verdict, found
    for words in forbidden:
        assert words not in found.message
