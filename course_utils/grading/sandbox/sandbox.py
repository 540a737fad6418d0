"""The sandbox as the grader handles it: started once, asked for a child per submission, stopped."""

from __future__ import annotations

import array
import atexit
import contextlib
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from course_utils.grading.sandbox.kind import Kind, SandboxError
from course_utils.grading.sandbox.limits import Limits
from course_utils.grading.sandbox.short_tmpdir import shorten
from course_utils.grading.sandbox.stage import stage_data, stage_package, staging_error
from course_utils.grading.sandbox.warm_imports import torchvision_is_needed

START_SECONDS = 180
PREFIX = "course-sandbox-"


class Sandbox:
    """A warm process behind walls; :meth:`child` gives a fresh fork of it."""

    def __init__(self, kind: Kind, limits: Limits) -> None:
        self.kind, self.limits = kind, limits
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._lock = threading.Lock()
        self._ready = False
        self._data: Future[None] = Future()

    @property
    def address(self) -> str:
        """Where to ask for a child (a path that only this user can reach)."""
        return str(self.kind.address(self._folder)) if self._folder is not None else ""

    def start(self) -> Sandbox:
        """Begin to start; :meth:`child` waits until it is ready."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._clear()
                self._launch()
        return self

    def _launch(self) -> None:
        shorten()
        _sweep()
        self._folder = folder = _staged_folder()
        settings = {**asdict(self.limits), "torchvision": torchvision_is_needed()}
        launch = self.kind.launch(folder, settings, self.limits)
        self._errors = open(folder / "errors", "w+b")  # noqa: SIM115
        self._process = subprocess.Popen(launch.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         stderr=self._errors, pass_fds=launch.descriptors, env=launch.environment,
                                         start_new_session=True)
        for descriptor in launch.descriptors:
            os.close(descriptor)
        staging = ThreadPoolExecutor(1)  # while it starts
        self._data = staging.submit(stage_data, folder / "stage" / "package")
        staging.shutdown(wait=False)
        self._ready = False
        atexit.register(self.stop)

    def wait(self) -> None:
        """Until it is ready; raises :class:`SandboxError` with what it said where it does not start."""
        self.start()
        with self._lock:
            process = self._process
            if self._ready or process is None or process.stdout is None:
                return
            line = process.stdout.readline()
            if line.strip() != b"ready":
                process.wait()
                self._errors.seek(0)
                told = self._errors.read().decode(errors="replace").strip().splitlines()
                reason = told[-1] if told else "no reason given"
                raise SandboxError(f"The sandbox ({self.kind.name}) does not start: {reason}")
            try:
                self._data.result()
            except OSError as error:
                raise SandboxError(staging_error(self._folder or Path(tempfile.gettempdir()), error)) from error
            except RuntimeError as error:
                raise SandboxError(str(error)) from error
            self._ready = True

    def stop(self) -> None:
        """End it, and all that runs in it; its folder is removed."""
        atexit.unregister(self.stop)
        with self._lock:
            process = self._process
            if process is not None:
                for pipe in (process.stdin, process.stdout):
                    with contextlib.suppress(OSError):
                        pipe.close() if pipe else None
                try:
                    process.wait(timeout=2)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                self._errors.close()
                if self._folder is not None:
                    self.kind.clean_up(self._folder)
            self._process = None
            self._clear()

    def _clear(self) -> None:
        if self._folder is not None:
            with contextlib.suppress(Exception):  # told where it is waited for
                self._data.result()
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def _staged_folder() -> Path:
    """Return a new folder with what the sandbox is shown; if it can't be filled, remove it and raise SandboxError."""
    folder = Path(tempfile.gettempdir())
    try:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        (folder / "pid").write_text(str(os.getpid()), encoding="ascii")
        (folder / "stage").mkdir()
        stage_package(folder / "stage" / "package")
        (folder / "stage" / "passwd").write_text("student:x:0:0::/tmp/home:/bin/sh\n", encoding="utf-8")
    except OSError as error:
        if folder.name.startswith(PREFIX):
            shutil.rmtree(folder, ignore_errors=True)
        raise SandboxError(staging_error(folder, error)) from error
    return folder


def _sweep() -> None:
    """Remove the folders of graders that were killed and could not."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError, ValueError):
            mine = folder.stat().st_uid == os.getuid() and not folder.is_symlink()
            if mine and not Path(f"/proc/{int((folder / 'pid').read_text(encoding='ascii'))}").exists():
                shutil.rmtree(folder, ignore_errors=True)


def ask_for_child(address: str) -> tuple[socket.socket, socket.socket, int]:
    """A fresh child: the connection that keeps it alive, its channel, and its keeper's process id."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(START_SECONDS)
        connection.connect(address)
        connection.sendmsg([b"c"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [theirs.fileno()]))])
        greeting, ancillary, _, _ = connection.recvmsg(1, socket.CMSG_SPACE(struct.calcsize("3i")))
        if not greeting:
            raise SandboxError("The sandbox is gone.")
        keeper = next((struct.unpack("3i", data[:12])[0] for _, kind, data in ancillary
                       if kind == socket.SCM_CREDENTIALS), 0)
    except OSError as error:
        connection.close()
        ours.close()
        raise SandboxError("The sandbox is gone.") from error
    finally:
        theirs.close()
    return connection, ours, keeper
