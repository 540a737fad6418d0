"""What may be said of an input that was drawn for a check: everything but what would show the input itself.

Types, shapes, dtypes and how something was done are told. Values are not, and of an exception only what does not
depend on the input's values.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from course_utils.evidence.label import mention
from course_utils.evidence.observation import Observation, Raised
from course_utils.judging.compare import Difference
from course_utils.judging.explain_errors import known_words, one_line
from course_utils.judging.outcome import Rung
from course_utils.judging.wording import starts, wrong_of

MAX_MESSAGE = 300
ABOUT_CODE = frozenset({"NameError", "AttributeError", "TypeError", "ImportError"})


def values_message(difference: Difference, examples: int) -> str:
    """Return what to say of wrong values; ``examples`` inputs that may be shown were tried, and came out right."""
    lead_in = "Correct on the examples, but wrong on inputs" if examples else "Wrong on inputs"
    sentence = f"{lead_in} generated for this check."
    name = mention(difference.where)
    count, total = (0, 1) if difference.wrong is None else (int(difference.wrong.sum()), difference.wrong.numel())
    if total == 1:
        return f"{sentence} What is wrong there is: {name}." if name else sentence
    how_many = "every value is wrong" if count == total else wrong_of(count, total)
    return f"{sentence} {starts(difference.where, 'The shape is right, but ' + how_many)}."


def error_message(raised: Raised, independent: bool, examples: int) -> str:
    """Return what to say of an exception; ``independent`` if other inputs bring the same one, words and numbers."""
    lead_in = "Correct on the examples, but on an input generated for this check it raised" if examples else "It raised"
    shown = message_of(raised, independent)
    return f"{lead_in} {raised.type}: {shown}" if shown else f"{lead_in} {raised.type}."


def message_of(raised: Raised, independent: bool) -> str:
    """Return what of an exception's message may be shown, on one line."""
    whole = independent or _says_nothing_of_values(raised)
    return one_line(raised.message if whole else known_words(raised.message))


def is_independent(observations: Sequence[Observation], index: int) -> bool:
    """Whether another input brought the very same exception."""
    raised = observations[index].raised
    return raised is not None and any(
        other.raised is not None and number != index and (other.raised.type, other.raised.message) ==
        (raised.type, raised.message) for number, other in enumerate(observations))


def _says_nothing_of_values(raised: Raised) -> bool:
    """Whether a message is Python's or PyTorch's own and has no place in it for an input's values."""
    last = raised.lines[-1].code if raised.lines else ""
    if re.search(r"\b(raise|assert|exec|eval)\b", last) or len(raised.message) > MAX_MESSAGE:
        return False
    if ABOUT_CODE & set(raised.bases):
        return re.search(r"\d\.\d|\d{3}|\[", raised.message) is None
    return "RuntimeError" in raised.bases and re.search(r"\d", raised.message) is None


def may_be_shown(rung: Rung) -> bool:
    """Whether expected and got on this rung say nothing of the input's values."""
    return rung in (Rung.TYPE, Rung.SHAPE, Rung.DTYPE, Rung.DEVICE, Rung.GRAD, Rung.CHANGED, Rung.FACT)
