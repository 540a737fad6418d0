"""Zeros that cannot be measurements become missing values."""

import numpy as np

from course_utils.exercise import Exercise, case
from course_utils.probes.table import shown_call, to_table

MEASURED = ["glucose", "blood_pressure", "skin_thickness", "insulin", "bmi"]


def _table(rng, rows):
    """Rows with a zero in each column that can have one."""
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
    fresh=lambda rng: [case(_table(rng, 8)), case(_table(rng, 6), first=100), case(_table(rng, 1))],
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


exercise.does_the_same(kind="swapped", line="measured =",
                       because="The order in which columns are named doesn't matter.")
exercise.does_the_same(kind="order of statements", line="measured =",
                       because="The list of names and the copy have nothing to do with each other.")
exercise.does_the_same("→ deep=False", because="pandas copies as soon as somebody writes.")
exercise.does_the_same("cleaned → df", line="replace(0", because="Both hold the same numbers up to that line.")
exercise.does_the_same("cleaned → df", line="cleaned[name] == 0", because="Both hold the same numbers in that column.")
exercise.does_the_same("→ .abs()", because="No column has negative numbers.")
exercise.does_the_same("np.nan → -np.nan", "= → +=", "= → -=", "= → *=", line="np.nan",
                       because="Whatever is computed with nan is nan.")
exercise.does_the_same("→ .squeeze(1)", because="A table with several columns has nothing to squeeze there.")
exercise.does_the_same(line="df.astype(", because="Numbers stay the same numbers as floats.")


@exercise.mistake(
    "The zeros are still there, and to a network they are measurements: a blood pressure of 0. With `inplace=True` on "
    "picked columns, only those are changed, and they are a copy. Assign the result: "
    "`cleaned[columns] = cleaned[columns].replace(…)`.",
    shown_by=lambda code: code.names("inplace"),
)
def replaces_in_a_copy(df):
    columns = ["glucose", "blood_pressure", "skin_thickness", "insulin", "bmi"]
    cleaned = df.copy()
    cleaned[columns].replace(0, float("nan"), inplace=True)
    return cleaned


@exercise.mistake(
    "The zeros are still there, and to a network they are measurements: a blood pressure of 0. `replace` gives a *new* "
    "table and leaves the old one alone. Assign what it gives: `cleaned[columns] = cleaned[columns].replace(…)`.",
    shown_by=lambda code: code.discards("replace"),
    otherwise="The zeros are still there in the table that you return, and to a network they are measurements: a blood "
    "pressure of 0. Is it the table in which you marked them? Picking columns or rows gives a copy, and so does "
    "`replace`; `cleaned.loc[mask, column] = …` and `cleaned[columns] = …` write into the table.",
)
def result_thrown_away(df):
    cleaned = df.copy()
    cleaned[["glucose", "blood_pressure", "skin_thickness", "insulin", "bmi"]].replace(0, float("nan"))
    return cleaned


@exercise.mistake(
    "`pregnancies` and `outcome` lost their zeros as well. No pregnancies is a real count, and outcome 0 is a real "
    "answer: with those gone, all healthy people have lost their label. Replace in the five columns only."
)
def every_column(df):
    return df.replace(0, float("nan"))


@exercise.mistake(
    "You dropped every row with a zero in one of these columns. Half of the Pima table goes that way, and with it half "
    "of what there is to learn from. Mark the value as missing and keep the row."
)
def drops_rows(df):
    return df[(df[MEASURED] != 0).all(axis=1)]


@exercise.mistake(
    "The result is right, but you changed the caller's table as well. Start with `df.copy()` and work on that."
)
def changes_the_table(df):
    df[MEASURED] = df[MEASURED].replace(0, float("nan"))
    return df


@exercise.mistake(
    "You filled the missing values with column means. Those come from all rows, the held-out ones too, so a little of "
    "the answer leaks into training. Only mark them here; filling comes after the split."
)
def fills_with_means(df):
    marked = clean(df)
    return marked.fillna(marked.mean())


@exercise.mistake(
    "`pregnancies` lost its zeros too. Never having been pregnant is a fact about a person, not a missing value."
)
def pregnancies_too(df):
    columns = [*MEASURED, "pregnancies"]
    cleaned = df.copy()
    cleaned[columns] = cleaned[columns].replace(0, float("nan"))
    return cleaned


@exercise.mistake(
    "`clean` returns None. End it with `return` and the new table.",
    shown_by=lambda code: not code.returns(),
    otherwise="`clean` returns None instead of a table. A method with `inplace=True` returns None, for example.",
)
def returns_nothing(df):
    cleaned = df.copy()
    cleaned[MEASURED] = cleaned[MEASURED].replace(0, float("nan"))


@exercise.mistake("You returned the five columns alone. The others belong to the table as well: return all of them.")
def five_columns_only(df):
    return df[MEASURED].replace(0, float("nan"))


@exercise.mistake(
    "The columns hold Python objects now, and such a column can't become a tensor. `None` or `pd.NA` among numbers can "
    "do that, and so does `astype(object)`. `float('nan')` is a number, as far as a column is concerned."
)
def objects_among_numbers(df):
    cleaned = df.copy()
    cleaned[MEASURED] = cleaned[MEASURED].astype(object).replace(0, None)
    return cleaned


@exercise.mistake(
    "Where a zero was, there is now a string, the three letters \"nan\". The missing number is `float(\"nan\")`."
)
def nan_as_a_word(df):
    cleaned = df.copy()
    cleaned[MEASURED] = cleaned[MEASURED].astype(object).replace(0, "nan")
    return cleaned


@exercise.mistake(
    "You replaced the zeros by means, and the zeros counted in those means. Only mark them here; filling comes after "
    "the split, with the mean of what is known."
)
def fills_with_means_over_zeros(df):
    cleaned = df.copy()
    cleaned[MEASURED] = cleaned[MEASURED].replace(0, cleaned[MEASURED].mean())
    return cleaned


@exercise.mistake(
    "The index counts from 0 again. It says which row is which, so keep it: leave out `reset_index`.",
    shown_by=lambda code: code.calls("reset_index") > 0,
    otherwise="The index counts from 0 again. It says which row is which, so keep it. `df.copy()` has the index of "
    "`df`; a new table gets it through `index=df.index`.",
)
def index_counted_anew(df):
    return clean(df).reset_index(drop=True)
