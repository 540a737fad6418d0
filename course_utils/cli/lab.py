"""`course lab`: JupyterLab, opened at a lesson."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click

from course_utils.cli.arguments import LessonName
from course_utils.lesson import Lesson, lessons
from course_utils.paths import lesson_notebook, require_root, start_notebook

SETTINGS = Path(__file__).parent / "jupyter"  # JupyterLab asks for no news: nothing leaves the machine


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("lesson", required=False, type=LessonName())
@click.option("--no-browser", is_flag=True, help="Do not open a browser; print the address to open.")
@click.option("--port", type=int, help="The port to listen on (default: the first free one from 8888).")
def lab(lesson: Lesson | None, no_browser: bool, port: int | None) -> None:
    """Open JupyterLab at LESSON (its id, number or word), or at the start page.

    Stop it with Ctrl-C, twice.
    """
    root = require_root()
    target = lesson_notebook(root, lesson.id) if lesson else _landing(root)
    if not target.exists():
        raise click.ClickException(f"{target.relative_to(root)} is not there. Make it with: course build")
    relative = target.relative_to(root).as_posix()
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={root}",
               f"--LabApp.default_url=/lab/tree/{relative}"]
    command += ["--no-browser"] if no_browser else []
    command += [f"--ServerApp.port={port}"] if port else []
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    settings = os.pathsep.join(filter(None, (str(SETTINGS), os.environ.get("JUPYTER_CONFIG_PATH"))))
    try:
        raise click.exceptions.Exit(
            subprocess.call(command, cwd=root, env={**os.environ, "JUPYTER_CONFIG_PATH": settings}))
    except KeyboardInterrupt:
        raise click.exceptions.Exit(0) from None


def _landing(root: Path) -> Path:
    """The start page, or the first lesson that is there."""
    pages = [start_notebook(root), *(lesson_notebook(root, lesson.id) for lesson in lessons())]
    return next((page for page in pages if page.exists()), pages[0])
