"""bubblewrap: namespaces and mounts, with no privileges needed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path
from typing import Any

from course_utils.grading.sandbox.kind import SETTINGS, ZYGOTE, Kind, Launch, SandboxError, listen
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

# The warm process needs these to make each submission's namespaces; a submission has none of them.
CAPABILITIES = ("CAP_SYS_ADMIN", "CAP_SYS_RESOURCE", "CAP_SETPCAP", "CAP_KILL", "CAP_SETUID", "CAP_SETGID")
FIRST_USER, USERS = 100_001, 60_000  # unused on the machine; where root grades, each submission is one of them


class Bubblewrap(Kind):
    name = "bubblewrap"
    counted = "the limit counts all processes of a submission, memfds, and files in /tmp and /dev/shm"

    def problem(self) -> str | None:
        return _problem()

    def launch(self, folder: Path, settings: dict[str, Any], limits: Limits) -> Launch:
        if (reason := python_problem()) is not None:
            raise SandboxError(reason)
        descriptors = [listen(self.address(folder))]
        settings = {**settings, "isolate": True, "listen": descriptors[0], "filter": filter_text()}
        users = many_users()
        if users is not None:
            descriptors.append(users)
            settings["users"] = USERS
        # The kernel ties "parent" to the thread that started the process, not to the program.
        main = threading.current_thread() is threading.main_thread()
        line = command(folder / "stage", die_with_parent=main, users=users)
        line += ["--setenv", SETTINGS, json.dumps(settings), "--", python_inside(), "-s", "-c", ZYGOTE]
        return Launch(line, {"PATH": os.environ.get("PATH", os.defpath)}, descriptors)


@cache
def _problem() -> str | None:
    """Try it with the flags that grading uses."""
    if sys.platform != "linux":
        return "bubblewrap needs Linux (in Windows: WSL2)."
    if shutil.which("bwrap") is None:
        return "bubblewrap is not installed. On Debian or Ubuntu: apt install bubblewrap."
    probe = ["bwrap", "--unshare-all", "--unshare-user", "--cap-add", "CAP_SYS_ADMIN", "--ro-bind", "/", "/",
             "--proc", "/proc", "--dev", "/dev", "true"]
    tried = subprocess.run(probe, capture_output=True, check=False)
    if tried.returncode == 0:
        return None
    said = tried.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
    return (f"bubblewrap is installed but doesn't work: {said[0].removeprefix('bwrap: ')}. Allow unprivileged user "
            "namespaces (in a container, too), or use --sandbox docker.")


def many_users() -> int | None:
    """Where root grades: a descriptor of a user namespace with :data:`USERS` users in it; else None.

    For root the kernel does not count processes, and much on a machine trusts user 0, so a
    submission must be another. Everybody else has just their own user to give.
    """
    if os.geteuid() != 0:
        return None
    wait = "import ctypes, sys; print(ctypes.CDLL(None).unshare(0x10000000), flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-I", "-S", "-c", wait], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as process:
        try:
            if process.stdout is None or process.stdout.readline().strip() != b"0":
                return None
            for name in ("uid_map", "gid_map"):
                Path(f"/proc/{process.pid}/{name}").write_text(f"0 0 1\n1 {FIRST_USER} {USERS}\n", "ascii")
            return os.open(f"/proc/{process.pid}/ns/user", os.O_RDONLY)
        except OSError:  # root of a container that has no further users
            return None


def command(stage: Path, *, die_with_parent: bool, users: int | None = None) -> list[str]:
    """Return the command that runs what follows it in the sandbox (``users``: see :func:`many_users`)."""
    line = ["bwrap", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try",
            "--new-session", "--clearenv"]
    line += ["--unshare-user", "--hostname", "course"] if users is None else ["--userns", str(users)]
    if die_with_parent:
        line.append("--die-with-parent")
    for path in SYSTEM:
        if Path(path).is_symlink():
            line += ["--symlink", str(Path(path).readlink()), path]
    for mount in mounts():
        for parent in reversed(mount.at.parents[:-1]):  # else made for bubblewrap's own user alone
            line += ["--perms", "0755", "--dir", str(parent)]
        line += (["--tmpfs", str(mount.at), "--remount-ro", str(mount.at)] if mount.hidden else
                 ["--ro-bind", str(mount.path), str(mount.at)])
    for path in ETC:
        line += ["--ro-bind-try", path, path]
    line += ["--ro-bind", str(stage / "passwd"), "/etc/passwd", "--ro-bind", str(stage / "package"), INSIDE_PACKAGE]
    line += ["--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--dir", "/var", "--symlink", "/tmp", "/var/tmp",
             "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp", "--cap-drop", "ALL"]
    for capability in CAPABILITIES:
        line += ["--cap-add", capability]
    for name, value in environment().items():
        line += ["--setenv", name, value]
    return line
