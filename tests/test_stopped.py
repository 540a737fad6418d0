"""Checks that hang or are interrupted, code that Python cannot read, commands without a name: one sentence each."""

from __future__ import annotations

import ast
import dataclasses
import itertools
import linecache
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from course_utils.evidence.collect import Plan, collect, encode_cases
from course_utils.evidence.student_lines import own_lines
from course_utils.judging.explain_syntax import explain_syntax
from course_utils.judging.judge import judge
from course_utils.judging.notebook_names import NotebookNames
from course_utils.judging.outcome import Outcome
from course_utils.lesson import load_lesson
from course_utils.notebook import commands, limit
from course_utils.notebook.shell_hooks import explanation
from course_utils.records import store
from course_utils.rendering.text import course_text, progress_text

SKIPPED = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no alarms on this system")


@pytest.fixture(autouse=True)
def lesson_1(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Plain Python in lesson 1, with progress of its own and little patience."""
    monkeypatch.setenv("COURSE_STATE", str(tmp_path))
    monkeypatch.delenv("COURSE_CHECK", raising=False)
    monkeypatch.setattr(commands, "_current", [load_lesson("01_tensors")])
    monkeypatch.setattr(commands, "SECONDS", 0.3)


def written(source: str, name: str = "times_table", **names: Any) -> Callable[..., Any]:
    """A function that was written in a cell."""
    linecache.cache["<ipykernel_9>"] = (len(source), None, source.splitlines(True), "<ipykernel_9>")
    scope: dict[str, Any] = dict(names)
    exec(compile(source, "<ipykernel_9>", "exec"), scope)
    return scope[name]  # type: ignore[no-any-return]


HANGING = {
    "a loop": "def times_table(n):\n    while True:\n        n += 1\n",
    "a loop that catches": "def times_table(n):\n    while True:\n        try:\n            n += 1\n"
                           "        except Exception:\n            pass\n",
}


@SKIPPED
@pytest.mark.parametrize("kind", HANGING)
def test_an_answer_that_hangs_is_stopped_and_its_line_is_shown(kind: str) -> None:
    before = signal.getsignal(signal.SIGALRM)
    begun = time.monotonic()
    result = commands.check(written(HANGING[kind]))
    assert time.monotonic() - begun < 5
    verdict = result.verdict
    assert verdict.outcome is Outcome.TIMEOUT
    assert verdict.message.startswith("Your code had not finished after 0.3 seconds, so the check stopped it.")
    assert verdict.code[-1][1].strip() in ("while True:", "n += 1", "try:", "pass")
    assert "Took too long" in repr(result)
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_the_streams_are_as_before_after_a_stop() -> None:
    out = sys.stdout
    commands.check(written("def times_table(n):\n    while True:\n        print(n)\n"))
    assert sys.stdout is out
    assert "write" not in vars(sys.stdout)


def test_where_there_is_no_alarm_a_timer_stops_the_code() -> None:
    caught: list[BaseException] = []

    def run() -> None:
        try:
            with limit.time_limit(0.2):
                for _ in itertools.count():
                    pass
        except limit.TookTooLong as stop:
            caught.append(stop)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()
    assert len(caught) == 1


def test_a_quick_answer_is_not_touched_by_the_limit() -> None:
    right = written("import torch\ndef times_table(n):\n    k = torch.arange(1, n + 1)\n    return k[:, None] * k\n")
    assert commands.check(right).verdict.correct


def test_an_interrupted_check_says_one_sentence() -> None:
    answer = written("def times_table(n):\n    raise KeyboardInterrupt\n")
    with pytest.raises(KeyboardInterrupt) as caught:
        commands.check(answer)
    assert caught.value._render_traceback_() == [  # type: ignore[attr-defined]
        "The check of times_table was interrupted in line 2 of your code, `raise KeyboardInterrupt`, so there is no "
        "result."]


@pytest.mark.parametrize(("call", "says"), [
    (lambda: commands.hint("standardise"), "There is no exercise standardise. Did you mean standardize?"),
    (lambda: commands.hint(), "Which exercise? Put its name between the parentheses. The exercises here are leibniz_"),
    (lambda: commands.solution("slop"), "There is no exercise slop. Did you mean slope?"),
    (lambda: commands.solution("unheard_of"), "There is no exercise unheard_of. The exercises here are leibniz_pi"),
    (lambda: commands.solution(), "Which exercise?"), (lambda: commands.hint(3), "No exercise belongs to this value."),
])
def test_a_command_without_its_exercise_says_which_there_are(call: Callable[[], Any], says: str) -> None:
    assert repr(call()).startswith(says)


def test_check_without_an_exercise_shows_no_frames() -> None:
    with pytest.raises(LookupError, match="Which exercise") as caught:
        commands.check()
    assert caught.value._render_traceback_()[0].startswith("Which exercise?")  # type: ignore[attr-defined]


@pytest.mark.parametrize(("source", "says"), [
    ("f(1", "no partner"), ("if True\n    x", "ends in a colon"), ("def f():\nx = 1", "needs at least one line"),
    ("x = 1\n  y = 2", "indented further"), ("if a = 1: pass", "`==` compares"), ("s = 'abc", "does not end"),
    ("x = [1 2]", "a comma, an operator"), ("f(a=1, 2)", "come last"), ("return 3", "not inside a function"),
    ("break", "only works inside a loop"), ("x = 2x", "a product is"), ("print(“hello”)", "Python's characters"),
    ("f(x) = 3", "To compare, use"), ("x = 1)", "too many"), ("(]", "its own kind"), ("else:\n    pass", "belong to"),
])
def test_code_that_python_cannot_read_is_explained(source: str, says: str) -> None:
    with pytest.raises(SyntaxError) as caught:
        compile(source, "<cell>", "exec")
    assert says in explain_syntax(caught.value), caught.value
    shown = explanation(caught.value)
    assert shown is not None
    assert shown[0].splitlines()[0].startswith(f"{type(caught.value).__name__}: ")
    assert own_lines(caught.value.__traceback__) == []


@pytest.mark.parametrize(("line", "version", "says"), [
    ("type Pair = tuple[int, int]", (3, 11), "the `type` statement, which Python reads from 3.12 on; this is"),
    ("def first[T](x: list[T]) -> T: ...", (3, 11), "type parameters in brackets"),
    ("f'{d['a']}'", (3, 11), "the same quotes can be used from Python 3.12 on"),
    ("x = t'{name}'", (3, 13), "a template string"),
    ("except ValueError, TypeError:", (3, 13), "several exceptions without parentheses"),
])
def test_what_a_later_python_reads_says_so(line: str, version: tuple[int, int], says: str) -> None:
    error = SyntaxError("f-string: unmatched '('" if line.startswith("f'") else "invalid syntax")
    error.text = line
    assert says in explain_syntax(error, version)
    assert says not in explain_syntax(error, (3, 14))


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python reads it")
def test_a_later_pythons_syntax_is_recognized_in_a_real_error() -> None:
    for source in ("type Pair = tuple[int, int]", "def first[T](x): ...", "x = {'a': 1}\nf'{x['a']}'"):
        with pytest.raises(SyntaxError) as caught:
            ast.parse(source)
        assert "3.12" in explain_syntax(caught.value), source


WRONG = "def times_table(n):\n    return {}\n"
RIGHT = "import torch\ndef times_table(n):\n    k = torch.arange(1, n + 1)\n    return k[:, None] * k\n"


def test_the_same_result_is_told_by_whether_the_code_changed() -> None:
    commands.check(written(WRONG.format("n")))
    assert "Did you run the cell" in repr(commands.check(written(WRONG.format("n"))))
    again = repr(commands.check(written(WRONG.format("n  # the same"))))
    assert "Did you run the cell" not in again
    assert "Your code has changed, but its result is the same." in again


def test_progress_says_where_the_answer_has_become_worse() -> None:
    lesson = load_lesson("01_tensors")
    assert commands.check(written(RIGHT)).verdict.correct
    done = store.lesson_progress(lesson)
    assert [e.stands for e in done.exercises if e.name == "times_table"] == [None]
    commands.check(written(WRONG.format("None")))
    worse = store.lesson_progress(lesson)
    assert "your answer now gets 0" in progress_text(worse)
    assert "your answer now gets fewer points: times_table" in course_text([worse])
    assert [e.stands for e in worse.exercises if e.name == "times_table"] == [0.0]
    assert not next(e for e in worse.exercises if e.name == "times_table").done
    commands.check(written(RIGHT))
    assert "now gets" not in progress_text(store.lesson_progress(lesson))


def test_what_the_saved_notebook_gets_is_noted_and_is_no_attempt() -> None:
    lesson = load_lesson("01_tensors")
    right = commands.check(written(RIGHT)).verdict
    wrong = dataclasses.replace(right, outcome=Outcome.WRONG, score=0.0)
    store.note_standing(lesson.id, lesson["times_table"], wrong)
    assert "your answer now gets 0" in progress_text(store.lesson_progress(lesson))
    assert store.load()[lesson.id]["times_table"].attempts == 0
    store.note_standing(lesson.id, lesson["times_table"], right)
    assert "now gets" not in progress_text(store.lesson_progress(lesson))


@pytest.mark.parametrize("reveal", [True, False])
def test_a_grade_gives_no_advice_for_a_notebook(reveal: bool) -> None:
    exercise = load_lesson("01_tensors")["times_table"]
    cases = exercise.cases(0)
    unwritten = written("def times_table(n):\n    raise NotImplementedError\n")
    for names in ({}, {"times_table": unwritten}, {"times_table": 3}):
        evidence = collect(names, Plan.of(exercise), encode_cases(cases))
        message = judge(exercise, cases, evidence, reveal=reveal).message
        assert ("cell" in message) == reveal, message


def test_a_missing_answer_whose_cell_is_there_is_told_so() -> None:
    exercise = load_lesson("01_tensors")["times_table"]
    cases = exercise.cases(0)
    evidence = collect({}, Plan.of(exercise), encode_cases(cases))
    notebook = NotebookNames.of(["times_table = lambda n: 1 / 0", "check(times_table)"], 1)
    assert "Run the cell that defines it" in judge(exercise, cases, evidence, notebook=notebook).message


def test_in_a_run_of_the_whole_notebook_only_what_is_below_is_missing() -> None:
    names = NotebookNames.in_a_run(["a = 1", "check(f)", "a, b = 2, 3"], 1)
    assert (names.above, names.below) == (frozenset(), frozenset({"b"}))
