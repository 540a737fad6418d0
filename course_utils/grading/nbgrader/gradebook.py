"""nbgrader's gradebook and its autograded notebooks, written by one process alone."""

from __future__ import annotations

import contextlib
import json
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbgrader import utils
from nbgrader.api import Gradebook, InvalidEntry, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties, SaveCells
from sqlalchemy.exc import DatabaseError, OperationalError, SAWarning
from tornado.log import app_log
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from course_utils.files import write_whole
from course_utils.grading.nbgrader.released_cells import released_cells
from course_utils.grading.submission.released_cell import ReleasedCell
from course_utils.grading.submission.result import Result
from course_utils.grading.submission.timestamp import timestamp_of

_FULL = ": no space left on its disk. Make room, and grade again; what was graded is kept."


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

    def __enter__(self) -> Book:
        with self._report_database_errors():
            self._gradebook = Gradebook(self.directory.db_url, self.directory.course_id)
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
        """Write a result: the autograded notebook, then its scores. Doing it again changes nothing."""
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
            write_whole(target, nbformat.writes(node))
            self._save_scores(result, node, target.parent)

    def _save_scores(self, result: Result, node: Any, folder: Path) -> None:
        book, lesson, student = self.gradebook, str(result.lesson), str(result.student)
        timestamp, note = timestamp_of(Path(result.folder or Path(result.path).parent))
        result.note = f"{result.note} {note}".strip()
        if timestamp is not None:
            write_whole(folder / "timestamp.txt", f"{timestamp}\n")
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
        book.db.commit()
        if submission.total_seconds_late > 0:
            facts = {"notebook": lesson, "assignment": lesson, "student": student, "db_url": self.directory.db_url}
            AssignLatePenalties(config=self.config).preprocess(node, {"nbgrader": facts})

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
        """A database's errors in a line with the repair."""
        with warnings.catch_warnings(), _silent(app_log):  # nbgrader logs a traceback of what is told here in a line
            warnings.simplefilter("ignore", SAWarning)  # nbgrader's own relations, harmless
            try:
                yield
            except OperationalError as error:
                self.gradebook_rollback()
                if "disk is full" in str(error):
                    raise GradebookError(f"{self.file}{_FULL}") from error
                if "locked" in str(error):
                    raise GradebookError(f"{self.file} is locked: another program is writing to it. Close it, and "
                                         "grade again; what was graded is kept.") from error
                raise GradebookError(f"{self.file} cannot be used: {error.orig}. Where nbgrader was updated, copy the "
                                     "file and run nbgrader db upgrade.") from error
            except DatabaseError as error:
                self.gradebook_rollback()
                raise GradebookError(f"{self.file} is damaged ({error.orig}). Put a copy of it back, or move it away "
                                     "and grade again.") from error
            except InvalidEntry as error:
                self.gradebook_rollback()
                if "disk is full" in str(error):
                    raise GradebookError(f"{self.file}{_FULL}") from error
                first = str(error).partition("\n")[0]
                raise GradebookError(f"{self.file} does not take this entry: {first}.") from error
            except OSError as error:
                raise GradebookError(f"{error.filename or self.root}: {error.strerror}. Make room or rights, and "
                                     "grade again; what was graded is kept.") from error

    def gradebook_rollback(self) -> None:
        """Leave nothing half-written in the open session."""
        if self._gradebook is not None:
            with contextlib.suppress(Exception):  # a damaged file may refuse this too
                self._gradebook.db.rollback()


@contextlib.contextmanager
def _silent(log: logging.Logger) -> Iterator[None]:
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before
