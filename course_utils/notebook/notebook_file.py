"""The file of the notebook that is running, for what its other cells say of a name."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from course_utils.judging.notebook_names import NotebookNames


def names_around(shell: Any, lesson_id: str) -> NotebookNames | None:
    """Return which names the cells above and below the running one define; None if file or cell can't be told.

    The file says what was saved last, so cells that were never saved are not in it.
    """
    cells = _code_cells(_path(shell, lesson_id))
    if not cells:
        return None
    at = _position(cells, _running_id(shell), _running_source(shell))
    return None if at is None else NotebookNames.of([source for _, source in cells], at)


def _path(shell: Any, lesson_id: str) -> Path:
    named = shell.user_ns.get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME")
    if isinstance(named, str) and named.endswith(".ipynb") and Path(named).is_file():
        return Path(named)
    return Path(f"{lesson_id}.ipynb")


def _code_cells(path: Path) -> list[tuple[str, str]]:
    """The code cells of a notebook file, id and source; none if it can't be read."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [(str(cell.get("id", "")), "".join(cell["source"])) for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []


def _running_id(shell: Any) -> str:
    """The id of the running cell, as JupyterLab and others send it along."""
    try:
        return str(shell.kernel.get_parent("shell")["metadata"].get("cellId", ""))
    except (AttributeError, KeyError, TypeError):
        return ""


def _running_source(shell: Any) -> str:
    history = getattr(shell, "history_manager", None)
    sources = history.input_hist_raw if history is not None else [""]
    return str(sources[-1])


def _position(cells: Sequence[tuple[str, str]], running: str, source: str) -> int | None:
    by_id = [number for number, (name, _) in enumerate(cells) if running and name == running]
    by_source = [number for number, (_, text) in enumerate(cells) if text.strip() == source.strip()]
    found = by_id or by_source
    return found[0] if len(found) == 1 else None
