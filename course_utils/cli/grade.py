"""`course grade`: grade notebooks, or folders of submissions."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from course_utils.grading.limits import Limits, memory_size


class Size(click.ParamType[int]):
    """A number of bytes: ``2G``, ``1500M``."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            return value if isinstance(value, int) else memory_size(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "json_file", metavar="FILE", help="Write the results as JSON; - for standard output.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Submissions at the same time [all processors].")
@click.option("--sandbox", type=click.Choice(("auto", "bubblewrap", "docker", "none")), default="auto",
              show_default=True, help="Where submissions run. With none they run with all your rights.")
@click.option("--cell-timeout", type=click.FloatRange(min=0.1), default=30.0, show_default=True, metavar="S",
              help="Seconds for one cell, and for one exercise's check.")
@click.option("--memory", type=Size(), default="2G", show_default=True, metavar="SIZE",
              help="Memory for one submission.")
@click.option("--seed", metavar="TEXT", help="Draw fresh inputs from this text in place of your own secret.")
def grade(paths: tuple[Path, ...], json_file: str | None, jobs: int | None, sandbox: str, cell_timeout: float,
          memory: int, seed: str | None) -> int:
    """Grade notebooks, or folders laid out as submitted/STUDENT/LESSON/LESSON.ipynb.

    Submissions run in a sandbox; points come from right results for inputs drawn anew for each
    submission. The same submission always gets the same grade.
    """
    from course_utils.grading import grade as command

    limits = Limits(cell_seconds=cell_timeout, total_seconds=max(600.0, 4 * cell_timeout), memory_bytes=memory)
    results = command.grade_paths(list(paths), sandbox, limits, jobs, seed)
    if json_file == "-":
        json.dump(command.document(results), sys.stdout, indent=1, ensure_ascii=False)
        print()
    elif json_file:
        Path(json_file).write_text(json.dumps(command.document(results), indent=1, ensure_ascii=False), "utf-8")
    for result in results:
        if result.error:
            click.echo(f"course: {result.path}: {result.error}", err=True)
    return 1 if any(result.error for result in results) else 0
