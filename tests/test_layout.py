"""Who imports whom: the table of ARCHITECTURE.md, held to the code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import course_utils
from course_utils.grading.sandbox.stage import FOLDERS, stage_package

PACKAGE = Path(course_utils.__file__).parent
ROOT = "the package's root"
# Room: the rooms that it may import besides itself and the root's modules.
USED_BY_LESSONS = {"data", "figures", "models", "plotting", "training"}
MAY_IMPORT: dict[str, set[str]] = {
    ROOT: {"evidence", "probes", "notebook"},  # exercise.py declares; __init__.py names the notebook's commands
    "evidence": set(),
    "probes": {"evidence", *USED_BY_LESSONS},
    "plotting": set(),
    "data": set(),
    "models": {"data"},
    "training": {"data", "models", "plotting"},
    "figures": {"data", "models", "plotting", "training"},
    "mutation": set(),
    "judging": {"evidence", "mutation", "probes"},
    "exercises": {"evidence", "probes", *USED_BY_LESSONS},
    "records": {"evidence", "judging"},
    "rendering": {"evidence", "judging", "records"},
    "notebook": {"evidence", "judging", "records", "rendering"},
    "authoring": {"evidence", "judging", "mutation"},
    "grading/inside": {"evidence"},
    "grading/sandbox": {"data", "evidence", "grading/inside", "judging"},
    "grading/submission": {"evidence", "judging", "rendering"},
    "grading/nbgrader": {"grading", "grading/pool", "grading/sandbox", "grading/submission"},
    "grading/reports": {"grading/submission", "rendering"},
    "grading/pool": {"grading", "grading/reports", "grading/sandbox", "grading/submission"},
    "grading": {"evidence", "judging", "rendering", "grading/nbgrader", "grading/pool", "grading/sandbox",
                "grading/submission"},
    "cli": {"authoring", "data", "evidence", "grading", "grading/reports", "grading/sandbox", "grading/submission",
            "records", "rendering"},
}
INSIDE_THE_SANDBOX = {ROOT, *FOLDERS}


def room_of(path: Path) -> str:
    """The folder that a module belongs to, two levels deep in grading."""
    parts = path.relative_to(PACKAGE).parts[:-1]
    if not parts:
        return ROOT
    return "/".join(parts[:2]) if parts[0] == "grading" else parts[0]


def room_of_module(name: str) -> str | None:
    """The folder that a dotted name of the package belongs to, or None for other packages."""
    if name != "course_utils" and not name.startswith("course_utils."):
        return None
    path = PACKAGE.joinpath(*name.split(".")[1:])
    return room_of(path / "__init__.py" if path.is_dir() else path.with_suffix(".py"))


def imports_of(path: Path) -> set[str]:
    """The rooms that a module imports from, at its top or inside a function."""
    found: set[str | None] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {room_of_module(alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            submodules = [f"{node.module}.{alias.name}" for alias in node.names]
            known = [name for name in submodules if PACKAGE.joinpath(*name.split(".")[1:]).with_suffix(".py").exists()
                     or PACKAGE.joinpath(*name.split(".")[1:]).is_dir()]
            found |= {room_of_module(name) for name in (known or [node.module])}
    return {room for room in found if room is not None}


MODULES = [path for path in sorted(PACKAGE.rglob("*.py")) if "__pycache__" not in path.parts]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_what_its_room_may(path: Path) -> None:
    room = room_of(path)
    assert room in MAY_IMPORT, f"{room} is new: say in tests/test_layout.py and ARCHITECTURE.md what it may import."
    forbidden = imports_of(path) - MAY_IMPORT[room] - {room, ROOT}
    assert not forbidden, f"{room} may not import {', '.join(sorted(forbidden))}."


def test_the_rooms_form_no_circle() -> None:
    """Each room stands on rooms below it; the root's modules and grading's own take part in several floors."""
    left = {room: set(used) - {ROOT, "grading"} for room, used in MAY_IMPORT.items() if room not in (ROOT, "grading")}
    while left:
        free = {room for room, used in left.items() if not used & left.keys()}
        assert free, f"these import each other: {sorted(left)}"
        left = {room: used for room, used in left.items() if room not in free}


def test_what_enters_the_sandbox_imports_nothing_that_stays_outside(tmp_path: Path) -> None:
    staged = stage_package(tmp_path) / "course_utils"
    rooms = {room_of(PACKAGE / path.relative_to(staged)) for path in staged.rglob("*.py")}
    assert rooms <= INSIDE_THE_SANDBOX | {"grading"}
    assert not rooms & {"exercises", "judging", "authoring", "records", "rendering", "cli"}
    for path in staged.rglob("*.py"):
        outside = imports_of(PACKAGE / path.relative_to(staged)) - INSIDE_THE_SANDBOX
        assert not outside - {"notebook"}, f"{path.name} imports {outside}"  # __init__ names its types only


def test_the_architecture_names_every_room() -> None:
    text = (PACKAGE.parent / "ARCHITECTURE.md").read_text(encoding="utf-8")
    table = text[text.index("## Where things are"):]
    named = set(re.findall(r"`([\w/]+)/`", table))
    assert {room for room in MAY_IMPORT if room != ROOT} <= named
