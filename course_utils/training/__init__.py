"""Training: the loop of lesson 4, and what stands around it.

``loop`` trains, ``live`` shows it while it goes on, ``metrics`` says how good the result is,
``stopping`` ends in time, ``checkpoint`` keeps it; ``devices`` says where, ``recipe`` does it fast.
Each is a short file that reads from top to bottom.
"""

from course_utils.training.checkpoint import load_checkpoint, save_checkpoint
from course_utils.training.devices import pick_device, to_device
from course_utils.training.loop import History, evaluate, fit, predict, train_epoch, train_step
from course_utils.training.stopping import EarlyStopping

__all__ = [
    "EarlyStopping",
    "History",
    "evaluate",
    "fit",
    "load_checkpoint",
    "pick_device",
    "predict",
    "save_checkpoint",
    "to_device",
    "train_epoch",
    "train_step",
]
