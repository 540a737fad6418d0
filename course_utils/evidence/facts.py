"""What a probe reports: observations under the expressions that show them.

A probe returns :class:`Facts`, a dict whose keys are what a student would write to see the value: ``len(dataset)``,
``dataset[0]``, ``stopper.best_loss``. A key that is no expression is a noun phrase that reads well before a colon:
``mode of the model``. The key ``""`` holds what the answer itself returned. Sentences, tables and cards build on
these keys by rule (:mod:`course_utils.evidence.label`), so nobody else needs a list of names.

Each kind of value is compared on its own rung: a :class:`Note` as how something was done, a :class:`Form` by type,
shape and dtype, tensors and numbers by everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class Facts(dict[str, Any]):
    """Observations by the expression that shows each; the order is that in which they are compared."""


@dataclass(frozen=True)
class Note:
    """A probe's own words for how something was done: "train mode", "a gradient"."""

    text: str
    of_values: bool = False  # the words follow from the input's values, so that they could give it away


@dataclass(frozen=True)
class Form:
    """Type, shape and dtype of a value whose numbers are not to be compared."""

    kind: str  # as describe.type_name has it: "a tensor"
    shape: tuple[int, ...] | None = None
    dtype: str = ""


@dataclass(frozen=True)
class Several:
    """What a function returns when it returns several things, with the names they have in the exercise."""

    names: tuple[str, ...]
    items: tuple[Any, ...]


HANDED_OUT = "handed out by parameters()"  # the layer of a parameter that only a `parameters` of the student's gives


@dataclass(frozen=True)
class Parameter:
    """One parameter of a model."""

    name: str  # as named_parameters() gives it; of an unregistered one, the attribute that holds it
    layer: str  # the layer it belongs to: "Linear"
    shape: tuple[int, ...]
    registered: bool = True


@dataclass(frozen=True)
class Parameters:
    """The parameters of a model, in the order in which they were declared. Order and names are not compared."""

    rows: tuple[Parameter, ...]


@dataclass(frozen=True)
class Spread:
    """How an output that is drawn at random comes out over many calls: its mean and standard deviation, by element."""

    mean: Any  # tensors of one shape
    std: Any
    count: int  # of calls


def several(returned: Any, *names: str) -> Any:
    """Return a tuple or list of as many things as there are names as :class:`Several`; anything else as it is."""
    if isinstance(returned, tuple | list) and len(returned) == len(names):
        return Several(names, tuple(returned))
    return returned


def yes_or_no(is_so: bool, yes: str, no: str) -> Note:
    """Return one of two notes."""
    return Note(yes if is_so else no)
