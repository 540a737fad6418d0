"""Judging evidence. Never sees an object that a student made, only bytes decoded to plain values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from course_utils.evidence.code_facts import read_code
from course_utils.evidence.codec import BadEvidence
from course_utils.evidence.collect import Plan, encode_cases, observe
from course_utils.evidence.facts import several
from course_utils.evidence.observation import Evidence, Observation, Raised, encode_evidence, parse_evidence
from course_utils.evidence.same_code import same_code
from course_utils.exercise import Case, Exercise, Mistake
from course_utils.judging import hidden, wording
from course_utils.judging.compare import Difference, Tolerance, compare
from course_utils.judging.excerpt import side_by_side
from course_utils.judging.explain import explain_raised
from course_utils.judging.explain_errors import one_line
from course_utils.judging.notebook_names import NotebookNames
from course_utils.judging.outcome import Outcome, Rung
from course_utils.judging.verdict import Verdict
from course_utils.probes.function import call, entry


@dataclass(frozen=True)
class _Finding:
    """What is wrong with the answer on one input."""

    case: Case
    difference: Difference
    raised: Raised | None = None
    printed: str = ""


def judge(exercise: Exercise, cases: Sequence[Case], evidence: bytes, *, reveal: bool = True,
          notebook: NotebookNames | None = None) -> Verdict:
    """The verdict on ``evidence`` that ``collect`` brought for these ``cases``.

    ``reveal=False`` keeps inputs that were drawn for this check out of the messages. ``notebook`` is what the cells
    around the check say of names.
    """
    try:
        seen = parse_evidence(evidence, len(cases))
    except BadEvidence as error:
        return _not_inspectable(exercise, str(error))
    observations = seen.observations
    if not seen.found:
        return _verdict(exercise, Outcome.NOT_ATTEMPTED, rung=Rung.MISSING,
                        message=_missing(exercise.name, reveal, notebook))
    if _is_ours(seen.origin):
        return _verdict(exercise, Outcome.WRONG, rung=Rung.TYPE, message=(
            f"This `{exercise.name}` comes with the course's own package. Read it if you like; then write yours."))
    if not (unwritten := _unwritten(exercise, observations)) and all(map(_untouched, observations)):
        return _verdict(exercise, Outcome.NOT_ATTEMPTED, rung=Rung.NOT_ATTEMPTED,
                        message="Not attempted yet. Write your answer in the cell above, then run both cells."
                        if reveal else "Not attempted.")

    if unwritten:
        return _verdict(exercise, Outcome.NOT_ATTEMPTED, rung=Rung.NOT_ATTEMPTED, message=(
            f"Your answer calls `{unwritten}`, and that one is not written yet. Write it first, or do its work here."))

    expected = observe_declared(exercise, exercise.reference_answer, cases)
    tolerance = tolerance_of(exercise)
    try:
        return _judge_observations(exercise, cases, seen, expected, tolerance, reveal, notebook)
    except Exception as error:  # evidence that the decoder let through never costs more than its own exercise
        return _not_inspectable(exercise, f"comparing it raised {type(error).__name__}.")


def _missing(name: str, in_notebook: bool, notebook: NotebookNames | None) -> str:
    """Return what to say of a name that does not exist."""
    if not in_notebook:
        return f"There is no `{name}` in the notebook."
    if notebook is not None and name in notebook.above:
        return f"There is no `{name}` yet. Run the cell that defines it, and look whether that cell raises an error."
    return f"There is no `{name}` yet. Write it in the cell above and run that cell first."


def _not_inspectable(exercise: Exercise, reason: str) -> Verdict:
    return _verdict(exercise, Outcome.WRONG, f"What `{exercise.name}` returned cannot be inspected: {reason}")


def _judge_observations(exercise: Exercise, cases: Sequence[Case], seen: Evidence, expected: Sequence[Observation],
                        tolerance: Tolerance, reveal: bool, notebook: NotebookNames | None) -> Verdict:
    """Return the verdict on an answer that was tried on every input."""
    observations = seen.observations
    findings = [_finding(exercise, *three, tolerance) for three in zip(cases, expected, observations, strict=True)]
    parts = _parts(cases, findings)
    if all(parts.values()):
        return _verdict(exercise, Outcome.CORRECT, "Correct.", score=exercise.points, parts=parts)
    if exercise.starter_source is not None and _is_starter(exercise, cases, seen, tolerance):
        return _verdict(exercise, Outcome.NOT_ATTEMPTED, rung=Rung.NOT_ATTEMPTED, message=(
            "This is still the code you were given. Run it, find out what is wrong, and fix it." if exercise.repair
            else "Not attempted yet. Fill in your answer above, then run both cells." if reveal else "Not attempted."))
    held = _held_instead(exercise, seen.held)
    if held is not None and not any(parts.values()):
        again = ", then run the cell with your answer again." if reveal else "."
        return _verdict(exercise, Outcome.WRONG, rung=Rung.REBOUND, message=(
            f"`{exercise.name}` stands for {held} here, not for a {exercise.kind}. If a later line gave the name to a "
            f"result, call that result something else{again}"))
    mistake = named_mistake(exercise, cases, seen, expected, tolerance)
    return _wrong(exercise, cases, seen, findings, mistake, parts, reveal, notebook)


def _is_ours(origin: str) -> bool:
    """Whether an answer was imported from what the lessons use (a declared answer is judged like anybody's)."""
    return origin.startswith("course_utils.") and "exercises" not in origin


def _held_instead(exercise: Exercise, held: str) -> str | None:
    """Return what a name stands for, if that cannot be an answer to an exercise that asks for a function or class."""
    if not held or held in ("class", "function") or exercise.kind == "value":
        return None
    if held == "callable":
        if exercise.kind != "class":
            return None
        return "an object that can be called"
    names = {"Tensor": "a tensor", "NoneType": "None", "ndarray": "an array", "int": "an integer", "float": "a float",
             "str": "a string", "list": "a list", "tuple": "a tuple", "dict": "a dict", "bool": "True or False"}
    return names.get(held, f"an object of type {held}")


def _untouched(observation: Observation) -> bool:
    raised = observation.raised
    if raised is not None:  # the stub says nothing; PyTorch's own NotImplementedErrors say what is wrong
        return raised.type == "NotImplementedError" and not raised.message
    return _all_ellipsis(observation.result)


def _unwritten(exercise: Exercise, observations: Sequence[Observation]) -> str:
    """Return the function whose stub ended the answer, if it is another one that the answer calls; otherwise ""."""
    for observation in observations:
        lines = observation.raised.lines if observation.raised else ()
        if lines and _untouched(observation) and lines[0].function == exercise.name != lines[-1].function:
            return lines[-1].function if lines[-1].function.isidentifier() else ""
    return ""


def _all_ellipsis(value: Any) -> bool:
    if isinstance(value, dict):
        return bool(value) and all(_all_ellipsis(v) for v in value.values())
    if isinstance(value, list | tuple):
        return bool(value) and all(_all_ellipsis(v) for v in value)
    return value is Ellipsis


def tolerance_of(exercise: Exercise) -> Tolerance:
    """Return how near is near enough, and what else must agree, in this exercise."""
    return Tolerance(exercise.rtol, exercise.atol, exercise.check_dtype, exercise.check_device, exercise.check_grad)


def observe_declared(exercise: Exercise, declared: Any, cases: Sequence[Case],
             only: Sequence[int] | None = None) -> tuple[Observation, ...]:
    """Return what a declared answer does on the inputs, or ``only`` some, seen in the form in which evidence comes."""
    observations = observe(exercise.make(declared), Plan.of(exercise), encode_cases(cases), only)
    evidence = encode_evidence(Evidence(True, observations=observations))
    return parse_evidence(evidence, len(observations)).observations


def _finding(exercise: Exercise, case: Case, want: Observation, have: Observation,
             tolerance: Tolerance) -> _Finding | None:
    found = difference(exercise, want, have, tolerance)
    return _Finding(case, found, have.raised, have.printed) if found else None


def difference(exercise: Exercise, want: Observation, have: Observation, tolerance: Tolerance) -> Difference | None:
    """Return what is wrong with an answer on one input; None if nothing is."""
    wanted, raised = want.raised, have.raised
    if wanted is not None and raised is None:
        return Difference(Rung.RAISED, "", f"{wanted.type} is raised", "nothing is raised",
                          f"This call should raise {wanted.type}, but no exception was raised.")
    if raised is not None:
        if wanted is not None and wanted.type in raised.bases:
            return None
        due = f" This call should raise {wanted.type}." if wanted is not None else ""
        stop = "" if not due or raised.message.rstrip().endswith((".", "!", "?")) else "."
        return Difference(Rung.RAISED, "", f"{wanted.type} is raised" if wanted else "a result",
                          f"{raised.type}: {one_line(raised.message)}",
                          f"It raised {raised.type}: {one_line(raised.message)}{stop}{due}")
    if not exercise.allow_changes and have.changed != want.changed and have.changed:
        return Difference(Rung.CHANGED, "", "the caller's value unchanged", "the caller's value changed",
                          f"Your code changed {_arguments(exercise, have.changed)}. Work on a copy, so that the "
                          "caller's value stays as it was.")
    if _all_ellipsis(have.result):
        return Difference(Rung.NOT_ATTEMPTED, "", "your answer", "...", "This part is still open (`...`).")
    return compare(several(want.result, *exercise.returns) if exercise.returns else want.result, have.result, tolerance)


def _arguments(exercise: Exercise, changed: Sequence[str]) -> str:
    """Return the names of the arguments that were changed, as the reference's signature has them."""
    code = getattr(exercise.reference_answer, "__code__", None)
    known = code.co_varnames[:code.co_argcount] if code is not None and exercise.probe is call else ()
    names = [known[int(name)] if name.isdigit() and int(name) < len(known) else name for name in changed]
    return "one of its arguments" if any(map(str.isdigit, names)) else wording.listed(tuple(names))


def _parts(cases: Sequence[Case], findings: Sequence[_Finding | None]) -> dict[str, bool]:
    """Which parts are right; where the main part is wrong, so is everything that builds on it."""
    parts: dict[str, bool] = {}
    for case, finding in zip(cases, findings, strict=True):
        parts[case.part] = parts.get(case.part, True) and finding is None
    if not parts.get("", True):
        parts = dict.fromkeys(parts, False)
    return parts


def _is_starter(exercise: Exercise, cases: Sequence[Case], seen: Evidence,
                tolerance: Tolerance) -> bool:
    """Whether this is the code that was handed out: the same results from the same code."""
    if exercise.starter_answer is None:
        return False
    if seen.source is not None and not same_code(seen.source, exercise.starter_source or ""):
        return False
    return _same(observe_declared(exercise, exercise.starter_answer, cases), seen.observations, exercise, tolerance)


def named_mistake(exercise: Exercise, cases: Sequence[Case], seen: Evidence, expected: Sequence[Observation],
                  tolerance: Tolerance) -> Mistake | None:
    """Return the declared mistake that does the same as a wrong answer, if the answer's code bears out its cause.

    It does the same on every input of the main part and of the part that is wrong first. In another part the answer
    may be wrong where the mistake is right, for that is a second slip.
    """
    right = [difference(exercise, want, have, tolerance) is None
             for want, have in zip(expected, seen.observations, strict=True)]
    first = right.index(False)

    def same(mistake: Mistake, ours: Observation, index: int) -> bool:
        return same_on_one(ours, seen.observations[index], exercise, tolerance, mistake.name)

    def alike(mistake: Mistake) -> int:
        """Return on how many inputs a mistake does what the answer does; 0 if it is not the answer's mistake."""
        if not same(mistake, observe_declared(exercise, mistake.answer, cases, [first])[0], first):
            return 0
        number = 0
        for index, ours in enumerate(observe_declared(exercise, mistake.answer, cases)):
            if same(mistake, ours, index):
                number += 1
            elif (cases[index].part in ("", cases[first].part) or right[index]
                    or difference(exercise, expected[index], ours, tolerance) is not None):
                return 0
        return number

    code = read_code(seen.source)
    said_otherwise = None
    for number, mistake in sorted(((alike(m), m) for m in exercise.mistakes), key=lambda pair: -pair[0]):
        if not number:
            break
        if mistake.shown_by is None or (code is not None and mistake.shown_by(code)):
            return mistake
        if mistake.otherwise and said_otherwise is None:
            said_otherwise = replace(mistake, name="", sentence=mistake.otherwise)
    return said_otherwise


def _same(ours: Sequence[Observation], theirs: Sequence[Observation], exercise: Exercise, tolerance: Tolerance) -> bool:
    """Whether two answers did the same on every input."""
    return all(same_on_one(a, b, exercise, tolerance) for a, b in zip(ours, theirs, strict=True))


def same_on_one(a: Observation, b: Observation, exercise: Exercise, tolerance: Tolerance, named: str = "") -> bool:
    """Whether two answers did the same on one input: the result or the exception, and changes to the input.

    ``named`` is what the function of the first is called, for exceptions that name it.
    """
    if a.raised is not None or b.raised is not None:
        return (a.raised is not None and b.raised is not None and a.raised.type == b.raised.type
                and _without_names(a.raised, named, exercise.name) == _without_names(b.raised, "", ""))
    if not exercise.allow_changes and bool(a.changed) != bool(b.changed):
        return False
    return compare(a.result, b.result, tolerance) is None


def _without_names(raised: Raised, name: str, instead: str) -> str:
    """Return an exception's message with the answer's own name, and without addresses in memory."""
    message = re.sub(rf"\b{re.escape(name)}\b", instead, raised.message) if name else raised.message
    return re.sub(r"0x[0-9a-f]+|<locals>\.|\w+\.<locals>\.", "", message)


def _wrong(exercise: Exercise, cases: Sequence[Case], seen: Evidence, findings: Sequence[_Finding | None],
           mistake: Mistake | None, parts: dict[str, bool], reveal: bool, notebook: NotebookNames | None) -> Verdict:
    index, first = next((index, finding) for index, finding in enumerate(findings) if finding)
    score = sum(exercise.points_of(part) for part, right in parts.items() if right) if exercise.parts else 0.0
    raised = first.raised if first.difference.rung is Rung.RAISED else None
    outcome = Outcome.PARTIAL if score > 0 else Outcome.ERROR if raised else Outcome.WRONG
    shown = reveal or not first.case.fresh
    message = mistake.sentence if mistake else _sentence(first, raised, notebook)
    if not shown and not mistake:
        examples = sum(not case.fresh for case in cases)  # they come first, so they are all right
        message = _hidden_message(first, raised, examples, hidden.is_independent(seen.observations, index), notebook)
    verdict = _verdict(
        exercise, outcome, message, score=score, parts=parts, rung=first.difference.rung,
        raised=_raised_line(raised, shown, seen, index) if raised and mistake else "",
        mistake=(mistake.name or None) if mistake else None, where=first.difference.where,
        code=tuple((line.number, line.code) for line in first.raised.lines) if first.raised else (),
        names=first.raised.names if first.raised else (),
        right=findings.count(None) if reveal else 0, tried=len(findings) if reveal else 0)
    if not shown:
        told = hidden.may_be_shown(first.difference.rung)
        return replace(verdict, expected=first.difference.expected, got=first.difference.got) if told else verdict
    expected, got = (kind + (f": {value}" if value else "") for kind, value in zip(
        (first.difference.expected, first.difference.got), first.difference.values, strict=True))
    return replace(verdict, call=_call(exercise, first.case), expected=expected, got=got, printed=first.printed,
                   side_by_side=side_by_side(first.difference))


def _raised_line(raised: Raised, shown: bool, seen: Evidence, index: int) -> str:
    """Return an exception's type and message on one line, for a card that speaks of the mistake behind it."""
    if shown:
        return f"{raised.type}: {one_line(raised.message)}"
    told = hidden.message_of(raised, hidden.is_independent(seen.observations, index))
    return f"{raised.type}: {told}" if told else raised.type


def _hidden_message(first: _Finding, raised: Raised | None, examples: int, independent: bool,
                    notebook: NotebookNames | None) -> str:
    """Return what to say of an input that was generated for this check; ``examples`` before it came out right."""
    if raised is not None:
        shown = bool(hidden.message_of(raised, independent))
        return _explained(hidden.error_message(raised, independent, examples), raised, notebook, shown)
    values = first.difference.rung is Rung.VALUES
    return hidden.values_message(first.difference, examples) if values else _sentence(first, None, notebook)


def _call(exercise: Exercise, case: Case) -> str:
    """What went wrong, as code: the call, or the entry of a dict."""
    if exercise.kind != "value":
        return exercise.shown_call(exercise.name, case.args, case.kwargs)
    return f"{exercise.name}[{case.args[0]!r}]" if exercise.probe is entry and len(case.args) == 1 else ""


def _sentence(first: _Finding, raised: Raised | None, notebook: NotebookNames | None) -> str:
    sentence = first.difference.sentence.rstrip()
    return sentence if raised is None else _explained(sentence, raised, notebook)


def _explained(sentence: str, raised: Raised, notebook: NotebookNames | None, by_message: bool = True) -> str:
    """Return a sentence about an exception, with what the exception means after it."""
    explained = explain_raised(raised, notebook, by_message)
    stop = "" if sentence.endswith((".", "!", "?")) or not explained else "."
    return f"{sentence}{stop} {explained}".strip()


def _verdict(exercise: Exercise, outcome: Outcome, message: str, *, score: float = 0.0, **facts: Any) -> Verdict:
    return Verdict(exercise.name, outcome, float(score), float(exercise.points), message, **facts)
