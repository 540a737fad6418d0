"""nbgrader's gradebook and its autograded notebooks, written by one process alone."""

from __future__ import annotations

import contextlib
import copy
import json
import logging
import os
import warnings
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
from nbgrader import utils
from nbgrader.api import Gradebook, InvalidEntry, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties, SaveCells
from sqlalchemy.exc import DatabaseError, SAWarning
from tornado.log import app_log
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from course_utils.files import write_whole
from course_utils.grading.nbgrader.clean import clean_notebook
from course_utils.grading.nbgrader.database_errors import describe
from course_utils.grading.nbgrader.entries import take_over
from course_utils.grading.nbgrader.released_cells import released_cells, released_texts
from course_utils.grading.submission.exchange_files import SECRET, TIMESTAMP, read_exchange_file
from course_utils.grading.submission.gradebook_entry import Missing
from course_utils.grading.submission.released_cell import ReleasedCell
from course_utils.grading.submission.result import Result
from course_utils.grading.submission.timestamp import timestamp_of

_NO_TIME = f"{TIMESTAMP} holds no time, so it does not count as late. Write the time into it, then grade again."


class GradebookError(RuntimeError):
    """The gradebook can't be opened or written; the message says which, and what to do."""


class Book:
    """The gradebook of a course folder; a context manager."""

    def __init__(self, root: Path) -> None:
        self.root = root
        loader = PyFileConfigLoader("nbgrader_config.py", path=str(root))
        self.config: Config = loader.load_config() if (root / "nbgrader_config.py").exists() else Config()
        self.config.CourseDirectory.root = str(root)
        self.directory = CourseDirectory(config=self.config)
        self.file = Path(self.directory.db_url.removeprefix("sqlite:///"))
        self._gradebook: Gradebook | None = None
        self.roster: frozenset[str] = frozenset()  # the students known before this run; empty if there were none
        self.notes: dict[str, str] = {}  # by lesson, where the gradebook's points are not the course's

    def __enter__(self) -> Book:
        with self._report_database_errors():
            self._gradebook = Gradebook(self.directory.db_url, self.directory.course_id)
            self.roster = frozenset(student.id for student in self._gradebook.students)
        return self

    def __exit__(self, *_: object) -> None:
        if self._gradebook is not None:
            self._gradebook.close()

    @property
    def gradebook(self) -> Gradebook:
        assert self._gradebook is not None, "open the book first"
        return self._gradebook

    def released(self, lesson_id: str) -> list[ReleasedCell]:
        """The released lesson's cells; a lesson that was never generated is entered now, from its solution."""
        with self._report_database_errors():
            try:
                return released_cells(self.gradebook, lesson_id, lesson_id)
            except MissingEntry:
                self._enter_lesson(lesson_id)
                return released_cells(self.gradebook, lesson_id, lesson_id)

    def save(self, result: Result) -> None:
        """Write a result: the autograded notebook, then its scores. Doing it again changes nothing.

        The result then has the gradebook's points, with what was graded by hand.
        """
        if result.student is None or result.lesson is None:
            raise GradebookError(f"{result.path}: whose notebook is it? The gradebook takes folders laid out as "
                                 "submitted/STUDENT/LESSON.")
        if not result.autograded:
            raise GradebookError(f"{result.path}: lesson {result.lesson} is not in the gradebook. Run nbgrader "
                                 f"generate_assignment {result.lesson}.")
        with self._report_database_errors():
            target = Path(self.directory.format_path(self.directory.autograded_directory, result.student,
                                                     result.lesson)) / f"{result.lesson}.ipynb"
            node = nbformat.from_dict(json.loads(result.autograded))
            texts = released_texts(self.gradebook, result.lesson, result.lesson)
            write_whole(target, nbformat.writes(clean_notebook(copy.deepcopy(node), texts)))
            self._save_scores(result, node, target.parent)

    def _save_scores(self, result: Result, node: Any, folder: Path) -> None:
        book, lesson, student = self.gradebook, str(result.lesson), str(result.student)
        submitted = Path(result.folder or Path(result.path).parent)
        timestamp, note = timestamp_of(submitted)
        result.note = f"{result.note} {note}".strip()
        if timestamp is not None:
            write_whole(folder / TIMESTAMP, f"{timestamp}\n")
        secret = read_exchange_file(submitted, SECRET)
        if secret is not None:
            write_whole(folder / SECRET, secret)
        book.update_or_create_student(student)
        known = {"timestamp": timestamp} if timestamp else {}
        submission = book.update_or_create_submission(lesson, student, **known)
        cells = {cell.metadata.nbgrader.grade_id: cell for cell in node.cells
                 if cell.metadata.get("nbgrader", {}).get("grade_id")}
        notebook = book.find_submission_notebook(lesson, lesson, student)
        for grade in notebook.grades:
            cell = cells.get(grade.cell.name)
            if cell is not None and utils.is_grade(cell):
                grade.auto_score, _ = utils.determine_grade(cell)
            elif grade.cell.cell_type == "code":
                grade.auto_score = 0.0
            grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
        for comment in notebook.comments:
            cell = cells.get(comment.cell.name)
            untouched = cell is None or cell.metadata.nbgrader.get("checksum") == utils.compute_checksum(cell)
            comment.auto_comment = "No response." if untouched else None
        notebook.late_submission_penalty = None
        book.db.commit()
        if submission.total_seconds_late > 0:
            facts = {"notebook": lesson, "assignment": lesson, "student": student, "db_url": self.directory.db_url}
            AssignLatePenalties(config=self.config).preprocess(node, {"nbgrader": facts})
            book.db.expire_all()
        unread = timestamp is None and os.path.lexists(submitted / TIMESTAMP)
        differences = take_over(book, result, cells, bool(self.roster) and student not in self.roster,
                                _NO_TIME if unread else "")
        if differences:
            self.notes[lesson] = (f"{lesson}: {differences}. Run nbgrader generate_assignment {lesson} --force, then "
                                  "grade again.")

    def missing(self, results: Sequence[Result]) -> list[Missing]:
        """Return who of the roster handed in nothing for the lessons of these results, now or earlier."""
        found = []
        with self._report_database_errors():
            for lesson in sorted({str(result.lesson) for result in results if result.entry}):
                present = {submission.student.id for submission in self.gradebook.assignment_submissions(lesson)}
                present |= {str(r.student) for r in results if r.error and r.lesson in (None, lesson)}
                found += [Missing(student, lesson) for student in sorted(self.roster - present)]
        return found

    def _enter_lesson(self, lesson_id: str) -> None:
        """What ``nbgrader generate_assignment`` keeps in the gradebook, leaving the release alone."""
        source = Path(self.directory.format_path(self.directory.source_directory, ".", lesson_id),
                      f"{lesson_id}.ipynb")
        if not source.exists():
            raise GradebookError(f"Lesson {lesson_id} is not in the gradebook, and {source} is not there. Run course "
                                 f"build {lesson_id}, then nbgrader generate_assignment {lesson_id}.")
        node: Any = nbformat.read(source, as_version=4)
        resources: Any = {"nbgrader": {"notebook": lesson_id, "assignment": lesson_id, "student": ".",
                                       "db_url": self.directory.db_url}}
        self.gradebook.update_or_create_assignment(lesson_id)
        for step in self.config.GenerateAssignment.preprocessors:
            node, resources = step(config=self.config).preprocess(node, resources)
            if step is SaveCells:
                return

    @contextlib.contextmanager
    def _report_database_errors(self) -> Iterator[None]:
        """Report a database's errors in a line with the repair."""
        with warnings.catch_warnings(), _silent(app_log):  # nbgrader logs a traceback, too
            warnings.simplefilter("ignore", SAWarning)  # nbgrader's own relations, harmless
            try:
                yield
            except (DatabaseError, InvalidEntry) as error:
                self.gradebook_rollback()
                raise GradebookError(describe(self.file, error)) from error
            except OSError as error:
                raise GradebookError(f"{error.filename or self.root}: {error.strerror}. Free some space or make it "
                                     "writable, then grade again; what was graded is kept.") from error

    def gradebook_rollback(self) -> None:
        """Leave nothing half-written in the open session."""
        if self._gradebook is not None:
            with contextlib.suppress(Exception):  # a damaged file may refuse this too
                self._gradebook.db.rollback()


def _time(text: str | None) -> datetime | None:
    """Return the time in UTC that nbgrader reads in a text; None if it reads none."""
    try:
        return utils.parse_utc(text.strip()) if text and text.strip() else None
    except Exception:  # whatever a stranger wrote, and dateutil raised
        return None


@contextlib.contextmanager
def _silent(log: logging.Logger) -> Iterator[None]:
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before
