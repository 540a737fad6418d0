"""A synthetic stand-in for the Pima Indians Diabetes table. No row of it is a person.

It is drawn from summary statistics of the original (Smith et al., "Using the ADAP learning algorithm to forecast the
onset of diabetes mellitus", 1988; the figures below are those of common descriptions of the table): 768 rows, 500
without and 268 with diabetes; for each of the two groups the mean and spread of every column; how the columns go
together; and how often each was not measured, which the table writes as a zero.

Each group is a Gaussian copula: correlated normal numbers, each pushed through its column's own distribution.
``python -m course_utils.data.synthetic_pima FILE`` writes the table.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

COLUMNS = ("pregnancies", "glucose", "blood_pressure", "skin_thickness", "insulin", "bmi", "pedigree", "age", "outcome")
GROUP_SIZES = (500, 268)  # outcome 0, outcome 1
MISSING = {"glucose": 5, "blood_pressure": 35, "skin_thickness": 227, "insulin": 374, "bmi": 11}
SEED = 14


@dataclass(frozen=True)
class Column:
    """One column's distribution among what was measured."""

    name: str
    mean: tuple[float, float]  # of outcome 0 and 1
    std: tuple[float, float]
    low: float
    high: float
    decimals: int
    skewed: bool  # log-normal above `low`, else normal


DISTRIBUTIONS = (
    Column("pregnancies", (3.30, 4.87), (3.02, 3.74), 0, 17, 0, True),
    Column("glucose", (110.6, 142.3), (24.8, 29.6), 44, 199, 0, False),
    Column("blood_pressure", (70.9, 75.3), (12.2, 12.3), 24, 122, 0, False),
    Column("skin_thickness", (27.2, 33.0), (10.0, 10.3), 7, 99, 0, False),
    Column("insulin", (130.3, 206.8), (102.5, 132.7), 14, 846, 0, True),
    Column("bmi", (30.9, 35.4), (6.6, 6.6), 18.2, 67.1, 1, False),
    Column("pedigree", (0.43, 0.55), (0.30, 0.37), 0.078, 2.42, 3, True),
    Column("age", (31.2, 37.1), (11.7, 11.0), 21, 81, 0, True),
)

# Correlations of the measured values over the whole table; what is not listed is 0.
CORRELATIONS = {
    ("pregnancies", "glucose"): 0.13, ("pregnancies", "blood_pressure"): 0.21, ("pregnancies", "skin_thickness"): 0.10,
    ("pregnancies", "insulin"): 0.08, ("pregnancies", "age"): 0.54, ("glucose", "blood_pressure"): 0.22,
    ("glucose", "skin_thickness"): 0.23, ("glucose", "insulin"): 0.58, ("glucose", "bmi"): 0.23,
    ("glucose", "pedigree"): 0.14, ("glucose", "age"): 0.27, ("blood_pressure", "skin_thickness"): 0.23,
    ("blood_pressure", "insulin"): 0.10, ("blood_pressure", "bmi"): 0.29, ("blood_pressure", "age"): 0.33,
    ("skin_thickness", "insulin"): 0.18, ("skin_thickness", "bmi"): 0.65, ("skin_thickness", "pedigree"): 0.12,
    ("skin_thickness", "age"): 0.17, ("insulin", "bmi"): 0.23, ("insulin", "pedigree"): 0.13, ("insulin", "age"): 0.22,
    ("bmi", "pedigree"): 0.16,
}


def correlation_matrix() -> NDArray[np.float64]:
    """CORRELATIONS as a symmetric matrix, shape (8, 8)."""
    place = {column.name: i for i, column in enumerate(DISTRIBUTIONS)}
    matrix = np.eye(len(place))
    for (one, other), value in CORRELATIONS.items():
        matrix[place[one], place[other]] = matrix[place[other], place[one]] = value
    return matrix


def _within_groups() -> NDArray[np.float64]:
    """The correlations that are left within a group, when the groups' different means have explained their share."""
    size = np.array(GROUP_SIZES) / sum(GROUP_SIZES)
    gap = np.array([c.mean[1] - c.mean[0] for c in DISTRIBUTIONS])
    within = np.sqrt([size @ np.square(c.std) for c in DISTRIBUTIONS])
    total = np.sqrt(within**2 + size.prod() * gap**2)
    covariance = correlation_matrix() * np.outer(total, total) - size.prod() * np.outer(gap, gap)
    matrix = covariance / np.outer(within, within)
    np.fill_diagonal(matrix, 1.0)
    return matrix


def _values(column: Column, group: int, z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Standard normal numbers as values of the column, with its mean and spread and within its limits."""
    mean, std = column.mean[group], column.std[group]
    if column.skewed:
        above = mean - column.low + 0.5
        z = np.exp(np.sqrt(np.log1p((std / above) ** 2)) * z)
    shape = (z - z.mean()) / z.std()
    centre, scale = mean, std
    for _ in range(20):  # the limits cut in; shift and stretch until mean and spread are right again
        values = np.clip(centre + scale * shape, column.low, column.high)
        centre, scale = centre + mean - values.mean(), scale * std / values.std()
    return np.round(values, column.decimals)


def synthetic_pima(seed: int = SEED) -> pd.DataFrame:
    """The synthetic table: 768 rows, the nine COLUMNS, zeros where a value was not measured.

    >>> int(synthetic_pima()["outcome"].sum())
    268
    """
    import pandas as pd

    rng = np.random.default_rng(seed)
    root = np.linalg.cholesky(_within_groups())
    groups = []
    for group, size in enumerate(GROUP_SIZES):
        z = rng.standard_normal((size, len(DISTRIBUTIONS))) @ root.T
        columns = {c.name: _values(c, group, z[:, i]) for i, c in enumerate(DISTRIBUTIONS)}
        groups.append(pd.DataFrame(columns).assign(outcome=group))
    table = pd.concat(groups, ignore_index=True)
    table = table.iloc[rng.permutation(len(table))].reset_index(drop=True)
    _blank_unmeasured(table, rng)
    whole = [c.name for c in DISTRIBUTIONS if c.decimals == 0] + ["outcome"]
    return table.astype(dict.fromkeys(whole, "int64"))[list(COLUMNS)]


def _blank_unmeasured(table: pd.DataFrame, rng: np.random.Generator) -> None:
    """Zeros for what was not measured; where skin thickness is missing, insulin is too, as in the original."""
    order = rng.permutation(len(table))
    for name in ("insulin", "skin_thickness"):
        table.loc[order[: MISSING[name]], name] = 0
    for name in ("glucose", "blood_pressure", "bmi"):
        table.loc[rng.choice(len(table), MISSING[name], replace=False), name] = 0


def write(path: Path) -> None:
    """The table as CSV with a header, the same bytes on every machine."""
    synthetic_pima().to_csv(path, index=False, lineterminator="\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
