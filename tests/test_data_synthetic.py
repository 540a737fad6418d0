"""The synthetic Pima table: its stated properties, and that it is worth learning on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from course_utils.data import synthetic_pima as made
from course_utils.data.contents import check_table_columns

COMMITTED = Path(__file__).parent.parent / "data" / "embedded" / "pima-synthetic.csv"


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return made.synthetic_pima()


@pytest.fixture(scope="module")
def measured(table: pd.DataFrame) -> pd.DataFrame:
    known = table.astype(float)
    known[list(made.MISSING)] = known[list(made.MISSING)].replace(0, np.nan)
    return known


def test_rows_and_outcomes(table: pd.DataFrame) -> None:
    assert table.shape == (768, 9)
    assert tuple(table.columns) == made.COLUMNS
    assert table["outcome"].value_counts().to_dict() == {0: 500, 1: 268}
    assert not table.duplicated().any()


def test_zeros_stand_for_what_is_missing(table: pd.DataFrame) -> None:
    zeros = (table[list(made.MISSING)] == 0).sum().to_dict()
    assert zeros == {"glucose": 5, "blood_pressure": 35, "skin_thickness": 227, "insulin": 374, "bmi": 11}
    assert (table.loc[table["skin_thickness"] == 0, "insulin"] == 0).all()


def test_means_and_spreads_of_each_group(measured: pd.DataFrame) -> None:
    for column in made.DISTRIBUTIONS:
        for group in (0, 1):
            values = measured.loc[measured["outcome"] == group, column.name].dropna()
            standard_error = column.std[group] / len(values) ** 0.5
            assert abs(values.mean() - column.mean[group]) < 3 * standard_error, (column.name, group)
            assert values.std() == pytest.approx(column.std[group], rel=0.2), (column.name, group)
            assert column.low <= values.min()
            assert values.max() <= column.high


def test_correlations(measured: pd.DataFrame) -> None:
    found = measured.drop(columns="outcome").corr().to_numpy()
    assert np.abs(found - made.correlation_matrix()).max() < 0.1


def test_the_same_seed_gives_the_committed_table(tmp_path: Path) -> None:
    made.write(tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == COMMITTED.read_bytes()
    check_table_columns(COMMITTED)


def test_another_seed_gives_another_table(table: pd.DataFrame) -> None:
    assert not table.equals(made.synthetic_pima(seed=made.SEED + 1))


def test_no_row_is_one_of_the_original() -> None:
    from course_utils.data.places import real_folder

    path = real_folder() / "pima-indians-diabetes.csv"
    if not path.is_file():
        pytest.skip("no real Pima table in COURSE_DATA_DIR")
    original = set(pd.read_csv(path, header=None, names=list(made.COLUMNS)).itertuples(index=False, name=None))
    assert not original & set(made.synthetic_pima().itertuples(index=False, name=None))


def test_a_good_pipeline_reaches_what_it_should(table: pd.DataFrame, measured: pd.DataFrame) -> None:
    """74 to 80% on held-out rows with imputation and scaling; a constant guess 65%."""
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    pipeline = make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression())
    features, outcome = measured.drop(columns="outcome"), table["outcome"]
    accuracy = np.mean([cross_val_score(pipeline, features, outcome, cv=StratifiedKFold(5, shuffle=True,
                                                                                        random_state=seed)).mean()
                        for seed in range(3)])
    assert 0.74 <= accuracy <= 0.80
    assert 1 - outcome.mean() == pytest.approx(0.651, abs=0.001)
