"""The data of the lessons: real where it is, embedded always.

``COURSE_DATA`` is ``auto`` (real if it is there, else embedded), ``embedded`` (never touches the network) or ``real``
(an error if it can't be had); ``COURSE_DATA_DIR`` names the folder of real data.

>>> from course_utils.data import cifar10, house_prices, mnist, notice, pima, source
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from course_utils.data.errors import DataError
from course_utils.data.houses import house_prices
from course_utils.data.notice import notice
from course_utils.data.table import read_table

if TYPE_CHECKING:
    from course_utils.data.images import cifar10, mnist
    from course_utils.data.table import pima

__all__ = ["DataError", "cifar10", "house_prices", "mnist", "notice", "pima", "prepare", "read_table",
           "source"]


def source(name: str) -> str:
    """``"real"`` or ``"embedded"``: what ``pima``, ``cifar10`` or ``mnist`` gives just now."""
    from course_utils.data.choose import choose

    return choose(name, fetching=False).kind


def prepare() -> None:
    """Generate the stand-ins now, for places where nothing can be kept later (a sandbox, an image build)."""
    from course_utils.data.generated import ensure_generated
    from course_utils.data.registry import DATASETS

    for name, spec in DATASETS.items():
        if spec.stand_in is not None:
            ensure_generated(name)


def __getattr__(name: str) -> Any:
    """Find a dataset's loader when it is first used: those of images import torchvision, which takes a second."""
    from course_utils.data.dataset import named
    from course_utils.data.registry import DATASETS

    if name in DATASETS:
        return named(DATASETS[name].loader)
    raise AttributeError(f"module 'course_utils.data' has no attribute '{name}'")
