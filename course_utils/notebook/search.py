"""The search for the change that makes an answer right, in a process of its own with a time limit.

Changed answers are run as the student's own code is, and one of them may hang, exit or write files that it should
not. So they run in a copy of the notebook's process where the system can fork one, and otherwise in a new process
that runs the notebook's definitions again.
"""

from __future__ import annotations

import ast
import io
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from typing import Any

import torch

from course_utils.evidence.collect import Plan, encode_cases
from course_utils.evidence.variant import try_variant
from course_utils.exercise import Case, Exercise
from course_utils.judging.diagnose import Budget, can_be_located, diagnose
from course_utils.judging.judged import Judged
from course_utils.judging.located import Located
from course_utils.lesson import load_lesson

SECONDS = 1.5  # for the search itself; COURSE_SEARCH_SECONDS overrules it where the search runs
START_SECONDS = 30.0  # for starting a new process, which imports PyTorch
TRY_SECONDS = 0.5  # for one changed answer on one input


def locate(lesson_id: str, judged: Judged, namespace: Mapping[str, Any], cells: Iterable[str]) -> Located | None:
    """Return the change that makes a wrong answer right, or None if none is found in time.

    ``cells`` is the code that ran in the notebook. A KeyboardInterrupt ends the search and is passed on.
    """
    if _can_fork():
        return _in_a_fork(judged, namespace)
    return _in_a_new_process(lesson_id, judged, cells)


def search(judged: Judged, namespace: Mapping[str, Any]) -> Located | None:
    """Search in this very process."""
    plan, inputs = Plan.of(judged.exercise), encode_cases(judged.cases)
    return diagnose(judged, lambda source, only: try_variant(namespace, plan, inputs, source, only, TRY_SECONDS),
                    Budget(float(os.environ.get("COURSE_SEARCH_SECONDS", SECONDS))))


def _can_fork() -> bool:
    """Whether a copy of this process works: not on macOS and Windows, nor once CUDA is in use."""
    return sys.platform.startswith("linux") and not torch.cuda.is_initialized()


def _in_a_fork(judged: Judged, namespace: Mapping[str, Any]) -> Located | None:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _answer_and_exit(writing, judged, namespace)
    os.close(writing)
    deadline = time.monotonic() + SECONDS + 2 * TRY_SECONDS
    said = b""
    try:
        while (left := deadline - time.monotonic()) > 0 and select.select([reading], [], [], left)[0]:
            part = os.read(reading, 1 << 16)
            if not part:
                break
            said += part
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return _parse(said)


def _answer_and_exit(writing: int, judged: Judged, namespace: Mapping[str, Any]) -> None:
    """In the copy: search, write what was found to the pipe, and end without what a process does at its end."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.setpgid(0, 0)  # Ctrl-C in a terminal is the notebook's
        sys.stdin, sys.stdout, sys.stderr = io.StringIO(), io.StringIO(), io.StringIO()
        with open(os.devnull, "r+b") as nowhere:
            for descriptor in (0, 1, 2):
                os.dup2(nowhere.fileno(), descriptor)
        with tempfile.TemporaryDirectory() as scratch:
            os.chdir(scratch)
            torch.set_num_threads(1)
            found = search(judged, namespace)
            os.chdir("/")
        os.write(writing, json.dumps(found.as_json() if found else None).encode())
    finally:
        os._exit(0)


def _in_a_new_process(lesson_id: str, judged: Judged, cells: Iterable[str]) -> Located | None:
    asked = {"lesson": lesson_id, "exercise": judged.exercise.name, "definitions": definitions(cells)}
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "course_utils.notebook.search"]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                   cwd=scratch, env=environment)
        try:
            said, _ = process.communicate(json.dumps(asked).encode(), timeout=START_SECONDS)
        except subprocess.TimeoutExpired:
            return None
        finally:
            process.kill()
            process.wait()
    return _parse(said)


def definitions(cells: Iterable[str]) -> str:
    """Return the imports, functions, classes and constants of the code that ran in a notebook, in their order."""
    kept = []
    for cell in cells:
        try:
            tree = ast.parse(cell)
        except (SyntaxError, ValueError):  # a magic, say
            continue
        kept += [ast.get_source_segment(cell, node) or "" for node in tree.body if _defines(node)]
    return "\n".join(kept)


def _defines(node: ast.stmt) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef):
        return True
    return isinstance(node, ast.Assign) and all(
        isinstance(part, ast.Constant | ast.Tuple | ast.List | ast.Dict | ast.Load | ast.UnaryOp | ast.USub)
        for part in ast.walk(node.value))


def _parse(said: bytes) -> Located | None:
    """Return what the other process wrote; it ran the student's code, so nothing in it is taken on trust."""
    try:
        found = json.loads(said)
        return Located.parse(found) if found else None
    except (ValueError, TypeError, KeyError):
        return None


def main() -> None:
    """Answer one question on standard input, in a process of its own."""
    from course_utils.evidence.collect import collect
    from course_utils.judging.judge import judge
    from course_utils.notebook.seed import notebook_seed

    asked = json.load(sys.stdin)
    output, sys.stdout = sys.stdout, io.StringIO()
    torch.set_num_threads(1)
    lesson = load_lesson(asked["lesson"])
    exercise: Exercise = lesson[asked["exercise"]]
    cases: list[Case] = exercise.cases(notebook_seed(lesson, exercise))
    names: dict[str, Any] = {"__name__": "__main__"}
    _define(asked["definitions"], names)
    evidence = collect(names, Plan.of(exercise), encode_cases(cases))
    judged = Judged.of(exercise, cases, evidence, judge(exercise, cases, evidence))
    found = search(judged, names) if judged and can_be_located(judged) else None
    json.dump(found.as_json() if found else None, output)
    output.flush()
    os._exit(0)


def _define(source: str, names: dict[str, Any]) -> None:
    """Run definitions one by one, in a file that their source is found in; what fails is left out."""
    import linecache

    for number, node in enumerate(ast.parse(source).body):
        code, file = ast.get_source_segment(source, node) or "", f"<ipykernel_definition_{number}>"
        linecache.cache[file] = (len(code), None, code.splitlines(True), file)
        try:
            exec(compile(code, file, "exec"), names)
        except Exception:  # it needs something that only the notebook has, and the search goes without it
            continue


if __name__ == "__main__":
    main()
