"""Results that a notebook shows richly, and everything else as text."""

from __future__ import annotations

from typing import Any


def in_notebook() -> bool:
    """Whether a Jupyter kernel runs this (and not a plain interpreter or a terminal)."""
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:
        return False
    return type(get_ipython()).__name__ == "ZMQInteractiveShell"


class Shown:
    """A result with a rich form for notebooks and a plain one for everything else."""

    def __init__(self, plain: str, html: str, result: str | None = None) -> None:
        self.plain, self.html, self.result = plain, html, plain if result is None else result

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        # In a notebook text/plain is the bare score: nbgrader reads it as partial credit.
        return {"text/plain": self.result if in_notebook() else self.plain, "text/html": self.html}

    def __repr__(self) -> str:
        return self.plain
