"""Pages that show a student's work run nothing of it: a listener hears nothing, and nothing is hidden or renamed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from tests.conftest import LESSON, Run, answered, submit
from tests.hostile_pieces import pieces

from .conftest import ARTEFACTS, TOKEN, serve


class Listener(ThreadingHTTPServer):
    """Writes down what is asked of it."""

    heard: list[str]


class Handler(BaseHTTPRequestHandler):
    server: Listener

    def do_GET(self) -> None:
        self.server.heard.append(self.path)
        self.send_response(204)
        self.end_headers()

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener(("127.0.0.1", 0), Handler) as server:
        server.heard = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def hostile_class(course: Path, run_in: Run, host: str, road: str) -> None:
    """One student who puts every piece into Markdown, a raw cell, and outputs; graded by one of the two roads."""
    notebook = answered(LESSON)
    for piece in pieces(host):
        notebook.cells.insert(1, new_markdown_cell(piece))
        notebook.cells.append(new_markdown_cell(f"- an item with {piece}"))
        notebook.cells.append(new_code_cell(
            f"from IPython.display import HTML, SVG, Javascript, Markdown, display\ndisplay(HTML({piece!r}))\n"
            f"display(Markdown({piece!r}))"))
    notebook.cells.append(new_raw_cell("".join(pieces(host))))
    notebook.cells.append(new_code_cell(
        f"display(Javascript('fetch(\"{host}/javascript\")'))\n"
        f"display({{'image/svg+xml': '<svg xmlns=\"http://www.w3.org/2000/svg\"><script>fetch(\"{host}/svg\")</script>"
        f"</svg>', 'image/png': '\"><img src={host}/mime.png>', 'text/vnd.mermaid': 'graph'}}, raw=True)"))
    submit(course, "mallory", notebook)
    released = run_in(course, "nbgrader", "generate_assignment", LESSON, "--force")
    assert released.returncode == 0, released.stderr
    command = {"course": ("course", "grade", "submitted", "--gradebook", "--sandbox", "none", "--report", "class.html"),
               "nbgrader": ("nbgrader", "autograde", LESSON)}[road]
    graded = run_in(course, *command)
    assert graded.returncode == 0, graded.stderr
    fed_back = run_in(course, "nbgrader", "generate_feedback", LESSON)
    assert fed_back.returncode == 0, fed_back.stderr


@pytest.mark.parametrize("road", ["course", "nbgrader"])
def test_no_page_runs_anything_of_a_submission(chromium: Any, course_copy: Path, run_in: Run, tmp_path: Path,
                                               listener: Listener, road: str) -> None:
    hostile_class(course_copy, run_in, f"http://127.0.0.1:{listener.server_address[1]}", road)
    private = tmp_path / "jupyter"
    private.mkdir()
    with serve(course_copy, private) as address:
        page = chromium.new_page(viewport={"width": 1300, "height": 900})
        page.set_default_timeout(60_000)
        page.goto(f"{address}/lab?token={TOKEN}", wait_until="domcontentloaded")
        page.goto(f"{address}/formgrader/gradebook/{LESSON}/{LESSON}")
        page.wait_for_selector("table tbody tr a")
        link = page.locator("table tbody tr a[href*='/formgrader/submissions/']").first.get_attribute("href")
        page.goto(f"{address}{link}")
        page.wait_for_selector(".nbgrader_cell, .cell, .jp-Cell")
        page.wait_for_timeout(1500)
        assert "taken over" not in page.title()
        scores = page.locator("input.score")
        assert scores.count() == 7
        assert all(score.is_visible() for score in scores.all())
        assert page.locator("form.score, #bait, iframe, object, embed").count() == 0
        for bait in page.get_by_text("bait").all()[:4]:
            bait.click(force=True, no_wait_after=True)
        page.locator("text=Correct").first.scroll_into_view_if_needed()
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=ARTEFACTS / f"hostile-formgrader-{road}.png")
        pages = [*(course_copy / "feedback").rglob("*.html"), *course_copy.glob("class.html")]
        assert pages
        for file in pages:
            page.goto(file.as_uri())
            page.wait_for_timeout(1000)
            assert "taken over" not in page.title()
        page.close()
    assert listener.heard == []
