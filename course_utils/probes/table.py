"""Probes for functions that take or return a pandas DataFrame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import torch

from course_utils.evidence.describe import form_of
from course_utils.evidence.facts import Facts, Form, Note, several, yes_or_no

SMALL = 30  # the values that a verdict prints of a table


def to_table(answer: Any, columns: Mapping[str, Sequence[Any]], first: int = 0) -> Facts:
    """The table that a function makes of a table, and what it did to the one that it was given.

    ``columns`` maps names to lists; None is a missing value. The index counts from ``first``. The result should have
    the same columns. Returns

    - ``""``: a DataFrame, or what else came (nothing else is told of that);
    - ``"columns of the table"``: their names, in the order of the given table if they are the same;
    - ``"rows of the table"``: how many are left;
    - ``"index of the table"``: "as before" or "changed", if all rows are there;
    - ``"column `name`"`` for each given column that is there: its values;
    - ``"table of the caller"``: "unchanged" or "changed".
    """
    returned, caller = _run(answer, columns, first)
    if not isinstance(returned, pd.DataFrame):
        return Facts({"": form_of(returned)})
    rows = len(next(iter(columns.values())))
    names = [str(name) for name in returned.columns]
    same = sorted(names) == sorted(columns)
    seen = Facts({"": Form("a DataFrame"), "columns of the table": Note(", ".join(columns if same else names))})
    seen["rows of the table"] = yes_or_no(len(returned) == rows, "all", f"{len(returned)} of {rows}")
    if len(returned) == rows:
        seen["index of the table"] = yes_or_no(
            returned.index.equals(pd.RangeIndex(first, first + rows)), "as before", "changed")
    for name in (name for name in columns if names.count(name) == 1):
        numeric = pd.api.types.is_numeric_dtype(returned[name].dtype)
        seen[f"type of column `{name}`"] = yes_or_no(numeric, "numbers", f"dtype {returned[name].dtype}")
        seen[f"column `{name}`"] = in_plain_values(returned[name])
    return Facts({**seen, **caller})


def to_tensors(answer: Any, columns: Mapping[str, Sequence[Any]], first: int = 0) -> Facts:
    """The pair X, y that a function makes of a table, and what it did to the table.

    ``columns`` maps names to lists; None is a missing value. The index counts from ``first``. Returns

    - ``""``: X and y, or what else came;
    - ``"table of the caller"``: "unchanged" or "changed".
    """
    returned, caller = _run(answer, columns, first)
    pair = isinstance(returned, tuple | list)
    plain = tuple(map(_tensor_or_form, returned)) if pair else form_of(returned)
    return Facts({"": several(plain, "X", "y"), **caller})


def _tensor_or_form(value: Any) -> Any:
    return value if isinstance(value, torch.Tensor) else form_of(value)


def _run(answer: Any, columns: Mapping[str, Sequence[Any]], first: int) -> tuple[Any, dict[str, Note]]:
    """What the function returns for the table, and whether the table is still as it was."""
    table = pd.DataFrame(dict(columns))
    table.index = pd.RangeIndex(first, first + len(table))
    before = table.copy(deep=True)
    returned = answer(table)
    return returned, {"table of the caller": yes_or_no(table.equals(before), "unchanged", "changed")}


def shown_call(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """``encode(pd.DataFrame({'rooms': [3, None], …}))``; a large table is described."""
    table = dict(args[0])
    index = f", index counts from {kwargs['first']}" if kwargs.get("first") else ""
    if sum(len(values) for values in table.values()) <= SMALL:
        return f"{name}(pd.DataFrame({table}){index})"
    return f"{name}(‹table of {len(next(iter(table.values())))} rows: {', '.join(table)}{index}›)"


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
