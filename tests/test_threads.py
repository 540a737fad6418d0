"""Threads that wait asleep: how a process of the course is started, and what start() still does if it came too late."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
import torch
from nbclient import NotebookClient

from course_utils.authoring.lint import lint_release
from course_utils.lesson import lesson_ids, load_lesson
from course_utils.threads import DECIDED, FreeCores, processor_seconds
from tests.conftest import LESSON, ROOT

KERNEL = ROOT / "course_utils/cli/jupyter/kernels/pytorch-nine-lessons/kernel.json"


def environment(**more: str) -> dict[str, str]:
    """This process's environment without any choice about threads."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("OMP_", "GOMP_", "KMP_"))} | more


def run(code: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                          env=environment(**more))


def test_openmp_sees_the_policy_when_the_course_is_imported_first() -> None:
    done = run("import course_utils, torch", OMP_DISPLAY_ENV="true")
    if "OMP_WAIT_POLICY" not in done.stderr:
        pytest.skip("this PyTorch's OpenMP does not print its settings")
    assert re.search(r"OMP_WAIT_POLICY *= *'PASSIVE'", done.stderr)


@pytest.mark.parametrize("name", DECIDED)
def test_a_choice_in_the_environment_is_kept(name: str) -> None:
    shown = run("import course_utils, os, json; print(json.dumps(dict(os.environ)))", **{name: "7"})
    after = json.loads(shown.stdout)
    assert after[name] == "7"
    assert set(DECIDED) & after.keys() == {name}


def test_processes_that_the_course_starts_inherit_the_policy() -> None:
    code = "import course_utils, os, subprocess, sys; subprocess.run([sys.executable, '-c', " \
           "'import os; print(os.environ[\"OMP_WAIT_POLICY\"])'])"
    assert run(code).stdout.strip() == "passive"


def first_lines(*cells: str, **more: str) -> str:
    """What cells print in a real kernel whose environment says nothing about threads."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client = NotebookClient(notebook, kernel_name="python3", startup_timeout=300)
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment(**more))
    try:
        client.execute()
    finally:
        os.environ.clear()
        os.environ.update(before)
    return "".join(output.get("text", "") for cell in notebook.cells for output in cell.outputs)


IN_TIME = "import course_utils, torch; torch.set_num_threads(2)"
TOO_LATE = "import torch; torch.set_num_threads(2)"
SMALL = f"from course_utils import start; start('{LESSON}')"
LARGE = "from course_utils import start; start('08_cnn')"
THREADS = "import torch; print(torch.get_num_threads())"


def test_small_networks_get_one_thread_without_a_word() -> None:
    assert first_lines(IN_TIME, SMALL, THREADS) == "1\n"


def test_omp_num_threads_overrules_the_lesson() -> None:
    assert first_lines(IN_TIME, SMALL, THREADS, OMP_NUM_THREADS="2") == "2\n"


def test_a_lesson_that_comes_after_torch_says_how_to_undo_what_it_does() -> None:
    line, threads = first_lines(TOO_LATE, SMALL, THREADS).splitlines()
    assert threads == "1"
    assert "torch.set_num_threads(2)" in line


def test_a_lesson_that_needs_its_threads_asks_for_a_restart() -> None:
    (line,) = first_lines(TOO_LATE, LARGE).splitlines()
    assert "restart the kernel" in line
    assert first_lines(IN_TIME, LARGE) == ""


class Machine:
    """Four cores, of which other processes use some."""

    def __init__(self, others: float) -> None:
        self.others, self.now = others, 0.0
        self.everybody = self.own = 100.0

    def seconds(self) -> tuple[float, float]:
        return self.everybody, self.own

    def work(self, seconds: float, own: float = 3.0) -> None:
        self.now += seconds
        self.own += own * seconds
        self.everybody += (own + self.others) * seconds


@pytest.fixture
def four_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(4)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(("others", "threads"), [(0.0, 4), (0.3, 4), (0.9, 3), (2.1, 2), (4.0, 1), (9.0, 1)])
@pytest.mark.usefixtures("four_threads")
def test_threads_leave_the_cores_to_others(others: float, threads: int) -> None:
    machine = Machine(others)
    share = FreeCores(4, machine.seconds, lambda: machine.now)
    machine.work(2.0)
    share()
    assert torch.get_num_threads() == threads
    machine.others = 0.0
    machine.work(2.0)
    share()
    assert torch.get_num_threads() == 4


@pytest.mark.usefixtures("four_threads")
def test_threads_that_the_student_set_are_left_alone() -> None:
    machine = Machine(2.0)
    share = FreeCores(4, machine.seconds, lambda: machine.now)
    torch.set_num_threads(3)
    machine.work(2.0)
    share()
    assert torch.get_num_threads() == 3


def test_processor_seconds_counts_this_process_among_all() -> None:
    before = processor_seconds()
    while processor_seconds()[1] - before[1] < 0.2:
        sum(range(100_000))
    after = processor_seconds()
    assert after[0] - before[0] >= 0.1


@pytest.mark.parametrize("lesson", lesson_ids())
def test_every_lesson_imports_the_course_before_torch(lesson: str) -> None:
    release = nbformat.read(ROOT / "lessons" / lesson / f"{lesson}.ipynb", as_version=4)
    source = next(cell.source for cell in release.cells if cell.cell_type == "code")
    assert source.startswith("from course_utils import ")


def test_the_linter_refuses_a_lesson_that_imports_torch_first() -> None:
    release = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("import torch\nimport course_utils")])
    assert any("imports torch before course_utils" in problem for problem in lint_release(load_lesson(LESSON), release))


def test_the_kernel_for_other_servers_waits_passively() -> None:
    spec = json.loads(KERNEL.read_text(encoding="utf-8"))
    assert spec["env"] == {"OMP_WAIT_POLICY": "passive"}
    installed = Path(sys.prefix, "share/jupyter/kernels/pytorch-nine-lessons/kernel.json")
    if not installed.exists():
        pytest.skip("the kernel is installed by make and by pip install ., not by pip install -e .")
    assert json.loads(installed.read_text(encoding="utf-8"))["env"] == spec["env"]
