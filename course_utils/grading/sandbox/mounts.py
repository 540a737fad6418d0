"""What every kind of sandbox sees of the machine, and its environment."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import course_utils
from course_utils.paths import project_root

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
ETC = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/fonts",
       "/etc/localtime", "/etc/mime.types")
INSIDE_PACKAGE = "/course"
INSIDE_ENVIRONMENT = Path("/environment")  # where an environment is seen that lies in one of these, empty inside
EMPTY = (Path("/tmp"), Path("/var/tmp"))
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "USER": "student", "LOGNAME": "student",
    "HOME": "/tmp", "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "passive",
    "MPLBACKEND": "agg", "MPLCONFIGDIR": "/tmp/.matplotlib", "COURSE_DATA": "embedded", "COURSE_DEVICE": "cpu",
    "COURSE_STATE": "off", "NBGRADER_EXECUTION": "autograde", "PIP_RETRIES": "0", "PIP_NO_INPUT": "1",
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


def python_problem() -> str | None:
    """Why this Python cannot be shown inside, with the repair; None if it can."""
    base = Path(sys.base_prefix)
    if inside(base) != base or not any(base.is_relative_to(folder) for folder in EMPTY):
        return None
    return (f"This Python is installed in {base}, but /tmp is empty inside the sandbox. Use a Python that is installed "
            "elsewhere, or grade with --sandbox none.")


def python_inside() -> str:
    """The path of this Python's interpreter inside."""
    return str(inside(Path(sys.executable)))


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


def environment(package: str = INSIDE_PACKAGE) -> dict[str, str]:
    """The environment inside: nothing of the grader's own."""
    return {**ENVIRONMENT, "PYTHONPATH": package}
