"""A wrong answer without a name: the card comes at once, and the line when it is found."""

from __future__ import annotations

from .lab import Lab

LESSON = "lessons/01_tensors/01_tensors.ipynb"
CAT = """import torch

def stack_images(images):
    batch = torch.cat([torch.from_numpy(image) for image in images])
    return batch.permute(0, 3, 1, 2).float() / 255"""


def test_the_line_is_underlined_and_a_question_comes_before_the_change(lab: Lab) -> None:
    lab.open(LESSON)
    lab.hide_sidebar()
    lab.run(next(cell["id"] for cell in lab.cells() if cell["cell_type"] == "code"))
    card = lab.answer("stack_images", CAT)
    card.locator("u", has_text="cat").wait_for()
    assert card.get_by_text("One change makes it right").count() == 1
    assert "line 4" in card.inner_text()
    assert "Looking for the line" not in card.inner_text()
    assert "torch.stack" not in card.locator("pre").first.inner_text()
    card.get_by_text("A question").click()
    choices = card.locator("details details")
    assert choices.count() >= 2
    choices.filter(has_text="torch.stack").first.locator("summary").click()
    assert "It was run on every input" in card.inner_text()
    card.get_by_text("What is wrong there").click()
    card.get_by_text("The change", exact=True).click()
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        lab.theme(theme)
        assert lab.contrast(card)[0] >= 4.5
        lab.screenshot(f"card-located-{theme.split()[-1].lower()}")
