"""Docker or Podman, where bubblewrap is not to be had."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache

ENGINES = ("podman", "docker")


@cache
def engine() -> str | None:
    """The container engine that answers here, or None."""
    for name in ENGINES:
        if shutil.which(name) is None:
            continue
        try:
            done = subprocess.run([name, "info"], capture_output=True, timeout=20, check=False)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0:
            return name
    return None
