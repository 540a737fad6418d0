"""The command line of bubblewrap: what a sandbox sees of the machine, and what it may do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import course_utils
from course_utils.paths import project_root

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
ETC = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/fonts",
       "/etc/localtime", "/etc/mime.types")
# The warm process needs these to make each submission's namespaces; a submission has none of them.
CAPABILITIES = ("CAP_SYS_ADMIN", "CAP_SYS_RESOURCE", "CAP_SETPCAP", "CAP_KILL", "CAP_SETUID", "CAP_SETGID")
FIRST_USER, USERS = 100_001, 60_000  # unused on the machine; where root grades, each submission is one of them
INSIDE_PACKAGE = "/course"
INSIDE_ENVIRONMENT = Path("/environment")  # where an environment is seen that lies in one of these, empty inside
EMPTY = (Path("/tmp"), Path("/var/tmp"))
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "USER": "student", "LOGNAME": "student",
    "HOME": "/tmp", "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "passive",
    "MPLBACKEND": "agg", "MPLCONFIGDIR": "/tmp/.matplotlib", "COURSE_DATA": "embedded", "COURSE_DEVICE": "cpu",
    "COURSE_STATE": "off", "PIP_RETRIES": "0", "PIP_NO_INPUT": "1",
    "TORCHINDUCTOR_CACHE_DIR": "/tmp/.inductor", "TERM": "dumb",
}


@dataclass(frozen=True)
class Mount:
    path: Path
    hidden: bool = False  # an empty folder in its place

    @property
    def at(self) -> Path:
        """Where it is seen inside."""
        return inside(self.path)


def inside(path: Path) -> Path:
    """Where a path of this machine is seen inside: the same, but for a Python environment under /tmp."""
    for prefix in (Path(sys.prefix), Path(sys.prefix).resolve()):
        if path.is_relative_to(prefix) and any(prefix.is_relative_to(folder) for folder in EMPTY):
            return INSIDE_ENVIRONMENT / path.relative_to(prefix)
    return path


def unreachable() -> Path | None:
    """A folder that this Python needs and that cannot be shown inside, or None."""
    base = Path(sys.base_prefix)
    return base if inside(base) == base and any(base.is_relative_to(folder) for folder in EMPTY) else None


@cache
def available() -> bool:
    """Whether bubblewrap is here and may make namespaces."""
    if sys.platform != "linux" or shutil.which("bwrap") is None:
        return False
    probe = ["bwrap", "--unshare-all", "--unshare-user", "--cap-add", "CAP_SYS_ADMIN", "--ro-bind", "/", "/",
             "--proc", "/proc", "--dev", "/dev", "true"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def mounts() -> list[Mount]:
    """What is bound and what is hidden, outermost first, so that inner ones lie on top.

    Bound are the system and this Python; hidden are the course's own folders wherever they lie
    below one of those.
    """
    package = Path(course_utils.__file__).resolve().parent
    seen = {Path(sys.prefix), Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()}
    seen = {path for path in seen if not any(path.is_relative_to(system) for system in SYSTEM)}
    bound = [Mount(Path(path)) for path in SYSTEM if Path(path).is_dir() and not Path(path).is_symlink()]
    bound += [Mount(path) for path in seen]
    hidden = {package, Path.home()} | ({root} if (root := project_root()) else set())
    masks = [Mount(path, hidden=True) for path in hidden
             if path != Path("/") and any(path.is_relative_to(mount.path) for mount in bound)]
    return sorted({mount.at: mount for mount in [*bound, *masks]}.values(),
                  key=lambda mount: (len(mount.at.parts), mount.hidden))


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
    """The command that runs what follows it in the sandbox (``users``: see :func:`many_users`)."""
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
        line += ["--tmpfs", str(mount.at)] if mount.hidden else ["--ro-bind", str(mount.path), str(mount.at)]
    for path in ETC:
        line += ["--ro-bind-try", path, path]
    line += ["--ro-bind", str(stage / "passwd"), "/etc/passwd", "--ro-bind", str(stage / "package"), INSIDE_PACKAGE]
    line += ["--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--dir", "/var", "--symlink", "/tmp", "/var/tmp",
             "--remount-ro", "/", "--chdir", "/tmp", "--cap-drop", "ALL"]
    for capability in CAPABILITIES:
        line += ["--cap-add", capability]
    for name, value in environment(INSIDE_PACKAGE).items():
        line += ["--setenv", name, value]
    return line


def environment(package: str) -> dict[str, str]:
    """The environment inside: nothing of the grader's own."""
    return {**ENVIRONMENT, "PYTHONPATH": package}
