"""What the grader knows of the released lessons' cells: which only show something, and which are code."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from course_utils.paths import project_root

Texts = dict[str, tuple[str, ...]]  # by lesson


def release_demonstrations() -> Texts:
    """Return the cells of each released lesson that no score needs, by their text."""
    return {lesson: tuple("".join(cell["source"]) for cell in cells if cell["metadata"].get("demo"))
            for lesson, cells in _code_cells().items()}


def release_code() -> Texts:
    """Return digests of the code cells of each released lesson."""
    return {lesson: tuple(code_digest("".join(cell["source"])) for cell in cells)
            for lesson, cells in _code_cells().items()}


def code_digest(source: str) -> str:
    """Return a short digest of a cell's text, without the space around it."""
    return hashlib.sha256(source.strip().encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _code_cells() -> dict[str, list[Any]]:
    root = project_root()
    found: dict[str, list[Any]] = {}
    for path in sorted((root / "lessons").glob("*/*.ipynb")) if root else []:
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            found[path.stem] = [cell for cell in cells if cell["cell_type"] == "code" and cell["metadata"] is not None]
        except (OSError, ValueError, KeyError, TypeError):  # a damaged release saves no work, and costs nobody
            continue
    return found
