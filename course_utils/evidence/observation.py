"""What evidence says, as typed records: made beside the student's code, and parsed once on the other side.

Bytes that a submission could have written become records only through :func:`parse_evidence`, which refuses
everything that does not have their form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from course_utils.evidence.codec import BadEvidence, decode, encode
from course_utils.printable import shortened

MAX_NAME, MAX_MESSAGE, MAX_LINES, MAX_NAMES, MAX_BASES, MAX_CHANGED, MAX_NEAR = 200, 1_000, 6, 6, 100, 100, 4
MAX_SOURCE = MAX_PRINTED = 20_000
SHARES = 2.0  # of the codec's limits for a whole piece of evidence; one for all results, one for what surrounds them
MAX_EVIDENCE = 64 * 2**20  # bytes; the sandbox sends no more either
_FORM = "it does not have the form of evidence."


@dataclass(frozen=True)
class StudentLine:
    """A line of the student's own code on the way to an exception."""

    number: int
    code: str
    function: str


@dataclass(frozen=True)
class Raised:
    """An exception."""

    type: str
    bases: tuple[str, ...]  # the names of its classes, its own first
    message: str
    lines: tuple[StudentLine, ...] = ()  # outermost first
    names: tuple[tuple[str, str], ...] = ()  # what the last line worked on: ("x", "(8, 3) float32")
    name: str = ""  # the name or attribute that does not exist
    near: tuple[str, ...] = ()  # what may have been meant by it: ("self.count", "counts")


@dataclass(frozen=True)
class Observation:
    """What an answer did on one input."""

    result: Any  # plain values; tensors as Observed
    raised: Raised | None = None
    changed: tuple[str, ...] = ()  # the arguments that it modified, by position or name
    printed: str = ""


@dataclass(frozen=True)
class Evidence:
    """What is known of one answer."""

    found: bool  # the name exists
    source: str | None = None
    origin: str = ""  # the module in which a function or class was written
    held: str = ""  # what the name stands for: "class", "function", "callable", or another type's name
    observations: tuple[Observation, ...] = ()
    line: int = 1  # of its cell, on which the source begins


def encode_evidence(evidence: Evidence) -> bytes:
    """Return the evidence as bytes."""
    return encode({"found": evidence.found, "source": evidence.source, "line": evidence.line,
                   "origin": evidence.origin, "held": evidence.held,
                   "observations": [_observation_tree(o) for o in evidence.observations]}, SHARES)


def _observation_tree(observation: Observation) -> dict[str, Any]:
    raised = observation.raised
    return {"result": observation.result, "changed": list(observation.changed), "printed": observation.printed,
            "raised": None if raised is None else {
                "type": raised.type, "bases": list(raised.bases), "message": raised.message,
                "lines": [[line.number, line.code, line.function] for line in raised.lines],
                "names": [[name, facts] for name, facts in raised.names],
                "name": raised.name, "near": list(raised.near)}}


def parse_evidence(data: bytes, count: int) -> Evidence:
    """Return the evidence in ``data`` about ``count`` inputs.

    Raises
    ------
    BadEvidence
        The bytes are damaged, or do not have the form that :func:`encode_evidence` gives.
    """
    if len(data) > MAX_EVIDENCE:
        raise BadEvidence(f"it has more than {MAX_EVIDENCE // 2**20} MB.")
    tree = decode(data, share=SHARES)
    if not isinstance(tree, dict) or not isinstance(tree.get("found"), bool):
        raise BadEvidence(_FORM)
    if not tree["found"]:
        return Evidence(False)
    observations = tree.get("observations")
    if not isinstance(observations, list) or len(observations) != count:
        raise BadEvidence(_FORM)
    source, line, origin, held = (tree.get(name) for name in ("source", "line", "origin", "held"))
    return Evidence(True, _text(source, MAX_SOURCE) if isinstance(source, str) else None,
                    _text(origin, MAX_NAME) if isinstance(origin, str) else "",
                    _text(held, MAX_NAME) if isinstance(held, str) else "",
                    tuple(_observation(o) for o in observations), 1 if line is None else _number(line))


def source_in(data: bytes) -> str | None:
    """Return the answer's source in evidence that was collected here; None if there is none."""
    try:
        tree = decode(data, share=SHARES)
    except BadEvidence:
        return None
    source = tree.get("source") if isinstance(tree, dict) else None
    return source if isinstance(source, str) else None


def _observation(tree: Any) -> Observation:
    if not isinstance(tree, dict) or "result" not in tree:
        raise BadEvidence(_FORM)
    raised = tree.get("raised")
    return Observation(tree["result"], None if raised is None else _raised(raised),
                       tuple(_text(name, MAX_NAME) for name in _list(tree.get("changed"))[:MAX_CHANGED]),
                       _text(tree.get("printed"), MAX_PRINTED))


def _raised(tree: Any) -> Raised:
    if not isinstance(tree, dict):
        raise BadEvidence(_FORM)
    lines = [_parts(line, 3) for line in _list(tree.get("lines"))[:MAX_LINES]]
    names = [_parts(pair, 2) for pair in _list(tree.get("names"))[:MAX_NAMES]]
    return Raised(_text(tree.get("type"), MAX_NAME),
                  tuple(_text(base, MAX_NAME) for base in _list(tree.get("bases"))[:MAX_BASES]),
                  _text(tree.get("message"), MAX_MESSAGE),
                  tuple(StudentLine(_number(line[0]), _text(line[1], 200), _text(line[2], 200)) for line in lines),
                  tuple((_text(name, 80), _text(facts, 120)) for name, facts in names),
                  _text(tree.get("name"), 80), tuple(_text(near, 100) for near in _list(tree.get("near"))[:MAX_NEAR]))


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise BadEvidence(_FORM)
    return value


def _parts(value: Any, count: int) -> list[Any]:
    if len(_list(value)) != count:
        raise BadEvidence(_FORM)
    return list(value)


def _text(value: Any, most: int) -> str:
    if not isinstance(value, str):
        raise BadEvidence(_FORM)
    return shortened(value, most)


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 10**7:
        raise BadEvidence(_FORM)
    return value
