"""The outside end of one child: requests with deadlines, and a watch on what it uses."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from course_utils.evidence.collect import Plan
from course_utils.grading.inside import wire
from course_utils.grading.inside.written import MAX_FILES, may_leave
from course_utils.grading.sandbox.limits import Limits
from course_utils.grading.sandbox.sandbox import Sandbox, ask_for_child
from course_utils.grading.sandbox.usage import descendants, memory
from course_utils.judging.outcome import Outcome
from course_utils.printable import encodable

WATCH_SECONDS = 0.1


class SessionLost(RuntimeError):
    """The child is gone, or had to be stopped."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome, self.reason = outcome, reason


def session_factory(sandbox: Sandbox) -> Callable[[], Session]:
    """Return what opens a session: a fork of the warm process, or a sandbox of its own for each."""
    if sandbox.kind.forks:
        return lambda: Session(sandbox.address, sandbox.limits)

    def in_a_sandbox_of_its_own() -> Session:
        own = Sandbox(sandbox.kind, sandbox.limits)
        try:
            own.wait()
            return Session(own.address, own.limits, own)
        except BaseException:
            own.stop()
            raise

    return in_a_sandbox_of_its_own


@dataclass
class CellRun:
    """What came of running a cell; what the child says of itself, so believed for display only."""

    outputs: list[dict[str, Any]] = field(default_factory=list)
    raised: str | None = None
    about: str = ""  # the name that a NameError missed


class Session:
    """A child in the sandbox, from its fork to its end."""

    def __init__(self, address: str, limits: Limits, of_its_own: Sandbox | None = None) -> None:
        self.limits = limits
        self._of_its_own = of_its_own
        self._connection, self._channel, self._keeper = ask_for_child(address)
        self._next_watch = time.monotonic() + WATCH_SECONDS

    def put(self, files: Mapping[str, bytes]) -> None:
        """Put files into the submission's working folder, read-only; raises :class:`SessionLost`."""
        for name, content in files.items():
            self._ask({"do": "put", "name": name}, content)

    def run(self, source: str) -> CellRun:
        """Run a cell; raises :class:`SessionLost`."""
        header, _ = self._ask({"do": "run", "source": source}, b"")
        raised = header.get("raised")
        return CellRun(clean_outputs(header.get("outputs")), _text(raised, 200) if raised is not None else None,
                       _text(header.get("about"), 200))

    def collect(self, plan: Plan, inputs: bytes) -> bytes:
        """Evidence on one answer; raises :class:`SessionLost`."""
        header, evidence = self._ask({"do": "collect", "plan": plan.as_json()}, inputs)
        raised = header.get("raised")
        if raised == "TooLarge":
            raise SessionLost(Outcome.ERROR, "It gave back more than 64 MB.")
        if raised is not None:
            raise SessionLost(Outcome.ERROR, f"It raised {_text(raised, 80)}, which no `except Exception` catches.")
        return evidence

    def try_variant(self, plan: Plan, inputs: bytes, source: str, only: Sequence[int], seconds: float) -> bytes:
        """Evidence on an answer defined by ``source``, on the inputs ``only``; raises :class:`SessionLost`.

        ``seconds`` is the limit for one input. b"" is returned if the variant can't be looked at.
        """
        header, evidence = self._ask({"do": "try", "plan": plan.as_json(), "source": source, "only": list(only),
                                      "seconds": seconds}, inputs, 2 * seconds * (len(only) + 1))
        return b"" if header.get("raised") is not None else evidence

    def written(self) -> dict[str, bytes]:
        """Return the small files that the cells wrote, by their names; raises :class:`SessionLost`."""
        header, contents = self._ask({"do": "written"}, b"")
        return _split(header.get("files"), contents)

    def close(self) -> None:
        """End the child and everything that it started."""
        self._channel.close()
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)
            # The keeper answers when nothing is left of the child.
            self._connection.settimeout(10)
            while self._connection.recv(4096):
                pass
        self._connection.close()
        if self._of_its_own is not None:
            self._of_its_own.stop()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, header: dict[str, Any], payload: bytes,
             seconds: float | None = None) -> tuple[dict[str, Any], bytes]:
        allowed = min(self.limits.cell_seconds, seconds or self.limits.cell_seconds)
        deadline = time.monotonic() + allowed
        try:
            self._channel.settimeout(allowed)
            wire.send(self._channel, header, payload)
            self._wait(deadline)
            return wire.receive(self._channel, deadline=deadline)
        except TimeoutError:
            raise SessionLost(Outcome.TIMEOUT, f"It took longer than {allowed:.3g} seconds.") from None
        except wire.BadFrame:
            raise SessionLost(Outcome.CRASHED, "Its process sent something unreadable.") from None
        except wire.Closed:
            raise SessionLost(Outcome.CRASHED, self._exit_reason()) from None

    def _wait(self, deadline: float) -> None:
        """Until an answer begins, watching memory and processes all the time, over many short requests too."""
        while True:
            now = time.monotonic()
            if now >= deadline:
                raise TimeoutError
            if now >= self._next_watch:
                self._watch()
                self._next_watch = time.monotonic() + WATCH_SECONDS
            pause = max(0.0, min(self._next_watch, deadline) - time.monotonic())
            ready, _, _ = select.select([self._channel, self._connection], [], [], pause)
            if ready:
                return

    def _watch(self) -> None:
        family = descendants(self._keeper, self.limits.processes)
        if len(family) > self.limits.processes:
            raise SessionLost(Outcome.CRASHED, f"It started more than {self.limits.processes} processes.")
        if memory(family) > self.limits.memory_bytes:
            most = f"{self.limits.memory_bytes / 2**30:.2g} GB"
            raise SessionLost(Outcome.CRASHED, f"It used more than {most} of memory.")

    def _exit_reason(self) -> str:
        """How the child ended, as its keeper tells."""
        with contextlib.suppress(OSError, ValueError, TypeError):
            self._connection.settimeout(5)
            status = int(json.loads(self._connection.recv(4096)).get("status"))
            if status < 0:
                return f"Its process was killed by signal {-status}{_SIGNALS.get(-status, '')}."
            return f"It ended its own process (exit status {status})."
        return "Its process died."


_SIGNALS = {4: " (illegal instruction)", 6: " (abort)", 7: " (bus error)", 8: " (arithmetic error)",
            9: " (killed, often for memory)", 11: " (segmentation fault)"}


def _split(listed: Any, contents: bytes) -> dict[str, bytes]:
    """The files of a child's answer, as far as they are what a child may send."""
    files: dict[str, bytes] = {}
    start = 0
    for entry in listed[:MAX_FILES] if isinstance(listed, list) else []:
        match entry:
            case [str(name), int(size)] if 0 <= size <= len(contents) - start:
                content = contents[start:start + size]
                start += size
                if may_leave(name, content):
                    files[name] = content
            case _:
                break
    return files


def clean_outputs(outputs: Any) -> list[dict[str, Any]]:
    """The outputs that have the form of a notebook's; the rest is dropped."""
    kept: list[dict[str, Any]] = []
    for output in outputs if isinstance(outputs, list) else []:
        if not isinstance(output, dict):
            continue
        match output.get("output_type"):
            case "stream" if output.get("name") in ("stdout", "stderr") and isinstance(output.get("text"), str):
                kept.append({"output_type": "stream", "name": output["name"], "text": encodable(output["text"])})
            case "display_data" | "execute_result" as kind if isinstance(output.get("data"), dict):
                data = {encodable(k): encodable(v) for k, v in output["data"].items() if isinstance(v, str)}
                entry: dict[str, Any] = {"output_type": kind, "data": data, "metadata": {}}
                kept.append({**entry, "execution_count": None} if kind == "execute_result" else entry)
            case "error":
                lines = output.get("traceback")
                kept.append({"output_type": "error", "ename": _text(output.get("ename"), 200),
                             "evalue": _text(output.get("evalue"), 2000),
                             "traceback": [_text(line, 20_000) for line in lines] if isinstance(lines, list) else []})
    return kept


def _text(value: Any, most: int) -> str:
    return encodable(value[:most]) if isinstance(value, str) else ""
