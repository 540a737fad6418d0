"""The sentence in a notebook that says which data it runs on."""

from __future__ import annotations

import re

from markupsafe import Markup

from course_utils.colours import SKY
from course_utils.data.choose import choose
from course_utils.data.registry import dataset
from course_utils.display import Shown


def notice(name: str) -> Shown:
    """Which data ``name`` ("pima", "cifar10", "mnist") stands for, in a sentence; the last expression of a cell."""
    choice, spec = choose(name), dataset(name)
    if choice.kind == "real":
        return _sentence(f"Real data: {spec.about}.")
    because = f" {choice.reason}" if choice.reason else ""
    return _sentence(f"{spec.stand_in_about}{because} The real data: `course data fetch {name}`.")


def _sentence(text: str) -> Shown:
    html = re.sub(r"`([^`]+)`", r"<code>\1</code>", str(Markup.escape(text)))
    return Shown(text.replace("`", ""), f'<div style="border-left:6px solid {SKY};padding:4px 12px;max-width:60em">'
                                        f"{html}</div>")
