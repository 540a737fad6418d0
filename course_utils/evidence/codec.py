"""The wire format: a tree of values as bytes, and back.

Whatever crosses between a submission and the judge crosses in this form: tensors as
safetensors, the rest as JSON. Nothing here runs code that the bytes could have chosen,
with one exception that only the trusted direction uses: a :class:`Formula` in the inputs
becomes a function when ``decode(..., formulas=True)``.

Layout: 8 bytes with the length of the JSON part (little endian), the JSON, the safetensors.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import safetensors
import safetensors.torch
import torch

MAX_DEPTH = 24
MAX_ITEMS = 20_000
MAX_TEXT = 20_000
MAX_BITS = 4_096
MAX_BYTES = 256 * 2**20


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


def encode(tree: Any) -> bytes:
    """The tree as bytes. Never raises for odd values: they become :class:`Opaque`."""
    tensors: dict[str, torch.Tensor] = {}
    text = json.dumps(_Encoder(tensors).node(tree, 0)).encode()
    return struct.pack("<Q", len(text)) + text + safetensors.torch.save(tensors)


def decode(data: bytes, *, formulas: bool = False, plain: bool = False) -> Any:
    """The tree in ``data``; raises :class:`BadEvidence` for anything malformed.

    ``plain=True`` gives ordinary tensors, with ``requires_grad`` set again (for inputs);
    otherwise tensors come as :class:`Observed` (for judging).
    """
    if len(data) > MAX_BYTES:
        raise BadEvidence(f"{len(data):,} bytes of evidence; at most {MAX_BYTES:,} are read.")
    try:
        (length,) = struct.unpack_from("<Q", data)
        text = data[8 : 8 + length]
        if len(text) != length:
            raise BadEvidence("The evidence is cut short.")
        node = json.loads(text)
        tensors = safetensors.torch.load(data[8 + length :])
        return _Decoder(tensors, formulas, plain).node(node, 0)
    except BadEvidence:
        raise
    except (struct.error, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise BadEvidence(f"The evidence cannot be read: {type(error).__name__}.") from error
    except (RecursionError, OverflowError, safetensors.SafetensorError) as error:
        raise BadEvidence(f"The evidence cannot be read: {type(error).__name__}.") from error


class _Encoder:
    def __init__(self, tensors: dict[str, torch.Tensor]) -> None:
        self.tensors = tensors
        self.items = 0

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
        if depth > MAX_DEPTH or self.items > MAX_ITEMS:
            return {"t": "opaque", "name": kind.__name__[:200], "text": "(too large to look at)"}
        if value is None or kind is bool:
            return value
        if kind is int:
            return value if value.bit_length() <= 53 else self._integer(value)
        if kind is float:
            return {"t": "float", "v": repr(value)}
        if kind is str:
            return value[:MAX_TEXT]
        if value is Ellipsis or value is NotImplemented:
            return {"t": "ellipsis"}
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
            return {"t": "dtype", "v": str(value).removeprefix("torch.")}
        if kind is torch.device:
            return {"t": "device", "v": str(value)}
        if kind is list:
            return [self.node(item, depth + 1) for item in value[:MAX_ITEMS]]
        if isinstance(value, tuple):
            return {"t": "tuple", "v": [self.node(item, depth + 1) for item in value[:MAX_ITEMS]]}
        if kind is set or kind is frozenset:
            return {"t": "set", "v": [self.node(item, depth + 1) for item in sorted(value, key=repr)]}
        if isinstance(value, Mapping) and isinstance(value, dict):
            pairs = [[self.node(k, depth + 1), self.node(v, depth + 1)] for k, v in value.items()]
            return {"t": "dict", "v": pairs}
        return self._opaque(value)

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
        if plain.layout != torch.strided or plain.is_quantized:
            return self._opaque(value)
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
    def __init__(self, tensors: dict[str, torch.Tensor], formulas: bool, plain: bool) -> None:
        self.tensors = tensors
        self.formulas = formulas
        self.plain = plain

    def node(self, node: Any, depth: int) -> Any:
        if depth > MAX_DEPTH + 2:
            raise BadEvidence("The evidence is nested too deeply.")
        if node is None or isinstance(node, bool | int | float | str):
            return node
        if isinstance(node, list):
            return [self.node(item, depth + 1) for item in node]
        if not isinstance(node, dict):
            raise BadEvidence("The evidence holds something unknown.")
        return self._tagged(node, depth)

    def _tagged(self, node: dict[str, Any], depth: int) -> Any:
        match node["t"]:
            case "float":
                return float(node["v"])
            case "int":
                if len(node["v"]) > MAX_BITS // 4 + 8:
                    raise BadEvidence("The evidence holds an integer that is too long.")
                return int(node["v"], 16)
            case "complex":
                return complex(float(node["v"][0]), float(node["v"][1]))
            case "ellipsis":
                return Ellipsis
            case "tensor":
                return self._tensor(node)
            case "array":
                return self.tensor_value(node).numpy()
            case "scalar":
                return self.tensor_value(node).numpy()[()]
            case "bytes":
                return self.tensor_value(node).numpy().tobytes()[: node["n"]]
            case "size":
                return torch.Size(int(n) for n in node["v"])
            case "dtype":
                dtype = getattr(torch, str(node["v"]))
                return dtype if isinstance(dtype, torch.dtype) else Opaque("dtype", str(node["v"])[:40])
            case "device":
                return torch.device(node["v"])
            case "tuple":
                return tuple(self.node(item, depth + 1) for item in node["v"])
            case "set":
                return frozenset(self.node(item, depth + 1) for item in node["v"])
            case "dict":
                return {self.node(k, depth + 1): self.node(v, depth + 1) for k, v in node["v"]}
            case "formula" if self.formulas:
                return Formula(str(node["body"]), str(node["arguments"])).function()
            case "formula":
                return Opaque("function", str(node["body"])[:200])
            case "opaque":
                return Opaque(str(node["name"])[:200], str(node["text"])[:400])
        raise BadEvidence("The evidence holds something unknown.")

    def tensor_value(self, node: dict[str, Any]) -> torch.Tensor:
        value = self.tensors[node["k"]]
        return torch.view_as_complex(value) if node.get("c") else value

    def _tensor(self, node: dict[str, Any]) -> Any:
        value = self.tensor_value(node)
        if not self.plain:
            return Observed(value, str(node.get("d", "cpu"))[:20], bool(node.get("g")), bool(node.get("f")))
        value = value.clone()
        if node.get("p"):
            return torch.nn.Parameter(value, requires_grad=bool(node.get("g")))
        return value.requires_grad_() if node.get("g") else value
