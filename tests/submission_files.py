"""Making the notebooks of ``tests/submissions`` from their few lines."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course_utils.exercise import Exercise
from course_utils.lesson import load_lesson

FOLDER = Path(__file__).parent / "submissions"
LESSON = "01_tensors"
PREDICTIONS = {"slice": True, "mask": False, "view": True, "transpose": True, "reshape_of_transpose": False,
               "numpy": True}
Tree = dict[str, Any]


@dataclass
class Case:
    """One file of the folder."""

    name: str
    points: float
    outcomes: dict[str, set[str]]
    sections: list[tuple[str, str]] = field(default_factory=list)


def read_case(path: Path) -> Case:
    text = path.read_text(encoding="utf-8")
    points = re.search(r"^# points: (\S+)(.*)$", text, re.M)
    assert points, f"{path} says no points"
    wanted = dict(pair.split("=") for pair in points[2].split())
    parts = re.split(r"^# %% (.+)\n", text, flags=re.M)[1:]
    sections = [(name.strip(), code.strip("\n")) for name, code in zip(parts[::2], parts[1::2], strict=True)]
    return Case(path.stem, float(points[1]), {k: set(v.split("|")) for k, v in wanted.items()}, sections)


def cases() -> list[Case]:
    return [read_case(path) for path in sorted(FOLDER.glob("*.py"))]


def answer(exercise: Exercise, solved: bool = True) -> str:
    """The reference as a student would have written it, or the starter."""
    if not solved:
        stub = f"def {exercise.name}(*args):\n    raise NotImplementedError"
        return exercise.starter_source or stub
    return f"{exercise.name} = {PREDICTIONS}" if exercise.kind == "value" else exercise.reference_source


def code_cell(source: str, **metadata: Any) -> Tree:
    return {"cell_type": "code", "source": source, "metadata": metadata, "outputs": [], "execution_count": None}


def lesson_notebook(answers: dict[str, str] | None = None, solved: bool = True) -> Tree:
    """Lesson 1 as a student hands it in; ``answers`` by exercise."""
    lesson = load_lesson(LESSON)
    imports = "import numpy as np\nimport torch\n\nfrom course_utils import check, start"
    cells = [code_cell(f'{imports}\n\nstart("{LESSON}")')]
    for exercise in lesson.exercises:
        marks = {"schema_version": 3, "locked": False, "task": False, "cell_type": "code"}
        source = (answers or {}).get(exercise.name, answer(exercise, solved))
        cells.append(code_cell(source, exercise=exercise.name, nbgrader={
            **marks, "grade_id": exercise.name, "solution": True, "grade": False}))
        cells.append(code_cell(f"check({exercise.name})", check=exercise.name, nbgrader={
            **marks, "grade_id": f"{exercise.name}-check", "solution": False, "grade": True, "locked": True,
            "points": exercise.points}))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell{number}"
    return {"cells": cells, "metadata": {"course": {"lesson": LESSON}}, "nbformat": 4, "nbformat_minor": 5}


def notebook_bytes(case: Case, marker: Path) -> bytes:
    """The notebook file of a case."""
    names = load_lesson(LESSON).exercise_names
    sections = [(where, code.replace("{marker}", str(marker))) for where, code in case.sections]
    answers = {where: code for where, code in sections if where in names and code}
    forms = [where for where, _ in sections if where in FORMS]
    tree = lesson_notebook(answers, solved="unsolved" not in forms)
    for where, code in sections:
        if where == "first":
            tree["cells"].insert(1, code_cell(code))
        elif where == "last":
            tree["cells"].append(code_cell(code))
        elif where.startswith("before "):
            at = next(i for i, c in enumerate(tree["cells"]) if c["metadata"].get("exercise") == where[7:])
            tree["cells"].insert(at, code_cell(code))
        else:
            assert where in names or where in FORMS, f"{case.name}: what is '{where}'?"
    for form in forms:
        tree = FORMS[form](tree)
    text = json.dumps(tree, ensure_ascii=False).encode()
    return b"\xef\xbb\xbf" + text if "windows" in forms else text


def _no_checks(tree: Tree) -> Tree:
    return {**tree, "cells": [cell for cell in tree["cells"] if "check" not in cell["metadata"]]}


def _doubled_checks(tree: Tree) -> Tree:
    checks = [cell for cell in tree["cells"] if "check" in cell["metadata"]]
    doubled = [copy for cell in tree["cells"] for copy in ([cell, cell] if cell in checks else [cell])]
    return {**tree, "cells": [doubled[0], *checks, *doubled[1:]]}


def _no_metadata(tree: Tree) -> Tree:
    return {**tree, "metadata": {}, "cells": [{**cell, "metadata": {}} for cell in tree["cells"]]}


def _broken_metadata(tree: Tree) -> Tree:
    nonsense: list[Any] = [{"nbgrader": 7}, {"nbgrader": {"grade_id": [1], "grade": "yes", "points": "many"}}, {},
                           {"nbgrader": {"grade_id": "leibniz_pi-check", "grade": True, "points": -1}}]
    cells = [{**cell, "metadata": nonsense[i % len(nonsense)]} for i, cell in enumerate(tree["cells"])]
    return {**tree, "metadata": {"course": [], "kernelspec": "none"}, "cells": cells}


def _forged_outputs(tree: Tree) -> Tree:
    for cell in tree["cells"]:
        if "check" in cell["metadata"]:
            cell["metadata"]["nbgrader"]["points"] = 1000
            cell["outputs"] = [{"output_type": "execute_result", "execution_count": 1, "metadata": {},
                                "data": {"text/plain": "1000.0", "text/html": "<b>Correct</b>"}}]
    return tree


def _nbformat3(tree: Tree) -> Tree:
    cells = [{"cell_type": "code", "input": cell["source"].splitlines(keepends=True), "language": "python",
              "metadata": {}, "outputs": [], "collapsed": False} for cell in tree["cells"]]
    return {"worksheets": [{"cells": cells, "metadata": {}}], "metadata": {"name": ""}, "nbformat": 3,
            "nbformat_minor": 0}


def _nbformat40(tree: Tree) -> Tree:
    return {**tree, "nbformat_minor": 0,
            "cells": [{k: v for k, v in cell.items() if k != "id"} for cell in tree["cells"]]}


def _blank_lines(tree: Tree) -> Tree:
    return {**tree, "cells": [{**c, "source": c["source"].replace("\n", "\n" * 24_000, 1)} for c in tree["cells"]]}


def _windows(tree: Tree) -> Tree:
    return {**tree, "cells": [{**c, "source": c["source"].replace("\n", "\r\n")} for c in tree["cells"]]}


FORMS: dict[str, Callable[[Tree], Tree]] = {
    "unsolved": lambda tree: tree,
    "no_checks": _no_checks,
    "doubled_checks": _doubled_checks,
    "no_metadata": _no_metadata,
    "broken_metadata": _broken_metadata,
    "forged_outputs": _forged_outputs,
    "nbformat3": _nbformat3,
    "nbformat40": _nbformat40,
    "no_notebook_metadata": lambda tree: {k: v for k, v in tree.items() if k != "metadata"},
    "windows": _windows,
    "blank_lines": _blank_lines,
}
