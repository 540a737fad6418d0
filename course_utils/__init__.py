"""The companion package of *PyTorch in Nine Lessons*.

>>> from course_utils import check, hint, solution, progress, start

Importing it before PyTorch makes PyTorch's threads wait passively (see :mod:`course_utils.threads`).
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from course_utils import threads  # noqa: F401  # sets how PyTorch's threads wait

if TYPE_CHECKING:
    from course_utils.notebook.commands import check, hint, progress, solution, start

__version__ = "1.0.0"
__all__ = ["check", "hint", "progress", "solution", "start"]


def __getattr__(name: str) -> Any:
    """Import the commands for notebooks when the first of them is used."""
    if name in __all__:
        where = "notebook.commands" if find_spec("course_utils.exercises") else "without_answers"
        return getattr(import_module(f"course_utils.{where}"), name)
    raise AttributeError(f"module 'course_utils' has no attribute '{name}'")
