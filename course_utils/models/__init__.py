"""Reference models of the lessons, each short enough to be read from top to bottom."""

from course_utils.models.cnn import ClassicCNN, FastCNN, LeNet, ResNet9
from course_utils.models.mlp import DigitNet, PimaNet, mlp

__all__ = ["ClassicCNN", "DigitNet", "FastCNN", "LeNet", "PimaNet", "ResNet9", "mlp"]
