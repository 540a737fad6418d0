"""Docker or Podman, where bubblewrap is not to be had."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

from course_utils.grading.sandbox import bubblewrap
from course_utils.grading.sandbox.limits import Limits

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


IMAGE = "course-grading:empty"
SOCKET_FOLDER = "/run/course"


def ensure_image(name: str) -> None:
    """An image with nothing in it: what a container sees is the machine's own system, bound read-only."""
    known = subprocess.run([name, "image", "inspect", IMAGE], capture_output=True, check=False)
    if known.returncode != 0:
        nothing = b"\0" * 10240  # an empty tar archive
        subprocess.run([name, "import", "-", IMAGE], input=nothing, capture_output=True, check=True)


def command(name: str, folder: Path, limits: Limits, container: str) -> list[str]:
    """The command that runs what follows it in a container of its own; ``folder`` holds stage and socket."""
    stage = folder / "stage"
    line = [name, "run", "--rm", "--interactive", "--name", container, "--network", "none", "--read-only",
            "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--hostname", "course",
            "--user", f"{os.getuid() or 65534}:{os.getgid() or 65534}",
            "--pids-limit", str(limits.processes + 20), "--memory", str(limits.memory_bytes + 2**29),
            "--shm-size", str(limits.scratch_bytes), "--ulimit", f"nofile={limits.open_files}:{limits.open_files}",
            "--ulimit", f"nproc={4 * limits.processes}:{4 * limits.processes}",
            "--tmpfs", f"/tmp:rw,nosuid,nodev,mode=1777,size={limits.scratch_bytes}",
            "--volume", f"{folder / 'run'}:{SOCKET_FOLDER}",
            "--volume", f"{stage / 'package'}:{bubblewrap.INSIDE_PACKAGE}:ro",
            "--volume", f"{stage / 'passwd'}:/etc/passwd:ro", "--workdir", "/tmp"]
    for mount in bubblewrap.mounts():
        line += ["--tmpfs", f"{mount.at}:ro"] if mount.hidden else ["--volume", f"{mount.path}:{mount.at}:ro"]
    # /lib is a link to /usr/lib on most systems; here it is bound as a folder.
    links = [path for path in bubblewrap.SYSTEM if Path(path).is_symlink()]
    for path in [*links, *(path for path in bubblewrap.ETC if Path(path).exists())]:
        line += ["--volume", f"{Path(path).resolve()}:{path}:ro"]
    for key, value in bubblewrap.environment(bubblewrap.INSIDE_PACKAGE).items():
        line += ["--env", f"{key}={value}"]
    return line


def remove(name: str, container: str) -> None:
    """End a container, if it is still there."""
    subprocess.run([name, "rm", "--force", container], capture_output=True, check=False)
