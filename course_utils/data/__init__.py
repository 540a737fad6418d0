"""The data of the lessons: real where it is, embedded always.

``COURSE_DATA`` is ``auto`` (real if it is there, else embedded), ``embedded`` (never touches the network) or ``real``
(an error if it can't be had); ``COURSE_DATA_DIR`` names the folder of real data.

>>> from course_utils.data import cifar10, house_prices, mnist, notice, pima, source
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from course_utils.data.errors import DataError
from course_utils.data.houses import house_prices
from course_utils.data.notice import Notice, notice
from course_utils.data.table import pima, read_table

if TYPE_CHECKING:
    from course_utils.data.images import cifar10, mnist

__all__ = ["DataError", "Notice", "cifar10", "house_prices", "mnist", "notice", "pima", "prepare", "read_table",
           "source"]


def source(name: str) -> str:
    """``"real"`` or ``"embedded"``: what ``pima``, ``cifar10`` or ``mnist`` gives just now."""
    from course_utils.data.choose import choose

    return choose(name, fetching=False).kind


def prepare() -> None:
    """Draw the embedded image sets now, for places where nothing can be kept later (a sandbox, an image build)."""
    from course_utils.data.drawn import DRAWINGS, drawn

    for name in DRAWINGS:
        drawn(name)


def __getattr__(name: str) -> Any:
    """The image sets come with torchvision, which takes a second to import: only when they are used."""
    if name in ("cifar10", "mnist"):
        from course_utils.data import images

        return getattr(images, name)
    raise AttributeError(f"module 'course_utils.data' has no attribute '{name}'")
