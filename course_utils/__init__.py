"""The companion package of *PyTorch in Nine Lessons*.

>>> from course_utils import check, hint, solution, progress, start

Importing it before PyTorch makes PyTorch's threads wait passively (see :mod:`course_utils.threads`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from course_utils.threads import wait_passively

if TYPE_CHECKING:
    from course_utils.notebook import check, hint, progress, solution, start

__version__ = "1.0.0"
__all__ = ["check", "hint", "progress", "solution", "start"]

THREADS_WAIT_PASSIVELY = wait_passively()


def __getattr__(name: str) -> Any:
    """Names for notebooks come from course_utils.notebook when they are first used."""
    if name in __all__:
        from course_utils import notebook

        return getattr(notebook, name)
    raise AttributeError(f"module 'course_utils' has no attribute '{name}'")
