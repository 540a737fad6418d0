"""Reference models of the lessons, each short enough to be read from top to bottom."""

from course_utils.models.mlp import DigitNet, PimaNet, mlp

__all__ = ["DigitNet", "PimaNet", "mlp"]
