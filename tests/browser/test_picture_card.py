"""An answer that is an image is answered with pictures."""

from __future__ import annotations

from .lab import Lab

LESSON = "lessons/06_torchvision_data/06_torchvision_data.ipynb"
STRETCHED = """def unnormalize(images, mean, std):
    return (images - images.min()) / (images.max() - images.min())"""


def test_expected_and_got_are_shown_side_by_side(lab: Lab) -> None:
    lab.open(LESSON)
    lab.hide_sidebar()
    lab.run(next(cell["id"] for cell in lab.cells() if cell["cell_type"] == "code"))
    card = lab.answer("unnormalize", STRETCHED)
    assert "You scaled by the smallest and largest value" in card.inner_text()
    pictures = card.locator("img")
    assert [picture.get_attribute("alt") for picture in pictures.all()] == \
        ["expected, as a picture", "got, as a picture"]
    boxes = [picture.bounding_box() for picture in pictures.all()]
    assert boxes[0]["y"] == boxes[1]["y"]
    assert boxes[0]["x"] + boxes[0]["width"] < boxes[1]["x"]
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        lab.theme(theme)
        assert lab.contrast(card)[0] >= 4.5
        lab.screenshot(f"card-picture-{theme.split()[-1].lower()}")
