"""What `course grade` does, from paths to results."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils.grading.journal import Journal
from course_utils.grading.pool.coordinator import Coordinator
from course_utils.grading.pool.dask import cluster_executor
from course_utils.grading.pool.settings import Settings
from course_utils.grading.sandbox.kinds import choose
from course_utils.grading.sandbox.limits import Limits
from course_utils.grading.sandbox.sandbox import Sandbox
from course_utils.grading.sandbox.warm_imports import preload_lessons
from course_utils.grading.seeds import instructor_secret
from course_utils.grading.submission.demonstrations import release_code, release_demonstrations
from course_utils.grading.submission.find import gather
from course_utils.grading.submission.gradebook_entry import Missing
from course_utils.grading.submission.released_cell import ReleasedCell
from course_utils.grading.submission.result import Result, Submission
from course_utils.paths import NoProject, require_root
from course_utils.printable import printable
from course_utils.threads import usable_cores

if TYPE_CHECKING:
    from course_utils.grading.nbgrader.gradebook import Book


@dataclass(frozen=True)
class Options:
    """What the command line asked for."""

    sandbox: str = "auto"
    limits: Limits = Limits()
    jobs: int | None = None
    seed: str | None = None
    cluster: str | None = None
    gradebook: bool = False
    feedback: bool = False


@dataclass
class Grading:
    """All results, in the order of the submissions, and how the run ended."""

    results: list[Result]
    total: int
    interrupted: bool = False
    earlier: int = 0  # taken over from a run that was stopped
    missing: list[Missing] | None = None  # who of the roster handed in nothing; None without a gradebook
    notes: list[str] = field(default_factory=list)  # what the gradebook and the course disagree on


def grade_paths(paths: Sequence[Path], options: Options,
                on_start: Callable[[int, int], None] = lambda total, earlier: None,
                on_result: Callable[[Result], None] = lambda result: None) -> Grading:
    """Grade all that lies under the paths. Ctrl-C ends it early, with whole results."""
    # A cluster's workers choose and start their sandboxes themselves.
    kind = None if options.cluster else choose(options.sandbox)
    secret = options.seed.encode() if options.seed is not None else instructor_secret()
    settings = Settings(kind.name if kind else options.sandbox, options.limits, secret,
                        feedback=options.feedback)
    submissions = gather(paths)
    preload_lessons(submission.lesson for submission in submissions if not submission.problem)
    warm: Sandbox | None = None
    with contextlib.ExitStack() as stack:
        if kind is not None and kind.forks:  # it starts while the rest is made ready
            warm = stack.enter_context(Sandbox(kind, options.limits))
            settings = replace(settings, address=warm.address)
        executor, jobs = stack.enter_context(_executor(options))
        coordinator = stack.enter_context(contextlib.closing(Coordinator(jobs, executor)))
        settings = replace(settings, demonstrations=release_demonstrations(), release_code=release_code())
        book = stack.enter_context(_book()) if options.gradebook else None
        if book is not None:
            settings = replace(settings, released=_released_lessons(book, submissions))
        journal = Journal(settings)
        earlier = journal.earlier(submissions)
        on_start(len(submissions), len(earlier))
        outcome = Grading([], len(submissions), earlier=len(earlier))
        left = [submission for submission in submissions if submission.path not in earlier]
        by_path = {submission.path: submission for submission in submissions}
        collector = ResultCollector(book, journal, by_path, outcome, on_result)
        try:
            for result in earlier.values():
                collector.take(result, journaled=True)
            if warm is not None and left:
                warm.wait()
            for result in coordinator.grade(left, settings):
                collector.take(result)
        except KeyboardInterrupt:
            outcome.interrupted = True
        journal.finish(complete=not outcome.interrupted)
        if book is not None:
            _compare_with_roster(book, outcome)
    order = {submission.path: place for place, submission in enumerate(submissions)}
    outcome.results.sort(key=lambda result: order[result.path])
    return outcome


def _compare_with_roster(book: Book, outcome: Grading) -> None:
    """Note who handed in nothing and which points differ; a gradebook that fails now costs no results."""
    from course_utils.grading.nbgrader.gradebook import GradebookError

    outcome.missing, outcome.notes = [], list(book.notes.values())
    if outcome.interrupted:
        return
    try:
        outcome.missing = book.missing(outcome.results)
    except GradebookError as error:
        outcome.notes.append(f"{error} Who handed in nothing is unknown.")


class ResultCollector:
    """Takes results in: into the gradebook, the journal, the list; names two notebooks of one lesson."""

    def __init__(self, book: Book | None, journal: Journal, submissions: dict[str, Submission], outcome: Grading,
                 on_result: Callable[[Result], None]) -> None:
        self.book, self.journal, self.submissions = book, journal, submissions
        self.outcome, self.on_result = outcome, on_result
        self.seen: dict[tuple[str, str], Result] = {}

    def take(self, result: Result, journaled: bool = False) -> None:
        self._report_duplicates(result)
        if not journaled and not result.error:  # before the gradebook changes its points
            self.journal.add(self.submissions[result.path], result)
        if self.book is not None and not result.error:
            from course_utils.grading.nbgrader.gradebook import GradebookError

            try:
                self.book.save(result)
            except GradebookError as error:
                result.error = printable(str(error))
        self.outcome.results.append(result)
        self.on_result(result)

    def _report_duplicates(self, result: Result) -> None:
        if result.error or result.student is None or result.lesson is None:
            return
        first = self.seen.setdefault((result.student, result.lesson), result)
        if first is not result:
            beaten = first if Path(result.path).parent.name == result.lesson else result
            other = result if beaten is first else first
            beaten.error = f"A second notebook of {result.lesson}; {other.path} counts. Remove one of the two."


@contextlib.contextmanager
def _book() -> Iterator[Book]:
    from course_utils.grading.nbgrader.gradebook import Book

    with Book(require_root()) as book:
        yield book


def _released_lessons(book: Book, submissions: list[Submission]) -> dict[str, tuple[ReleasedCell, ...]]:
    """The cells of each lesson that may come up, as the gradebook has them."""
    named = {submission.lesson for submission in submissions}
    solutions = book.root / "solutions"
    if not solutions.is_dir():
        raise NoProject(f"{solutions} is missing, and the gradebook takes the lessons' cells from it. Put it back "
                        "(git checkout solutions), or grade without --gradebook.")
    known = [folder.name for folder in sorted(solutions.iterdir())
             if (folder / f"{folder.name}.ipynb").exists()]
    return {lesson: tuple(book.released(lesson)) for lesson in known if lesson in named or None in named}


@contextlib.contextmanager
def _executor(options: Options) -> Iterator[tuple[Executor | None, int]]:
    if options.cluster is None:
        yield None, options.jobs or usable_cores()
        return
    with cluster_executor(options.cluster) as (executor, threads):
        yield executor, options.jobs or threads
