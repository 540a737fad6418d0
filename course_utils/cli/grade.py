"""`course grade`: grade notebooks, or folders of submissions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from course_utils.grading.sandbox.limits import Limits, memory_size

if TYPE_CHECKING:
    from course_utils.grading.submission.gradebook_entry import Missing
    from course_utils.grading.submission.result import Result


class Size(click.ParamType[int]):
    """A number of bytes: ``2G``, ``1500M``."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            return value if isinstance(value, int) else memory_size(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


FILE = click.Path(dir_okay=False, allow_dash=True, path_type=str)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "json_file", metavar="FILE", type=FILE, help="Write the results as JSON; - for stdout.")
@click.option("--csv", "csv_file", metavar="FILE", type=FILE, help="Write one line per submission; - for stdout.")
@click.option("--junit", "junit_file", metavar="FILE", type=FILE, help="Write JUnit XML; - for stdout.")
@click.option("--feedback", metavar="DIR", type=click.Path(file_okay=False, path_type=Path),
              help="Write a page for each submission to DIR/STUDENT/LESSON/LESSON.html, with the verdicts beside the "
              "code; nbgrader release_feedback finds them if DIR is feedback.")
@click.option("--report", metavar="FILE", type=FILE, help="Write a page about the class.")
@click.option("--gradebook", is_flag=True, help="Write nbgrader's gradebook and autograded "
              "notebooks. All points are then the gradebook's, with what was graded by hand.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Submissions at the same time [all processors].")
@click.option("--cluster", metavar="ADDRESS", help="Grade on the workers of a Dask scheduler: tcp://HOST:8786.")
@click.option("--sandbox", type=click.Choice(("auto", "bubblewrap", "docker", "none")), default="auto",
              show_default=True, help="Where submissions run. With none they run with all your rights: they can read, "
              "change and delete your files, and use your network.")
@click.option("--cell-timeout", type=click.FloatRange(min=0.1), default=30.0, show_default=True, metavar="S",
              help="Seconds for one cell, and for one exercise's check.")
@click.option("--memory", type=Size(), default="2G", show_default=True, metavar="SIZE",
              help="Memory for one submission.")
@click.option("--seed", metavar="TEXT", help="Draw fresh inputs from this text in place of your own secret.")
def grade(paths: tuple[Path, ...], json_file: str | None, csv_file: str | None, junit_file: str | None,
          feedback: Path | None, report: str | None, gradebook: bool, jobs: int | None, cluster: str | None,
          sandbox: str, cell_timeout: float, memory: int, seed: str | None) -> int:
    """Grade notebooks, or folders laid out as submitted/STUDENT/LESSON/LESSON.ipynb.

    Submissions run in a sandbox; points come from right results for inputs that are drawn anew for
    each submission. The same submission always gets the same grade. A run that was stopped goes on
    where it was when the same command is given again.
    """
    import course_utils.grading.fast_imports  # noqa: F401  # isort: skip
    from course_utils.grading.grade import Options, grade_paths
    from course_utils.grading.reports.exports import csv_text, junit_text
    from course_utils.grading.reports.terminal import Display, print_summary
    from course_utils.grading.submission.result import document

    limits = Limits(cell_seconds=cell_timeout, total_seconds=max(600.0, 4 * cell_timeout), memory_bytes=memory)
    options = Options(sandbox, limits, jobs, seed, cluster, gradebook, feedback is not None)
    with Display() as display:
        if sandbox == "none":
            display.console.print("No sandbox: the submissions run with all your rights.")
        graded = grade_paths(paths, options, display.start, display.result)
    results = graded.results
    written = [json_file, csv_file, junit_file, report]
    for target, text in zip(written, (
            lambda: json.dumps(document(results, graded.missing), indent=1, ensure_ascii=False) + "\n",
            lambda: csv_text(results, graded.missing), lambda: junit_text(results),
            lambda: _report(results, graded.missing or ())), strict=True):
        if target is not None:
            _write(target, text())
    if feedback is not None:
        _write_feedback(feedback, results)
    if "-" not in written:
        print_summary(results, display.console, graded.missing or ())
    for note in graded.notes:
        click.echo(f"course: {note}", err=True)
    if graded.interrupted:
        again = "The same command goes on from there."
        click.echo(f"course: stopped after {len(results)} of {graded.total} submissions; they are kept. {again}",
                   err=True)
    return 1 if graded.interrupted or any(result.error for result in results) else 0


def _report(results: Sequence[Result], missing: Sequence[Missing]) -> str:
    from course_utils.grading.reports.class_page import report_page

    return report_page(results, missing)


def _write(target: str, text: str) -> None:
    """The whole text to a file, or to standard output."""
    from course_utils.files import write_whole

    if target == "-":
        click.echo(text, nl=False)
        return
    try:
        write_whole(Path(target), text)
    except OSError as error:
        raise click.ClickException(f"{target} cannot be written: {error.strerror}.") from None


def _write_feedback(folder: Path, results: Sequence[Result]) -> None:
    from course_utils.grading.reports.feedback import write_feedback

    try:
        write_feedback(folder, results)
    except OSError as error:
        raise click.ClickException(f"{error.filename or folder} cannot be written: {error.strerror}.") from None
