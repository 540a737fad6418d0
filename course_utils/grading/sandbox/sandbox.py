"""The sandbox as the grader handles it: started once, asked for a child per submission, stopped."""

from __future__ import annotations

import array
import atexit
import contextlib
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from course_utils.grading.sandbox import bubblewrap, container
from course_utils.grading.sandbox.limits import Limits
from course_utils.grading.sandbox.short_tmpdir import shorten
from course_utils.grading.sandbox.stage import stage_data, stage_package
from course_utils.grading.sandbox.warm_imports import torchvision_is_needed

KINDS = ("auto", "bubblewrap", "docker", "none")
START_SECONDS = 180
PREFIX = "course-sandbox-"
NO_SANDBOX = (
    "Submissions are programs of strangers, and there is no sandbox here to run them in. Install bubblewrap "
    "(apt install bubblewrap), or Docker or Podman; or say --sandbox none, and they run with all your rights: they "
    "can read, change and delete your files, and use your network.")
_INSIDE = "import sys; sys.meta_path[:] = [f for f in sys.meta_path if '__editable__' not in str(f) and " \
          "'__editable__' not in getattr(f, '__module__', '')]; from course_utils.grading.inside.zygote import main; " \
          "main()"


class SandboxError(RuntimeError):
    """The sandbox cannot be started, or is gone."""


def choose(kind: str) -> str:
    """The kind of sandbox for ``auto``; raises :class:`SandboxError` where there is none."""
    if kind == "auto":
        if bubblewrap.available():
            return "bubblewrap"
        if container.engine():
            return "docker"
        raise SandboxError(NO_SANDBOX)
    if kind == "bubblewrap" and not bubblewrap.available():
        raise SandboxError("bubblewrap does not work here: it is not installed (apt install bubblewrap), or may not "
                           "make user namespaces (in a container, allow them; or --sandbox docker).")
    if kind == "docker" and not container.engine():
        raise SandboxError("Neither Docker nor Podman answers here. Start one of them, or install bubblewrap.")
    return kind


class Sandbox:
    """A warm process behind walls; :meth:`child` gives a fresh fork of it."""

    def __init__(self, kind: str, limits: Limits) -> None:
        self.kind, self.limits = kind, limits
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._lock = threading.Lock()
        self._ready = False
        self._data: Future[None] = Future()

    @property
    def address(self) -> str:
        """Where to ask for a child (a path that only this user can reach)."""
        if self._folder is None:
            return ""
        return str(self._folder / "run" / "socket" if self.kind == "docker" else self._folder / "socket")

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
        self._folder = folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        (folder / "pid").write_text(str(os.getpid()), encoding="ascii")
        (folder / "stage").mkdir()
        stage_package(folder / "stage" / "package")
        (folder / "stage" / "passwd").write_text("student:x:0:0::/tmp/home:/bin/sh\n", encoding="utf-8")
        settings: dict[str, Any] = {**asdict(self.limits), "isolate": self.kind == "bubblewrap",
                                    "torchvision": torchvision_is_needed()}
        python = [sys.executable if self.kind == "none" else str(bubblewrap.inside(Path(sys.executable))),
                  "-s", "-c", _INSIDE]
        if self.kind != "none" and (base := bubblewrap.unreachable()) is not None:
            raise SandboxError(f"This Python lies in {base}, and /tmp is empty inside the sandbox. Take a Python that "
                               "is installed elsewhere, or grade with --sandbox none.")
        passed: list[int] = []
        environment = {**os.environ}
        if self.kind == "docker":
            line = self._container(folder, settings) + python
        else:
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            listener.bind(self.address)
            listener.listen(64)
            passed.append(listener.detach())
            settings["listen"] = passed[0]
            if self.kind == "bubblewrap":
                line = self._behind_bubblewrap(folder, settings, passed) + python
                environment = {"PATH": os.environ.get("PATH", os.defpath)}
            else:
                line = python
                environment.update(bubblewrap.environment(str(folder / "stage" / "package")), HOME=str(folder),
                                   PATH=os.environ.get("PATH", os.defpath), COURSE_SANDBOX=json.dumps(settings))
        self._errors = open(folder / "errors", "w+b")  # noqa: SIM115
        self._process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors,
                                         pass_fds=passed, env=environment, start_new_session=True)
        for descriptor in passed:
            os.close(descriptor)
        staging = ThreadPoolExecutor(1)  # while it starts
        self._data = staging.submit(stage_data, folder / "stage" / "package")
        staging.shutdown(wait=False)
        self._ready = False
        atexit.register(self.stop)

    def _behind_bubblewrap(self, folder: Path, settings: dict[str, Any], passed: list[int]) -> list[str]:
        users = bubblewrap.many_users()
        if users is not None:
            passed.append(users)
            settings["users"] = bubblewrap.USERS
        # The kernel ties "parent" to the thread that started the process, not to the program.
        main = threading.current_thread() is threading.main_thread()
        line = bubblewrap.command(folder / "stage", die_with_parent=main, users=users)
        return [*line, "--setenv", "COURSE_SANDBOX", json.dumps(settings), "--"]

    def _container(self, folder: Path, settings: dict[str, Any]) -> list[str]:
        engine = container.engine()
        if engine is None:
            raise SandboxError("Neither Docker nor Podman answers here.")
        (folder / "run").mkdir(mode=0o777)
        (folder / "run").chmod(0o777)  # the container's user makes its socket there
        folder.chmod(0o711)
        container.ensure_image(engine)
        self._engine, self._name = engine, f"course-{folder.name}"
        settings["path"] = f"{container.SOCKET_FOLDER}/socket"
        line = container.command(engine, folder, self.limits, self._name)
        return [*line, "--env", f"COURSE_SANDBOX={json.dumps(settings)}", container.IMAGE]

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
                raise SandboxError(f"The sandbox ({self.kind}) does not start: {told[-1] if told else 'no reason'}")
            try:
                self._data.result()
            except (OSError, RuntimeError) as error:
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
                if self.kind == "docker":
                    container.remove(self._engine, self._name)
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
