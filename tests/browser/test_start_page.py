"""The page on which `course lab` lands."""

from __future__ import annotations

from .lab import Lab


def test_course_lab_lands_on_it_and_it_leads_into_a_lesson(lab: Lab) -> None:
    lab.open()
    assert lab.page.url.split("?")[0].endswith("lessons/start.ipynb")
    lab.hide_sidebar()
    progress = lab.run("progress")
    assert "Your progress" in progress.inner_text()
    assert "Next:" in progress.inner_text()
    assert lab.page.locator("text=Jupyter news").count() == 0
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        lab.theme(theme)
        ratio, text = lab.contrast(progress)
        assert ratio >= 4.5, f"{text!r} has a contrast of {ratio:.1f}"
        for width in (700, 1300):
            lab.width(width)
            lab.screenshot(f"start-{theme.split()[-1].lower()}-{width}")
    progress.locator("a", has_text="Tensors").first.click()
    lab.page.wait_for_selector('.jp-NotebookPanel:not(.lm-mod-hidden) h1:has-text("Lesson 1")', timeout=60_000)
    lab.screenshot("start-to-lesson")
