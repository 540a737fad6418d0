"""Fixtures: a copy of the course that a test may spoil, its command line, and answered notebooks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

ROOT = Path(__file__).parent.parent
LESSON = "01_tensors"

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def course_copy(tmp_path: Path) -> Path:
    """A folder with lesson 1 as the project has it, and nbgrader's configuration."""
    root = tmp_path / "course"
    for folder in ("solutions", "lessons"):
        shutil.copytree(ROOT / folder / LESSON, root / folder / LESSON,
                        ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    shutil.copy(ROOT / "nbgrader_config.py", root)
    return root


@pytest.fixture
def run_in(tmp_path: Path) -> Run:
    """Run a console script of this environment, with a state of its own: ``run_in(folder, "course", "status")``."""

    def run(folder: Path, script: str, *args: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).parent / script), *args]
        env = {**os.environ, "COURSE_STATE": str(tmp_path / "state"), "COURSE_DATA": "embedded", **environment}
        return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=300)

    return run


def answered(lesson: str, names: Iterable[str] | None = None) -> NotebookNode:
    """The released lesson with the solution's answers to these exercises (None: to all) typed in."""
    solution = nbformat.read(ROOT / "solutions" / lesson / f"{lesson}.ipynb", as_version=4)
    answers = {cell.metadata.exercise: cell.source for cell in solution.cells if "exercise" in cell.metadata}
    wanted = set(answers if names is None else names)
    notebook = nbformat.read(ROOT / "lessons" / lesson / f"{lesson}.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("exercise") in wanted:
            cell.source = answers[cell.metadata.exercise]
    return notebook


def submit(root: Path, student: str, notebook: NotebookNode, lesson: str = LESSON) -> Path:
    """Put a notebook where nbgrader looks for a student's submission."""
    path = root / "submitted" / student / lesson / f"{lesson}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path
