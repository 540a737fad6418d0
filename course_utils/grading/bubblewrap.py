"""The command line of bubblewrap: what a sandbox sees of the machine, and what it may do."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import course_utils
from course_utils.project import project_root

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
ETC = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/fonts",
       "/etc/localtime", "/etc/mime.types")
# The warm process needs these to make each submission's namespaces; a submission has none of them.
CAPABILITIES = ("CAP_SYS_ADMIN", "CAP_SYS_RESOURCE", "CAP_SETPCAP")
INSIDE_PACKAGE = "/course"
INSIDE_DATA = "/data"
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "USER": "student", "LOGNAME": "student",
    "HOME": "/tmp", "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
    "MPLBACKEND": "agg", "MPLCONFIGDIR": "/tmp/.matplotlib", "COURSE_DATA": "embedded", "COURSE_DEVICE": "cpu",
    "COURSE_STATE": "off", "PIP_RETRIES": "0", "PIP_NO_INPUT": "1",
    "TORCHINDUCTOR_CACHE_DIR": "/tmp/.inductor", "TERM": "dumb",
}


@dataclass(frozen=True)
class Mount:
    path: Path
    hidden: bool = False  # an empty folder in its place


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
    return sorted([*bound, *masks], key=lambda mount: (len(mount.path.parts), mount.hidden))


def command(stage: Path, data: Path | None, *, die_with_parent: bool) -> list[str]:
    """The command that runs what follows it in the sandbox."""
    line = ["bwrap", "--unshare-all", "--unshare-user", "--new-session", "--clearenv", "--hostname", "course"]
    if die_with_parent:
        line.append("--die-with-parent")
    for path in SYSTEM:
        if Path(path).is_symlink():
            line += ["--symlink", str(Path(path).readlink()), path]
    for mount in mounts():
        line += ["--tmpfs", str(mount.path)] if mount.hidden else ["--ro-bind", str(mount.path), str(mount.path)]
    for path in ETC:
        line += ["--ro-bind-try", path, path]
    line += ["--ro-bind", str(stage / "passwd"), "/etc/passwd", "--ro-bind", str(stage / "package"), INSIDE_PACKAGE]
    if data is not None:
        line += ["--ro-bind", str(data), INSIDE_DATA]
    line += ["--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--dir", "/var", "--symlink", "/tmp", "/var/tmp",
             "--remount-ro", "/", "--chdir", "/tmp", "--cap-drop", "ALL"]
    for capability in CAPABILITIES:
        line += ["--cap-add", capability]
    for name, value in environment(INSIDE_PACKAGE, INSIDE_DATA if data is not None else None).items():
        line += ["--setenv", name, value]
    return line


def environment(package: str, data: str | None) -> dict[str, str]:
    """The environment inside: nothing of the grader's own."""
    return {**ENVIRONMENT, "PYTHONPATH": package, **({"COURSE_DATA_DIR": data} if data else {})}
