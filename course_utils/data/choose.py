"""Real or embedded: which data a name stands for just now, and why."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from course_utils.data.errors import DataError
from course_utils.data.fetch import fetch
from course_utils.data.places import Mode, mode, real_folder
from course_utils.data.registry import dataset
from course_utils.data.verify import Problem, find_problem

SMALL = 1_000_000  # bytes; `auto` fetches what is smaller without being asked
PATIENCE = 4.0  # seconds that `auto` waits for the network

_failed: dict[tuple[str, Path], str] = {}  # what `auto` could not fetch in this session


@dataclass(frozen=True)
class Choice:
    """Where data comes from."""

    name: str
    kind: str  # "real" or "embedded"
    reason: str = ""  # why not the real data, where that is not obvious


def choose(name: str, fetching: bool = True) -> Choice:
    """What COURSE_DATA makes of a data set.

    ``auto`` takes the real set where it is, fetches a small one (once a session, for a few seconds at most), and else
    takes the embedded one. ``real`` fetches what is missing when ``fetching``, and raises DataError where it can't.
    """
    spec, wanted = dataset(name), mode()
    if wanted is Mode.EMBEDDED:
        return Choice(name, "embedded")
    problem = find_problem(spec)
    if problem is None:
        return Choice(name, "real")
    if wanted is Mode.REAL:
        if not fetching or not problem.absent:
            raise DataError(f"COURSE_DATA=real, and: {problem.text} Get it with `course data fetch {name}`.")
        fetch(name, bar=True)
        return Choice(name, "real")
    if problem.absent and spec.size < SMALL:
        reason = _fetch_soon(name)
        return Choice(name, "embedded", reason) if reason else Choice(name, "real")
    return Choice(name, "embedded", _why(problem))


def _why(problem: Problem) -> str:
    return "" if problem.absent else problem.text


def _fetch_soon(name: str) -> str:
    """Try to fetch within PATIENCE; what went wrong, or "" where it worked. A failure is not tried again."""
    key = (name, real_folder())
    if key in _failed:
        return _failed[key]
    outcome = ["The network did not answer in time."]

    def work() -> None:
        try:
            fetch(name, timeout=PATIENCE / 2)
            outcome[0] = ""
        except DataError as error:
            outcome[0] = str(error).split(" Behind a proxy")[0]

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    if outcome[0]:
        _failed[key] = outcome[0]
    return outcome[0]
