"""What a lesson notebook calls: ``start``, ``check``, ``hint``, ``solution``, ``progress``."""

from __future__ import annotations

import contextlib
import inspect
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from course_utils.colours import GREEN
from course_utils.display import Shown, in_notebook
from course_utils.evidence.collect import Plan, collect, encode_cases
from course_utils.evidence.near_names import nearest
from course_utils.evidence.observation import source_in
from course_utils.exercise import Exercise
from course_utils.judging.diagnose import can_be_located
from course_utils.judging.helpers import WRONG, with_wrong_helpers
from course_utils.judging.judge import judge
from course_utils.judging.judged import Judged
from course_utils.judging.notebook_names import NotebookNames
from course_utils.judging.outcome import Outcome
from course_utils.judging.verdict import Verdict, score_text
from course_utils.lesson import Lesson, lessons, load_lesson, resolve_lesson_id
from course_utils.notebook.limit import SECONDS, TookTooLong, interrupted, stopped_verdict, time_limit
from course_utils.notebook.notebook_file import names_around
from course_utils.notebook.search import locate
from course_utils.notebook.seed import notebook_seed
from course_utils.notebook.shell_hooks import install, share_cores
from course_utils.records import store
from course_utils.rendering.card import card
from course_utils.rendering.progress import course_card, lesson_card
from course_utils.rendering.template import BLUE, note
from course_utils.rendering.text import course_text, plain, progress_text, verdict_text
from course_utils.threads import choose_threads

_ONLY_A_CHECK = re.compile(r"check\([\w\"']*\)")
_current: list[Lesson] = []  # the lesson that start() opened, if any


NOTHING = object()  # in place of an argument that was left out


class NoSuchExercise(LookupError):
    """Raised if no exercise belongs to what a command was given. IPython shows its sentence and no frames."""

    def _render_traceback_(self) -> list[str]:
        return [plain(str(self))]


class CheckFailed(AssertionError):
    """Raised by a check that is not correct, where COURSE_CHECK=raise."""


class CheckResult(Shown):
    """What ``check`` returns; the verdict is in ``.verdict``."""

    def __init__(self, verdict: Verdict, html: str, since: str = "") -> None:
        super().__init__(verdict_text(verdict, since), html, score_text(verdict.score))
        self.verdict = verdict


def start(lesson: str) -> None:
    """Open a lesson: names then mean its exercises, and errors in your cells are explained.

    Also choose PyTorch's threads for the lesson's networks; ``torch.set_num_threads`` overrules that.
    """
    _current[:] = [load_lesson(resolve_lesson_id(lesson))]
    from IPython.core.getipython import get_ipython

    line = choose_threads(_current[0].one_thread)
    if line:
        print(line)
    shell = get_ipython()
    if shell is not None:
        install(shell, lambda: _current[0].exercise_names, lambda: _current[0].id, Shown)
        if not _current[0].one_thread:
            share_cores(shell)


def check(answer: Any = NOTHING) -> Any:
    """Check an answer: the function, class or value that you wrote, or its name.

    Shows what is right, what is not, and which mistake it is. With COURSE_CHECK=raise a check
    that is not correct raises :class:`CheckFailed`.
    """
    namespace = _caller_namespace()
    lesson, exercise = _find(answer, namespace)
    seen = dict(namespace)
    if not (isinstance(answer, str) and answer == exercise.name):
        seen = {exercise.name: answer}
    cases = exercise.cases(notebook_seed(lesson, exercise))
    try:
        with time_limit(SECONDS):
            evidence = collect(seen, Plan.of(exercise), encode_cases(cases))
        verdict = judge(exercise, cases, evidence, notebook=_names_around(lesson))
    except TookTooLong as stop:
        evidence = b""
        verdict = stopped_verdict(exercise.name, exercise.points, stop, SECONDS)
    except KeyboardInterrupt as stop:
        raise interrupted(exercise.name, stop) from None
    record, since = store.remember(lesson.id, exercise, verdict, source_in(evidence))
    kept = store.load().get(lesson.id, {})
    verdict = with_wrong_helpers(verdict, source_in(evidence), [name for name in lesson.exercise_names
                                                                if name in kept and kept[name].outcome in WRONG])
    if os.environ.get("COURSE_CHECK") == "raise" and not verdict.correct:
        raise CheckFailed(verdict_text(verdict))
    shown = exercise.reference_source if store.solution_earned(record, exercise) else None
    following = _following(lesson, exercise) if verdict.correct else ""

    def result(verdict: Verdict, searching: bool = False) -> CheckResult:
        return CheckResult(verdict, card(verdict, exercise.hints, shown, since, following, searching=searching), since)

    judged = Judged.of(exercise, cases, evidence, verdict) if in_notebook() else None
    if judged is None or not can_be_located(judged):
        return result(verdict)
    return _completed(result, lesson.id, judged, seen)


def _completed(result: Callable[..., CheckResult], lesson_id: str, judged: Judged,
               namespace: Mapping[str, Any]) -> CheckResult:
    """Show the card at once where it is the cell's only output; return the completed one, which takes its place."""
    from IPython.display import clear_output, display

    cells = [str(cell) for cell in namespace.get("In", ())]
    alone = bool(cells) and _ONLY_A_CHECK.fullmatch(cells[-1].strip()) is not None
    if alone:
        display(result(judged.verdict, searching=True))
    located = None
    with contextlib.suppress(KeyboardInterrupt):  # it ends the search, and the card stays as it is
        located = locate(lesson_id, judged, namespace, cells)
    if alone:
        clear_output(wait=True)
    return result(replace(judged.verdict, located=located))


def hint(name: Any = NOTHING) -> Any:
    """The next hint for an exercise; each call gives one more, then they start again."""
    try:
        lesson, exercise = _find(name, _caller_namespace())
    except LookupError as error:
        return _said(str(error))
    with store.updated(lesson.id, exercise.name) as record:
        number = record.hints % len(exercise.hints)
        record.hints = number + 1
    title = f"Hint {number + 1} of {len(exercise.hints)}"
    text = exercise.hints[number]
    return Shown(f"{title}: {plain(text)}", note(BLUE, text, f"{title}."))


def solution(name: Any = NOTHING) -> Any:
    """The reference, once you have passed the exercise or made three real attempts."""
    try:
        lesson, exercise = _find(name, _caller_namespace())
    except LookupError as error:
        return _said(str(error))
    record = store.load().get(lesson.id, {}).get(exercise.name, store.Record())
    if not store.solution_earned(record, exercise):
        left = store.ATTEMPTS_FOR_SOLUTION - record.attempts
        tries = "one more try" if left == 1 else f"{left} more tries"
        text = f"The solution opens when you pass, or after {tries}. hint(\"{exercise.name}\") helps until then."
        return _said(text)
    return Shown(exercise.reference_source, note(GREEN, "One way to write it:", program=exercise.reference_source))


def _said(text: str) -> Shown:
    """A sentence as a small card."""
    return Shown(plain(text), note(BLUE, text))


def progress() -> Any:
    """Your points in this lesson (in all lessons where none is open), and what is next."""
    if _current:
        state = store.lesson_progress(_current[0])
        return Shown(progress_text(state), lesson_card(state))
    states = store.all_progress()
    return Shown(course_text(states), course_card(states, _links(states)))


def _links(states: Sequence[store.LessonProgress]) -> list[str]:
    """The lessons that a page in the working folder can link to: on the start page, those that are built."""
    return [s.lesson.id for s in states if Path(s.lesson.id, f"{s.lesson.id}.ipynb").exists()]


def _following(lesson: Lesson, exercise: Exercise) -> str:
    """What comes after an exercise that is solved. It says the same for everybody."""
    place = lesson.exercise_names.index(exercise.name) + 1
    if place == len(lesson.exercise_names):
        return "That was the last exercise of this lesson."
    return f"Exercise {place} of {len(lesson.exercise_names)}. Next: `{lesson.exercise_names[place]}`."


def _names_around(lesson: Lesson) -> NotebookNames | None:
    """What the notebook's other cells say of names; None in plain Python."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    return names_around(shell, lesson.id) if shell is not None else None


def _caller_namespace() -> Mapping[str, Any]:
    frame = inspect.currentframe()
    while frame is not None and frame.f_globals.get("__name__", "").startswith("course_utils."):
        frame = frame.f_back
    return frame.f_globals if frame is not None else {}


def _find(answer: Any, namespace: Mapping[str, Any]) -> tuple[Lesson, Exercise]:
    """The exercise that is meant: by its name, by the answer's own name, or by the variable that holds it."""
    candidates = _current or list(lessons())
    names = [answer] if isinstance(answer, str) else []
    own = None if names else getattr(answer, "__name__", None)
    names += [own] if isinstance(own, str) else []
    names += [name for name, value in namespace.items() if value is answer and not name.startswith("_")]
    names += _names_in_call()
    for pool in (candidates, list(lessons())):
        for name in names:
            for lesson in pool:
                if name in lesson.exercise_names:
                    return lesson, lesson[name]
    known = [name for lesson in candidates for name in lesson.exercise_names]
    raise NoSuchExercise(_unknown(answer, known))


def _unknown(answer: Any, known: Sequence[str]) -> str:
    """What to say of something to which no exercise belongs."""
    listed = f"The exercises here are {', '.join(f'`{name}`' for name in known)}."
    if answer is NOTHING:
        return f"Which exercise? Put its name between the parentheses. {listed}"
    if not isinstance(answer, str):
        return f"No exercise belongs to this value. {listed}"
    near = nearest(answer, known, 1) or nearest(answer, [n for lesson in lessons() for n in lesson.exercise_names], 1)
    return f"There is no exercise `{answer}`. Did you mean `{near[0]}`?" if near else (
        f"There is no exercise `{answer}`. {listed}")


def _names_in_call() -> list[str]:
    """The name in ``check(name)`` as the running notebook cell has it (several may hold the same value)."""
    try:
        from IPython.core.getipython import get_ipython

        shell = get_ipython()
        history = shell.history_manager if shell else None
        cell = history.input_hist_raw[-1] if history else ""
    except (ImportError, AttributeError, IndexError):
        return []
    return re.findall(r"check\(\s*([A-Za-z_]\w*)\s*\)", cell)


__all__ = ["CheckFailed", "CheckResult", "Outcome", "check", "hint", "progress", "solution", "start"]
