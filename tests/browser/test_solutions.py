"""Each solution in JupyterLab: Run All, every check passed, every picture there."""

from __future__ import annotations

from typing import Any

import pytest

from course_utils.lesson import Lesson, lessons

from .lab import Lab


@pytest.mark.parametrize("lesson", list(lessons()), ids=lambda lesson: lesson.id)
def test_run_all_on_the_solution_passes_every_check(lesson: Lesson, lab: Lab) -> None:
    lab.open(f"solutions/{lesson.id}/{lesson.id}.ipynb")
    lab.hide_sidebar()
    lab.run_all()
    cells = [cell for cell in lab.cells() if cell["cell_type"] == "code"]
    failed = [(cell["id"], output["ename"], output["evalue"]) for cell in cells for output in cell["outputs"]
              if output["output_type"] == "error"]
    assert not failed
    assert all(cell["execution_count"] for cell in cells)
    points: dict[str, Any] = {name: lab.outputs(f"{name}-check")[0]["data"]["text/plain"]
                              for name in lesson.exercise_names}
    assert points == {exercise.name: f"{float(exercise.points)}" for exercise in lesson.exercises}
    last = lesson.exercise_names[-1]
    assert "Correct" in lab.cell(f"{last}-check").inner_text()
    assert lab.page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    for cell in cells:
        if any("<img" in str(output.get("data", {}).get("text/html", "")) for output in cell["outputs"]):
            shown = lab.cell(cell["id"]).locator(".jp-Cell-outputArea img").first
            assert shown.evaluate("async image => { await image.decode(); return image.naturalWidth; }") > 50
    lab.screenshot(f"{lesson.id}-solution")
