"""Running a submission cell by cell, and judging each exercise where its answer stands.

When evidence is collected
--------------------------
At every check cell of the exercise, as the student saw it; if there is none, after every cell
that defines the answer; and at the end of the notebook if none of these was correct. For a
function or class the best of these verdicts counts: each of them rests on correct results for
inputs that nobody could know, so a later cell cannot lose what was correct, nor does an early
check cost what was fixed below. For a value (a table of predictions, say) only the last attempt
counts (as it was checked, or as it stands at the end): a value is correct by itself, and the best
of many would be won by trying them all.

If a later line gave an answer's name to something else (``standardize = standardize(x)``), the
answer is looked at once more, directly after the cell that defines it.

When a cell or an answer kills its process
------------------------------------------
It is left out; a new process runs the cells before it again, and the notebook goes on behind it.
Verdicts that are there stay.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from course_utils.cell_names import is_check
from course_utils.evidence.collect import Plan, encode_cases
from course_utils.evidence.observation import source_in
from course_utils.exercise import Case, Exercise
from course_utils.grading.sandbox.limits import Limits
from course_utils.grading.sandbox.session import CellRun, Session, SessionLost
from course_utils.grading.seeds import seed_for
from course_utils.grading.submission.identify_lesson import exercise_of, names_checked
from course_utils.grading.submission.notebook_file import Cell, Notebook, defined_names, written_names
from course_utils.judging.diagnose import Budget, TryAnswer, can_be_located, diagnose
from course_utils.judging.helpers import WRONG, with_wrong_helpers
from course_utils.judging.judge import judge
from course_utils.judging.judged import Judged
from course_utils.judging.located import Located
from course_utils.judging.notebook_names import NotebookNames
from course_utils.judging.outcome import Outcome, Rung
from course_utils.judging.verdict import Verdict
from course_utils.lesson import Lesson

MAX_LOOKS = 12  # in a notebook with more tries, those in the middle are not looked at; the end always is
SEARCH = (1.5, 300)  # seconds and tries for an answer that is wrong without a name
TRY_SECONDS = 0.5  # for one changed answer on one input
OpenSession = Callable[[], Session]
_MISSING_NAME = re.compile(r"name '(\w+)' is not defined")
_JUDGING = threading.Lock()  # judging seeds the random generators and captures what is printed


@dataclass
class Graded:
    """What running and judging a notebook gave."""

    verdicts: list[Verdict]
    runs: dict[int, CellRun]  # by the cell's index
    lost: dict[int, SessionLost]  # cells that ended their process
    written: dict[str, bytes] = field(default_factory=dict)  # small files that an own assignment's cells wrote


@dataclass
class _Tries:
    """The verdicts on one exercise, in the order in which they were reached."""

    exercise: Exercise
    cases: list[Case]
    inputs: bytes
    verdicts: list[Verdict] = field(default_factory=list)
    evidence: bytes = b""  # the last
    evidence_of: dict[int, bytes] = field(default_factory=dict)  # by the verdict's place in ``verdicts``
    located: Located | None = None  # the change that makes the final verdict's answer right
    seen_at_end: bool = False  # the last verdict is on what stood at the end, not on what was checked

    @property
    def is_settled(self) -> bool:
        """Whether nothing that comes later can change the verdict for the better."""
        return self.exercise.kind != "value" and any(verdict.correct for verdict in self.verdicts)

    def add(self, evidence: bytes, notebook: NotebookNames | None = None) -> None:
        if evidence != self.evidence or not self.verdicts:
            with _JUDGING:
                self.verdicts.append(judge(self.exercise, self.cases, evidence, reveal=False, notebook=notebook))
            self.evidence = self.evidence_of[len(self.verdicts) - 1] = evidence

    def add_loss(self, lost: SessionLost) -> None:
        self.verdicts.append(_lost_verdict(self.exercise, lost))

    @property
    def attempted(self) -> list[Verdict]:
        return [v for v in self.verdicts if v.outcome is not Outcome.NOT_ATTEMPTED]

    def final_verdict(self) -> Verdict | None:
        """Return the verdict that counts (see the module's text)."""
        tried = self.attempted
        if not tried:
            return self.verdicts[-1] if self.verdicts else None
        if self.exercise.kind == "value":
            tried = tried[-2:] if self.seen_at_end else tried[-1:]
        return max(reversed(tried), key=lambda verdict: verdict.score)


class Run:
    """One submission on its way through the sandbox."""

    def __init__(self, notebook: Notebook, lesson: Lesson | None, secret: bytes, open_session: OpenSession,
                 limits: Limits, left_out: frozenset[str] = frozenset()) -> None:
        self.notebook, self.lesson, self.open_session, self.limits = notebook, lesson, open_session, limits
        self.cells = notebook.code
        self.names = list(lesson.exercise_names) if lesson else []
        self.skipped = {cell.index for cell in self.cells if cell.source.strip() in left_out}
        self.deadline = time.monotonic() + limits.total_seconds
        self.secret = secret
        self._begin()

    def _begin(self) -> None:
        self.tries = {e.name: self._tries(e) for e in (self.lesson.exercises if self.lesson else ())}
        self.runs: dict[int, CellRun] = {}
        self.lost: dict[int, SessionLost] = {}
        self.session: Session | None = None
        self.check_positions = self._check_positions()

    def _tries(self, exercise: Exercise) -> _Tries:
        lesson_id = self.lesson.id if self.lesson else ""
        seed = seed_for(self.secret, self.notebook.digest, lesson_id, exercise.name)
        cases = exercise.cases(seed)
        return _Tries(exercise, cases, encode_cases(cases))

    def _check_positions(self) -> dict[int, list[str]]:
        """After which cells which exercises are looked at."""
        checks = {cell.index: [n for n in self.names if n in names_checked(cell) or n == exercise_of(cell)
                               and is_check(cell.grade_id)] for cell in self.cells}
        checked = {name for names in checks.values() for name in names}
        for cell in self.cells:
            bound = defined_names(cell.source)
            checks[cell.index] += [n for n in self.names if n in bound and n not in checked]
        for name in self.names:
            places = [index for index, names in checks.items() if name in names]
            for index in places[MAX_LOOKS // 2:-(MAX_LOOKS // 2)]:
                checks[index].remove(name)
        return checks

    def grade(self) -> Graded:
        """Run the cells, judge the exercises; never raises for what a submission does."""
        try:
            self._through()
            if self._needs_a_demonstration():
                self._leave()
                self.skipped = set()
                self._begin()
                self._through()
            self._locate()
            written = self._written()
        finally:
            self._leave()
        verdicts = {name: self._final(name) for name in self.names}
        wrong = [name for name, verdict in verdicts.items() if verdict.outcome in WRONG]
        if len(wrong) > 1:
            verdicts |= {name: with_wrong_helpers(verdicts[name], source_in(self.tries[name].evidence), wrong)
                         for name in wrong}
        return Graded(list(verdicts.values()), self.runs, self.lost, written)

    def _through(self) -> None:
        for position, cell in enumerate(self.cells):
            if not self._in_time():
                return
            if cell.index in self.skipped:
                continue
            run = self._run(position, cell)
            if run is None:
                continue
            self.runs[cell.index] = run
            for name in self.check_positions[cell.index]:
                self._collect(name, position + 1)
        for name, tries in self.tries.items():
            if not tries.is_settled and self._in_time():
                before = len(tries.attempted)
                self._collect(name, len(self.cells))
                tries.seen_at_end = 0 < before < len(tries.attempted)
        for name, tries in self.tries.items():
            if not tries.is_settled and self._in_time() and any(v.rung is Rung.REBOUND for v in tries.verdicts):
                self._collect_definition(name)

    def _collect_definition(self, name: str) -> None:
        """Look at the answer directly after the last cell that defines it, before another line took its name."""
        places = [place for place, cell in enumerate(self.cells) if name in written_names(cell.source)]
        if places:
            self._leave()
            self._collect(name, places[-1] + 1)

    def _locate(self) -> None:
        """Look for the change that makes right what is wrong without a name; only while its process lives."""
        for tries in self.tries.values():
            verdict = tries.final_verdict()
            place = next((i for i, other in enumerate(tries.verdicts) if other is verdict), -1)
            if verdict is None or place not in tries.evidence_of or not self._in_time():
                continue
            judged = Judged.of(tries.exercise, tries.cases, tries.evidence_of[place], verdict)
            with _JUDGING:
                if judged is not None and can_be_located(judged):
                    tries.located = diagnose(judged, self._variant_of(tries), Budget(*SEARCH), reveal=False)

    def _variant_of(self, tries: _Tries) -> TryAnswer:
        """Return what tries a changed answer in the submission's own process."""
        def try_answer(source: str, only: Sequence[int]) -> bytes | None:
            if self.session is None:
                return None
            try:
                return self.session.try_variant(Plan.of(tries.exercise), tries.inputs, source, only, TRY_SECONDS)
            except SessionLost:
                self._leave()
                return None

        return try_answer

    def _written(self) -> dict[str, bytes]:
        """Return the files that the cells of an instructor's own assignment wrote; a lesson's have no use."""
        if self.lesson is not None or self.session is None:
            return {}
        try:
            return self.session.written()
        except SessionLost:
            self._leave()
            return {}

    def _in_time(self) -> bool:
        return time.monotonic() < self.deadline

    def _run(self, position: int, cell: Cell) -> CellRun | None:
        """Run one cell; None where it ended its process."""
        if not self._ready(position):
            return None
        try:
            assert self.session is not None
            return self.session.run(cell.source)
        except SessionLost as lost:
            self.lost[cell.index] = lost
            self._leave()
            return None

    def _ready(self, position: int) -> bool:
        """A process in which the cells before ``position`` ran; those that end it are left out."""
        while self.session is None:
            if not self._in_time():
                return False
            self.session = self.open_session()
            try:
                self.session.put(self.notebook.files)
            except SessionLost:
                self.notebook.files = {}  # the submission goes on without them
                self._leave()
                continue
            for cell in self.cells[:position]:
                if cell.index in self.lost or cell.index in self.skipped:
                    continue
                try:
                    self.session.run(cell.source)
                except SessionLost as lost:
                    self.lost[cell.index] = lost
                    self._leave()
                    break
        return True

    def _collect(self, name: str, position: int) -> None:
        tries = self.tries[name]
        if tries.is_settled or not self._ready(position):
            return
        assert self.session is not None
        try:
            evidence = self.session.collect(Plan.of(tries.exercise), tries.inputs)
        except SessionLost as lost:
            tries.add_loss(lost)
            self._leave()
            return
        tries.add(evidence, NotebookNames.in_a_run([cell.source for cell in self.cells], position - 1))

    def _leave(self) -> None:
        if self.session is not None:
            self.session.close()
            self.session = None

    def _needs_a_demonstration(self) -> bool:
        """Whether a name was missed that a demonstration, left out, would have defined."""
        shown = {name for cell in self.cells if cell.index in self.skipped for name in defined_names(cell.source)}
        missed = {run.about for run in self.runs.values() if run.raised == "NameError"}
        for tries in self.tries.values():
            for verdict in tries.verdicts:
                missed.update(_MISSING_NAME.findall(f"{verdict.message} {verdict.raised}"))
        return bool(shown & missed)

    def _belongs_to(self, cell: Cell) -> set[str]:
        """The exercises whose answer a cell was to give: by its definitions, its mark, or the check behind it."""
        behind = next((other for other in self.cells if other.index > cell.index), None)
        return defined_names(cell.source) | {exercise_of(cell)} | set(names_checked(behind) if behind else [])

    def _final(self, name: str) -> Verdict:
        tries = self.tries[name]
        verdict = tries.final_verdict()
        if verdict is not None and verdict.outcome is not Outcome.NOT_ATTEMPTED:
            return replace(verdict, located=tries.located)
        for cell in self.cells:
            if cell.index in self.lost and name in self._belongs_to(cell):
                return _lost_verdict(tries.exercise, self.lost[cell.index])
        if verdict is not None and verdict.rung is Rung.MISSING:
            for cell in self.cells:
                run = self.runs.get(cell.index)
                if run is not None and run.raised and name in defined_names(cell.source):
                    told = f"The cell that defines `{name}` raised {run.raised}{_exception_text(run)}"
                    return _lost_verdict(tries.exercise, SessionLost(Outcome.ERROR, told))
        if verdict is None:
            late = SessionLost(Outcome.TIMEOUT, "The grader did not get this far: the notebook as a whole took longer "
                                                f"than {self.limits.total_seconds:g} seconds.")
            return _lost_verdict(tries.exercise, late)
        return verdict


def _exception_text(run: CellRun) -> str:
    """What the exception said, as the end of a sentence."""
    said = next((str(output["evalue"]) for output in run.outputs if output["output_type"] == "error"), "")
    return f": {said[:300]}" if said else "."


def _lost_verdict(exercise: Exercise, lost: SessionLost) -> Verdict:
    return Verdict(exercise.name, lost.outcome, 0.0, float(exercise.points), lost.reason)


def grade_notebook(notebook: Notebook, lesson: Lesson | None, secret: bytes, open_session: OpenSession,
                   limits: Limits, demonstrations: Sequence[str] = ()) -> Graded:
    """Run and judge one submission in sessions of the sandbox; without a lesson its cells just run."""
    left_out = frozenset(source.strip() for source in demonstrations)
    return Run(notebook, lesson, secret, open_session, limits, left_out).grade()
