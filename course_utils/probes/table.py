"""Probes for functions that take or return a pandas DataFrame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from course_utils.evidence.describe import type_name

SMALL = 30  # the values that a verdict prints of a table


def to_table(answer: Any, columns: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """The table that a function makes of a table, and what it did to the one that it was given.

    ``columns`` maps names to lists; None is a missing value. The result should have the same columns. Returns

    - ``"what it returns"``: "a DataFrame", or what else came;
    - ``"the names of its columns"``: in the order of the given table where they are the same; None if no table came;
    - ``"column `name`"`` for each given column: its values; None where there is no such column;
    - ``"table of the caller"``: "unchanged" or "changed".
    """
    returned, caller = _run(answer, columns)
    seen: dict[str, Any] = {"what it returns": type_name(returned), "the names of its columns": None}
    seen |= {f"column `{name}`": None for name in columns} | caller
    if not isinstance(returned, pd.DataFrame):
        return seen
    names = [str(name) for name in returned.columns]
    same = sorted(names) == sorted(columns)
    seen["the names of its columns"] = ", ".join(columns if same else names)
    return seen | {f"column `{name}`": in_plain_values(returned[name]) for name in columns if names.count(name) == 1}


def to_tensors(answer: Any, columns: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """The pair X, y that a function makes of a table, and what it did to the table.

    ``columns`` maps names to lists; None is a missing value. Returns

    - ``"what it returns"``: "a pair X, y", or what else came;
    - ``"the tensor X"``, ``"the tensor y"``: the pair; None if no pair came;
    - ``"table of the caller"``: "unchanged" or "changed".
    """
    returned, caller = _run(answer, columns)
    if not isinstance(returned, tuple | list) or len(returned) != 2:
        things = isinstance(returned, tuple | list)
        came = f"{type_name(returned)} of {len(returned)}" if things else type_name(returned)
        return {"what it returns": came, "the tensor X": None, "the tensor y": None} | caller
    X, y = in_plain_values(list(returned))
    return {"what it returns": "a pair X, y", "the tensor X": X, "the tensor y": y} | caller


def _run(answer: Any, columns: Mapping[str, Sequence[Any]]) -> tuple[Any, dict[str, str]]:
    """What the function returns for the table, and whether the table is still as it was."""
    table = pd.DataFrame(dict(columns))
    before = table.copy(deep=True)
    returned = answer(table)
    return returned, {"table of the caller": "unchanged" if table.equals(before) else "changed"}


def shown_call(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """``encode(pd.DataFrame({'rooms': [3, None], …}))``; a large table is described."""
    table = dict(args[0])
    if sum(len(values) for values in table.values()) <= SMALL:
        return f"{name}(pd.DataFrame({table}))"
    return f"{name}(‹table of {len(next(iter(table.values())))} rows: {', '.join(table)}›)"


def in_plain_values(value: Any) -> Any:
    """A DataFrame as a dict of columns, a Series as its values; tuples and lists item by item, the rest as it is.

    Numbers and truth values become float64 with nan for what is missing, so that a column of integers and
    the same column as floats are equal; everything else becomes a list of texts and None.
    """
    if isinstance(value, pd.DataFrame):
        return {str(name): in_plain_values(value[name]) for name in value.columns}
    if isinstance(value, pd.Series):
        if pd.api.types.is_numeric_dtype(value.dtype):
            return value.to_numpy(dtype="float64", na_value=float("nan"))
        return [None if pd.isna(item) else str(item) for item in value]
    if type(value) in (tuple, list):
        return type(value)(in_plain_values(item) for item in value)
    return value
