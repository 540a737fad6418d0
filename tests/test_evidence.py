"""The wire format keeps what it carries, and refuses what it cannot read."""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest
import torch

from course_utils.evidence.codec import BadEvidence, Formula, Observed, Opaque, decode, encode


@pytest.mark.parametrize("tree", [
    None, True, 3, -(2**80), 1.5, math.inf, "text", "", 2 + 3j, ..., b"bytes", b"", [1, [2, "x"]], (1, 2), (),
    {"a": [1.0], 2: None}, torch.float16, torch.Size([2, 3]), torch.device("cpu"), frozenset({1, 2}),
], ids=repr)
def test_plain_values_come_back_as_they_were(tree: object) -> None:
    back = decode(encode(tree))
    assert back == tree
    assert type(back) is type(tree)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16, torch.int64, torch.uint8, torch.bool,
                                   torch.complex64])
def test_tensors_keep_dtype_shape_and_values(dtype: torch.dtype) -> None:
    tensor = torch.arange(6).reshape(2, 3).to(dtype)
    back = decode(encode(tensor.T))
    assert isinstance(back, Observed)
    assert back.value.dtype == dtype
    assert torch.equal(back.value, tensor.T)


def test_facts_about_gradients_are_kept() -> None:
    leaf = torch.ones(2, requires_grad=True)
    one, other = decode(encode([leaf, leaf * 2]))
    assert (one.requires_grad, one.has_graph) == (True, False)
    assert (other.requires_grad, other.has_graph) == (True, True)
    assert decode(encode(leaf), plain=True).requires_grad


def test_empty_and_scalar_tensors_and_arrays_pass() -> None:
    empty, scalar, array, number = decode(encode([torch.empty(0, 3), torch.tensor(2.5), np.arange(3), np.float32(1.5)]))
    assert tuple(empty.value.shape) == (0, 3)
    assert scalar.value.item() == 2.5
    assert array.tolist() == [0, 1, 2]
    assert isinstance(number, np.float32)


def test_odd_objects_become_opaque_and_nothing_of_them_runs_later() -> None:
    class Odd:
        def __repr__(self) -> str:
            raise RuntimeError

    assert decode(encode(Odd())) == Opaque("Odd", "")
    assert isinstance(decode(encode(lambda: 1)), Opaque)
    assert isinstance(decode(encode(np.array([object()]))), Opaque)


def test_huge_and_deep_values_are_cut_off() -> None:
    deep: list = []
    for _ in range(5000):
        deep = [deep]
    assert len(encode(deep)) < 10_000
    assert isinstance(decode(encode(1 << 100_000)), Opaque)
    assert len(encode("x" * 10**6)) < 100_000
    assert len(encode(list(range(10**6)))) < 5_000_000


def test_a_list_that_holds_itself_ends() -> None:
    loop: list = []
    loop.append(loop)
    decode(encode(loop))


def test_a_formula_becomes_a_function_only_where_that_is_asked_for() -> None:
    data = encode(Formula("x ** 2 + 1"))
    assert decode(data, formulas=True)(3) == 10
    assert isinstance(decode(data), Opaque)


@pytest.mark.parametrize("data", [
    b"", b"abc", struct.pack("<Q", 2**60), struct.pack("<Q", 2) + b"{}", struct.pack("<Q", 4) + b"null",
    struct.pack("<Q", 14) + b'{"t": "pickle"}', encode([torch.ones(3)])[:-4],
    struct.pack("<Q", 40_000) + b"[" * 20_000 + b"]" * 20_000 + encode(None)[12:],
    struct.pack("<Q", 22) + b'{"t":"tensor","k":"9"}' + encode(None)[12:],
], ids=range(9))
def test_damaged_bytes_are_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(BadEvidence, match="evidence"):
        decode(data)
