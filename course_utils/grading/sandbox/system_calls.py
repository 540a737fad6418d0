"""A seccomp filter: system calls that no lesson needs, and that would give a submission more of the kernel.

The filter is compiled out here, by libseccomp through a Python binding if one is installed, and put in place inside
by :func:`course_utils.grading.inside.isolation.confine`: the warm process still needs some of these calls.
"""

from __future__ import annotations

import base64
import errno
import importlib
import tempfile
from functools import cache
from types import ModuleType

BINDINGS = ("pyseccomp", "seccomp")  # from PyPI; from the distribution (python3-seccomp)

NEW_MOUNTS = ("mount", "umount2", "pivot_root", "move_mount", "open_tree", "open_tree_attr", "fsopen", "fsconfig",
              "fsmount", "fspick", "mount_setattr", "chroot", "quotactl", "quotactl_fd", "swapon", "swapoff")
OTHER_PROCESSES = ("ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "pidfd_getfd", "kcmp",
                   "perf_event_open", "unshare", "setns")
THE_MACHINE = ("kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "reboot", "acct",
               "syslog", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "iopl", "ioperm", "vhangup")
KERNEL_SERVICES = ("bpf", "userfaultfd", "add_key", "request_key", "keyctl", "open_by_handle_at", "name_to_handle_at",
                   "fanotify_init", "lookup_dcookie", "nfsservctl", "personality", "landlock_create_ruleset")
UNCOUNTED_MEMORY = ("shmget", "msgget", "semget", "mq_open", "memfd_secret")  # memory of no process in particular
REFUSED = (*NEW_MOUNTS, *OTHER_PROCESSES, *THE_MACHINE, *KERNEL_SERVICES, *UNCOUNTED_MEMORY)
# Programs try these and do without if the kernel does not know them. The flags of clone3 cannot be read by a filter.
UNKNOWN = ("io_uring_setup", "io_uring_enter", "io_uring_register", "memfd_create", "clone3")
NAMESPACES = (0x10000000, 0x20000, 0x08000000, 0x20000000, 0x40000000, 0x04000000, 0x02000000)  # CLONE_NEW…


@cache
def program() -> bytes | None:
    """Return the filter as a BPF program for this machine, or None if no binding of libseccomp works here."""
    library = _binding()
    if library is None:
        return None
    rules = library.SyscallFilter(library.ALLOW)
    for action, names in ((errno.EPERM, REFUSED), (errno.ENOSYS, UNKNOWN)):
        for name in names:
            if library.resolve_syscall(library.Arch.NATIVE, name) >= 0:  # some are of other machines or newer libraries
                rules.add_rule(library.ERRNO(action), name)
    for flag in NAMESPACES:
        rules.add_rule(library.ERRNO(errno.EPERM), "clone", library.Arg(0, library.MASKED_EQ, flag, flag))
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def filter_text() -> str:
    """Return the filter in a form that settings can carry; empty if there is none."""
    return base64.b64encode(program() or b"").decode("ascii")


def _binding() -> ModuleType | None:
    for name in BINDINGS:
        try:
            return importlib.import_module(name)
        except (ImportError, RuntimeError, OSError):  # the library itself may be missing
            continue
    return None
