"""The walls around a submission: system calls that are refused, and memory that is counted wherever it is held."""

from __future__ import annotations

import ast
import errno
import platform
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from course_utils.cli.doctor import walls
from course_utils.grading.sandbox import system_calls
from course_utils.grading.sandbox.bubblewrap import Bubblewrap
from course_utils.grading.sandbox.limits import Limits
from course_utils.grading.sandbox.sandbox import Sandbox
from course_utils.grading.sandbox.session import Session, SessionLost
from course_utils.judging.outcome import Outcome

LIMITS = Limits(cell_seconds=20, scratch_bytes=512 * 2**20, memory_bytes=700 * 2**20)
_works = pytest.mark.skipif(Bubblewrap().problem() is not None, reason=f"{Bubblewrap().problem()}")


def sandboxed(test: Any) -> Any:
    return pytest.mark.sandbox(_works(test))


filtered = pytest.mark.skipif(system_calls.program() is None, reason="no binding of libseccomp")

# By number, as a submission would: x86_64's, and those that all machines have in common.
CALLS = {"ptrace": 101, "mount": 165, "umount2": 166, "pivot_root": 155, "unshare": 272, "setns": 308, "keyctl": 250,
         "add_key": 248, "request_key": 249, "bpf": 321, "perf_event_open": 298, "userfaultfd": 323, "kexec_load": 246,
         "init_module": 175, "swapon": 167, "reboot": 169, "quotactl": 179, "open_by_handle_at": 304,
         "process_vm_readv": 310, "process_vm_writev": 311, "shmget": 29, "memfd_create": 319, "clone3": 435,
         "io_uring_setup": 425, "io_uring_register": 427, "fsopen": 430, "move_mount": 429, "open_tree": 428}
ASK = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
refused = {}
for name, number in %r.items():
    ctypes.set_errno(0)
    result = libc.syscall(number, 0, 0, 0, 0, 0)
    refused[name] = (result, ctypes.get_errno())
refused["clone with a new user namespace"] = (libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0), ctypes.get_errno())
print(refused)
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Bubblewrap(), LIMITS) as sandbox:
        sandbox.wait()
        yield sandbox


@pytest.fixture
def session(sandbox: Sandbox) -> Iterator[Session]:
    with Session(sandbox.address, LIMITS) as session:
        yield session


HOLD_FILES = "for place in ('/tmp/a', '/dev/shm/b'):\n    open(place, 'wb').write(b'x' * 400_000_000)"
HOLD_PAGES = "import mmap\nkept = mmap.mmap(-1, 900_000_000)\nfor at in range(0, 900_000_000, 4096):\n    kept[at] = 1"
HOLD_PROCESSES = """
import os
for _ in range(6):
    if os.fork() == 0:
        kept = bytearray(b"x") * 200_000_000
        time.sleep(60)
"""
HOLD_MEMFDS = """
import os
kept = [os.memfd_create("a"), os.memfd_create("b")]
for _ in range(40):
    for each in kept:
        os.write(each, b"x" * 10_000_000)
"""
HOLD_BEHIND_SHORT_CELLS = """
import os, time
if os.fork() == 0:
    kept = bytearray(b"x") * 300_000_000
    open("/tmp/a", "wb").write(kept)
    open("/dev/shm/b", "wb").write(kept)
    time.sleep(60)
    os._exit(0)
"""
WRITE = """
import os
written = []
for place in ("/", "/dev", "/home", "/root", "/usr", "/course", "/proc/sys", "/tmp", "/dev/shm"):
    try:
        open(place + "/x", "w")
    except OSError:
        continue
    written.append(place)
print(written)
"""


@sandboxed
@filtered
@pytest.mark.skipif(platform.machine() != "x86_64", reason="numbers of x86_64")
def test_system_calls_that_no_lesson_needs_are_refused(session: Session) -> None:
    answers = ast.literal_eval(session.run(ASK % CALLS).outputs[0]["text"])
    not_known = {"memfd_create", "clone3", "io_uring_setup", "io_uring_register"}
    assert answers == {name: (-1, errno.ENOSYS if name in not_known else errno.EPERM) for name in answers}


@sandboxed
def test_nothing_but_the_scratch_folders_can_be_written(session: Session) -> None:
    assert ast.literal_eval(session.run(WRITE).outputs[0]["text"]) == ["/tmp", "/dev/shm"]


@sandboxed
@pytest.mark.parametrize("hold", [HOLD_FILES, HOLD_PAGES, HOLD_PROCESSES], ids=["files", "shared pages", "processes"])
def test_memory_counts_wherever_it_is_held(session: Session, hold: str) -> None:
    with pytest.raises(SessionLost, match="GB of memory") as lost:
        session.run(f"import time\n{hold}\ntime.sleep(15)")
    assert lost.value.outcome is Outcome.CRASHED


@sandboxed
def test_memory_counts_over_many_short_cells(session: Session) -> None:
    session.run(HOLD_BEHIND_SHORT_CELLS)

    def short_cells() -> None:
        for _ in range(2000):
            session.run("time.sleep(0.01)")

    with pytest.raises(SessionLost, match="GB of memory"):
        short_cells()


@sandboxed
def test_without_a_filter_memfds_and_segments_count_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_calls, "program", lambda: None)
    with Sandbox(Bubblewrap(), LIMITS) as unfiltered:
        unfiltered.wait()
        with Session(unfiltered.address, LIMITS) as session:
            run = session.run("import ctypes\nprint(ctypes.CDLL(None).shmget(0, 1 << 20, 0o600))")
            assert run.outputs[0]["text"].strip() == "-1"
            with pytest.raises(SessionLost, match="GB of memory"):
                session.run(f"import time\n{HOLD_MEMFDS}\ntime.sleep(15)")


def test_doctor_says_which_walls_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    holding = {finding.what: finding for finding in walls(Bubblewrap())}
    assert "files in /tmp and /dev/shm" in holding["memory"].said
    monkeypatch.setattr(system_calls, "program", lambda: None)
    lacking = {finding.what: finding for finding in walls(Bubblewrap())}["system calls"]
    assert lacking.good is None
    assert "pyseccomp" in lacking.repair


def test_any_binding_of_libseccomp_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> ModuleType:
        raise RuntimeError("Unable to find libseccomp")

    monkeypatch.setattr(system_calls.importlib, "import_module", missing)
    assert system_calls.program.__wrapped__() is None
