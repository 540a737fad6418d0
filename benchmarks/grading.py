"""The same submissions through stock `nbgrader autograde` and through `course grade --gradebook`, timed.

    python benchmarks/grading.py                      lessons 1 and 4, 24 submissions each, both ways
    python benchmarks/grading.py --lesson 01_tensors --submissions 6
    python benchmarks/grading.py --many 1000          one long run: memory, processes and files left over
    python benchmarks/grading.py --find 10000         only finding so many submissions, before the first one runs

Prints wall time, peak memory (the proportional share of the whole tree of processes) and the ratio.
Both start cold, with an empty gradebook into which the lesson was entered.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
STOCK = """c = get_config()
c.CourseDirectory.course_id = "pytorch-in-nine-lessons"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "lessons"
c.CourseDirectory.ignore = ["*.py", "__pycache__", ".ipynb_checkpoints"]
c.ExecutePreprocessor.timeout = 300
"""


@dataclass
class Measured:
    seconds: float
    peak: int  # bytes
    memory: list[int]  # bytes, over time
    scores: dict[str, float]


def course_folder(folder: Path, lesson: str, count: int, stock: bool) -> Path:
    """A course with ``count`` students who handed in slightly different right answers."""
    for part in ("solutions", "lessons"):
        shutil.copytree(ROOT / part / lesson, folder / part / lesson)
    config = STOCK if stock else (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    (folder / "nbgrader_config.py").write_text(config, encoding="utf-8")
    solved = json.loads((ROOT / "solutions" / lesson / f"{lesson}.ipynb").read_text(encoding="utf-8"))
    for number in range(count):
        for cell in solved["cells"]:
            if cell["metadata"].get("exercise"):
                source = "".join(cell["source"])
                first = source.startswith("# student ")
                cell["source"] = f"# student {number}\n" + (source.split("\n", 1)[1] if first else source)
        place = folder / "submitted" / f"student{number:04}" / lesson
        place.mkdir(parents=True)
        (place / f"{lesson}.ipynb").write_text(json.dumps(solved), encoding="utf-8")
    run(["nbgrader", "generate_assignment", lesson, "--force"], folder)
    return folder


def environment() -> dict[str, str]:
    return {**os.environ, "COURSE_DATA": "embedded", "COURSE_DEVICE": "cpu",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, env={**environment(), "COURSE_STATE": str(folder / "state")},
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")


def measure(command: list[str], folder: Path, lesson: str) -> Measured:
    """Run a command, sampling the memory of all its processes."""
    memory: list[int] = []
    done = threading.Event()
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               env={**environment(), "COURSE_STATE": str(folder / "state")})

    def sample() -> None:
        while not done.wait(0.5):
            memory.append(tree_memory(process.pid))

    watcher = threading.Thread(target=sample)
    watcher.start()
    _, errors = process.communicate()
    seconds = time.perf_counter() - started
    done.set()
    watcher.join()
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{errors.decode()[-2000:]}")
    return Measured(seconds, max(memory, default=0), memory, scores(folder, lesson))


def tree_memory(pid: int) -> int:
    """Bytes of a process and all below it: each page counted once, shared ones by their share."""
    total = 0
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    for member in family:
        try:
            lines = Path(f"/proc/{member.pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
            total += next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
        except (OSError, StopIteration):
            continue
    return total


def scores(folder: Path, lesson: str) -> dict[str, float]:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
        return {entry["student"]: entry["score"] for entry in book.submission_dicts(lesson)}


def compare(lesson: str, count: int, jobs: int) -> float:
    """Both ways; returns how many times faster ours is."""
    found: dict[str, Measured] = {}
    ways = {"nbgrader": ["nbgrader", "autograde", lesson],
            "course": ["course", "grade", "submitted", "--gradebook", "--jobs", str(jobs)]}
    for name, command in ways.items():
        with tempfile.TemporaryDirectory() as scratch:
            folder = course_folder(Path(scratch), lesson, count, stock=name == "nbgrader")
            found[name] = measure(command, folder, lesson)
        result = found[name]
        mean = sum(result.scores.values()) / max(1, len(result.scores))
        print(f"{lesson:<24} {name:<9} {len(result.scores):>4} graded, mean {mean:5.2f} points  "
              f"{result.seconds:8.1f} s  {result.seconds / count:6.2f} s each  {result.peak / 2**20:7.0f} MB",
              flush=True)
    ratio = found["nbgrader"].seconds / found["course"].seconds
    print(f"{lesson:<24} {ratio:.1f} times as fast\n", flush=True)
    return ratio


def many(lesson: str, count: int, jobs: int) -> None:
    """One long run, and what is left of it."""
    before = {process.pid for process in psutil.process_iter()}
    files = set(os.listdir(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory() as scratch:
        folder = course_folder(Path(scratch), lesson, count, stock=False)
        result = measure(["course", "grade", "submitted", "--gradebook", "--jobs", str(jobs)], folder, lesson)
        autograded = len(list((folder / "autograded").glob("*/*/*.ipynb")))
    time.sleep(1)
    left = [process for process in psutil.process_iter(["cmdline"])
            if process.pid not in before and "course_utils.grading" in " ".join(process.info["cmdline"] or [])]
    quarter = max(1, len(result.memory) // 4)
    early = sum(result.memory[quarter:2 * quarter]) / quarter
    late = sum(result.memory[-quarter:]) / quarter
    print(f"{count} submissions of {lesson}: {len(result.scores)} in the gradebook, {autograded} autograded, "
          f"{sorted(set(result.scores.values()))} points")
    print(f"{result.seconds:.0f} s, {count / result.seconds:.1f} a second; memory: peak {result.peak / 2**20:.0f} MB, "
          f"mean of the second quarter {early / 2**20:.0f} MB, of the last {late / 2**20:.0f} MB")
    print(f"left over: {len(left)} processes, "
          f"{sorted(n for n in set(os.listdir(tempfile.gettempdir())) - files if n.startswith('course-'))} files")


def find(count: int) -> None:
    """How long it takes to list the submissions of a class of that size."""
    from course_utils.grading.submission.find import gather

    with tempfile.TemporaryDirectory() as scratch:
        for number in range(count):
            folder = Path(scratch, f"student{number:05}", "01_tensors")
            folder.mkdir(parents=True)
            (folder / "01_tensors.ipynb").write_text("{}", encoding="utf-8")
        started = time.process_time()
        found = gather([Path(scratch)])
        seconds = time.process_time() - started
    print(f"{len(found)} submissions found in {seconds:.2f} s of processor time")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lesson", action="append", help="default: 01_tensors and 04_training")
    parser.add_argument("--submissions", type=int, default=24)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--many", type=int, metavar="N", help="grade N submissions of the first lesson in one run")
    parser.add_argument("--find", type=int, metavar="N", help="only find N submissions")
    options = parser.parse_args()
    lessons = options.lesson or ["01_tensors", "04_training"]
    if options.find:
        find(options.find)
        return
    if options.many:
        many(lessons[0], options.many, options.jobs)
        return
    ratios = [compare(lesson, options.submissions, options.jobs) for lesson in lessons]
    sys.exit(0 if min(ratios) >= 10 else 1)


if __name__ == "__main__":
    main()
