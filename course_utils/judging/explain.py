"""What an exception means, from what is known of it: its name, the line that raised it, its own words."""

from __future__ import annotations

from course_utils.evidence.observation import Raised
from course_utils.judging.explain_errors import explain
from course_utils.judging.explain_lines import explain_line
from course_utils.judging.explain_names import explain_name
from course_utils.judging.notebook_names import NotebookNames


def explain_raised(raised: Raised, notebook: NotebookNames | None = None, by_message: bool = True) -> str:
    """Return what an exception means, in a sentence or two; empty if there is nothing to add.

    ``notebook`` is what the cells around it say of names, if they are known. Without ``by_message`` nothing of the
    exception's own words is repeated.
    """
    seen = explain_name(raised, notebook) or explain_line(raised)
    return seen or (explain(raised.type, raised.message) if by_message else "")
