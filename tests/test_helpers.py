"""An answer that calls another one which isn't right."""

from __future__ import annotations

import pytest

from course_utils.judging.helpers import with_wrong_helpers
from course_utils.judging.outcome import Outcome
from course_utils.judging.verdict import Verdict

CALLS = "def validate(model, loader):\n    return evaluate(model, loader) + other(1)"


def verdict(outcome: Outcome = Outcome.WRONG) -> Verdict:
    return Verdict("validate", outcome, 0.0, 2.0, "Every value is wrong.")


def test_the_wrong_helper_is_named_first() -> None:
    told = with_wrong_helpers(verdict(), CALLS, ["evaluate", "validate", "unused"]).message
    assert told == ("It calls your `evaluate`, which is not right yet: correct that first, then check this one again. "
                    "Every value is wrong.")
    assert "`evaluate` and `other`, which are" in with_wrong_helpers(verdict(), CALLS, ["evaluate", "other"]).message


@pytest.mark.parametrize(("found", "source", "wrong"), [
    (verdict(Outcome.CORRECT), CALLS, ["evaluate"]), (verdict(Outcome.NOT_ATTEMPTED), CALLS, ["evaluate"]),
    (verdict(), "def validate(m, l):\n    return 0  # evaluate(m)", ["evaluate"]), (verdict(), None, ["evaluate"]),
    (verdict(), CALLS, [])])
def test_otherwise_a_verdict_stays_as_it_is(found: Verdict, source: str | None, wrong: list[str]) -> None:
    assert with_wrong_helpers(found, source, wrong) is found
