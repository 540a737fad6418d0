"""Docker or Podman, where bubblewrap is not to be had."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from course_utils.grading.sandbox.kind import SETTINGS, ZYGOTE, Kind, Launch, SandboxError
from course_utils.grading.sandbox.limits import Limits
from course_utils.grading.sandbox.mounts import (
    ETC,
    INSIDE_PACKAGE,
    SYSTEM,
    environment,
    mounts,
    python_inside,
    python_problem,
)
from course_utils.grading.sandbox.system_calls import filter_text

ENGINES = ("podman", "docker")
IMAGE = "course-grading:empty"
SOCKET_FOLDER = "/run/course"


class Container(Kind):
    """Docker or Podman. Each process of a submission gets a container of its own instead of a fork."""

    name = "docker"
    counted = "the container's own limit counts all that a submission holds, files in memory included"
    forks = False

    def problem(self) -> str | None:
        if engine() is None:
            return "Neither Docker nor Podman answers here. Start one of them, or install bubblewrap."
        return None

    def address(self, folder: Path) -> Path:
        return folder / "run" / "socket"

    def launch(self, folder: Path, settings: dict[str, Any], limits: Limits) -> Launch:
        if (reason := self.problem() or python_problem()) is not None:
            raise SandboxError(reason)
        found = str(engine())
        (folder / "run").mkdir(mode=0o777)
        (folder / "run").chmod(0o777)  # the container's user makes its socket there
        folder.chmod(0o711)
        ensure_image(found)
        settings = {**settings, "isolate": False, "path": f"{SOCKET_FOLDER}/{self.address(folder).name}",
                    "filter": filter_text()}
        line = command(found, folder, limits, _container_name(folder))
        line += ["--env", f"{SETTINGS}={json.dumps(settings)}", IMAGE, python_inside(), "-s", "-c", ZYGOTE]
        return Launch(line, {**os.environ})

    def clean_up(self, folder: Path) -> None:
        subprocess.run([str(engine()), "rm", "--force", _container_name(folder)], capture_output=True, check=False)


def _container_name(folder: Path) -> str:
    return f"course-{folder.name}"


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
            "--volume", f"{stage / 'package'}:{INSIDE_PACKAGE}:ro",
            "--volume", f"{stage / 'passwd'}:/etc/passwd:ro", "--workdir", "/tmp"]
    for mount in mounts():
        line += ["--tmpfs", f"{mount.at}:ro"] if mount.hidden else ["--volume", f"{mount.path}:{mount.at}:ro"]
    # /lib is a link to /usr/lib on most systems; here it is bound as a folder.
    links = [path for path in SYSTEM if Path(path).is_symlink()]
    for path in [*links, *(path for path in ETC if Path(path).exists())]:
        line += ["--volume", f"{Path(path).resolve()}:{path}:ro"]
    for key, value in environment().items():
        line += ["--env", f"{key}={value}"]
    return line
