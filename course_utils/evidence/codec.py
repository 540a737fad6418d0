"""The wire format: a tree of values as bytes, and back.

Whatever crosses between a submission and the judge crosses in this form: tensors as
safetensors, the rest as JSON. Nothing here runs code that the bytes could have chosen,
with one exception that only the trusted direction uses: a :class:`Formula` in the inputs
becomes a function when ``decode(..., formulas=True)``.

Layout: 8 bytes with the length of the JSON part (little endian), the JSON, the safetensors.

Whatever is decoded is bounded before anything works on it: bytes, items, nesting, text, dimensions and digits.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from types import BuiltinMethodType, MethodType, MethodWrapperType, ModuleType
from typing import Any

import numpy as np
import safetensors
import safetensors.torch
import torch

from course_utils.evidence.fact_codec import KINDS, TAGS, fact_from, fact_node
from course_utils.printable import shortened

MAX_DEPTH = 24
MAX_ITEMS = 20_000  # of lists, tuples, sets and dicts together
MAX_SORTED = 200  # larger sets are written down in their own order
MAX_TEXT = 20_000
MAX_TEXTS = 2**20  # characters of all texts together
MAX_BITS = 4_096
MAX_DIMENSIONS = 64  # PyTorch's own limit in most operations
MAX_JSON = 8 * 2**20
MAX_TENSOR_FACTS = 4 * 2**20  # bytes that safetensors spends on names, types and shapes
MAX_BYTES = 256 * 2**20

DTYPES = {str(dtype).removeprefix("torch."): dtype for dtype in vars(torch).values() if isinstance(dtype, torch.dtype)}
# The types that comparisons work on. Others (float8, quantized types) are known by their names only.
STORED = {"BOOL", "U8", "I8", "I16", "I32", "I64", "U16", "U32", "U64", "F16", "BF16", "F32", "F64"}
COMPARED = frozenset({torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.uint16,
                      torch.uint32, torch.uint64, torch.float16, torch.bfloat16, torch.float32, torch.float64,
                      torch.complex64, torch.complex128})

METHOD = "method"  # the type's name of a method that was not called; the text is what it is called
BOUND = frozenset({MethodType, MethodWrapperType, BuiltinMethodType})


class BadEvidence(ValueError):
    """The bytes are not evidence: damaged, forged or too large."""


@dataclass(frozen=True)
class Observed:
    """A tensor as the judge sees it: plain values on the CPU, and facts about the original."""

    value: torch.Tensor
    device: str = "cpu"
    requires_grad: bool = False
    has_graph: bool = False  # it had a grad_fn


@dataclass(frozen=True)
class Opaque:
    """Something that has no plain form: only its type's name and a short text are kept."""

    type_name: str
    text: str = ""


@dataclass(frozen=True)
class Formula:
    """A function that may be sent to a submission, as the text of an expression.

    >>> Formula("x ** 2 + 1")(3.0)
    10.0
    """

    body: str  # may use torch, F (torch.nn.functional) and nn
    arguments: str = "x"

    def __call__(self, *args: Any) -> Any:
        return self.function()(*args)

    def function(self) -> Callable[..., Any]:
        names = {"torch": torch, "nn": torch.nn, "F": torch.nn.functional}
        function: Callable[..., Any] = eval(f"lambda {self.arguments}: {self.body}", names)
        return function


def is_bound_method(value: Any) -> bool:
    """Whether a value is a method of some object, got without being called: ``loss.item``."""
    return type(value) in BOUND and not isinstance(value.__self__, type | ModuleType | None)


def dtype_name(dtype: Any) -> str:
    """Return the short name of a dtype: ``float32``."""
    return str(dtype).removeprefix("torch.")


def encode(tree: Any, share: float = 1.0) -> bytes:
    """The tree as bytes. Never raises for odd values: they become :class:`Opaque`.

    Keep at most ``share`` of :data:`MAX_ITEMS` items and :data:`MAX_TEXTS` characters.
    """
    tensors: dict[str, torch.Tensor] = {}
    text = json.dumps(_Encoder(tensors, share).node(tree, 0)).encode()
    return struct.pack("<Q", len(text)) + text + safetensors.torch.save(tensors)


def decode(data: bytes, *, formulas: bool = False, plain: bool = False, share: float = 1.0) -> Any:
    """The tree in ``data``; raises :class:`BadEvidence` for anything malformed.

    ``plain=True`` gives ordinary tensors, with ``requires_grad`` set again (for inputs);
    otherwise tensors come as :class:`Observed` (for judging). ``share`` is as in :func:`encode`.
    """
    if len(data) > MAX_BYTES:
        raise BadEvidence(f"{len(data):,} bytes of evidence; at most {MAX_BYTES:,} are read.")
    try:
        (length,) = struct.unpack_from("<Q", data)
        if length > MAX_JSON:
            raise BadEvidence("The evidence holds too much text.")
        text = data[8 : 8 + length]
        if len(text) != length:
            raise BadEvidence("The evidence is cut short.")
        node = json.loads(text)
        tensors = _tensors(data[8 + length :])
        return _Decoder(tensors, formulas, plain, share).node(node, 0)
    except BadEvidence:
        raise
    except Exception as error:  # whatever the bytes bring about is their fault, and costs nothing else
        raise BadEvidence(f"The evidence cannot be read: {type(error).__name__}.") from error


def _tensors(data: bytes) -> dict[str, torch.Tensor]:
    """The tensors in safetensors' format, if their types and shapes are such as comparisons can work on."""
    (length,) = struct.unpack_from("<Q", data)
    if length > MAX_TENSOR_FACTS:
        raise BadEvidence("The evidence holds too many tensors.")
    for name, facts in json.loads(data[8 : 8 + length]).items():
        if name == "__metadata__":
            continue
        if facts["dtype"] not in STORED:
            raise BadEvidence("The evidence holds a tensor of an unknown type.")
        if len(facts["shape"]) > MAX_DIMENSIONS + 1:  # one more for the two parts of complex numbers
            raise BadEvidence(f"The evidence holds a tensor of more than {MAX_DIMENSIONS} dimensions.")
    return dict(safetensors.torch.load(data))


class _Encoder:
    def __init__(self, tensors: dict[str, torch.Tensor], share: float) -> None:
        self.tensors = tensors
        self.items, self.most_items = 0, int(MAX_ITEMS * share)
        self.characters, self.most_characters = 0, int(MAX_TEXTS * share)

    def node(self, value: Any, depth: int) -> Any:
        try:
            return self._node(value, depth)
        except RecursionError:
            raise
        except Exception:  # a hostile or half-built object may raise from anything
            return self._opaque(value)

    def _node(self, value: Any, depth: int) -> Any:
        self.items += 1
        kind = type(value)
        if depth > MAX_DEPTH or self.items > self.most_items:
            return {"t": "opaque", "name": kind.__name__[:200], "text": "(too large to look at)"}
        if value is None or kind is bool:
            return value
        if kind is int:
            return value if value.bit_length() <= 53 else self._integer(value)
        if kind is float:
            return {"t": "float", "v": repr(value)}
        if kind is str:
            return self._text(value)
        if value is Ellipsis or value is NotImplemented:
            return {"t": "ellipsis"}
        if kind in KINDS:
            return fact_node(value, lambda item: self.node(item, depth + 1))
        if kind in BOUND and is_bound_method(value):
            return {"t": "opaque", "name": METHOD, "text": str(value.__name__)[:200]}
        if isinstance(value, Observed):
            return self._observed(value)
        if isinstance(value, torch.Tensor):
            return self._tensor(value)
        if isinstance(value, Formula):
            return {"t": "formula", "body": value.body, "arguments": value.arguments}
        if isinstance(value, Opaque):
            return {"t": "opaque", "name": value.type_name, "text": value.text}
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, np.generic):
            return self._array(np.asarray(value), "scalar")
        if kind is complex:
            return {"t": "complex", "v": [repr(value.real), repr(value.imag)]}
        if kind is bytes:
            return {"t": "bytes", **self._store(torch.frombuffer(bytearray(value or b"\0"), dtype=torch.uint8)),
                    "n": len(value)}
        if kind is torch.Size:
            return {"t": "size", "v": list(value)}
        if kind is torch.dtype:
            return {"t": "dtype", "v": dtype_name(value)}
        if kind is torch.device:
            return {"t": "device", "v": str(value)}
        if kind is list:
            return self._nodes(value, depth)
        if isinstance(value, tuple):
            return {"t": "tuple", "v": self._nodes(value, depth)}
        if kind is set or kind is frozenset:
            return {"t": "set", "v": self._nodes(sorted(value, key=repr) if len(value) <= MAX_SORTED else value, depth)}
        if isinstance(value, Mapping) and isinstance(value, dict):
            return {"t": "dict", "v": [[self.node(k, depth + 1), self.node(v, depth + 1)] for k, v in
                                       self._few(value.items())]}
        return self._opaque(value)

    def _nodes(self, values: Iterable[Any], depth: int) -> list[Any]:
        return [self.node(item, depth + 1) for item in self._few(values)]

    def _few(self, values: Iterable[Any]) -> Iterable[Any]:
        """The values until there are too many; the one after is still given, and becomes "too large to look at"."""
        for value in islice(values, self.most_items):
            yield value
            if self.items > self.most_items:
                return

    def _text(self, value: str) -> str:
        kept = value[: max(0, min(MAX_TEXT, self.most_characters - self.characters))]
        self.characters += len(kept)
        return kept

    def _integer(self, value: int) -> Any:
        if value.bit_length() > MAX_BITS:
            return {"t": "opaque", "name": "int", "text": f"an integer of {value.bit_length():,} bits"}
        return {"t": "int", "v": hex(value)}

    def _store(self, tensor: torch.Tensor) -> dict[str, Any]:
        if tensor.numel() * tensor.element_size() > MAX_BYTES:
            raise ValueError("too large")
        key = str(len(self.tensors))
        self.tensors[key] = tensor
        return {"k": key}

    def _tensor(self, value: torch.Tensor) -> Any:
        plain = value.detach()
        if plain.layout != torch.strided or plain.is_quantized or plain.is_nested:
            return self._opaque(value)
        if plain.dtype not in COMPARED or plain.ndim > MAX_DIMENSIONS:
            return {"t": "opaque", "name": f"Tensor with {plain.ndim} dimensions of {dtype_name(plain.dtype)}",
                    "text": ""}
        if plain.device.type == "meta":
            return {"t": "opaque", "name": "Tensor", "text": f"on the meta device, shape {tuple(plain.shape)}"}
        plain = torch.Tensor.contiguous(plain.cpu()).clone()
        if plain.dtype in (torch.complex64, torch.complex128):
            stored = torch.view_as_real(plain.resolve_conj()).contiguous()
            complex_ = True
        else:
            stored, complex_ = plain.resolve_neg() if plain.is_neg() else plain, False
        node = {"t": "tensor", **self._store(stored)}
        if type(value) is torch.nn.Parameter:
            node["p"] = True
        if complex_:
            node["c"] = True
        if value.device.type != "cpu":
            node["d"] = str(value.device)
        if value.requires_grad:
            node["g"] = True
        if value.grad_fn is not None:
            node["f"] = True
        return node

    def _observed(self, value: Observed) -> Any:
        node: dict[str, Any] = self._tensor(value.value)
        node.update({"d": value.device} if value.device != "cpu" else {})
        node.update({"g": True} if value.requires_grad else {})
        node.update({"f": True} if value.has_graph else {})
        return node

    def _array(self, value: np.ndarray, kind: str = "array") -> Any:
        if value.dtype.kind not in "biufc":
            return {"t": "opaque", "name": "ndarray", "text": f"dtype {value.dtype}, shape {value.shape}"}
        node = self._tensor(torch.from_numpy(np.array(value, order="C", copy=True)))
        node["t"] = kind
        node["s"] = str(value.dtype)
        return node

    @staticmethod
    def _opaque(value: Any) -> Any:
        kind = type(value)
        try:
            text = repr(value)[:200] if kind.__module__ != "__main__" else ""
        except Exception:  # __repr__ is the submission's
            text = ""
        return {"t": "opaque", "name": str(kind.__name__)[:200], "text": text}


class _Decoder:
    def __init__(self, tensors: dict[str, torch.Tensor], formulas: bool, plain: bool, share: float) -> None:
        self.tensors = tensors
        self.formulas = formulas
        self.plain = plain
        self.items = 0
        self.most_items = int(MAX_ITEMS * share) + 10 * MAX_DEPTH  # what the encoder cut off leaves a few marks behind

    def node(self, node: Any, depth: int) -> Any:
        self.items += 1
        if depth > MAX_DEPTH + 2:
            raise BadEvidence("The evidence is nested too deeply.")
        if self.items > self.most_items:
            raise BadEvidence("The evidence holds too many items.")
        if isinstance(node, str):
            return node[:MAX_TEXT]
        if node is None or isinstance(node, bool | int | float):
            return self._number(node)
        if isinstance(node, list):
            return self._nodes(node, depth)
        if not isinstance(node, dict):
            raise BadEvidence("The evidence holds something unknown.")
        return self._tagged(node, depth)

    def _nodes(self, nodes: Any, depth: int) -> list[Any]:
        if not isinstance(nodes, list):
            raise BadEvidence("The evidence holds something unknown.")
        return [self.node(item, depth + 1) for item in nodes]

    @staticmethod
    def _number(value: Any) -> Any:
        if isinstance(value, int) and value.bit_length() > MAX_BITS:
            raise BadEvidence("The evidence holds an integer that is too long.")
        return value

    def _tagged(self, node: dict[str, Any], depth: int) -> Any:
        if isinstance(node["t"], str) and node["t"] in TAGS:
            return fact_from(node, lambda item: self.node(item, depth + 1))
        match node["t"]:
            case "float":
                return _float(node["v"])
            case "int":
                if len(node["v"]) > MAX_BITS // 4 + 8:
                    raise BadEvidence("The evidence holds an integer that is too long.")
                return self._number(int(node["v"], 16))
            case "complex":
                return complex(_float(node["v"][0]), _float(node["v"][1]))
            case "ellipsis":
                return Ellipsis
            case "tensor":
                return self._tensor(node)
            case "array":
                return self.tensor_value(node).numpy()
            case "scalar":
                value = self.tensor_value(node)
                if value.ndim:
                    raise BadEvidence("The evidence holds a number that is an array.")
                return value.numpy()[()]
            case "bytes":
                return self.tensor_value(node).numpy().tobytes()[: max(0, int(node["n"]))]
            case "size":
                return _size(node["v"])
            case "dtype":
                return DTYPES[node["v"]] if node["v"] in DTYPES else Opaque("dtype", _words(node["v"], 40))
            case "device":
                return torch.device(_words(node["v"], 20))
            case "tuple":
                return tuple(self._nodes(node["v"], depth))
            case "set":
                return frozenset(self._nodes(node["v"], depth))
            case "dict":
                return {self.node(k, depth + 1): self.node(v, depth + 1) for k, v in node["v"]}
            case "formula" if self.formulas:
                return Formula(str(node["body"]), str(node["arguments"])).function()
            case "formula":
                return Opaque("function", _words(node["body"], 200))
            case "opaque":
                return Opaque(_words(node["name"], 200), _words(node["text"], 400))
        raise BadEvidence("The evidence holds something unknown.")

    def tensor_value(self, node: dict[str, Any]) -> torch.Tensor:
        value = self.tensors[node["k"]]
        value = torch.view_as_complex(value) if node.get("c") else value
        if value.ndim > MAX_DIMENSIONS:
            raise BadEvidence(f"The evidence holds a tensor of more than {MAX_DIMENSIONS} dimensions.")
        return value

    def _tensor(self, node: dict[str, Any]) -> Any:
        value = self.tensor_value(node)
        if not self.plain:
            return Observed(value, _words(node.get("d", "cpu"), 20), bool(node.get("g")), bool(node.get("f")))
        value = value.clone()
        if node.get("p"):
            return torch.nn.Parameter(value, requires_grad=bool(node.get("g")))
        return value.requires_grad_() if node.get("g") else value


def _words(value: Any, most: int) -> str:
    """A short text that messages may show."""
    if not isinstance(value, str):
        raise BadEvidence("The evidence holds something unknown.")
    return shortened(value, most)


def _float(text: Any) -> float:
    if not isinstance(text, str) or len(text) > 40:
        raise BadEvidence("The evidence holds something unknown.")
    return float(text)


def _size(sizes: Any) -> torch.Size:
    if len(sizes) > MAX_DIMENSIONS or not all(type(size) is int and 0 <= size < 2**63 for size in sizes):
        raise BadEvidence("The evidence holds an impossible size.")
    return torch.Size(sizes)
