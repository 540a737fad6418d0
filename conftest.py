"""Settings that hold for all tests: embedded data, no progress kept; and each notebook's time at the end."""

from __future__ import annotations

import os
import sys
from collections import defaultdict

import pytest

os.environ.setdefault("COURSE_DATA", "embedded")
os.environ["COURSE_STATE"] = "off"
# nbgrader calls alembic by its name, whether the environment is activated or not.
os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ.get("PATH", os.defpath)

_seconds: dict[str, float] = defaultdict(float)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    path = report.nodeid.partition("::")[0]
    if path.endswith(".ipynb"):
        _seconds[path] += report.duration


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How long each notebook took, kernel start included."""
    if _seconds:
        terminalreporter.section("seconds by notebook")
        for path, seconds in sorted(_seconds.items()):
            terminalreporter.write_line(f"{seconds:7.1f}  {path}")
        terminalreporter.write_line(f"{sum(_seconds.values()):7.1f}  all")
