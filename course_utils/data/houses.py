"""A tiny table of houses, to clean by hand."""

from __future__ import annotations

import pandas as pd


def house_prices() -> pd.DataFrame:
    """Six made-up houses with gaps.

    Returns
    -------
    DataFrame with the columns ``rooms`` (float, two are missing), ``alley`` (text: ``"paved"``, ``"gravel"``, three
    are missing) and ``price`` (int, in thousands).
    """
    return pd.DataFrame({
        "rooms": [float("nan"), 2.0, 4.0, float("nan"), 3.0, 5.0],
        "alley": ["paved", None, "gravel", None, "paved", None],
        "price": [128, 106, 178, 140, 151, 210],
    })
