"""How fast and how precisely a check says what is wrong with an answer: python benchmarks/feedback.py [LESSON …]

For each exercise: its reference, its declared mistakes, and wrong answers that are one random edit away from the
reference. Prints a table in Markdown; times are those of this machine, in this run.
"""

from __future__ import annotations

import itertools
import linecache
import random
import statistics
import sys
import time
import warnings
from collections.abc import Iterator
from typing import Any

from course_utils.evidence.collect import Plan, collect, encode_cases
from course_utils.exercise import Exercise, source_of
from course_utils.judging.diagnose import can_be_located
from course_utils.judging.judge import judge
from course_utils.judging.judged import Judged
from course_utils.judging.outcome import Outcome, Rung
from course_utils.lesson import Lesson, load_lesson, resolve_lesson_id
from course_utils.mutation.edits import edits
from course_utils.notebook.search import locate
from course_utils.notebook.seed import notebook_seed

import torch  # isort: skip

EDITS = 12  # of each reference
TOLD = (Rung.TYPE, Rung.SHAPE, Rung.DTYPE, Rung.RAISED, Rung.FACT)
_numbers = itertools.count()


def answered(lesson: Lesson, exercise: Exercise, source: str) -> tuple[Judged, dict[str, Any], float]:
    """Judge an answer as a notebook does; return it with its namespace and the seconds that it took."""
    file = f"<ipykernel_{next(_numbers)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    module = sys.modules[exercise.reference_answer.__module__]
    names = {**vars(module), "__name__": "__main__"}
    exec(compile(source, file, "exec"), names)
    started = time.perf_counter()
    cases = exercise.cases(notebook_seed(lesson, exercise))
    evidence = collect(names, Plan.of(exercise), encode_cases(cases))
    judged = Judged.of(exercise, cases, evidence, judge(exercise, cases, evidence))
    assert judged is not None
    return judged, names, time.perf_counter() - started


def one_edit_away(exercise: Exercise) -> Iterator[str]:
    """Yield some edits of the reference."""
    source = source_of(exercise.reference_answer)
    found = edits(source)
    for edit in random.Random(exercise.name).sample(found, min(EDITS, len(found))):
        yield edit.apply(source)


def measure(lesson: Lesson) -> str:
    """Return a lesson's row."""
    right, named, searched = [], [], []
    kinds = dict.fromkeys(("named", "located", "told", "generic"), 0)
    for exercise in lesson.exercises:
        if exercise.kind == "value":
            continue
        answered(lesson, exercise, source_of(exercise.reference_answer))  # warms up
        right.append(answered(lesson, exercise, source_of(exercise.reference_answer))[2])
        for source in one_edit_away(exercise):
            judged, names, seconds = answered(lesson, exercise, source)
            verdict = judged.verdict
            if verdict.outcome in (Outcome.CORRECT, Outcome.NOT_ATTEMPTED):
                continue
            located = None
            if can_be_located(judged):
                started = time.perf_counter()
                located = locate(lesson.id, judged, names, ())
                searched.append(seconds + time.perf_counter() - started)
            elif verdict.mistake:
                named.append(seconds)
            kinds["named" if verdict.mistake else "located" if located else "told" if verdict.rung in TOLD
                  else "generic"] += 1
    times = " | ".join(f"{statistics.median(some):.2f} ({max(some):.2f})" if some else "none"
                       for some in (right, named, searched))
    return f"| {lesson.id} | {times} | {sum(kinds.values())} | {' | '.join(map(str, kinds.values()))} |"


def main() -> None:
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    print("| lesson | right: s, median (most) | declared | searched | wrong | named | located | told | generic |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name in sys.argv[1:] or ("1",):
        print(measure(load_lesson(resolve_lesson_id(name))), flush=True)


if __name__ == "__main__":
    main()
