"""The command line, from outside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from course_utils.cli.app import COMMANDS
from course_utils.lesson import lesson_ids
from tests.conftest import ROOT, Run


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(run_in: Run, command: str) -> None:
    shown = run_in(ROOT, "course", command, "--help")
    assert shown.returncode == 0
    assert "Usage: course" in shown.stdout


@pytest.mark.parametrize("args", [["nosuch"], ["build", "nosuch"], ["lab", "nosuch"], ["status", "--nosuch"]])
def test_wrong_usage_is_one_line_and_status_2(run_in: Run, args: list[str]) -> None:
    shown = run_in(ROOT, "course", *args)
    assert shown.returncode == 2
    assert len(shown.stderr.strip().splitlines()) == 1
    assert "Traceback" not in shown.stderr


def test_an_unknown_lesson_is_answered_with_those_there_are(run_in: Run) -> None:
    assert "01_tensors" in run_in(ROOT, "course", "build", "tensor").stderr


def test_status_lists_all_lessons_with_nothing_done(run_in: Run) -> None:
    report = json.loads(run_in(ROOT, "course", "status", "--json").stdout)
    assert [entry["lesson"] for entry in report["lessons"]] == list(lesson_ids())
    assert all(entry["score"] == 0 for entry in report["lessons"])
    assert "Next: leibniz_pi" in run_in(ROOT, "course", "status").stdout


def test_doctor_says_what_works(run_in: Run) -> None:
    shown = run_in(ROOT, "course", "doctor")
    assert shown.returncode == 0, shown.stdout
    assert "torch and torchvision fit together" in shown.stdout


def test_doctor_names_a_device_that_is_not_there(run_in: Run) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    shown = run_in(ROOT, "course", "doctor", COURSE_DEVICE="cuda")
    assert shown.returncode == 1
    assert "COURSE_DEVICE" in shown.stdout


def test_build_outside_the_course_finds_the_installed_one_or_says_where_to_go(run_in: Run, tmp_path: Path) -> None:
    shown = run_in(tmp_path, "course", "build", "--check", "1")
    assert shown.returncode == 0 or "Go into the folder that holds 'lessons'" in shown.stderr
