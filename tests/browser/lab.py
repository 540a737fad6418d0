"""Driving JupyterLab as a student does: open, run, type, look."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

RUN_SECONDS = 300
CONTRAST = Path(__file__).parent / "contrast.js"
PANEL = "window.jupyterapp.shell.currentWidget"


class Lab:
    """A page with JupyterLab in it.

    Cells are named by their ids, which the course keeps stable. What is typed and clicked goes
    through the browser; only finding a cell, running all and reading the document ask JupyterLab.
    """

    def __init__(self, page: Any, address: str, token: str, artefacts: Path) -> None:
        self.page, self.address, self.token, self.artefacts = page, address, token, artefacts

    def open(self, path: str = "") -> None:
        """A notebook by its path, in a fresh workspace; without a path, what the bare address shows."""
        target = f"lab/tree/{path}" if path else ""
        self.page.goto(f"{self.address}/{target}?reset&token={self.token}")
        self.page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=120_000)
        self.page.wait_for_function(
            f"""() => {{ const p = {PANEL}; return p && p.sessionContext && p.context && p.context.isReady
                        && p.sessionContext.session && p.sessionContext.session.kernel
                        && p.sessionContext.session.kernel.status === 'idle'; }}""", timeout=120_000)

    def run_all(self) -> None:
        """Run > Run All Cells, and wait for the end."""
        self.page.evaluate("""() => { window.courseRan = null;
            window.jupyterapp.commands.execute('notebook:run-all-cells')
                .then(() => { window.courseRan = 'done'; }, e => { window.courseRan = String(e); }); }""")
        self.page.wait_for_function("() => window.courseRan !== null", timeout=RUN_SECONDS * 1000)

    def cells(self) -> list[dict[str, Any]]:
        """The notebook's cells as they are now, outputs included."""
        cells: list[dict[str, Any]] = self.page.evaluate(f"() => {PANEL}.context.model.toJSON().cells")
        return cells

    def outputs(self, cell_id: str) -> list[dict[str, Any]]:
        return next(cell["outputs"] for cell in self.cells() if cell["id"] == cell_id)

    def cell(self, cell_id: str) -> Any:
        """The cell, scrolled into view and active; a locator."""
        index = self.page.evaluate(
            f"""async id => {{ const notebook = {PANEL}.content;
                const index = notebook.widgets.findIndex(w => w.model.id === id);
                notebook.activeCellIndex = index;
                await notebook.scrollToItem(index, 'start');
                return index; }}""", cell_id)
        found = self.page.locator(f'.jp-Notebook .jp-Cell[data-windowed-list-index="{index}"]')
        found.wait_for(state="attached")
        found.scroll_into_view_if_needed()
        return found

    def type(self, cell_id: str, text: str) -> None:
        """Replace what is in a cell."""
        editor = self.cell(cell_id).locator(".cm-content")
        editor.click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def run(self, cell_id: str) -> Any:
        """Run one cell with Control-Enter, and wait for it; the locator of its outputs."""
        cell = self.cell(cell_id)
        self.page.evaluate(f"() => {{ {PANEL}.content.mode = 'command'; {PANEL}.content.node.focus(); }}")
        self.page.evaluate("() => { window.courseRan = null; }")
        self.page.evaluate("""() => { window.jupyterapp.commands.execute('notebook:run-cell')
            .then(() => { window.courseRan = 'done'; }, e => { window.courseRan = String(e); }); }""")
        self.page.wait_for_function("() => window.courseRan !== null", timeout=RUN_SECONDS * 1000)
        return cell.locator(".jp-Cell-outputArea")

    def answer(self, name: str, text: str) -> Any:
        """Type an answer into an exercise's cell, run it and its check; the locator of the feedback."""
        self.type(name, text)
        self.run(name)
        return self.run(f"{name}-check")

    def contrast(self, area: Any) -> tuple[float, str]:
        """The lowest contrast of text in a cell's output (WCAG wants 4.5), and the text that has it."""
        worst = area.locator(".jp-OutputArea-output").first.evaluate(CONTRAST.read_text(encoding="utf-8"))
        return float(worst["ratio"]), str(worst["text"])

    def overflow(self, area: Any) -> int:
        """By how many pixels what is in an area sticks out of it."""
        return int(area.evaluate("e => e.scrollWidth - e.clientWidth"))

    def width(self, pixels: int, height: int = 900) -> None:
        self.page.set_viewport_size({"width": pixels, "height": height})
        self.page.wait_for_timeout(400)

    def theme(self, name: str) -> None:
        """``JupyterLab Dark`` or ``JupyterLab Light``."""
        self.page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", name)
        dark = "false" if "Dark" in name else "true"
        self.page.wait_for_selector(f'body[data-jp-theme-light="{dark}"]', state="attached", timeout=20_000)
        self.page.wait_for_timeout(300)

    def hide_sidebar(self) -> None:
        self.page.evaluate("() => window.jupyterapp.shell.collapseLeft()")

    def screenshot(self, name: str) -> Path:
        self.artefacts.mkdir(parents=True, exist_ok=True)
        path = self.artefacts / f"{name}.png"
        self.page.screenshot(path=path)
        return path

    def close(self) -> None:
        self.end_kernels()
        self.page.close()

    def end_kernels(self) -> None:
        """End every session of the server, so that one kernel runs at a time."""
        for session in self._api("GET", "sessions"):
            self._api("DELETE", f"sessions/{session['id']}")

    def _api(self, method: str, what: str) -> Any:
        request = urllib.request.Request(f"{self.address}/api/{what}", method=method,
                                         headers={"Authorization": f"token {self.token}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text else None
