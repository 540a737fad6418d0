"""Running a notebook headless, as CI and the build do: embedded data, no progress kept."""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from traitlets.config import Config

# One thread: sums come out the same on every machine, and small nets don't wait for busy cores.
HEADLESS = {"COURSE_DATA": "embedded", "COURSE_STATE": "off", "COURSE_CHECK": "raise", "COURSE_DEVICE": "cpu",
            "OMP_NUM_THREADS": "1"}
WIDGET = "application/vnd.jupyter.widget-view+json"


@dataclass(frozen=True)
class Failure:
    """A cell that did not run through."""

    cell: int  # counted from 1
    source: str
    reason: str


@dataclass(frozen=True)
class Execution:
    """An executed notebook, how long each cell took (seconds, by index), and what failed."""

    notebook: NotebookNode
    seconds: dict[int, float]
    failure: Failure | None


def execute(notebook: NotebookNode, folder: Path, timeout: int = 120) -> Execution:
    """Run all cells in a fresh kernel that works in ``folder``; stops at the first error."""
    seconds: dict[int, float] = {}
    started: dict[int, float] = {}

    def on_start(cell: NotebookNode, cell_index: int) -> None:
        started[cell_index] = time.perf_counter()

    def on_end(cell: NotebookNode, cell_index: int, **_: object) -> None:
        seconds[cell_index] = time.perf_counter() - started[cell_index]

    # Unix sockets where there are any: nothing on the machine can listen in, and the kernel has nothing to warn of.
    # In a folder of their own: a relative name would mean one place to us and another to the kernel.
    sockets = tempfile.TemporaryDirectory(prefix="course-kernel-")
    transport = Config({"KernelManager": {} if os.name == "nt" else {
        "transport": "ipc", "ip": os.path.join(sockets.name, "kernel")}})
    client = NotebookClient(notebook, config=transport, timeout=timeout, startup_timeout=300, kernel_name="python3",
                            record_timing=False,
                            resources={"metadata": {"path": str(folder)}}, coalesce_streams=True,
                            on_cell_execute=on_start, on_cell_executed=on_end)
    failure = None
    with sockets, _environment(HEADLESS):
        try:
            client.execute()
        except CellExecutionError as error:
            failure = _failure(notebook, seconds, f"{error.ename}: {error.evalue}")
        except (CellTimeoutError, DeadKernelError) as error:
            failure = _failure(notebook, seconds, str(error).strip().splitlines()[0])
    tidy(notebook)
    return Execution(notebook, seconds, failure)


def tidy(notebook: NotebookNode) -> None:
    """Leave out what changes from run to run, or means nothing without its kernel."""
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "data" in output and len(output.data) > 1:
                output.data.pop(WIDGET, None)
            if output.output_type == "stream":
                output.text = re.sub(r"[^\n]*\r(?!\n)", "", output.text)
            if "data" in output and "text/plain" in output.data:
                output.data["text/plain"] = re.sub(r" at 0x[0-9a-f]{6,}", "", output.data["text/plain"])


def _failure(notebook: NotebookNode, seconds: dict[int, float], reason: str) -> Failure:
    codes = [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    index = next((i for i in codes if i not in seconds), codes[-1])
    # on_cell_executed is called for the failing cell too: it is then the last one noted.
    for i in reversed(codes):
        if any(o.output_type == "error" for o in notebook.cells[i].get("outputs", [])):
            index = i
            break
    return Failure(index + 1, notebook.cells[index].source, reason)


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
