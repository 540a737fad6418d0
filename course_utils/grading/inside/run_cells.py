"""Inside the sandbox: one submission's process, which runs its cells and collects evidence.

An IPython shell like a notebook kernel's, without the kernel: cells come over a socket, and
their outputs go back in notebook format. What the outside believes of it is only the evidence,
and of that only what the judge finds right.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import pkgutil
import shutil
import socket
import sys
import warnings
from pathlib import Path
from typing import Any

import course_utils
from course_utils.grading.inside import isolation, wire
from course_utils.grading.inside.written import written_files

MAX_OUTPUT = 1_000_000  # characters of one cell's outputs
TORCHVISION = ("torchvision", "torchvision.transforms.v2")
PRELOADED = ("torch", "numpy", "pandas", "matplotlib.pyplot", "IPython", "safetensors.torch", "rich",
             "course_utils.evidence.collect", "course_utils.without_answers", "course_utils.figures",
             "torch.utils.data", "psutil", "ipywidgets", "tqdm.auto")


class Outputs:
    """A cell's outputs in notebook format, cut where they get too long."""

    def __init__(self) -> None:
        self.list: list[dict[str, Any]] = []
        self.size = 0

    def clear(self) -> None:
        self.list, self.size = [], 0

    def add(self, output: dict[str, Any], size: int) -> None:
        if self.size >= MAX_OUTPUT:
            return
        self.size += size
        if self.size >= MAX_OUTPUT:
            output = {"output_type": "stream", "name": "stdout", "text": "\n(more output is not kept)\n"}
        self.list.append(output)

    def stream(self, name: str, text: str) -> None:
        last = self.list[-1] if self.list else {}
        if last.get("output_type") == "stream" and last.get("name") == name and self.size < MAX_OUTPUT:
            kept = text[: MAX_OUTPUT - self.size]
            last["text"] += kept
            self.size += len(text)
        else:
            self.add({"output_type": "stream", "name": name, "text": text[:MAX_OUTPUT]}, len(text))


class Stream:
    """sys.stdout or sys.stderr of the cells."""

    encoding = "utf-8"
    errors = "replace"
    closed = False

    def __init__(self, name: str, outputs: Outputs) -> None:
        self.name, self._outputs = name, outputs

    def write(self, text: str) -> int:
        text = str(text)
        if text:
            self._outputs.stream(self.name, text)
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Nothing is held back."""

    def isatty(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return False

    def fileno(self) -> int:
        return {"stdout": 1, "stderr": 2}[self.name]


class Warm:
    """What is made once, before any submission: imports and the shell."""

    def __init__(self, torchvision: bool = True) -> None:
        _take_fonts()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for name in PRELOADED + (TORCHVISION if torchvision else ()):
                with contextlib.suppress(ImportError):
                    importlib.import_module(name)
            probes = importlib.import_module("course_utils.probes")
            for module in pkgutil.iter_modules(probes.__path__):
                with contextlib.suppress(ImportError):
                    importlib.import_module(f"course_utils.probes.{module.name}")
        import torch

        torch.set_num_threads(1)
        self.outputs = Outputs()
        self.shell = _shell(self.outputs)


def _take_fonts() -> None:
    """Give Matplotlib the list of fonts that was staged beside the package, where it looks for one."""
    settings = os.environ.get("MPLCONFIGDIR")
    for known in Path(course_utils.__file__).parent.parent.glob("fonts/fontlist-*.json"):
        if settings and not (Path(settings) / known.name).exists():
            Path(settings).mkdir(parents=True, exist_ok=True)
            shutil.copy(known, settings)


def _shell(outputs: Outputs) -> Any:
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    class Publisher(DisplayPublisher):
        def publish(self, data: Any, metadata: Any = None, *_: Any, **__: Any) -> None:  # type: ignore[override]
            outputs.add({"output_type": "display_data", "data": plain(data), "metadata": {}}, _size(data))

        def clear_output(self, wait: bool = False) -> None:
            outputs.clear()

    class Hook(DisplayHook):
        def write_output_prompt(self) -> None:
            """The prompt is the notebook's."""

        def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
            outputs.add({"output_type": "execute_result", "data": plain(format_dict), "metadata": {},
                         "execution_count": None}, _size(format_dict))

        def finish_displayhook(self) -> None:
            """No line end: nothing was printed."""

    class ZMQInteractiveShell(InteractiveShell):
        """Named as ipykernel's, by which libraries tell that they are in a notebook."""

        def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
            lines = [str(line)[:20_000] for line in stb][-40:]
            text = ""
            with contextlib.suppress(Exception):  # __str__ is the submission's
                text = str(evalue)[:2_000]
            outputs.add({"output_type": "error", "ename": str(etype.__name__)[:200], "evalue": text,
                         "traceback": lines}, sum(map(len, lines)))

        def enable_gui(self, gui: Any = None) -> None:
            """There is no window here."""

        def ask_exit(self) -> None:
            """A cell that asks to leave is at its end; the notebook goes on."""

        def init_virtualenv(self) -> None:
            """The environment is the sandbox's."""

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.xmode = "Plain"
    config.InteractiveShell.cache_size = 0
    config.InteractiveShell.ipython_dir = "/tmp/.ipython"
    ZMQInteractiveShell.displayhook_class = Hook  # type: ignore[assignment]
    ZMQInteractiveShell.display_pub_class = Publisher  # type: ignore[assignment]
    return ZMQInteractiveShell.instance(config=config)


def plain(data: Any) -> dict[str, Any]:
    """A MIME bundle that JSON can carry: texts, and base64 for bytes."""
    import base64

    kept: dict[str, Any] = {}
    for kind, value in data.items():
        if isinstance(value, bytes):
            kept[str(kind)] = base64.b64encode(value).decode()
        elif isinstance(value, str):
            kept[str(kind)] = value
    return kept


def _size(data: Any) -> int:
    return sum(len(value) for value in data.values() if isinstance(value, str | bytes))


def serve(channel: socket.socket, warm: Warm, settings: dict[str, Any]) -> None:
    """Answer the grader's requests until it closes the channel."""
    isolation.dumpable()
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115
    sys.stdout, sys.stderr = Stream("stdout", warm.outputs), Stream("stderr", warm.outputs)  # type: ignore[assignment]
    sys.argv[:] = ["ipykernel_launcher.py"]
    sys.path.insert(0, "")
    speaker = os.getpid()
    home, put = Path.cwd(), set[str]()
    while True:
        try:
            header, payload = wire.receive(channel)
        except wire.Closed:
            return
        answer: tuple[dict[str, Any], bytes] = ({}, b"")
        if header["do"] == "run":
            answer = _run(warm, header), b""
        elif header["do"] == "put":
            _put(str(header["name"]), payload)
            put.add(str(header["name"]))
        elif header["do"] == "written":
            answer = _written(home, put)
        elif header["do"] == "collect":
            answer = _collect(warm, header, payload)
        elif header["do"] == "try":
            answer = _try(warm, header, payload)
        if os.getpid() != speaker:  # a copy that the submission forked, and that came back here
            os._exit(0)
        wire.send(channel, *answer)


def _put(name: str, content: bytes) -> None:
    """Write a file that was submitted beside the notebook into the working folder, read-only."""
    home = Path.cwd().resolve()
    path = (home / name).resolve()
    if path.is_relative_to(home):
        with contextlib.suppress(OSError):  # the scratch folder is full: the submission misses the file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            path.chmod(0o444)


def _written(home: Path, put: set[str]) -> tuple[dict[str, Any], bytes]:
    """Return the files that the cells wrote: names and sizes, and the contents one after the other."""
    try:
        files = written_files(home, put)
    except OSError:  # the submission took its folder away, or filled it with what cannot be read
        files = {}
    return {"files": [[name, len(content)] for name, content in files.items()]}, b"".join(files.values())


def _run(warm: Warm, header: dict[str, Any]) -> dict[str, Any]:
    """Run one cell; return its outputs, and which exception it raised."""
    warm.outputs.clear()
    for name in ("stdout", "stderr"):
        if getattr(sys, name, None) is None:  # an earlier cell took it away, and IPython needs it
            setattr(sys, name, Stream(name, warm.outputs))
    raised: BaseException | None = None
    try:
        result = warm.shell.run_cell(header["source"], store_history=True, silent=False)
        raised = result.error_before_exec or result.error_in_exec
    except BaseException as error:  # what a submission put into the shell may raise anything
        raised = error
    return {"outputs": warm.outputs.list, "raised": type(raised).__name__ if raised is not None else None,
            "about": str(getattr(raised, "name", "") or "")[:200] if isinstance(raised, NameError) else ""}


def _try(warm: Warm, header: dict[str, Any], inputs: bytes) -> tuple[dict[str, Any], bytes]:
    """Try the answer with a change in it; what goes wrong with that is told like what goes wrong with an answer."""
    from course_utils.evidence.collect import Plan
    from course_utils.evidence.observation import MAX_EVIDENCE
    from course_utils.evidence.variant import try_variant

    warm.outputs.clear()
    try:
        evidence = try_variant(warm.shell.user_ns, Plan(**header["plan"]), inputs, header["source"], header["only"],
                               header["seconds"])
    except BaseException as error:  # a submission may raise what no `except Exception` catches
        return {"raised": type(error).__name__[:200]}, b""
    return ({"raised": "TooLarge"}, b"") if len(evidence) > MAX_EVIDENCE else ({"raised": None}, evidence)


def _collect(warm: Warm, header: dict[str, Any], inputs: bytes) -> tuple[dict[str, Any], bytes]:
    from course_utils.evidence.collect import Plan, collect
    from course_utils.evidence.observation import MAX_EVIDENCE

    warm.outputs.clear()
    try:
        evidence = collect(warm.shell.user_ns, Plan(**header["plan"]), inputs)
    except BaseException as error:  # a submission may raise what no `except Exception` catches
        return {"raised": type(error).__name__[:200]}, b""
    if len(evidence) > MAX_EVIDENCE:
        return {"raised": "TooLarge"}, b""
    return {"raised": None}, evidence
