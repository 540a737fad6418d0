"""torchrun with two processes and gloo, as lesson 9 runs it."""

from __future__ import annotations

import os
import re
import subprocess
import sys

MODULE = "course_utils.training.ddp_demo"


def test_two_processes_keep_one_model_and_learn_what_one_would() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", MODULE],
        capture_output=True, text=True, timeout=300, env={**os.environ, "OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stderr
    losses = re.findall(r"process (\d) of 2: 32 rows a step, last loss (\S+)", done.stdout)
    assert [rank for rank, _ in losses] == ["0", "1"]
    assert losses[0][1] != losses[1][1], "both processes trained on the same rows"
    apart, alone = (float(number) for number in re.findall(r"difference .*: (\S+)", done.stdout))
    assert apart == 0
    assert alone < 1e-5


def test_started_without_torchrun_it_says_how_to_start_it() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "RANK"}
    done = subprocess.run([sys.executable, "-m", MODULE], capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 1
    assert "torch.distributed.run" in done.stderr
    assert "Traceback" not in done.stderr
