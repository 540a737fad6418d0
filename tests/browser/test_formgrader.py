"""nbgrader's formgrader on a graded class: the verdicts beside the student's own code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import LESSON, Run, answered, submit

from .conftest import ARTEFACTS, TOKEN, serve

WRONG = "def times_table(n):\n    k = torch.arange(n)\n    return k[:, None] * k"
SENTENCE = "Your table starts at 0 · 0."


@pytest.fixture
def graded_class(course_copy: Path, run_in: Run) -> Path:
    """Three students' lesson 1, graded into nbgrader's gradebook by `course grade`."""
    half = answered(LESSON, ("leibniz_pi", "standardize"))
    for cell in half.cells:
        if cell.metadata.get("exercise") == "times_table":
            cell.source = WRONG
    submit(course_copy, "ada", answered(LESSON))
    submit(course_copy, "blaise", half)
    submit(course_copy, "carl", answered(LESSON, ()))
    released = run_in(course_copy, "nbgrader", "generate_assignment", LESSON, "--force")
    assert released.returncode == 0, released.stderr
    graded = run_in(course_copy, "course", "grade", "submitted", "--gradebook", "--sandbox", "none")
    assert graded.returncode == 0, graded.stderr
    return course_copy


def test_formgrader_shows_scores_and_verdicts(chromium: Any, graded_class: Path, tmp_path: Path) -> None:
    private = tmp_path / "jupyter"
    private.mkdir()
    with serve(graded_class, private) as address:
        page = chromium.new_page(viewport={"width": 1300, "height": 900})
        page.set_default_timeout(60_000)
        page.goto(f"{address}/lab?token={TOKEN}", wait_until="domcontentloaded")  # signs in: formgrader does not
        page.goto(f"{address}/formgrader/gradebook/{LESSON}/{LESSON}")
        page.wait_for_selector("table tbody tr a")
        rows = page.locator("table tbody").inner_text()
        assert "20" in rows
        assert "6" in rows
        links = page.locator("table tbody tr a")
        targets = {links.nth(i).get_attribute("href") for i in range(links.count())}
        shown = []
        for target in sorted(target for target in targets if "/formgrader/submissions/" in target):
            page.goto(f"{address}{target}")
            page.wait_for_selector(".nbgrader_cell, .cell, .jp-Cell")
            shown.append(page.locator("body").inner_text())
            if SENTENCE in shown[-1]:
                page.get_by_text(SENTENCE).first.scroll_into_view_if_needed()
                ARTEFACTS.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=ARTEFACTS / "formgrader.png")
        page.close()
    assert sum(SENTENCE in text for text in shown) == 1
    assert sum("Not attempted" in text for text in shown) == 2
