"""Progress: what is kept, what it survives, and that notebook and terminal agree."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from course_utils.cli.status import status
from course_utils.exercise import Exercise, case
from course_utils.judging.outcome import Outcome, Rung
from course_utils.judging.verdict import Verdict
from course_utils.lesson import lessons, load_lesson
from course_utils.notebook import commands as notebook
from course_utils.records import store as records

LESSON = load_lesson("01_tensors")
EXERCISE = LESSON["times_table"]


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("COURSE_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


def passed(exercise: Exercise = EXERCISE) -> Verdict:
    return Verdict(exercise.name, Outcome.CORRECT, float(exercise.points), float(exercise.points), "Correct.")


def failed(message: str = "no", **facts: Any) -> Verdict:
    return Verdict(EXERCISE.name, Outcome.WRONG, 0.0, float(EXERCISE.points), message, rung=Rung.VALUES, **facts)


def state_of(name: str = EXERCISE.name) -> records.ExerciseProgress:
    return next(e for e in records.lesson_progress(LESSON).exercises if e.name == name)


def test_nothing_is_known_at_first() -> None:
    progress = records.lesson_progress(LESSON)
    assert progress.score == 0
    assert progress.next_exercise == LESSON.exercise_names[0]


def test_the_best_score_stays() -> None:
    records.remember(LESSON.id, EXERCISE, passed())
    records.remember(LESSON.id, EXERCISE, failed())
    assert state_of().score == EXERCISE.points
    assert state_of().outcome is Outcome.WRONG


def test_progress_survives_a_new_process(folder: Path) -> None:
    records.remember(LESSON.id, EXERCISE, passed())
    code = "from course_utils.records.store import all_progress; print(all_progress()[0].score)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(told.stdout) == EXERCISE.points


def test_nothing_but_one_file_is_written(folder: Path) -> None:
    records.remember(LESSON.id, EXERCISE, passed())
    assert {p.name for p in folder.iterdir()} == {"progress.json", "lock"}


def test_only_different_wrong_answers_count_as_tries() -> None:
    for message in ("a", "a", "b", "a", "b"):
        record, _ = records.remember(LESSON.id, EXERCISE, failed(message))
    assert record.attempts == 2
    assert not records.solution_earned(record, EXERCISE)
    record, _ = records.remember(LESSON.id, EXERCISE, failed("c"))
    assert records.solution_earned(record, EXERCISE)


def test_an_exercise_that_changed_since_it_was_passed_is_next_again(monkeypatch: pytest.MonkeyPatch) -> None:
    for exercise in LESSON.exercises:
        records.remember(LESSON.id, exercise, passed(exercise))
    assert records.lesson_progress(LESSON).next_exercise is None
    monkeypatch.setattr(EXERCISE, "rtol", EXERCISE.rtol / 2)
    assert state_of().changed
    assert records.lesson_progress(LESSON).next_exercise == EXERCISE.name
    records.remember(LESSON.id, EXERCISE, passed())
    assert not state_of().changed


def made(**options: Any) -> Exercise:
    exercise = Exercise("f", 2, "o", ("h",), [case(1)], **options)

    @exercise.reference
    def f(n):  # type: ignore[no-untyped-def]
        return n + 1  # one more

    return exercise


def test_wording_does_not_change_an_exercise() -> None:
    other = made()
    other.reference_answer = None
    other.objective, other.hints = "Something else", ("Another hint",)

    @other.reference
    def f(n):  # type: ignore[no-untyped-def]

        return n + 1

    assert records.fingerprint(other) == records.fingerprint(made())


@pytest.mark.parametrize("options", [{"rtol": 1e-2}, {"parts": {"": 1, "more": 1}}, {"check_dtype": False},
                                     {"fresh": lambda rng: [case(2.0)]}])
def test_what_an_answer_must_do_changes_an_exercise(options: dict[str, Any]) -> None:
    assert records.fingerprint(made(**options)) != records.fingerprint(made())


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"lessons": 3}', '{"lessons": {"a": {"b": 3}}}',
                                  '{"lessons": {"01_tensors": {"times_table": {"score": "x"}}}}',
                                  '{"lessons": {"01_tensors": {"times_table": {"outcome": "odd"}}}}',
                                  '{"lessons": {"01_tensors": {"times_table": {"tries": 4}}}}',
                                  '{"lessons": {"01_tensors": {"times_table": {"score": NaN}}}}'])
def test_a_damaged_file_is_put_aside_and_progress_begins_anew(folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / "progress.json").write_text(text)
    assert state_of().score == 0
    assert (folder / "progress.damaged.json").read_text() == text
    records.remember(LESSON.id, EXERCISE, passed())
    assert state_of().score == EXERCISE.points


def test_answers_passed_under_version_1_count_as_unchanged(folder: Path) -> None:
    exercise = LESSON.exercises[0]
    kept = {"score": exercise.points, "outcome": "correct", "fingerprint": "of tokens"}
    folder.mkdir()
    (folder / "progress.json").write_text(json.dumps({"version": 1, "lessons": {LESSON.id: {exercise.name: kept}}}))
    first = records.lesson_progress(LESSON).exercises[0]
    assert (first.score, first.changed) == (exercise.points, False)


def test_records_of_an_older_or_newer_version_are_read(folder: Path) -> None:
    folder.mkdir()
    kept = {"lessons": {LESSON.id: {EXERCISE.name: {"score": 1, "unheard_of": 3}}, "99_gone": {"x": {"score": 2}}}}
    (folder / "progress.json").write_text(json.dumps(kept))
    assert state_of().score == 1
    records.remember(LESSON.id, LESSON.exercises[0], passed(LESSON.exercises[0]))
    assert "99_gone" in json.loads((folder / "progress.json").read_text())["lessons"]


def test_two_notebooks_may_write_at_once() -> None:
    def work(exercise: Exercise) -> None:
        for _ in range(5):
            records.remember(LESSON.id, exercise, passed(exercise))

    with ThreadPoolExecutor() as pool:
        list(pool.map(work, LESSON.exercises))
    assert records.lesson_progress(LESSON).score == LESSON.max_score


def test_progress_can_be_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_STATE", "off")
    records.remember(LESSON.id, EXERCISE, passed())
    assert state_of().score == 0


def test_a_folder_that_cannot_be_written_to_loses_only_the_progress(monkeypatch: pytest.MonkeyPatch,
                                                                   tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COURSE_STATE", str(tmp_path / "file" / "state"))
    record, _ = records.remember(LESSON.id, EXERCISE, passed())
    assert record.score == EXERCISE.points


def test_notebook_and_terminal_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    for exercise in LESSON.exercises[:3]:
        records.remember(LESSON.id, exercise, passed(exercise))
    monkeypatch.setattr(notebook, "_current", [])
    text = CliRunner().invoke(status).output
    assert text.startswith(repr(notebook.progress()))
    assert f"Next: {LESSON.exercise_names[3]} in lesson {LESSON.id}." in text
    assert f"course lab {LESSON.id}" in text
    told = json.loads(CliRunner().invoke(status, ["--json"]).output)["lessons"]
    assert [entry["lesson"] for entry in told] == [lesson.id for lesson in lessons()]
    assert told[0]["score"] == sum(e.points for e in LESSON.exercises[:3])
    assert told[0]["next"] == LESSON.exercise_names[3]


class TestSince:
    """What changed since the last try."""

    def say(self, *verdicts: Verdict) -> str:
        for verdict in verdicts:
            _, said = records.remember(LESSON.id, EXERCISE, verdict)
        return said

    def test_a_rung_up(self) -> None:
        assert self.say(replace(failed("a"), rung=Rung.SHAPE), failed("b")) == "The shape is correct now."

    def test_a_rung_down(self) -> None:
        said = self.say(failed("a"), replace(failed("b"), rung=Rung.SHAPE))
        assert said == "Your previous attempt had the right shape."

    def test_nothing_is_claimed_across_inputs(self) -> None:
        assert self.say(replace(failed("a", call="f(1)"), rung=Rung.SHAPE), failed("b", call="f(2)")) == ""

    def test_more_inputs(self) -> None:
        said = self.say(failed("a", right=1, tried=4), failed("b", right=3, tried=4))
        assert said == "Right on 3 of 4 inputs; last time on 1."

    def test_another_mistake(self) -> None:
        said = self.say(failed("a", mistake="one"), failed("b", mistake="two"))
        assert said == "This is a different mistake from last time."

    def test_a_part_more(self) -> None:
        first = failed("a", parts={"": True, "edge": False, "odd": False})
        assert self.say(first, failed("b", parts={"": True, "edge": True, "odd": False})) == "New: edge."

    def test_the_same_again(self) -> None:
        assert self.say(failed("a"), failed("a")).startswith("The same result as last time.")

    def test_a_right_answer_needs_no_comment(self) -> None:
        assert self.say(failed("a"), passed()) == ""
        assert self.say(failed("a"), passed(), failed("c")) == ""
