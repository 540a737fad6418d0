"""Answers to lessons 7 to 9 as students write them: right ones pass, wrong ones get their own name or none.

``written_answers/07.txt`` and its neighbours hold one answer after the other, each under a heading:
``### exercise: verdict (how it was written)``. The verdict is ``right``, ``no name``, or the name of the declared
mistake that the answer is. Near misses of a mistake, which do nearly the same for another reason, have another name
or none.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from course_utils.judging.outcome import Outcome
from course_utils.lesson import load_exercise
from tests.from_source import judged

LESSONS = ("07_dataloader", "08_cnn", "09_gpu_training")
HEADING = re.compile(r"(\w+): ([\w ]+?)(?: \((.*)\))?")


def written_answers() -> list[object]:
    found = []
    for lesson in LESSONS:
        text = (Path(__file__).parent / "written_answers" / f"{lesson[:2]}.txt").read_text(encoding="utf-8")
        for number, block in enumerate(re.split(r"^### ", text, flags=re.MULTILINE)[1:]):
            heading, source = block.split("\n", 1)
            match = HEADING.fullmatch(heading)
            assert match, heading
            found.append(pytest.param(lesson, match[1], match[2], source, id=f"{number}-{match[1]}-{match[2]}"))
    return found


@pytest.mark.parametrize(("lesson", "name", "verdict", "source"), written_answers())
def test_an_answer_gets_its_own_verdict(lesson: str, name: str, verdict: str, source: str) -> None:
    exercise = load_exercise(lesson, name)
    found = judged(lesson, name, source)
    if verdict == "right":
        assert found.outcome is Outcome.CORRECT, found
        return
    assert found.outcome in (Outcome.WRONG, Outcome.PARTIAL, Outcome.ERROR), found
    assert found.score < exercise.points
    assert (found.mistake or "no name") == verdict, found
