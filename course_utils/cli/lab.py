"""`course lab`: JupyterLab, opened at a lesson."""

from __future__ import annotations

import os
import subprocess
import sys

import click

from course_utils.cli.arguments import LessonName
from course_utils.lesson import Lesson
from course_utils.project import lesson_notebook, require_root


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("lesson", required=False, type=LessonName())
@click.option("--no-browser", is_flag=True, help="Do not open a browser; print the address to open.")
@click.option("--port", type=int, help="The port to listen on (default: the first free one from 8888).")
def lab(lesson: Lesson | None, no_browser: bool, port: int | None) -> None:
    """Open JupyterLab at LESSON (its id, number or word), or at the start page.

    Stop it with Ctrl-C, twice.
    """
    root = require_root()
    start = root / "lessons" / "start.ipynb"
    target = lesson_notebook(root, lesson.id) if lesson else start
    if lesson is None and not start.exists():
        from course_utils.lesson import lessons

        target = lesson_notebook(root, next(lessons()).id)
    if not target.exists():
        raise click.ClickException(f"{target.relative_to(root)} is not there. Make it with: course build")
    relative = target.relative_to(root).as_posix()
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={root}",
               f"--LabApp.default_url=/lab/tree/{relative}"]
    command += ["--no-browser"] if no_browser else []
    command += [f"--ServerApp.port={port}"] if port else []
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    try:
        raise click.exceptions.Exit(subprocess.call(command, cwd=root))
    except KeyboardInterrupt:
        raise click.exceptions.Exit(0) from None
