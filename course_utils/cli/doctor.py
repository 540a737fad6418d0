"""`course doctor`: what works on this machine, and how to mend what doesn't."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from course_utils.grading.sandbox.kind import Kind

PACKAGES = ("torch", "torchvision", "numpy", "pandas", "matplotlib", "jupyterlab", "nbgrader", "ipywidgets", "jupytext")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    good: bool | None  # None: worth knowing, neither good nor bad
    said: str
    repair: str = ""


@click.command()
def doctor() -> None:
    """Look at versions, devices, the sandbox, data and disk; say what to do about what is missing.

    Exit status 1 where something that the lessons need does not work.
    """
    bad = False
    for finding in findings():
        mark = {True: "ok  ", False: "BAD ", None: "note"}[finding.good]
        click.echo(f"{mark} {finding.what:<12} {finding.said}")
        if finding.repair:
            click.echo(f"     {'':<12} -> {finding.repair}")
        bad = bad or finding.good is False
    if bad:
        raise click.exceptions.Exit(1)


def findings() -> Iterator[Finding]:
    """Everything that is looked at, in order."""
    yield _python()
    yield from (_package(name) for name in PACKAGES)
    yield _pair()
    yield from _devices()
    yield from _sandbox()
    yield from _data()
    yield _disk()


def _python() -> Finding:
    good = sys.version_info >= (3, 11)
    return Finding("Python", good, f"{platform.python_version()} on {platform.system()} {platform.machine()}",
                   "" if good else "The course needs Python 3.11 or later.")


def _package(name: str) -> Finding:
    try:
        return Finding(name, True, importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, False, "not installed", "make lab, or: pip install -e . -c constraints.txt")


def _pair() -> Finding:
    """torch and torchvision are compiled for one another; a wrong pair fails only when it is used."""
    try:
        import torch
        import torchvision

        torchvision.ops.nms(torch.zeros(1, 4), torch.ones(1), 0.5)
    except (ImportError, RuntimeError, AttributeError) as error:
        return Finding("the pair", False, f"torch and torchvision do not fit together: {str(error).splitlines()[0]}",
                       "pip install --force-reinstall torch torchvision -c constraints.txt")
    return Finding("the pair", True, "torch and torchvision fit together")


def _devices() -> Iterator[Finding]:
    import torch

    yield Finding("CPU", True, f"{torch.get_num_threads()} threads for PyTorch, {os.cpu_count()} cores")
    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            memory = torch.cuda.get_device_properties(index).total_memory / 2**30
            yield Finding(f"cuda:{index}", True, f"{torch.cuda.get_device_name(index)}, {memory:.0f} GiB")
    elif torch.backends.mps.is_available():
        yield Finding("mps", True, "Apple's GPU can be used")
    else:
        yield Finding("GPU", None, "none that PyTorch can use; all nine lessons work without one")
    wanted = os.environ.get("COURSE_DEVICE", "auto")
    if wanted.startswith("cuda") and not torch.cuda.is_available():
        yield Finding("COURSE_DEVICE", False, f"it says {wanted}, and there is no such device",
                      "unset COURSE_DEVICE, or set it to cpu")


def _sandbox() -> Iterator[Finding]:
    """Ask what grading asks; students need no sandbox."""
    from course_utils.grading.sandbox.kinds import ISOLATING

    problems = [kind.problem() for kind in ISOLATING]
    for kind, problem in zip(ISOLATING, problems, strict=True):
        if problem is None:
            yield Finding("sandbox", True, f"{kind.name} works: submissions can be graded safely")
            yield from walls(kind)
            return
    yield Finding("sandbox", None, "none; only an instructor who grades needs one", str(problems[0]))


def walls(kind: Kind) -> Iterator[Finding]:
    """What holds in a sandbox of this kind beyond its isolation."""
    from course_utils.grading.sandbox import system_calls

    if system_calls.program() is None:
        yield Finding("system calls", None, "no seccomp filter: libseccomp or its Python binding is missing",
                      "pip install pyseccomp (and on Debian or Ubuntu: apt install libseccomp2)")
    else:
        count = len(system_calls.REFUSED) + len(system_calls.UNKNOWN)
        yield Finding("system calls", True, f"a seccomp filter refuses {count} that no lesson needs")
    yield Finding("memory", True, kind.counted)


def _data() -> Iterator[Finding]:
    from course_utils import data
    from course_utils.data.registry import DATASETS

    for name in DATASETS:
        try:
            kind = data.source(name)
        except (OSError, RuntimeError, ValueError) as error:
            yield Finding(name, False, str(error))
            continue
        repair = "" if kind == "real" else f"the real one: course data fetch {name}"
        yield Finding(name, True if kind == "real" else None, f"{kind} data", repair)


def _disk() -> Finding:
    free = shutil.disk_usage(".").free / 2**30
    return Finding("disk", free > 1 or None, f"{free:.0f} GiB free here",
                   "" if free > 1 else "The real image sets need about 1 GiB.")
