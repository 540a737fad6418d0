"""The solved lessons in a real kernel with default settings, on a quiet machine and beside one busy process.

    python benchmarks/lessons.py                       all lessons, quiet and busy
    python benchmarks/lessons.py 04_training 08_cnn
    python benchmarks/lessons.py --set OMP_NUM_THREADS=1   something else in the kernel's environment
    python benchmarks/lessons.py --torch-first         as if a cell of the student's had imported PyTorch first

Prints the seconds of each lesson, its slowest cell, and the ratio of busy to quiet. The busy process is an endless
loop in Python, which takes one core. A cell that exceeds --limit is interrupted and the lesson ends there.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError

ROOT = Path(__file__).resolve().parent.parent
THREADING = ("OMP_", "GOMP_", "KMP_", "MKL_")


@dataclass
class Timing:
    seconds: float
    slowest: float  # seconds of the slowest cell
    cell: str  # its first line
    finished: bool

    def __str__(self) -> str:
        more = "" if self.finished else ">"
        return f"{more}{self.seconds:6.1f} s  slowest cell {more}{self.slowest:5.1f} s  {self.cell[:50]:<50}"


@contextlib.contextmanager
def neighbour(busy: bool) -> Iterator[None]:
    """One process that never rests, or none."""
    if not busy:
        yield
        return
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def kernel_environment(settings: list[str]) -> dict[str, str]:
    """What a kernel started from a menu has: nothing about threads, embedded data, no progress kept."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(THREADING)}
    plain |= {"COURSE_DATA": "embedded", "COURSE_STATE": "off"}
    return plain | dict(text.split("=", 1) for text in settings)


def run(path: Path, environment: dict[str, str], limit: int, torch_first: bool = False) -> Timing:
    """Run one notebook from its first cell to its last; the kernel's start is not counted."""
    notebook = nbformat.read(path, as_version=4)
    if torch_first:
        notebook.cells.insert(0, nbformat.v4.new_code_cell("import torch"))
    started: dict[int, float] = {}
    seconds: dict[int, float] = {}
    client = NotebookClient(
        notebook, timeout=limit, startup_timeout=300, kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_execute=lambda cell, cell_index: started.setdefault(cell_index, time.perf_counter()),
        on_cell_executed=lambda cell, cell_index, **_: seconds.setdefault(
            cell_index, time.perf_counter() - started[cell_index]))
    finished = True
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        client.execute()
    except CellTimeoutError:
        finished = False
        last = max(started)
        seconds[last] = time.perf_counter() - started[last]
    finally:
        os.environ.clear()
        os.environ.update(before)
    slowest = max(seconds, key=lambda index: seconds[index])
    first_line = next(iter(notebook.cells[slowest].source.splitlines()), "")
    return Timing(sum(seconds.values()), seconds[slowest], first_line, finished)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lessons", nargs="*", help="default: all")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="settings")
    parser.add_argument("--torch-first", action="store_true")
    parser.add_argument("--only", choices=("quiet", "busy"))
    parser.add_argument("--limit", type=int, default=120, help="seconds for one cell")
    parser.add_argument("--root", type=Path, default=ROOT, help="another clone, to compare with")
    options = parser.parse_args()
    environment = kernel_environment([*options.settings, f"PYTHONPATH={options.root}"])
    known = sorted(path.name for path in (options.root / "solutions").iterdir() if path.is_dir())
    for lesson in options.lessons or known:
        path = options.root / "solutions" / lesson / f"{lesson}.ipynb"
        timings = {}
        for way in ("quiet", "busy"):
            if options.only in (None, way):
                with neighbour(way == "busy"):
                    timings[way] = run(path, environment, options.limit, options.torch_first)
                print(f"{lesson:<22} {way:<6} {timings[way]}", flush=True)
        if len(timings) == 2:
            print(f"{lesson:<22} busy / quiet {timings['busy'].seconds / timings['quiet'].seconds:.2f}", flush=True)


if __name__ == "__main__":
    main()
