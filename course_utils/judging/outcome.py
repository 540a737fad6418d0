"""What can become of an answer."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """The result of judging one exercise."""

    CORRECT = "correct"
    PARTIAL = "partial"
    WRONG = "wrong"
    NOT_ATTEMPTED = "not_attempted"
    ERROR = "error"
    TIMEOUT = "timeout"
    CRASHED = "crashed"


class Rung(StrEnum):
    """The step of the ladder on which an answer stopped; later steps are nearer to right."""

    MISSING = "missing"
    NOT_ATTEMPTED = "not attempted"
    REBOUND = "rebound"  # the name stands for something other than what the exercise asks for
    RAISED = "raised"
    TYPE = "type"
    SHAPE = "shape"
    DTYPE = "dtype"
    DEVICE = "device"
    GRAD = "grad"
    CHANGED = "changed its input"
    FACT = "behaviour"  # how something was done, as a probe noted it: in which mode, in how many passes
    VALUES = "values"
