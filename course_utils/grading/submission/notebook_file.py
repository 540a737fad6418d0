"""Reading a submission's notebook, whatever is in the file."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import stat
import subprocess
import sys
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAX_FILE = 256 * 2**20  # bytes; above this a file is not even opened
MAX_DIRECT = 8 * 2**20  # bytes; above this it is read by a process of its own
MAX_CELLS = 2_000
MAX_SOURCE = 2 * 2**20  # characters in one cell
_BARE_CHECK = re.compile(r"\s*check\([\w\"' ]*\)\s*")


class BadNotebook(ValueError):
    """The file cannot be graded; the message says why, and how to mend it."""


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


def read_notebook(path: Path, within: Path | None = None) -> Notebook:
    """The notebook in a file; raises :class:`BadNotebook`.

    ``within`` is the folder that was handed in: a link that leads out of it is not followed.
    """
    data = _bytes(path, within)
    if not data.strip():
        raise BadNotebook("The file is empty. Save the notebook in JupyterLab, then hand it in again.")
    if len(data) > MAX_DIRECT:
        data = _without_outputs(data)
    return notebook_of(_parsed(data), path)


def notebook_of(tree: Any, path: Path) -> Notebook:
    """The cells of a notebook's JSON, of any nbformat from 2 to 4."""
    if not isinstance(tree, dict) or not ("cells" in tree or "worksheets" in tree):
        raise BadNotebook("This is JSON, but not a notebook: it has no cells. Hand in the .ipynb file itself.")
    cells = [_cell(index, raw) for index, raw in enumerate(_raw_cells(tree))]
    metadata = tree.get("metadata")
    notebook = Notebook(path, cells, metadata if isinstance(metadata, dict) else {})
    if not notebook.code:
        raise BadNotebook("The notebook has no code. Open the lesson, write your answers, save, and hand that in.")
    return notebook


def _bytes(path: Path, within: Path | None) -> bytes:
    try:
        real = path.resolve(strict=True)
        if within is not None and not real.is_relative_to(within.resolve()):
            raise BadNotebook("This is a link that leads out of the folder handed in. Hand in the notebook itself.")
        # Not blocking: a pipe without a writer would never open.
        descriptor = os.open(real, os.O_RDONLY | os.O_NONBLOCK)
        with open(descriptor, "rb") as file:
            facts = os.fstat(descriptor)
            if stat.S_ISDIR(facts.st_mode):
                raise BadNotebook("This is a folder, not a notebook. Name the .ipynb file in it.")
            if not stat.S_ISREG(facts.st_mode):
                raise BadNotebook("This is not an ordinary file. Hand in the notebook itself.")
            if facts.st_size > MAX_FILE:
                raise BadNotebook(f"The file has {facts.st_size / 2**20:,.0f} MB; at most {MAX_FILE // 2**20} are "
                                  "read. Clear its outputs (Edit, Clear Outputs of All Cells) and hand it in again.")
            return file.read(MAX_FILE + 1)
    except FileNotFoundError:
        raise BadNotebook("There is no such file.") from None
    except IsADirectoryError:
        raise BadNotebook("This is a folder, not a notebook. Name the .ipynb file in it.") from None
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links
        reason = getattr(error, "strerror", None) or "a loop of links"
        raise BadNotebook(f"The file cannot be read: {reason}.") from None


def _without_outputs(data: bytes) -> bytes:
    """The large notebook without its outputs, read in a process that may be killed."""
    done = subprocess.run([sys.executable, "-I", str(Path(__file__).with_name("strip_outputs.py"))], input=data,
                          capture_output=True, check=False)
    if done.returncode == 0:
        return done.stdout
    if done.stdout.startswith(b"not JSON"):
        return b"{"
    raise BadNotebook("The notebook is too large to be read. Clear its outputs (Edit, Clear Outputs of All Cells) "
                      "and hand it in again.")


def _parsed(data: bytes) -> Any:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    try:
        return json.loads(text)
    except RecursionError:
        raise BadNotebook("The file is JSON nested too deeply to be a notebook.") from None
    except ValueError:
        raise BadNotebook("This is not a notebook: the file is not JSON. Hand in the .ipynb file that JupyterLab "
                          "saves (not an HTML page, a PDF or a renamed .py).") from None


def _raw_cells(tree: dict[str, Any]) -> list[Any]:
    cells = tree.get("cells")
    if cells is None:  # nbformat 2 and 3 keep them in worksheets
        sheets = tree.get("worksheets")
        cells = [cell for sheet in sheets if isinstance(sheet, dict)
                 for cell in sheet.get("cells") or []] if isinstance(sheets, list) else None
    if not isinstance(cells, list):
        raise BadNotebook("The notebook is damaged: its cells are not a list. Save it again in JupyterLab.")
    if not cells:
        raise BadNotebook("The notebook is empty. Open the lesson, write your answers, save, and hand that in.")
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
    metadata = raw.get("metadata")
    # Lone surrogates cannot be sent on as UTF-8, and Python could not compile them.
    source = re.sub(r"\r\n?", "\n", source).encode("utf-8", "replace").decode()
    return Cell(index, str(raw.get("cell_type", "")), source, metadata if isinstance(metadata, dict) else {})


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
