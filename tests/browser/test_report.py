"""The page about a class, as an instructor opens it."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from course_utils.lesson import load_lesson
from tests.conftest import LESSON, Run, answered, submit

from .answers import typed_mistakes
from .conftest import ARTEFACTS

STUDENTS = 12


def a_class(folder: Path, students: int) -> None:
    """So many students of lesson 1: some answers right, some with a usual mistake, some not there."""
    lesson = load_lesson(LESSON)
    mistakes = {exercise.name: typed_mistakes(exercise) for exercise in lesson.exercises}
    chance = random.Random(1)
    for number in range(students):
        strength = chance.betavariate(2.6, 1.1)
        marks = {name: chance.random() for name in lesson.exercise_names}
        notebook = answered(LESSON, [name for name in marks if marks[name] < strength])
        for cell in notebook.cells:
            name = cell.metadata.get("exercise")
            if name in mistakes and mistakes[name] and strength <= marks[name] < strength + 0.3:
                cell.source = chance.choice(mistakes[name])
        submit(folder, f"student{number:02}", notebook)


def test_the_class_page_is_readable(chromium: Any, course_copy: Path, run_in: Run) -> None:
    a_class(course_copy, STUDENTS)
    broken = course_copy / "submitted" / "zoe" / LESSON / f"{LESSON}.ipynb"
    broken.parent.mkdir(parents=True)
    broken.write_text("{", encoding="utf-8")
    graded = run_in(course_copy, "course", "grade", "submitted", "--report", "class.html", "--sandbox", "none")
    assert graded.returncode == 1, graded.stderr
    page = chromium.new_page(viewport={"width": 1000, "height": 1300})
    page.goto((course_copy / "class.html").as_uri())
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    for width in (1000, 700):
        page.set_viewport_size({"width": width, "height": 1300})
        assert page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth") <= 0
        page.screenshot(path=ARTEFACTS / f"class-report-{width}.png")
    text = page.locator("main").inner_text()
    assert f"{STUDENTS} submissions graded, 1 could not be." in text
    assert "zoe" in text
    pictures = page.locator("svg[role=img]")
    assert pictures.count() >= 2
    assert all(picture.get_attribute("aria-label") for picture in pictures.all())
    page.close()
