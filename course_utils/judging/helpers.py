"""An answer that calls another one which isn't right: the fault may be there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from course_utils.evidence.code_facts import read_code
from course_utils.judging.outcome import Outcome
from course_utils.judging.verdict import Verdict

WRONG = (Outcome.WRONG, Outcome.ERROR, Outcome.PARTIAL, Outcome.TIMEOUT, Outcome.CRASHED)


def with_wrong_helpers(verdict: Verdict, source: str | None, wrong: Iterable[str]) -> Verdict:
    """Return a verdict that says which of the ``wrong`` answers this wrong answer calls, before anything else."""
    code = read_code(source)
    if code is None or verdict.outcome not in WRONG:
        return verdict
    called = [name for name in wrong if name != verdict.name and code.calls(name)]
    if not called:
        return verdict
    names = " and ".join(f"`{name}`" for name in called)
    are, those = ("is", "that") if len(called) == 1 else ("are", "those")
    told = f"It calls your {names}, which {are} not right yet: correct {those} first, then check this one again."
    return replace(verdict, message=f"{told} {verdict.message}")
