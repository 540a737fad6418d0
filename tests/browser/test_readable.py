"""Feedback is readable: both themes, narrow and wide, by keyboard, with a name for every picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from .lab import Lab

LESSON = "lessons/01_tensors/01_tensors.ipynb"
ENOUGH = 4.5  # WCAG 2.2, level AA, for text
THEMES = ("JupyterLab Light", "JupyterLab Dark")
# One answer for each kind of card.
ANSWERS = {
    "shapes": "def pairwise_distances(a, b):\n    return torch.cdist(a, b)[:, 0]",
    "values": "def pairwise_distances(a, b):\n    return torch.cdist(a, b).round()",
    "error": "def pairwise_distances(a, b):\n    print(a.shape)\n    return (a @ b).sqrt()",
    "ranks": "def pairwise_distances(a, b):\n    return torch.rand(3, 32, 32)",
    "right": "def pairwise_distances(a, b):\n    return torch.cdist(a, b)",
}


@pytest.fixture(scope="module")
def lab(new_lab: Callable[[], Lab]) -> Iterator[Lab]:
    opened = new_lab()
    opened.open(LESSON)
    opened.hide_sidebar()
    opened.run(opened.cells()[1]["id"])
    yield opened
    opened.close()


@pytest.mark.parametrize("kind", ANSWERS)
def test_a_card_is_readable(lab: Lab, kind: str) -> None:
    card = lab.answer("pairwise_distances", ANSWERS[kind])
    for summary in card.locator("summary").all():
        summary.focus()
        lab.page.keyboard.press("Enter")
    for theme in THEMES:
        lab.theme(theme)
        ratio, text = lab.contrast(card)
        assert ratio >= ENOUGH, f"{text!r} has a contrast of {ratio:.1f} in {theme}"
        for width in (1300, 700):
            lab.width(width)
            assert lab.overflow(card) <= 0
            lab.screenshot(f"card-{kind}-{theme.split()[-1].lower()}-{width}")
    lab.theme(THEMES[0])
    lab.width(1300)
    assert all(image.get_attribute("alt") for image in card.locator("img").all())


def test_a_missing_answer_gets_a_card_and_an_own_error_a_sentence(lab: Lab) -> None:
    card = lab.run("standardize-check")
    assert "There is no standardize yet" in card.inner_text()
    cell = lab.cells()[3]["id"]
    lab.type(cell, "a, b = torch.ones(2, 3), torch.ones(2, 3)\na @ b")
    said = lab.run(cell)
    assert "What this means." in said.inner_text()
    assert "the right one 2 rows" in said.inner_text()
    lab.screenshot("own-error")


def test_a_lesson_keeps_its_place_at_700_pixels(lab: Lab) -> None:
    lab.width(700)
    text: Any = lab.page.locator(".jp-Notebook")
    assert lab.overflow(text) <= 0
    lab.screenshot("lesson-700")
    lab.width(1300)
