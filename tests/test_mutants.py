"""`course mutants`: mutants that pass are found, whatever a mutant does to its process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from click.testing import CliRunner

import course_utils.cli.audit as audit_command
import course_utils.cli.mutants as mutants_command
from course_utils.authoring import trials
from course_utils.authoring.mutants import Mutant, forms, lines_of, mutants
from course_utils.authoring.survivors import Report, find_survivors
from course_utils.authoring.trials import NotRight, try_all
from course_utils.exercise import Exercise, case
from course_utils.grading.audit import LessonAudit
from course_utils.judging.passing import Passing
from course_utils.mutation.edit import Edit

from .conftest import ROOT


def column_means_of(x: torch.Tensor) -> Exercise:
    """An exercise that is tried on one table."""
    exercise = Exercise("column_means", points=1, objective="", hints=(), examples=lambda: [case(x)])

    @exercise.reference
    def column_means(x):  # type: ignore[no-untyped-def]
        return x.mean(dim=0)

    return exercise


SQUARE_AND_SYMMETRIC = torch.tensor([[1.0, 2.0], [2.0, 5.0]])
TELLING = torch.tensor([[1.0, -2.0, 6.0], [5.0, 7.0, -9.5]])


def labels(report: Report) -> set[str]:
    return {mutant.label for mutant in report.surviving}


def changed(exercise: Exercise, before: str, after: str) -> Mutant:
    """A mutant of the reference that no operator makes."""
    form = forms(exercise)[0]
    line, text = next((n, t) for n, t in enumerate(form.source.split("\n"), 1) if before in t)
    column = text.index(before)
    return Mutant(form, Edit("test", line, column, line, column + len(before), before, after, ""))


def test_a_tame_input_lets_a_mutant_survive() -> None:
    assert "0 → 1" in labels(find_survivors(column_means_of(SQUARE_AND_SYMMETRIC)))


def test_a_telling_input_kills_it() -> None:
    report = find_survivors(column_means_of(TELLING))
    assert not {"0 → 1", "mean → sum", "x → -x"} & labels(report)
    assert report.killed > 20
    assert report.killed + len(report.same) + len(report.surviving) == report.tried


def test_a_declared_mutant_is_the_same_for_the_given_reason() -> None:
    exercise = column_means_of(SQUARE_AND_SYMMETRIC)
    exercise.does_the_same("0 → 1", "0 → -1", line="x.mean", because="The table is symmetric.")
    report = find_survivors(exercise)
    assert not {"0 → 1", "0 → -1"} & labels(report)
    declared = {mutant.label for mutant, reason in report.same if reason == "The table is symmetric."}
    assert declared == {"0 → 1", "0 → -1"}
    assert report.unmatched == []


def test_a_declaration_that_covers_no_mutant_that_passes_is_reported() -> None:
    exercise = column_means_of(TELLING)
    exercise.does_the_same("0 → 1", because="It is not.")
    report = find_survivors(exercise)
    assert [same.because for same in report.unmatched] == ["It is not."]
    assert not report.holds


def test_a_declaration_must_say_which_edits_it_means() -> None:
    with pytest.raises(TypeError, match="edits, a line or a kind"):
        column_means_of(TELLING).does_the_same(because="Everything does.")
    with pytest.raises(TypeError, match="before → after"):
        column_means_of(TELLING).does_the_same("0 to 1", because="No arrow.")


@pytest.mark.parametrize("after", ["__import__('time').sleep(60)", "__import__('os').kill(0, 9)",
                                   "__import__('os')._exit(0)", "torch.empty(2**42).mean()", "exit()"])
def test_a_mutant_that_hangs_or_ends_its_process_is_killed_and_the_next_is_tried(
        after: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "_SLOWEST", 0.5)
    exercise = column_means_of(TELLING)
    tried = [changed(exercise, "x.mean(dim=0)", after), changed(exercise, "x.mean(dim=0)", "x.sum(0) / 2"),
             changed(exercise, "x.mean(dim=0)", "x")]
    passing = Passing(exercise, exercise.cases(1))
    assert try_all(passing, forms(exercise)[0], tried).passed == {1}


def test_a_mutant_that_spoils_its_process_does_not_judge_the_others() -> None:
    exercise = column_means_of(TELLING)
    spoil = changed(exercise, "x.mean(dim=0)", "setattr(torch.Tensor, 'mean', lambda *a, **k: 0)")
    right = changed(exercise, "x.mean(dim=0)", "torch.mean(x, dim=0) if torch.ones(1).mean() else x.mean(dim=0)")
    passing = Passing(exercise, exercise.cases(1))
    assert try_all(passing, forms(exercise)[0], [spoil, right]).passed == {1}
    assert torch.ones(1).mean() == 1


def test_nothing_is_left_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    marker = f"sleep {60 + os.getpid() / 1e6:.6f}"
    exercise = column_means_of(TELLING)
    started = f"(open('left', 'w').write('x'), __import__('subprocess').Popen({marker.split()}), x.mean(dim=0))[2]"
    passing = Passing(exercise, exercise.cases(1))
    assert try_all(passing, forms(exercise)[0], [changed(exercise, "x.mean(dim=0)", started)]).passed == {0}
    assert list(tmp_path.iterdir()) == []
    assert not Path("left").exists()
    assert until(lambda: not running(marker), 5)


def test_a_command_that_is_ended_takes_its_mutants_along(tmp_path: Path) -> None:
    marker = f"sleep {70 + os.getpid() / 1e6:.6f}"
    script = tmp_path / "script.py"
    script.write_text(f"""
import sys
import torch
from course_utils.authoring import trials
from course_utils.cli import mutants as command
from tests import test_mutants as here
trials._SLOWEST = 600
hang = here.changed(here.column_means_of(here.TELLING), "x.mean(dim=0)", "__import__('os').system('{marker}')")
here.mutants_command.chosen = lambda named: [here.SimpleNamespace(id="x", exercises=[hang.form.exercise])]
import course_utils.authoring.survivors as survivors
survivors.mutants = lambda form: [hang]
command.mutants([], standalone_mode=False)
""", encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    process = subprocess.Popen([sys.executable, str(script)], env=environment, cwd=ROOT)
    try:
        assert until(lambda: running(marker), 60)
        process.terminate()
        assert process.wait(20) == 128 + signal.SIGTERM
        assert until(lambda: not running(marker), 10)
        assert list(tmp_path.iterdir()) == [script]
    finally:
        process.kill()


def until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def running(command: str) -> bool:
    """Whether a process runs this command line."""
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if file.read_bytes().replace(b"\0", b" ").decode().strip() == command and \
                    "Z" not in (file.parent / "stat").read_text().rpartition(")")[2].split()[0]:
                return True
        except OSError:  # it ended in the meantime
            continue
    return False


def test_a_right_answer_that_does_not_pass_is_no_ground_for_mutants() -> None:
    exercise = column_means_of(TELLING)

    @exercise.alternative
    def wrong(x):  # type: ignore[no-untyped-def]
        return x.sum(dim=0)

    with pytest.raises(NotRight, match="'wrong' of column_means"):
        find_survivors(exercise)


def test_a_mutant_that_is_lucky_with_one_seed_survives() -> None:
    exercise = Exercise("sign", points=1, objective="", hints=(), examples=[case(1.0)],
                        fresh=lambda rng: [case(float(rng.integers(-1, 2)))])

    @exercise.reference
    def sign(x):  # type: ignore[no-untyped-def]
        return (x > 0) - (x < 0)

    drawn = {seed: exercise.cases(seed)[1].args[0] for seed in range(40)}
    telling = next(seed for seed, x in drawn.items() if x == -1)
    lucky = next(seed for seed, x in drawn.items() if x == 1)
    one, both = find_survivors(exercise, [telling]), find_survivors(exercise, [telling, lucky])
    assert labels(one) < labels(both)


def test_edits_that_make_the_same_bytecode_are_no_mutants() -> None:
    exercise = Exercise("two", points=1, objective="", hints=(), examples=[case()])

    @exercise.reference
    def two():  # type: ignore[no-untyped-def]
        return 1 + 1

    assert all(mutant.label != "1 + 1 → 1 + 1" for mutant in mutants(forms(exercise)[0]))
    assert "1 → 2" in {mutant.label for mutant in mutants(forms(exercise)[0])}


@pytest.fixture
def lesson(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A lesson whose only exercise lets mutants survive, in the place of those that the command is given."""
    lesson = SimpleNamespace(id="x1_means", exercises=[column_means_of(SQUARE_AND_SYMMETRIC)])
    monkeypatch.setattr(mutants_command, "chosen", lambda named: [lesson])
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)  # pytest keeps its own
    return lesson


def test_the_command_prints_survivors_and_counts_and_fails(lesson: SimpleNamespace) -> None:
    result = CliRunner().invoke(mutants_command.mutants, [], standalone_mode=False)
    first, *others = result.output.splitlines()
    assert first.startswith("x1_means column_means: ")
    assert "    reference, line 2, dim: 0 → 1    in: return x.mean(dim=0)" in others
    assert others[-1].startswith("| x1_means | ")
    assert result.return_value == 1


def test_the_command_succeeds_if_all_is_killed_or_declared(lesson: SimpleNamespace) -> None:
    lesson.exercises[0].does_the_same(line="x.mean", because="The table is symmetric.")
    result = CliRunner().invoke(mutants_command.mutants, ["--same"], standalone_mode=False)
    assert ", 0 surviving" in result.output
    assert "The table is symmetric." in result.output
    assert result.return_value == 0


def test_the_command_names_a_declaration_that_covers_nothing(lesson: SimpleNamespace) -> None:
    lesson.exercises[0].does_the_same(line="x.mean", because="The table is symmetric.")
    lesson.exercises[0].does_the_same("a → b", line="y", because="It is nowhere.")
    result = CliRunner().invoke(mutants_command.mutants, [], standalone_mode=False)
    assert "does_the_same(a → b, y) covers no mutant that passes" in result.output
    assert result.return_value == 1


def test_the_audit_shows_mutants_beside_the_scores(lesson: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_command, "chosen", lambda named: [lesson])
    monkeypatch.setattr("course_utils.grading.audit.audit_lessons",
                        lambda lessons, root, options: iter([LessonAudit("x1_means", 0, 0, 3, 3)]))
    monkeypatch.setattr("course_utils.grading.audit.audit_hostile", lambda root, options: None)
    monkeypatch.setattr("course_utils.grading.sandbox.kinds.choose", lambda name: SimpleNamespace(name="bubblewrap"))
    plain = CliRunner().invoke(audit_command.audit, [], standalone_mode=False)
    assert "| x1_means | 0 | 0 | 3 of 3 |\n" in plain.output
    assert plain.return_value == 0
    report = find_survivors(lesson.exercises[0])
    both = CliRunner().invoke(audit_command.audit, ["--mutants"], standalone_mode=False)
    assert f"| x1_means | 0 | 0 | 3 of 3 | {report.tried} | {report.killed} | {len(report.surviving)} |" in both.output
    assert both.return_value == 1


def test_a_survivor_is_printed_with_its_place() -> None:
    report = find_survivors(column_means_of(SQUARE_AND_SYMMETRIC))
    line = next(line for line in lines_of(report.surviving) if "0 → 1" in line)
    assert line == "reference, line 2, dim: 0 → 1    in: return x.mean(dim=0)"
