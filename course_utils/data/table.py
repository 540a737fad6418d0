"""The Pima table as a data frame."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from course_utils.data.choose import choose
from course_utils.data.contents import check_table_columns
from course_utils.data.places import real_folder, shipped_folders
from course_utils.data.registry import PIMA
from course_utils.data.synthetic_pima import COLUMNS, synthetic_pima

if TYPE_CHECKING:
    import pandas as pd

SYNTHETIC_FILE = "pima-synthetic.csv"


def pima() -> pd.DataFrame:
    """The Pima Indians Diabetes table, or its synthetic stand-in (no row of which is a person).

    Returns
    -------
    DataFrame of 768 rows and the columns ``pregnancies, glucose (mg/dl), blood_pressure (mm Hg), skin_thickness (mm),
    insulin (mu U/ml), bmi (kg/m²), pedigree, age (years), outcome``. A zero in glucose, blood_pressure,
    skin_thickness, insulin or bmi means "not measured". ``attrs["source"]`` is ``"real"`` or ``"embedded"``.

    Raises
    ------
    DataError
        COURSE_DATA=real and it can't be had, or the file has other columns.
    """
    choice = choose("pima")
    table = read_table(real_folder() / PIMA.files[0].path) if choice.kind == "real" else _embedded()
    table.attrs["source"] = choice.kind
    return table


def _embedded() -> pd.DataFrame:
    """The committed synthetic table; drawn again where the file is not at hand."""
    for folder in shipped_folders():
        if (folder / SYNTHETIC_FILE).is_file():
            return read_table(folder / SYNTHETIC_FILE)
    return synthetic_pima()


def read_table(path: Path) -> pd.DataFrame:
    """A CSV with the Pima table's nine columns, with or without a header line, or DataError saying what is odd."""
    import pandas as pd

    check_table_columns(path)
    with path.open(encoding="utf-8-sig") as file:
        headed = file.readline().strip().replace('"', "").split(",")[0].strip() == COLUMNS[0]
    return pd.read_csv(path, header=None, names=list(COLUMNS), skiprows=int(headed), encoding="utf-8-sig")
