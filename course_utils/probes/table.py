"""Probes for functions that take or return a pandas DataFrame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

SMALL = 30  # the values that a verdict prints of a table


def from_table(answer: Any, columns: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """What a function of a DataFrame returns, and what it did to the DataFrame.

    ``columns`` maps names to lists; None is a missing value. Returns

    - ``"the returned value"``: the result; a DataFrame in it becomes a dict of columns;
    - ``"table of the caller"``: "unchanged" or "changed".
    """
    table = pd.DataFrame(dict(columns))
    before = table.copy(deep=True)
    returned = in_plain_values(answer(table))
    return {"the returned value": returned, "table of the caller": "unchanged" if table.equals(before) else "changed"}


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
