"""The sentence in a notebook that says which data it runs on."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from course_utils.data.choose import choose
from course_utils.data.real import real_set

EMBEDDED = {
    "pima": "Synthetic data: 768 made-up rows with the statistics of the Pima Indians Diabetes table. No row is a "
            "person.",
    "cifar10": "Drawn data: 5,000 training and 1,000 test images of ten kinds of shapes, in CIFAR-10's format.",
    "mnist": "Drawn data: 5,000 training and 1,000 test images of digits from computer fonts, in MNIST's format.",
}


class Notice:
    """A sentence as the result of a cell."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text.replace("`", "")

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        text = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(self.text))
        return {"text/html": f'<div style="border-left:6px solid #56b4e9;padding:4px 12px;max-width:60em">{text}</div>',
                "text/plain": repr(self)}


def notice(name: str) -> Notice:
    """Which data ``name`` ("pima", "cifar10", "mnist") stands for, in a sentence; the last expression of a cell."""
    choice, spec = choose(name), real_set(name)
    if choice.kind == "real":
        return Notice(f"Real data: {spec.about}.")
    because = f" {choice.reason}" if choice.reason else ""
    return Notice(f"{EMBEDDED[name]}{because} The real data: `course data fetch {name}`.")
