"""Inside the sandbox: a process that has everything imported, and forks one child per submission.

It listens on a socket that only the grader can reach. Each connection asks for one child and
brings the socket on which the child will talk; closing the connection ends the child and all
that it started. Between the two stands a keeper, so that nothing of a submission is this
process's own child. Nothing that a submission wrote runs in here.
"""

from __future__ import annotations

import array
import contextlib
import itertools
import json
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
from typing import Any

from course_utils.grading.inside import isolation
from course_utils.grading.inside.run_cells import Warm, serve

IDLE_SECONDS = 900


def main() -> None:
    settings = json.loads(os.environ.pop("COURSE_SANDBOX"))
    isolation.not_dumpable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    listener = _listener(settings)
    warm = Warm(torchvision=settings["torchvision"])
    print("ready", flush=True)
    listen(listener, warm, settings)
    os._exit(0)


def _listener(settings: dict[str, Any]) -> socket.socket:
    """The listening socket: inherited, or (in a container) made at the path that is given."""
    if settings.get("listen") is not None:
        return socket.socket(fileno=settings["listen"])
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(settings["path"])
    os.chmod(settings["path"], 0o666)
    listener.listen(64)
    return listener


def listen(listener: socket.socket, warm: Warm, settings: dict[str, Any]) -> None:
    """Fork a child for every connection, for ever; end when the grader does, or after a long idle time."""
    listener.setblocking(False)
    waiting: list[Any] = [listener, sys.stdin]
    for number in itertools.count():
        ready, _, _ = select.select(waiting, [], [], IDLE_SECONDS)
        _reap()
        if not ready or sys.stdin in ready:  # idle, or the grader closed its end
            return
        try:
            connection, _ = listener.accept()
        except OSError:
            continue
        if os.fork() == 0:
            listener.close()
            if settings.get("users"):  # each child is a user of its own
                settings["user"] = 1 + number % int(settings["users"])
            code = 1
            with contextlib.suppress(BaseException):
                supervise(connection, warm, settings)
                code = 0
            os._exit(code)
        connection.close()


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def supervise(connection: socket.socket, warm: Warm, settings: dict[str, Any]) -> None:
    """Start the child, wait until it or the grader's interest ends, and leave nothing of it."""
    connection.setblocking(True)
    _, ancillary, _, _ = connection.recvmsg(1, socket.CMSG_SPACE(4))
    descriptors = array.array("i")
    for _level, _kind, data in ancillary:
        descriptors.frombytes(data[:4])
    channel = socket.socket(fileno=descriptors[0])
    isolated = bool(settings.get("isolate"))
    os.setsid()
    if isolated:
        isolation.new_namespaces()
    else:
        isolation.adopt_orphans()
        settings = {**settings, "home": tempfile.mkdtemp(prefix="home-", dir=os.environ["HOME"])}
    # By the credentials of this message the grader learns which process it has to watch.
    connection.sendall(b"k")
    child = os.fork()
    if child == 0:
        code = 1
        with contextlib.suppress(BaseException):
            connection.close()
            devnull = os.open(os.devnull, os.O_RDWR)
            for descriptor in (0, 1, 2):
                os.dup2(devnull, descriptor)
            isolation.confine(isolated, settings)
            serve(channel, warm, settings)
            code = 0
        os._exit(code)
    channel.close()
    watch = os.pidfd_open(child)
    waiting: list[Any] = [connection, watch]
    select.select(waiting, [], [])
    if not isolated:
        isolation.kill_descendants()
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)  # as the first process of its namespace it takes all others along
    _, status = os.waitpid(child, 0)
    if not isolated:
        shutil.rmtree(settings["home"], ignore_errors=True)
    with contextlib.suppress(OSError):
        connection.sendall(json.dumps({"status": os.waitstatus_to_exitcode(status)}).encode())


if __name__ == "__main__":
    main()
