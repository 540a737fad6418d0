"""Collecting evidence: runs beside the student's code, and judges nothing.

``collect(namespace, plan, inputs)`` looks an answer up by name, tries it on every input with
the plan's probe, and returns what happened as bytes (see :mod:`course_utils.evidence.codec`).
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import inspect
import io
import os
import random
import re
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import BuiltinFunctionType, FunctionType
from typing import Any

import numpy as np
import torch

from course_utils.evidence.codec import decode, encode
from course_utils.evidence.near_names import missing_name, near_names
from course_utils.evidence.observation import Evidence, Observation, Raised, encode_evidence
from course_utils.evidence.same_code import class_source
from course_utils.evidence.student_lines import last_frame, names_on_last_line, own_lines

MAX_PRINTED = 2_000


@dataclass(frozen=True)
class Plan:
    """How an exercise's evidence is collected: all that the sandbox is told of it."""

    name: str
    probe: str  # "course_utils.probes.function:call"

    @classmethod
    def of(cls, exercise: Any) -> Plan:
        probe = exercise.probe
        return cls(exercise.name, f"{probe.__module__}:{probe.__name__}")

    def as_json(self) -> dict[str, str]:
        return asdict(self)

    def load_probe(self) -> Any:
        module, _, function = self.probe.partition(":")
        if not module.startswith("course_utils.probes."):
            raise ValueError(f"'{self.probe}' is not a probe of this package.")
        return getattr(importlib.import_module(module), function)


def encode_cases(cases: Sequence[Any]) -> bytes:
    """The inputs as bytes, for :func:`collect`."""
    return encode([{"args": list(c.args), "kwargs": dict(c.kwargs)} for c in cases])


def collect(namespace: Mapping[str, Any], plan: Plan, inputs: bytes) -> bytes:
    """Evidence about ``namespace[plan.name]``.

    Return the bytes of an :class:`~course_utils.evidence.observation.Evidence`.
    """
    if plan.name not in namespace:
        return encode_evidence(Evidence(False))
    answer = namespace[plan.name]
    source, line = _source(answer)
    return encode_evidence(Evidence(True, source, _origin(answer), _held(answer), observe(answer, plan, inputs), line))


def observe(answer: Any, plan: Plan, inputs: bytes, only: Sequence[int] | None = None) -> tuple[Observation, ...]:
    """Try the answer once on each input, or ``only`` on those with these numbers.

    Return what came back, what was raised, printed and changed.
    """
    probe = plan.load_probe()
    count = _count(inputs)
    observations = []
    with _preserve_global_state():
        for index in range(count) if only is None else only:
            # Decoded anew for every input, so that no call can spoil the next one's.
            case = decode(inputs, formulas=True, plain=True)[index]
            observations.append(_try(probe, answer, case, index, 1 / count))
    return tuple(observations)


@functools.lru_cache(maxsize=4)  # many changed answers are tried on the same inputs
def _count(inputs: bytes) -> int:
    return len(decode(inputs, formulas=True, plain=True))


def _try(probe: Any, answer: Any, case: dict[str, Any], index: int, share: float) -> Observation:
    args, kwargs = case["args"], case["kwargs"]
    before = _states(args, kwargs)
    result: Any = None
    raised: Raised | None = None
    _seed(index)
    with _capture_output() as printed, warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"(matplotlib|numpy|torch)\.")  # not ours
        try:
            # Encoding inside the `try`: a lazy or hostile result may raise only when it is read.
            result = decode(encode(probe(answer, *args, **kwargs), share))
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            raised = raised_by(error)
    after = _states(args, kwargs)
    changed = tuple(name for name in before if before[name] != after.get(name))
    return Observation(result, raised, changed, printed.getvalue()[:MAX_PRINTED])


def _states(args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, bytes]:
    named = {**{str(i): a for i, a in enumerate(args)}, **kwargs}
    return {name: encode(value) for name, value in named.items() if not callable(value)}


def _seed(index: int) -> None:
    if torch.cuda.is_initialized():
        torch.manual_seed(index)
    else:  # the same for the CPU; for other devices torch notes the seed with the whole stack, which takes longer
        torch.default_generator.manual_seed(index)
    np.random.seed(index)
    random.seed(index)


def raised_by(error: BaseException) -> Raised:
    """Return the exception's type and message, the student's own lines on the way to it, and what the last used."""
    try:
        message = str(error)[:1000]
    except Exception:  # __str__ is the submission's
        message = ""
    bases = tuple(base.__name__ for base in type(error).__mro__[:-1])
    return Raised(type(error).__name__, bases, message, tuple(own_lines(error.__traceback__)),
                  tuple(names_on_last_line(error.__traceback__).items()), missing_name(error),
                  tuple(near_names(error, last_frame(error.__traceback__))))


def _source(answer: Any) -> tuple[str | None, int]:
    """Return the answer's code, and the line of its cell on which it begins."""
    try:
        if type(answer) is type and answer.__module__ == "__main__":  # inspect looks for a file there, and finds none
            return class_source(answer)
        lines, line = inspect.getsourcelines(answer)
        return "".join(lines)[:20_000], max(1, int(line))
    except Exception:  # no source, or an object that answers to everything
        return None, 1


def _held(answer: Any) -> str:
    """Return what kind of thing an answer is, without asking it: "class", "function", "callable" or its type's name."""
    if issubclass(type(answer), type):
        return "class"
    if type(answer) in (FunctionType, BuiltinFunctionType):
        return "function"
    return "callable" if callable(answer) else str(type(answer).__name__)


def _origin(answer: Any) -> str:
    """The module in which a function or class was written; an empty text for other values."""
    module = getattr(answer, "__module__", None)
    return module[:200] if type(module) is str else ""


@contextlib.contextmanager
def _preserve_global_state() -> Iterator[None]:
    """Random states, gradient mode and default dtype as usual within, as they were after."""
    states = torch.get_rng_state(), np.random.get_state(), random.getstate()
    dtype, deterministic = torch.get_default_dtype(), torch.are_deterministic_algorithms_enabled()
    torch.set_default_dtype(torch.float32)
    _set_deterministic(False)
    try:
        with torch.enable_grad():
            yield
    finally:
        torch.set_rng_state(states[0])
        np.random.set_state(states[1])
        random.setstate(states[2])
        torch.set_default_dtype(dtype)
        _set_deterministic(deterministic)


def _set_deterministic(wanted: bool) -> None:
    """Change the setting only where it differs: the first call imports PyTorch's compiler, which takes a second."""
    if torch.are_deterministic_algorithms_enabled() != wanted:
        torch.use_deterministic_algorithms(wanted)


@contextlib.contextmanager
def _capture_output() -> Iterator[io.StringIO]:
    """What is printed within, by any road: print, a warning, an old handle, a file descriptor.

    nbgrader gives no points to a check cell with anything on stderr, a mere warning included,
    so nothing that right code prints may reach the cell.
    """
    printed = io.StringIO()
    streams = [s for s in {sys.stdout, sys.stderr} if s is not None]
    with contextlib.ExitStack() as stack:
        for stream in streams:
            stack.enter_context(_redirect_stream(stream, printed))
        stack.enter_context(_redirect_descriptors(printed))
        stack.enter_context(contextlib.redirect_stdout(printed))
        stack.enter_context(contextlib.redirect_stderr(printed))
        yield printed


@contextlib.contextmanager
def _redirect_stream(stream: Any, into: io.StringIO) -> Iterator[None]:
    """``stream.write`` goes ``into`` the capture, for those who kept the stream (logging does)."""
    try:
        stream.flush()
        stream.write = into.write
    except (AttributeError, OSError, ValueError):  # a stream that cannot be patched stays as it is
        yield
        return
    try:
        yield
    finally:
        with contextlib.suppress(AttributeError):
            del stream.write


@contextlib.contextmanager
def _redirect_descriptors(into: io.StringIO) -> Iterator[None]:
    """File descriptors 1 and 2 into the capture (libraries in C++ write there)."""
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(tempfile.TemporaryFile())
            saved = {fd: os.dup(fd) for fd in (1, 2)}
        except OSError:  # closed descriptors, or no room for a file: nothing can be captured
            yield
            return
        try:
            for fd in saved:
                os.dup2(file.fileno(), fd)
            yield
        finally:
            for fd, copy in saved.items():
                os.dup2(copy, fd)
                os.close(copy)
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - MAX_PRINTED))
            text = file.read().decode(errors="replace")
            if text:
                into.write(re.sub(r"[^\n\t -~\u00a0-\uffff]", "", text))
