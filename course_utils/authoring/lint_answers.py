"""What the declared answers of an exercise do: the reference and alternatives are right, each mistake is its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from course_utils.authoring.places import answer_place, exercise_place
from course_utils.evidence.code_facts import read_code
from course_utils.evidence.collect import Plan, collect, encode_cases, observe
from course_utils.evidence.same_code import same_code
from course_utils.exercise import Exercise, source_of
from course_utils.files import write_whole
from course_utils.judging.judge import judge
from course_utils.judging.outcome import Outcome
from course_utils.judging.verdict import Verdict
from course_utils.lesson import Lesson, lesson_package
from course_utils.paths import state_folder

SEEDS = (1, 2)
TESTED = "tested-answers.json"  # in the state folder: the modules whose answers were fine when they were last tested


def lint_answers(lesson: Lesson, *, again: bool = False) -> Iterator[str]:
    """Yield problems of declared answers; an exercise whose module hasn't changed since is tested only ``again``."""
    tested = _read_tested()
    for exercise in lesson.exercises:
        key, digest = f"{lesson.id}/{exercise.name}", _digest(lesson, exercise)
        if tested.get(key) == digest and not again:
            continue
        problems = list(_problems(lesson, exercise))
        yield from problems
        if not problems:
            tested[key] = digest
            _write_tested(tested)


def _problems(lesson: Lesson, exercise: Exercise) -> Iterator[str]:
    for seed in SEEDS:
        try:
            problems = list(_problems_with(lesson, exercise, seed))
        except Exception as error:
            line = " ".join(str(error).split()).rstrip(".")
            problems = [f"{exercise_place(lesson, exercise, 'examples')}: trying the answers of '{exercise.name}' "
                        f"raises {type(error).__name__} ({line}). Correct its inputs or its probe."]
        yield from problems
        if problems:
            return


def _problems_with(lesson: Lesson, exercise: Exercise, seed: int) -> Iterator[str]:
    def at(answer: Any) -> str:
        return answer_place(lesson, exercise, answer)

    cases = exercise.cases(seed)
    inputs = encode_cases(cases)
    if inputs != encode_cases(exercise.cases(seed)):
        yield (f"{exercise_place(lesson, exercise, 'fresh')}: the same seed gives different inputs. Take every random "
               "number from the generator that fresh is called with.")
        return
    reference = exercise.reference_answer
    seen = observe(exercise.make(reference), Plan.of(exercise), inputs)
    raised = [one.raised for one in seen if one.raised is not None]
    if raised and len(raised) == len(seen):
        yield (f"{at(reference)}: the reference raises {raised[0].type} ({raised[0].message}) on every input. "
               "Correct it, or its inputs.")
        return
    verdict = _verdict(exercise, exercise.make(reference), cases, inputs)
    if verdict.outcome is not Outcome.CORRECT:
        yield f"{at(reference)}: the reference is judged '{verdict.outcome}' ({_message(verdict)}). Correct it."
        return
    verdicts = [_verdict(exercise, exercise.make(answer), cases, inputs) for answer in exercise.alternatives]
    if len(verdicts) > 1 and all(verdict.outcome is not Outcome.CORRECT for verdict in verdicts):
        yield f"{at(reference)}: the reference gives other results than all of its alternatives. Correct it."
        return
    for number, (alternative, verdict) in enumerate(zip(exercise.alternatives, verdicts, strict=True)):
        if verdict.outcome is not Outcome.CORRECT:
            yield (f"{at(alternative)}: the alternative '{alternative.__name__}' is judged '{verdict.outcome}' "
                   f"({_message(verdict)}). Correct it, make it a mistake, or correct "
                   "the reference.")
        for other in (reference, *exercise.alternatives[:number]):
            if same_code(source_of(other), source_of(alternative)):
                yield (f"{at(alternative)}: the alternative '{alternative.__name__}' is the same code as "
                       f"'{other.__name__}'. Write it differently, or remove it.")
                break
    for mistake in exercise.mistakes:
        code = read_code(source_of(mistake.answer))
        if mistake.shown_by is not None and (code is None or not mistake.shown_by(code)):
            yield (f"{at(mistake.answer)}: shown_by of the mistake '{mistake.name}' is not true of its own code. "
                   "Correct one of them.")
            continue
        verdict = _verdict(exercise, exercise.make(mistake.answer), cases, inputs, source_of(mistake.answer))
        if verdict.outcome is Outcome.CORRECT:
            yield (f"{at(mistake.answer)}: the mistake '{mistake.name}' is a right answer. Make it wrong, add an input "
                   "that shows it, or make it an alternative.")
        elif verdict.mistake is None:
            yield (f"{at(mistake.answer)}: the mistake '{mistake.name}' is judged '{verdict.outcome}' and not "
                   f"recognized ({_message(verdict)}). Make it do the same each time it is called.")
        elif verdict.mistake != mistake.name:
            yield (f"{at(mistake.answer)}: the mistakes '{verdict.mistake}' and '{mistake.name}' do the same on all "
                   "inputs. Remove one, or add an input that tells them apart.")


def _verdict(exercise: Exercise, answer: Any, cases: list[Any], inputs: bytes, source: str = "") -> Verdict:
    """Return the verdict on an answer as if it had been written by a student, not handed out."""
    from course_utils.evidence.codec import decode, encode

    evidence = collect({exercise.name: answer}, Plan.of(exercise), inputs)
    return judge(exercise, cases, encode({**decode(evidence), "source": source + "\nedited = True"}))


def _message(verdict: Verdict) -> str:
    return " ".join(verdict.message.split()).rstrip(".")


def _digest(lesson: Lesson, exercise: Exercise) -> str:
    return hashlib.sha256((lesson_package(lesson.id) / f"{exercise.name}.py").read_bytes()).hexdigest()[:16]


def _tested_file() -> Path | None:
    folder = state_folder()
    return folder / TESTED if folder else None


def _read_tested() -> dict[str, str]:
    file = _tested_file()
    try:
        return dict(json.loads(file.read_text(encoding="utf-8"))) if file else {}
    except (OSError, ValueError, TypeError):
        return {}


def _write_tested(tested: dict[str, str]) -> None:
    if file := _tested_file():
        write_whole(file, json.dumps(tested, indent=1, sort_keys=True))
