"""What a person sees of a run: a bar with the time left, a line for each failure, a summary."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from course_utils.grading.reports.class_numbers import numbers_of
from course_utils.grading.reports.roster import roster_remarks
from course_utils.grading.submission.gradebook_entry import GradebookEntry, Missing
from course_utils.grading.submission.result import Result


class Display:
    """The bar and the lines, on standard error; a plain stream gets the lines alone."""

    def __init__(self) -> None:
        self.console = Console(file=sys.stderr, highlight=False, soft_wrap=True)
        self.bar = Progress(TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
                            TextColumn("left"), TimeRemainingColumn(), console=self.console, transient=True,
                            disable=not self.console.is_terminal)
        self.task = self.bar.add_task("grading", total=None)

    def __enter__(self) -> Display:
        self.bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.bar.stop()

    def start(self, total: int, earlier: int) -> None:
        self.bar.update(self.task, total=total)
        if earlier:
            self.console.print(f"{earlier} of {total} are taken over from the run that was stopped.")

    def result(self, result: Result) -> None:
        if result.error:
            self.console.print(f"course: {escape(result.path)}: {escape(result.error)}")
        elif result.note:
            self.console.print(f"course: {escape(result.path)}: {escape(result.note)}")
        self.bar.advance(self.task)


def print_summary(results: Sequence[Result], console: Console, missing: Sequence[Missing] = ()) -> None:
    """Print the scores, and per exercise how many are right, wrong and not attempted, with the mistakes made.

    With a gradebook, who was late, who handed in nothing and who was not in the roster follow.
    """
    graded = [result for result in results if not result.error]
    if len(results) == 1 and graded:
        _print_one(graded[0], console)
    elif graded:
        table = Table(box=None, header_style="bold", pad_edge=False)
        for title in ("exercise", "correct", "partial", "wrong", "not attempted", "points", "mistakes"):
            table.add_column(title, justify="left" if title in ("exercise", "mistakes") else "right")
        lessons = {result.lesson for result in graded}
        for numbers in numbers_of(graded):
            name = numbers.name if len(lessons) == 1 else f"{numbers.lesson}/{numbers.name}"
            failed = sum(numbers.outcomes[kind] for kind in ("wrong", "error", "timeout", "crashed"))
            mistakes = ", ".join(f"{mistake} {count}" for mistake, count in numbers.mistakes.most_common(3))
            table.add_row(name, str(numbers.outcomes["correct"]), str(numbers.outcomes["partial"]), str(failed),
                          str(numbers.outcomes["not_attempted"]), f"{numbers.share:.0%}", mistakes)
        console.print(table)
        shares = [100 * result.score / result.max_score for result in graded if result.max_score]
        console.print(f"{len(graded)} graded, {len(results) - len(graded)} not; points: mean "
                      f"{statistics.mean(shares):.0f}%, median {statistics.median(shares):.0f}%, lowest "
                      f"{min(shares):.0f}%, highest {max(shares):.0f}%.")
    elif results:
        console.print(f"None of {len(results)} could be graded.")
    for student, lesson, remark in roster_remarks(results, missing):
        console.print(f"{escape(student)}, {lesson}: {escape(remark)}")


def _print_one(result: Result, console: Console) -> None:
    console.print(f"{escape(result.path)}: {result.score:g} of {result.max_score:g} points")
    for exercise in result.exercises:
        points = f"{exercise.score:g}/{exercise.max_score:g}"
        told = "" if exercise.outcome == "correct" else f"  {escape(exercise.message.replace('`', ''))}"
        console.print(f"  {exercise.name:<24} {points:>8}  {exercise.outcome:<13}{told}")
    if result.entry is not None:
        _print_entry(result.entry, console)


def _print_entry(entry: GradebookEntry, console: Console) -> None:
    for cell in entry.cells:
        score = "?" if cell.score is None else f"{cell.score:g}"
        pending = "not graded yet" if cell.score is None else ""
        console.print(f"  {escape(cell.name):<24} {f'{score}/{cell.max_score:g}':>8}  {pending}")
    if entry.penalty:
        console.print(f"  {'late penalty':<24} {-entry.penalty:>8g}")
    for name, comment in entry.all_comments.items():
        console.print(f"  {escape(name)}: {escape(comment)}")
