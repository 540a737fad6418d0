"""What a kind of sandbox declares: whether it works here, and how a process is started in it."""

from __future__ import annotations

import socket
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course_utils.grading.sandbox.limits import Limits

# The environment that the grader runs in may hold an editable installation of the course: its finder would lead past
# the staged package.
ZYGOTE = ("import sys; sys.meta_path[:] = [f for f in sys.meta_path if '__editable__' not in str(f) and "
          "'__editable__' not in getattr(f, '__module__', '')]; from course_utils.grading.inside.zygote import main; "
          "main()")
SETTINGS = "COURSE_SANDBOX"  # the environment variable that brings the settings to the process inside


class SandboxError(RuntimeError):
    """The sandbox cannot be started, or is gone."""


@dataclass
class Launch:
    """A process to start."""

    command: list[str]
    environment: dict[str, str]
    descriptors: list[int] = field(default_factory=list)  # what it inherits; the starter closes its own copies


class Kind(ABC):
    """A kind of sandbox. It has no state: what it knows of one sandbox comes from that sandbox's folder."""

    name: str
    counted = "the memory of all processes together counts against the limit"  # as `course doctor` says it
    forks = True  # one warm process gives every session a fork; otherwise every session starts a process of its own

    @abstractmethod
    def problem(self) -> str | None:
        """Return why it does not work here and what to do about it; None if it works."""

    @abstractmethod
    def launch(self, folder: Path, settings: dict[str, Any], limits: Limits) -> Launch:
        """Return how to start the warm process; ``folder`` holds the staged package, ``settings`` go inside.

        Raises
        ------
        SandboxError
            It cannot be started here.
        """

    def address(self, folder: Path) -> Path:
        """Return the path of the socket on which the warm process takes requests."""
        return folder / "socket"

    def clean_up(self, folder: Path) -> None:  # noqa: B027  # most kinds have nothing to remove
        """Remove what may outlive the process."""


def listen(address: Path) -> int:
    """Return the descriptor of a socket that listens at ``address``, for the warm process to inherit."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(address))
    listener.listen(64)
    return listener.detach()
