"""In what the layers of two models differ, told layer by layer; names and order don't count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from course_utils.evidence.facts import HANDED_OUT, Parameter, Parameters
from course_utils.evidence.label import attribute
from course_utils.judging.wording import expected_got


@dataclass(frozen=True)
class LayersApart:
    """The first thing in which the layers of two models differ."""

    where: str
    expected: str
    got: str
    sentence: str


@dataclass(frozen=True)
class _Layer:
    """The parameters of one layer."""

    name: str  # "fc1", or "" for a parameter of the model's own
    kind: str
    shapes: tuple[tuple[str, tuple[int, ...]], ...]  # ("weight", (8, 4)), …

    def __str__(self) -> str:
        named = dict(self.shapes)
        weight, bias = named.get("weight", ()), "" if "bias" in named else ", bias=False"
        if self.kind == "Linear" and len(weight) == 2:
            return f"nn.Linear({weight[1]}, {weight[0]}{bias})"
        if self.kind == "Conv2d" and len(weight) == 4:
            size = str(weight[2]) if weight[2] == weight[3] else str(weight[2:])
            return f"nn.Conv2d({weight[1]}, {weight[0]}, {size}{bias})"
        if self.kind.startswith("BatchNorm") and len(weight) == 1:
            return f"nn.{self.kind}({weight[0]})"
        sizes = ", ".join(f"{name} {'×'.join(map(str, shape)) or 'of one number'}" for name, shape in self.shapes)
        return f"{self.kind} ({sizes})" if self.kind else sizes

    @property
    def called(self) -> str:
        """What a student calls the layer: ``fc1``, ``layers[0]``, ``model[2]``."""
        return attribute("model", self.name).removeprefix("model.") if self.name else "the model's own parameter"

    @property
    def sizes(self) -> tuple[tuple[int, ...], ...]:
        return tuple(sorted(shape for _, shape in self.shapes))


def layers_apart(expected: Parameters, got: Parameters, where: str = "parameters") -> LayersApart | None:
    """Return in what two models differ; None if they have parameters of the same shapes, all of them registered."""
    unregistered = [row for row in got.rows if not row.registered]
    if all(_shapes(expected, kind) == _shapes(got, kind) for kind in (_known, _handed_out)):
        return None
    wanted, came = (_layers(filter(_known, model.rows)) for model in (expected, got))
    both = (_summary(wanted), _summary(came))
    if unregistered:
        names = ", ".join(dict.fromkeys(f"`{row.name}`" for row in unregistered[:3]))
        more = " and others" if len(unregistered) > 3 else ""
        return LayersApart(where, both[0], both[1] + "; not registered: " + _plain(names), (
            f"The model does not know the parameters {names}{more}: they are not registered, so `parameters()` and "
            "`state_dict()` leave them out."))
    missing, extra = _unmatched(wanted, came), _unmatched(came, wanted)
    if where != "parameters":
        sentence = expected_got(where, *both)
    elif not came:
        sentence = f"The model has no parameters. Expected {len(wanted)} layers with parameters: {both[0]}."
    elif len(missing) == 1 and len(extra) == 1:
        sentence = f"`{extra[0].called}`: expected {missing[0]}, got {extra[0]}."
    elif missing and not extra:
        sentence = f"Missing: {_summary(missing)}. All other layers have the right sizes."
    elif extra and not missing:
        more = "; ".join(f"`{layer.called}`, {layer}" for layer in extra[:6])
        sentence = f"Too many: {more}. All other layers have the right sizes."
    else:
        sentence = "; ".join(f"`{layer.called}` is {layer}" for layer in extra[:3])
        sentence = f"Expected layers of these sizes: {_summary(missing)}. Instead, {sentence}."
    return LayersApart(where, *both, sentence)


def _known(row: Parameter) -> bool:
    return row.registered


def _handed_out(row: Parameter) -> bool:
    return not row.registered and row.layer == HANDED_OUT


def _shapes(model: Parameters, kind: Callable[[Parameter], bool]) -> Counter[tuple[int, ...]]:
    return Counter(row.shape for row in model.rows if kind(row))


def _layers(rows: Iterable[Parameter]) -> list[_Layer]:
    """The parameters by the layer that holds them."""
    found: dict[str, list[Parameter]] = {}
    for row in rows:
        found.setdefault(row.name.rpartition(".")[0], []).append(row)
    return [_Layer(name, parts[0].layer, tuple((part.name.rpartition(".")[2], part.shape) for part in parts))
            for name, parts in found.items()]


def _unmatched(ours: list[_Layer], theirs: list[_Layer]) -> list[_Layer]:
    """The layers that have no counterpart of the same sizes."""
    left = Counter(layer.sizes for layer in theirs)
    found = []
    for layer in ours:
        if left[layer.sizes] > 0:
            left[layer.sizes] -= 1
        else:
            found.append(layer)
    return found


def _summary(layers: list[_Layer]) -> str:
    return "; ".join(map(str, layers[:6])) + (f" and {len(layers) - 6} more" if len(layers) > 6 else "") or "none"


def _plain(text: str) -> str:
    return text.replace("`", "")
