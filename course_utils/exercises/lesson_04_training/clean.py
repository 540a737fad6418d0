"""Zeros that cannot be measurements become missing values."""

import numpy as np

from course_utils.exercise import Exercise, case
from course_utils.probes.table import shown_call, to_table

MEASURED = ["glucose", "blood_pressure", "skin_thickness", "insulin", "bmi"]


def _table(rng, rows):
    """Rows in which a zero stands in every column at least once."""
    table = {
        "pregnancies": rng.integers(0, 4, rows), "glucose": rng.integers(80, 190, rows),
        "blood_pressure": rng.integers(50, 100, rows), "skin_thickness": rng.integers(10, 50, rows),
        "insulin": rng.integers(30, 300, rows), "bmi": rng.uniform(20, 45, rows).round(1),
        "pedigree": rng.uniform(0.1, 1.5, rows).round(3), "age": rng.integers(21, 70, rows),
        "outcome": rng.integers(0, 2, rows),
    }
    for name in [*MEASURED, "pregnancies", "outcome"]:
        table[name][rng.integers(rows)] = 0
    return {name: values.tolist() for name, values in table.items()}


exercise = Exercise(
    name="clean",
    points=2,
    objective="Tell a measurement from a missing value, and mark it as missing.",
    hints=(
        "`df.describe()` shows the smallest value of each column. In which columns can 0 not be a measurement of a "
        "living person? In which is it a perfectly good answer?",
        "`df.copy()` first. Then replace in those five columns only: `df[columns].replace(0, float('nan'))`.",
        "`cleaned = df.copy(); cleaned[MEASURED] = cleaned[MEASURED].replace(0, float('nan')); return cleaned`.",
    ),
    examples=lambda: [case({
        "pregnancies": [6, 0, 8], "glucose": [148, 85, 0], "blood_pressure": [72, 0, 64],
        "skin_thickness": [35, 29, 0], "insulin": [0, 0, 94], "bmi": [33.6, 0.0, 23.3],
        "pedigree": [0.627, 0.351, 0.672], "age": [50, 31, 32], "outcome": [1, 0, 1],
    })],
    fresh=lambda rng: [case(_table(rng, 8))],
    probe=to_table,
    shown_call=shown_call,
)


@exercise.reference
def clean(df):
    measured = ["glucose", "blood_pressure", "skin_thickness", "insulin", "bmi"]
    cleaned = df.copy()
    cleaned[measured] = cleaned[measured].replace(0, float("nan"))
    return cleaned


@exercise.alternative
def with_where(df):
    return df.assign(**{name: df[name].where(df[name] != 0) for name in MEASURED})


@exercise.alternative
def with_loc(df):
    cleaned = df.astype(dict.fromkeys(MEASURED, "float64"))
    for name in MEASURED:
        cleaned.loc[cleaned[name] == 0, name] = np.nan
    return cleaned


@exercise.mistake(
    "You replaced zeros in every column. No pregnancies is a real count, and outcome 0 is a real answer: with those "
    "gone, 500 people have no label."
)
def every_column(df):
    return df.replace(0, float("nan"))


@exercise.mistake(
    "The zeros are still there, and to a net they are measurements: a blood pressure of 0. `cleaned[column]` hands you "
    "a copy, so `cleaned[column][mask] = …` and `inplace=True` change that copy only. Write "
    "`cleaned.loc[mask, column] = …`, or assign the result: `cleaned[columns] = cleaned[columns].replace(…)`."
)
def keeps_zeros(df):
    return df.copy()


@exercise.mistake(
    "You dropped every row with a zero in one of these columns. Half the table goes that way, and with it half of what "
    "there is to learn from. Mark the value as missing, and keep the row."
)
def drops_rows(df):
    return df[(df[MEASURED] != 0).all(axis=1)]


@exercise.mistake(
    "You changed the caller's table as well. `df[...] = ...` writes into the DataFrame that was passed in; work on "
    "`df.copy()`."
)
def changes_the_table(df):
    df[MEASURED] = df[MEASURED].replace(0, float("nan"))
    return df


@exercise.mistake(
    "You filled in column means at once. They come from all rows, the held-out ones too, so a little of the answer "
    "leaks into training. Only mark here; filling comes after the split."
)
def fills_with_means(df):
    marked = clean(df)
    return marked.fillna(marked.mean())


@exercise.mistake(
    "`pregnancies` lost its zeros as well. Never having been pregnant is a fact about a person, not a missing value."
)
def pregnancies_too(df):
    columns = [*MEASURED, "pregnancies"]
    cleaned = df.copy()
    cleaned[columns] = cleaned[columns].replace(0, float("nan"))
    return cleaned


@exercise.mistake(
    "Nothing comes back: `clean` returns None. Is there a `return` at the end?"
)
def returns_nothing(df):
    return None


@exercise.mistake("You returned the five columns alone. The others belong to the table as well; give back all of them.")
def five_columns_only(df):
    return df[MEASURED].replace(0, float("nan"))


@exercise.mistake(
    "The columns hold Python objects now. `None` or `pd.NA` among numbers does that, and no tensor can be made of such "
    "a column. `float('nan')` is a number, as far as a column is concerned."
)
def objects_among_numbers(df):
    cleaned = df.copy()
    cleaned[MEASURED] = cleaned[MEASURED].astype(object).replace(0, None)
    return cleaned


@exercise.mistake("In quotes, \"nan\" is a word of three letters. The missing number is `float(\"nan\")`.")
def nan_as_a_word(df):
    cleaned = df.copy()
    cleaned[MEASURED] = cleaned[MEASURED].astype(object).replace(0, "nan")
    return cleaned


@exercise.mistake(
    "You replaced the zeros by means, and the zeros counted in those means. Only mark here; filling comes after the "
    "split, with the mean of what is known."
)
def fills_with_means_over_zeros(df):
    cleaned = df.copy()
    cleaned[MEASURED] = cleaned[MEASURED].replace(0, cleaned[MEASURED].mean())
    return cleaned
