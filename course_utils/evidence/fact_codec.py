"""How the kinds of :mod:`course_utils.evidence.facts` cross: as tagged nodes of the wire format, and back.

Whatever does not have its form raises ValueError, KeyError or TypeError, which the codec turns into BadEvidence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from course_utils.evidence.facts import Facts, Form, Note, Parameter, Parameters, Several, Spread
from course_utils.printable import shortened

MAX_LABEL = 200  # characters of an expression, a name or a note
MAX_ROWS = 1_000  # parameters of a model
MAX_SHAPE = 64
KINDS = frozenset({Facts, Form, Note, Several, Parameters, Spread})
TAGS = frozenset({"facts", "form", "note", "several", "parameters", "spread"})


def fact_node(value: Any, node: Callable[[Any], Any]) -> dict[str, Any]:
    """Return one of :data:`KINDS` as a node; ``node`` encodes what is in it."""
    match value:
        case Facts():
            return {"t": "facts", "v": [[str(label)[:MAX_LABEL], node(item)] for label, item in value.items()]}
        case Note():
            return {"t": "note", "v": value.text[:MAX_LABEL], "of": value.of_values}
        case Form():
            shape = None if value.shape is None else [int(n) for n in value.shape]
            return {"t": "form", "kind": value.kind[:MAX_LABEL], "shape": shape, "dtype": value.dtype[:MAX_LABEL]}
        case Several():
            return {"t": "several", "names": list(value.names), "v": [node(item) for item in value.items]}
        case Parameters():
            rows = [[row.name[:MAX_LABEL], row.layer[:MAX_LABEL], [int(n) for n in row.shape], row.registered]
                    for row in value.rows[:MAX_ROWS]]
            return {"t": "parameters", "v": rows}
        case Spread():
            return {"t": "spread", "v": [node(value.mean), node(value.std)], "n": int(value.count)}
    raise TypeError(f"{type(value).__name__} is no kind of fact.")


def fact_from(node: dict[str, Any], value: Callable[[Any], Any]) -> Any:
    """Return the fact in a node; ``value`` decodes what is in it."""
    match node["t"]:
        case "facts":
            return Facts({_words(label): value(item) for label, item in node["v"]})
        case "note":
            return Note(_words(node["v"]), node.get("of") is True)
        case "form":
            shape = None if node["shape"] is None else _shape(node["shape"])
            return Form(_words(node["kind"]), shape, _words(node["dtype"]))
        case "several":
            names, items = tuple(map(_words, node["names"])), tuple(value(item) for item in node["v"])
            if len(names) != len(items):
                raise ValueError("a name for each thing")
            return Several(names, items)
        case "parameters":
            if len(node["v"]) > MAX_ROWS:
                raise ValueError("too many parameters")
            return Parameters(tuple(Parameter(_words(name), _words(layer), _shape(shape), registered is True)
                                    for name, layer, shape, registered in node["v"]))
        case "spread":
            mean, std = (value(item) for item in node["v"])
            if type(node["n"]) is not int or not 1 < node["n"] < 10**7:
                raise ValueError("an impossible number of calls")
            return Spread(mean, std, node["n"])
    raise ValueError("no fact")


def _words(text: Any) -> str:
    if not isinstance(text, str):
        raise TypeError("no text")
    return shortened(text, MAX_LABEL)


def _shape(sizes: Any) -> tuple[int, ...]:
    if len(sizes) > MAX_SHAPE or not all(type(size) is int and 0 <= size < 2**63 for size in sizes):
        raise ValueError("an impossible shape")
    return tuple(sizes)
