"""Linux's means to set a process apart: namespaces, mounts, capabilities, limits."""

from __future__ import annotations

import base64
import contextlib
import ctypes
import itertools
import os
import platform
import resource
import signal
import tempfile
from typing import Any

_NEWNS, _NEWIPC, _NEWPID, _NEWNET, _NEWUTS = 0x20000, 0x08000000, 0x20000000, 0x40000000, 0x04000000
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REMOUNT, _MS_BIND, _MS_REC, _MS_PRIVATE = (
    1, 2, 4, 8, 32, 4096, 16384, 1 << 18)
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP = 1, 4, 24
_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2
_PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 36, 38, 47
_CAPABILITY_VERSION_3 = 0x20080522
_LAST_CAPABILITY = 63
# What of /proc could change or show the machine, as container runtimes have it.
_PROC_READ_ONLY = ("sys", "sysrq-trigger", "irq", "bus", "fs")
_PROC_HIDDEN = ("kcore", "keys", "timer_list", "sched_debug", "kallsyms", "kmsg")

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def not_dumpable() -> None:
    """No debugger may attach, and /proc/<pid>/mem stays shut: the process can't be read or changed."""
    _checked(_libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0), "prctl")


def dumpable() -> None:
    """The submission's own process may look at itself again."""
    _checked(_libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0), "prctl")


def adopt_orphans() -> None:
    """What loses its parent below this process becomes its child, so that it can be found."""
    _checked(_libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "prctl")


def new_namespaces() -> None:
    """Own mounts, ipc, network and host name for this process; own process ids for its children."""
    _checked(_libc.unshare(_NEWNS | _NEWIPC | _NEWPID | _NEWNET | _NEWUTS), "unshare")


def confine(isolated: bool, settings: dict[str, Any]) -> None:
    """Make this process, just forked, the submission's: scratch folder, limits, own user, no capabilities."""
    if isolated:
        _mount_private_folders(int(settings["scratch_bytes"]))
    _limits(settings)
    if isolated:
        _no_capabilities(settings.get("user"))
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    home = "/tmp/home" if isolated else settings["home"]
    os.makedirs(home, exist_ok=True)
    os.chdir(home)
    os.environ.update(HOME=home, TMPDIR="/tmp" if isolated else home, PWD=home)
    tempfile.tempdir = None
    if settings.get("filter"):
        _refuse_system_calls(base64.b64decode(settings["filter"]))


class _Program(ctypes.Structure):
    """The kernel's ``struct sock_fprog``."""

    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def _refuse_system_calls(program: bytes) -> None:
    """Put a BPF program in place that decides on each system call of this process and of all that it starts."""
    filter_ = _Program(len(program) // 8, program)  # an instruction has 8 bytes
    _checked(_libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(filter_), 0, 0), "seccomp")


def _mount(source: str, target: str, kind: str | None, flags: int, data: str = "") -> None:
    _checked(_libc.mount(source.encode(), target.encode(), kind.encode() if kind else None,
                         ctypes.c_ulong(flags), data.encode()), f"mount {target}")


def _mount_private_folders(scratch: int) -> None:
    """Fresh /proc, /tmp and /dev/shm, which vanish with the last process of the submission."""
    _mount("none", "/", None, _MS_REC | _MS_PRIVATE)
    _mount("proc", "/proc", "proc", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC)
    _cap_on_processes()
    with contextlib.suppress(OSError), open("/proc/sys/kernel/shmall", "w") as file:
        file.write("0")  # no System V segments: they are memory that no process has to hold
    for name in _PROC_READ_ONLY:
        path = f"/proc/{name}"
        if os.path.exists(path):
            _mount(path, path, None, _MS_BIND | _MS_REC)
            flags = _MS_BIND | _MS_REMOUNT | _MS_RDONLY | _MS_NOSUID | _MS_NODEV | _MS_NOEXEC
            _mount(path, path, None, flags)
    for name in _PROC_HIDDEN:
        if os.path.exists(f"/proc/{name}"):
            _mount("/dev/null", f"/proc/{name}", None, _MS_BIND)
    for path in ("/tmp", "/dev/shm"):
        _mount("tmpfs", path, "tmpfs", _MS_NOSUID | _MS_NODEV, f"size={scratch},nr_inodes=20000,mode=1777")


def _cap_on_processes() -> None:
    """At most 300 processes and threads, and no further user namespaces, where the kernel can say so."""
    with contextlib.suppress(OSError):
        if _kernel() >= (6, 14):  # before that, pid_max is the whole machine's
            with open("/proc/sys/kernel/pid_max", "w") as file:
                file.write("400")
    with contextlib.suppress(OSError), open("/proc/sys/user/max_user_namespaces", "w") as file:
        file.write("0")


def _kernel() -> tuple[int, int]:
    major, minor = platform.release().split(".")[:2]
    return int(major), int("".join(itertools.takewhile(str.isdigit, minor)))


def _data_size() -> int:
    """The bytes of data that this process holds already."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[5]) * resource.getpagesize()


def _limits(settings: dict[str, Any]) -> None:
    def limit(kind: int, value: int) -> None:
        _, hard = resource.getrlimit(kind)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))

    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_NOFILE, int(settings["open_files"]))
    limit(resource.RLIMIT_FSIZE, int(settings["scratch_bytes"]))
    limit(resource.RLIMIT_DATA, int(settings["memory_bytes"]) + _data_size())
    if settings.get("isolate") and _kernel() >= (5, 14):  # elsewhere it would count the user's other processes too
        limit(resource.RLIMIT_NPROC, int(settings["processes"]))
    # File-size and CPU limits come as exceptions where they can.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        os.nice(5)


def _no_capabilities(user: int | None) -> None:
    """Give up all power over the sandbox; where the map of users allows it, be a user of one's own too."""
    for capability in range(_LAST_CAPABILITY + 1):
        _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    _libc.prctl(_PR_CAP_AMBIENT, 4, 0, 0, 0)  # clear all
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _checked(_libc.capset(header, nothing), "capset")


def kill_descendants() -> None:
    """Without a namespace of its own: stop everything below this process (see :func:`adopt_orphans`)."""
    import psutil

    for _ in range(100):
        family = psutil.Process().children(recursive=True)
        if all(process.status() == psutil.STATUS_ZOMBIE for process in family):
            return
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(family, timeout=0.1)
