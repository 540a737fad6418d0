"""Whatever bytes come as evidence, the judge gives a verdict on that exercise, in time, and no points for nothing."""

from __future__ import annotations

import json
import math
import struct
import time
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from course_utils.evidence.codec import BadEvidence, decode, encode
from course_utils.evidence.collect import Plan, collect, encode_cases
from course_utils.evidence.facts import Facts, Form, Note, Parameter, Parameters, Several
from course_utils.exercise import Case, Exercise, case
from course_utils.judging.compare import Tolerance, compare
from course_utils.judging.excerpt import side_by_side
from course_utils.judging.judge import judge
from course_utils.judging.outcome import Outcome
from course_utils.judging.verdict import Verdict

# What a reference may return; nothing that the grammar draws can be equal to one of these by chance.
RIGHT: dict[str, Any] = {
    "vector": torch.tensor([1.25, -7.5, 3e4]), "matrix": torch.arange(16.0).reshape(4, 4) * 3.7,
    "integers": torch.tensor([81, 13, -5]), "complex tensor": torch.tensor([1 + 2j, -7j, 3.5]),
    "single tensor": torch.tensor(8.75), "image": torch.rand(3, 8, 8, generator=torch.Generator().manual_seed(1)),
    "empty tensor": torch.empty(0, 78), "float": 12.625, "integer": 86_431, "complex": 3 + 9j, "text": "the answer",
    "array": np.array([9.5, 1.5, -3.5]), "NumPy number": np.float32(8.25), "size": torch.Size([9, 8]),
    "dict": {"loss": 86.5, "steps": [86_431, 2, 3]}, "list": [torch.ones(3) * 7, {"x": 86.5}], "pair": (86.5, "right"),
    "facts": Facts({"len(dataset)": 86_431, "mode": Note("train"), "": torch.ones(2) * 7}),
    "form": Form("a tensor", (86_431, 3), "float32"), "several": Several(("w", "b"), (86.5, "right")),
    "parameters": Parameters((Parameter("fc.weight", "Linear", (86_431, 3)),)),
    "set": frozenset({86_431, "right"}), "dtype": torch.complex128, "device": torch.device("meta"), "bytes": b"right",
}
FUZZ = settings(max_examples=300, deadline=None, derandomize=True, database=None,
                suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

KINDS = (torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int8, torch.uint8, torch.bool,
         torch.uint16, torch.uint32, torch.uint64, torch.float8_e4m3fn, torch.float8_e5m2)
SHAPES = ((), (3,), (4, 4), (3, 8, 8), (0, 77), (3, 2), (2, 0, 5), (1,) * 30, (1,) * 70)
TENSORS = {f"{kind}{shape}": torch.ones(shape).to(kind) for kind in KINDS for shape in SHAPES}
TENSORS["nan"], TENSORS["inf"] = torch.full((3,), math.nan), torch.full((4, 4), -math.inf)
TENSORS["large"] = torch.tensor([2**63 - 1, -(2**63), 0])


@cache
def exercise_for(kind: str, strict: bool) -> tuple[Exercise, tuple[Case, ...]]:
    exercise = Exercise("answer", points=2, objective="-", hints=("-",), examples=lambda: [case(1), case(2, part="b")],
                        fresh=lambda rng: [case(3)], parts={"": 1, "b": 1}, check_dtype=strict, check_grad=strict,
                        check_device=strict)
    exercise.reference(lambda n: RIGHT[kind])
    exercise.mistake("You returned the text of it.")(lambda n: str(RIGHT[kind]))
    exercise.mistake("You returned a dict.")(lambda n: {"loss": 1.0})
    exercise.starter_text = "def answer(n):\n    return n"
    return exercise, tuple(exercise.cases(0))


def judged(kind: str, strict: bool, evidence: bytes) -> Verdict:
    """The judge's verdict, which is there whatever the evidence is, and soon."""
    exercise, cases = exercise_for(kind, strict)
    begun = time.process_time()
    verdict = judge(exercise, cases, evidence)
    assert time.process_time() - begun < 1.0
    assert isinstance(verdict, Verdict)
    assert "comparing it raised" not in verdict.message  # the decoder is what refuses, not the last resort
    texts = [verdict.message, verdict.expected, verdict.got, verdict.where, verdict.call, verdict.printed,
             *(code for _, code in verdict.code), *(text for pair in verdict.names for text in pair)]
    assert sum(map(len, texts)) < 40_000
    for text in texts:
        text.encode()
    return verdict


def as_bytes(tree: Any, tensors: dict[str, torch.Tensor]) -> bytes:
    text = json.dumps(tree).encode()
    return struct.pack("<Q", len(text)) + text + safetensors.torch.save(tensors)


texts = st.text(st.characters(categories=["L", "N", "P", "Cc", "Cs"]), max_size=20) | st.sampled_from([
    "cpu", "cuda:99", "nowhere", "float32", "_dynamo", "Tensor", "0x1p3", "1e999", "nan", "-0xff",
    "\ud800"]) | st.builds(
    lambda piece: piece * 24_000, st.sampled_from(["9", "\n", "a", "*a", "(", " ", "f"]))
scalars = (st.none() | st.booleans() | st.integers() | st.floats() | texts
           | st.sampled_from([-1, 2**63, 10**12]) | st.builds(lambda: 10**4000))
keys = st.sampled_from([*TENSORS, "missing"])
flags = st.sampled_from([True, False, None, 3, "yes", [], [0], {}])


def tagged(tag: Any, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"t": tag if isinstance(tag, st.SearchStrategy) else st.just(tag), **fields})


leaves = scalars | st.one_of(
    tagged("tensor", k=keys), tagged("tensor", k=keys, d=texts | scalars, g=flags, f=flags, c=flags, p=flags),
    tagged("array", k=keys), tagged("scalar", k=keys, c=flags), tagged("bytes", k=keys, n=scalars),
    tagged("float", v=scalars), tagged("int", v=scalars), tagged("complex", v=st.lists(texts, max_size=3) | scalars),
    tagged("size", v=st.lists(st.integers(-2, 2**70), max_size=5) | scalars), tagged("dtype", v=scalars),
    tagged("device", v=scalars), tagged("ellipsis"), tagged("formula", body=scalars, arguments=scalars),
    tagged("opaque", name=scalars, text=scalars), tagged(scalars), st.just({}),
    tagged("note", v=scalars, of=flags), tagged("form", kind=scalars, shape=st.lists(scalars, max_size=3) | scalars,
                                                dtype=scalars),
    tagged("parameters", v=st.lists(st.tuples(texts, texts, st.lists(st.integers(-1, 9), max_size=3), flags) | scalars,
                                    max_size=3)))
nodes = st.recursive(leaves, lambda inner: st.one_of(
    st.lists(inner, max_size=4), tagged("tuple", v=st.lists(inner, max_size=4) | inner),
    tagged("set", v=st.lists(inner, max_size=4)), tagged("dict", v=st.lists(st.tuples(inner, inner), max_size=4)),
    tagged("dict", v=st.lists(st.lists(inner, max_size=3), max_size=3)),
    tagged("facts", v=st.lists(st.tuples(texts, inner) | st.lists(inner, max_size=3), max_size=4)),
    tagged("several", names=st.lists(scalars, max_size=3), v=st.lists(inner, max_size=3) | inner),
    tagged("size", v=st.lists(inner, max_size=3))), max_leaves=12)


def named(**fields: Any) -> dict[str, Any]:
    """A dict of the codec's grammar."""
    return {"t": "dict", "v": [[key, value] for key, value in fields.items()]}


raised = st.builds(named, type=scalars, bases=st.lists(scalars, max_size=3) | nodes, message=scalars,
                   lines=st.lists(st.lists(scalars, max_size=4), max_size=3) | nodes,
                   names=st.lists(st.lists(texts, min_size=2, max_size=2), max_size=3) | nodes)
honest_raised = st.builds(named, type=texts, bases=st.lists(texts, max_size=3), message=texts,
                          lines=st.lists(st.tuples(st.integers(0, 99), texts, texts), max_size=3),
                          names=st.lists(st.tuples(texts, texts), max_size=3))
observations = st.builds(named, result=nodes, changed=st.lists(texts, max_size=2) | st.just([]), printed=texts,
                         raised=st.none() | raised | honest_raised)
evidence_trees = st.builds(named, found=st.just(True) | flags, source=texts | nodes, origin=st.just("") | nodes,
                           observations=st.lists(observations, min_size=3, max_size=3) | nodes)


@FUZZ
@given(st.sampled_from(sorted(RIGHT)), st.booleans(), evidence_trees)
@example("size", True, named(found=True, source=None, origin="", observations=[
    named(result=[{"t": "array", "k": f"torch.float32{(4, 4)}"}] * 2, changed=[], printed="", raised=None)] * 3))
def test_evidence_of_the_grammar_gets_a_verdict(kind: str, strict: bool, tree: Any) -> None:
    assert judged(kind, strict, as_bytes(tree, TENSORS)).score == 0


@pytest.mark.parametrize("kind", sorted(RIGHT))
def test_every_tensor_can_be_compared_with_every_result(kind: str) -> None:
    expected = decode(encode(RIGHT[kind]))
    for key, tensor in TENSORS.items():
        for tag in ("tensor", "array", "scalar"):
            try:
                got = decode(as_bytes({"t": tag, "k": key}, {key: tensor}))
            except BadEvidence:
                continue
            for strict in (True, False):
                difference = compare(expected, got, Tolerance(dtype=strict, device=strict, grad=strict))
                assert difference is not None
                side_by_side(difference)


def spots(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths to all nodes of a JSON tree."""
    steps = range(len(tree)) if isinstance(tree, list) else tree if isinstance(tree, dict) else ()
    return [path, *(spot for step in steps for spot in spots(tree[step], (*path, step)))]


def replaced(tree: Any, path: Sequence[Any], new: Any) -> Any:
    if not path:
        return new
    copy = tree.copy()
    copy[path[0]] = replaced(tree[path[0]], path[1:], new)
    return copy


@cache
def honest(kind: str) -> bytes:
    exercise, cases = exercise_for(kind, True)
    return collect({"answer": lambda n: RIGHT[kind]}, Plan.of(exercise), encode_cases(cases))


@pytest.mark.parametrize("kind", sorted(RIGHT))
def test_honest_evidence_is_right(kind: str) -> None:
    assert judged(kind, True, honest(kind)).outcome is Outcome.CORRECT


@FUZZ
@given(st.data(), st.sampled_from(sorted(RIGHT)), st.booleans())
def test_right_evidence_with_one_node_changed_gets_a_verdict(data: st.DataObject, kind: str, strict: bool) -> None:
    (length,) = struct.unpack_from("<Q", honest(kind))
    tree = json.loads(honest(kind)[8 : 8 + length])
    path = data.draw(st.sampled_from(spots(tree)))
    tensors = {**TENSORS, **safetensors.torch.load(honest(kind)[8 + length :])}
    verdict = judged(kind, strict, as_bytes(replaced(tree, path, data.draw(nodes)), tensors))
    assert 0 <= verdict.score <= 2


@FUZZ
@given(st.sampled_from(sorted(RIGHT)), st.integers(0, 10**6), st.binary(max_size=4), st.integers(0, 12))
def test_right_evidence_with_damaged_bytes_gets_a_verdict(kind: str, at: int, new: bytes, lost: int) -> None:
    whole = honest(kind)
    at %= len(whole)
    assert 0 <= judged(kind, True, whole[:at] + new + whole[at + lost :]).score <= 2


HEAVY: dict[str, Any] = {
    "6,000 dimensions": torch.ones((1,) * 6000), "a long text": "a" * 10**6, "many items": list(range(10**6)),
    "many texts": ["\x1b" * 20_000] * 19_000, "many keys": {str(n) * 20: n for n in range(50_000)},
    "a set of tensors": frozenset(torch.ones(50, 50) for _ in range(300)), "bytes": b"\xff" * 30_000_000,
    "a large tensor": torch.ones(4000, 4000), "an integer": 1 << 10**6, "nested tuples": (((1,) * 99,) * 99,) * 99,
}


@pytest.mark.parametrize("result", HEAVY.values(), ids=HEAVY)
def test_no_result_costs_the_judge_more_than_a_second(result: Any) -> None:
    one = {"result": result, "raised": None, "changed": [], "printed": ""}
    evidence = encode({"found": True, "source": "\n" * 24_000, "origin": "", "observations": [one, one, one]})
    for kind in ("vector", "text", "dict", "list", "set"):
        assert judged(kind, True, evidence).score == 0
