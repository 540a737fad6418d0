"""Each lesson as a student meets it in JupyterLab."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from course_utils.lesson import Lesson, lessons
from course_utils.rendering.text import plain

from .answers import right_answer, wrong_answer
from .lab import Lab

WIDGET = "application/vnd.jupyter.widget-view+json"
LABEL = "e => e.closest('.jupyter-widgets').innerText"
CONTROLS = "select, .noUi-handle, input[type=checkbox], .widget-toggle-button"
ROOT = Path(__file__).resolve().parents[2]
BUILT = [lesson for lesson in lessons() if (ROOT / "lessons" / lesson.id / f"{lesson.id}.ipynb").exists()]


@pytest.fixture(scope="module", params=BUILT, ids=lambda lesson: lesson.id)
def opened(request: pytest.FixtureRequest, new_lab: Any) -> Iterator[tuple[Lesson, Lab]]:
    """A lesson's release, opened and run from top to bottom; one kernel for all tests of the lesson."""
    lesson = request.param
    lab = new_lab()
    lab.open(f"lessons/{lesson.id}/{lesson.id}.ipynb")
    lab.hide_sidebar()
    lab.run_all()
    yield lesson, lab
    lab.close()


def test_run_all_on_the_release_reaches_the_end(opened: tuple[Lesson, Lab]) -> None:
    _, lab = opened
    cells = [cell for cell in lab.cells() if cell["cell_type"] == "code"]
    failed = [(cell["source"][:80], output["ename"], output["evalue"]) for cell in cells for output in cell["outputs"]
              if output["output_type"] == "error"]
    assert not failed
    assert all(cell["execution_count"] for cell in cells)
    assert lab.page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count() == 0


def test_every_control_of_every_figure_moves_it(opened: tuple[Lesson, Lab]) -> None:
    lesson, lab = opened
    moved = 0
    for cell in lab.cells():
        if not any(WIDGET in output.get("data", {}) for output in cell.get("outputs", [])):
            continue
        area = lab.cell(cell["id"]).locator(".jp-Cell-outputArea")
        picture = area.locator("img").first
        if not picture.count() or not area.locator(CONTROLS).count():
            continue
        lab.screenshot(f"{lesson.id}-figure-{moved}")
        for control in area.locator(CONTROLS).all():
            said = picture.get_attribute("alt")
            assert said
            assert _moves(control, picture, lab), f"{control.evaluate(LABEL)} does not change the picture"
            if control.get_attribute("aria-valuenow") is not None:
                control.press("End")  # at its other end, a slider may leave the next control nothing to change
                lab.page.wait_for_timeout(300)
        assert picture.get_attribute("alt") != said, "the alt text does not follow"
        moved += 1
    assert moved >= 1


def test_a_wrong_answer_meets_its_sentence(opened: tuple[Lesson, Lab]) -> None:
    lesson, lab = opened
    wrong = wrong_answer(lesson)
    feedback = lab.answer(wrong.exercise, wrong.text)
    shown = " ".join(feedback.inner_text().split())
    assert " ".join(plain(wrong.sentence).split()) in shown
    assert "Traceback" not in shown
    lab.screenshot(f"{lesson.id}-wrong")


def test_a_hint_opens_by_keyboard(opened: tuple[Lesson, Lab]) -> None:
    lesson, lab = opened
    wrong = wrong_answer(lesson)
    feedback = lab.cell(f"{wrong.exercise}-check").locator(".jp-Cell-outputArea")
    summary = feedback.locator("summary", has_text="Hint 1").first
    summary.focus()
    lab.page.keyboard.press("Enter")
    shown = " ".join(feedback.inner_text().split())
    assert " ".join(plain(lesson[wrong.exercise].hints[0]).split()) in shown


def test_a_right_answer_is_correct(opened: tuple[Lesson, Lab]) -> None:
    lesson, lab = opened
    name = wrong_answer(lesson).exercise
    feedback = lab.answer(name, right_answer(lesson, name))
    assert "Correct" in feedback.inner_text()
    points = lesson[name].points
    assert lab.outputs(f"{name}-check")[0]["data"]["text/plain"] == f"{float(points)}"
    lab.screenshot(f"{lesson.id}-right")


def _moves(control: Any, picture: Any, lab: Lab) -> bool:
    """Whether one of the values that a control can have changes the picture."""
    for move in _possible(control, lab):
        before = picture.get_attribute("src")
        move()
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            if picture.get_attribute("src") != before:
                lab.page.wait_for_timeout(200)  # a redraw that is still under way
                return True
            lab.page.wait_for_timeout(50)
    return False


def _possible(control: Any, lab: Lab) -> list[Callable[[], Any]]:
    """A slider's two ends, a menu's other choices, a box's other state."""
    kind = control.evaluate("e => e.tagName === 'SELECT' ? 'menu' : e.classList.contains('noUi-handle') && 'slider'")
    if kind == "slider":
        return [lambda key=key: control.press(key) for key in ("End", "Home")]
    if kind == "menu":
        others = control.locator("option:not(:checked)").all_inner_texts()
        return [lambda text=text: control.select_option(label=text) for text in others]
    return [control.click]
