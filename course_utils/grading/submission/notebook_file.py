"""Reading a submission's notebook, whatever is in the file."""

from __future__ import annotations

import ast
import hashlib
import itertools
import json
import re
import subprocess
import sys
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course_utils.grading.submission.archive import read_member
from course_utils.grading.submission.read_file import Unreadable, read_file
from course_utils.grading.submission.sniff import decoded, looks_like
from course_utils.printable import encodable

MAX_DIRECT = 8 * 2**20  # bytes; above this it is read by a process of its own
MAX_CELLS = 2_000
MAX_SOURCE = 2 * 2**20  # characters in one cell
MAX_FIELDS, MAX_FIELD = 100, 10_000  # of metadata: how many fields, and how many characters in one
_BARE_CHECK = re.compile(r"\s*check\([\w\"' ]*\)\s*")


class BadNotebook(ValueError):
    """The file cannot be graded; the message says why, and how to fix it."""


@dataclass
class Cell:
    """A cell as the grader knows it."""

    index: int  # its place in the notebook
    kind: str  # "code", "markdown", …
    source: str
    metadata: dict[str, Any]

    @property
    def grade_id(self) -> str:
        facts = self.metadata.get("nbgrader")
        return str(facts.get("grade_id", "")) if isinstance(facts, dict) else ""


@dataclass
class Notebook:
    """A submission's notebook: its cells, and the digest of its code (which seeds its fresh inputs)."""

    path: Path
    cells: list[Cell]
    metadata: dict[str, Any]
    files: dict[str, bytes] = field(default_factory=dict)  # what was submitted beside it, by its path from there

    @property
    def code(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.kind == "code" and cell.source.strip()]

    @property
    def digest(self) -> str:
        """Of the code alone: outputs, metadata, and check cells (copied, deleted or put back) don't count."""
        text = "\0".join(cell.source.strip() for cell in self.code if not _BARE_CHECK.fullmatch(cell.source))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def read_notebook(path: Path, within: Path | None = None, member: str = "") -> Notebook:
    """Return the notebook in a file, or in a member of a zip archive; raise :class:`BadNotebook`.

    ``within`` is the student's folder. Links are never followed, in it or out of it.
    """
    try:
        data = read_member(path, member, within) if member else read_file(path, within)
    except Unreadable as error:
        raise BadNotebook(f"The archive cannot be used: {error}. Unpack it and hand in the notebook." if member
                          else str(error)) from None
    if not data.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
        raise BadNotebook("The file is empty. Save the notebook in JupyterLab, then hand it in again.")
    return notebook_of(_parsed(_without_outputs(data) if len(data) > MAX_DIRECT else data), path)


def is_notebook(data: bytes) -> bool:
    """Whether a file's content is a notebook, whatever its name says."""
    if len(data) > MAX_DIRECT or not decoded(data[:400]).lstrip("\ufeff \t\r\n").startswith("{"):
        return False
    try:
        tree = _parsed(data)
    except BadNotebook:
        return False
    return isinstance(tree, dict) and any(isinstance(tree.get(key), list) for key in ("cells", "worksheets"))


def notebook_of(tree: Any, path: Path, *, may_be_empty: bool = False) -> Notebook:
    """The cells of a notebook's JSON, of any nbformat from 2 to 4; raise :class:`BadNotebook`."""
    if not isinstance(tree, dict) or not ("cells" in tree or "worksheets" in tree):
        raise BadNotebook("This is JSON, but not a notebook: it has no cells. Hand in the .ipynb file itself.")
    cells = [_cell(index, raw) for index, raw in enumerate(_raw_cells(tree))]
    notebook = Notebook(path, cells, _plain_fields(tree.get("metadata"), "course"))
    if not cells and not may_be_empty:
        raise BadNotebook("The notebook is empty. Open the lesson, write your answers, save, and hand that in.")
    if not notebook.code and not may_be_empty:
        raise BadNotebook("The notebook has no code. Open the lesson, write your answers, save, and hand that in.")
    return notebook


def _without_outputs(data: bytes) -> bytes:
    """The large notebook without its outputs, read in a process that may be killed."""
    done = subprocess.run([sys.executable, "-I", str(Path(__file__).with_name("strip_outputs.py"))], input=data,
                          capture_output=True, check=False)
    if done.returncode == 0:
        return done.stdout
    if done.stdout.startswith(b"not JSON"):
        raise _not_json(data)
    raise BadNotebook("The notebook is too large to be read. Clear its outputs (Edit, Clear Outputs of All Cells) "
                      "and hand it in again.")


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(decoded(data).removeprefix("\ufeff"))
    except RecursionError:
        raise BadNotebook("The file is JSON nested too deeply to be a notebook. Open it in JupyterLab, copy your "
                          "cells into a fresh copy of the lesson, and hand that in.") from None
    except ValueError:
        raise _not_json(data) from None


def _not_json(data: bytes) -> BadNotebook:
    return BadNotebook(f"This is not a notebook: the file is not JSON but looks like {looks_like(data)}. Hand in the "
                       ".ipynb file that JupyterLab saves.")


def _raw_cells(tree: dict[str, Any]) -> list[Any]:
    cells = tree.get("cells")
    if cells is None:  # nbformat 2 and 3 keep them in worksheets
        sheets = tree.get("worksheets")
        cells = [cell for sheet in sheets if isinstance(sheet, dict)
                 for cell in sheet.get("cells") or []] if isinstance(sheets, list) else None
    if not isinstance(cells, list):
        raise BadNotebook("The notebook is damaged: its cells are not a list. Save it again in JupyterLab.")
    if len(cells) > MAX_CELLS:
        raise BadNotebook(f"The notebook has {len(cells):,} cells; at most {MAX_CELLS:,} are read.")
    return cells


def _cell(index: int, raw: Any) -> Cell:
    if not isinstance(raw, dict):
        return Cell(index, "damaged", "", {})
    source = raw.get("source", raw.get("input", ""))
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if not isinstance(source, str) or len(source) > MAX_SOURCE:
        return Cell(index, "damaged", "", {})
    # Lone surrogates cannot be sent on as UTF-8, and Python could not compile them.
    source = re.sub(r"\r\n?", "\n", source).encode("utf-8", "replace").decode()
    kind = raw.get("cell_type")
    return Cell(index, kind if isinstance(kind, str) else "", source, _plain_fields(raw.get("metadata"), "nbgrader"))


def _plain_fields(metadata: Any, *groups: str) -> dict[str, Any]:
    """Return the metadata's plain fields, and those of the named groups. What is nested deeper serves no grader."""
    if not isinstance(metadata, dict):
        return {}
    fields: dict[str, Any] = _plain(metadata)
    for group in groups:
        if isinstance(metadata.get(group), dict):
            fields[group] = _plain(metadata[group])
    return fields


def _plain(fields: dict[Any, Any]) -> dict[str, Any]:
    kept = {encodable(key): encodable(value) if isinstance(value, str) else value
            for key, value in itertools.islice(fields.items(), MAX_FIELDS)
            if isinstance(key, str) and isinstance(value, str | int | float | None)}
    return {key: value for key, value in kept.items() if len(key) + len(str(value)) <= MAX_FIELD}


def defined_names(source: str) -> set[str]:
    """The names that a cell defines at its top level; what Python cannot read is searched as text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(strip_magics(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pairs = re.findall(r"^(?:(?:async\s+)?(?:def|class)\s+(\w+)|(\w+)\s*(?::[^=\n]+)?=(?!=))", source, re.M)
        return {defined or assigned for defined, assigned in pairs}
    bound: set[str] = set()
    open_nodes: list[ast.AST] = list(tree.body)
    while open_nodes:
        node = open_nodes.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(node.name)
            continue
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        if isinstance(node, ast.alias):
            bound.add((node.asname or node.name).split(".")[0])
        open_nodes.extend(ast.iter_child_nodes(node))
    return bound


def written_names(source: str) -> set[str]:
    """Return the names that a cell gives to functions and classes at its top level."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(strip_magics(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(re.findall(r"^(?:async\s+)?(?:def|class)\s+(\w+)", source, re.M))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}


def strip_magics(source: str) -> str:
    """The cell with IPython's magics and shell lines blanked, so that Python's parser can read it."""
    return re.sub(r"^([^\S\n]*)[%!].*$", r"\1pass", source, flags=re.M)
