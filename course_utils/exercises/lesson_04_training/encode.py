"""A table with a category and missing values, as two tensors."""

import pandas as pd
import torch

from course_utils.exercise import Exercise, case
from course_utils.probes.table import shown_call, to_tensors


def _houses(rng, rows):
    rooms = [float(n) for n in rng.integers(1, 7, rows)]
    alley = [["gravel", "paved", None][i] for i in rng.integers(0, 3, rows)]
    for place, value in zip(rng.permutation(rows), ["gravel", "paved", None], strict=False):
        alley[place] = value
    empty, palace = rng.permutation(rows)[:2]
    rooms[empty], rooms[palace] = None, 20.0  # so large that mean and median differ
    return {"rooms": rooms, "alley": alley, "price": [int(p) for p in rng.integers(80, 300, rows)]}


exercise = Exercise(
    name="encode",
    points=2,
    objective="Turn categories into columns of 0 and 1, with one for missing, and a table into tensors.",
    hints=(
        "Three steps: separate `price` from the inputs; fill `rooms` with the mean of `rooms`; make one column of 0 "
        "and 1 for each value of `alley`.",
        "`pd.get_dummies(inputs, dummy_na=True, dtype=float)` makes the columns, the last of them for missing values. "
        "Before that: `inputs = inputs.fillna({'rooms': inputs['rooms'].mean()})`.",
        "`torch.tensor(inputs.to_numpy(), dtype=torch.float32)` makes the tensor; the price goes the same way.",
    ),
    examples=lambda: [case({
        "rooms": [None, 2.0, 4.0, None], "alley": ["paved", None, None, "gravel"],
        "price": [128, 106, 178, 140],
    })],
    fresh=lambda rng: [case(_houses(rng, 6))],
    probe=to_tensors,
    shown_call=shown_call,
)


@exercise.reference
def encode(df):
    inputs = df.drop(columns="price")
    inputs["rooms"] = inputs["rooms"].fillna(inputs["rooms"].mean())
    inputs = pd.get_dummies(inputs, columns=["alley"], dummy_na=True, dtype=float)
    X = torch.tensor(inputs.to_numpy(), dtype=torch.float32)
    y = torch.tensor(df["price"].to_numpy(), dtype=torch.float32)
    return X, y


@exercise.alternative
def column_by_column(df):
    rooms = torch.tensor(df["rooms"].to_numpy(dtype="float32", na_value=float("nan")))
    columns = [torch.where(rooms.isnan(), rooms.nanmean(), rooms)]
    for value in sorted(df["alley"].dropna().unique()):
        columns.append(torch.tensor((df["alley"] == value).to_numpy()).float())
    columns.append(torch.tensor(df["alley"].isna().to_numpy()).float())
    return torch.stack(columns, dim=1), torch.tensor(df["price"].tolist(), dtype=torch.float)


@exercise.alternative
def missing_as_a_word(df):
    filled = df.fillna({"rooms": df["rooms"].mean(), "alley": "~"})
    dummies = pd.get_dummies(filled[["rooms", "alley"]], columns=["alley"])
    return (torch.from_numpy(dummies.astype("float32").to_numpy()),
            torch.from_numpy(filled["price"].to_numpy().astype("float32")))


@exercise.mistake(
    "There is no column for a missing alley, so a house without one is all zeros. That there is no alley is "
    "information: `dummy_na=True`."
)
def no_column_for_missing(df):
    inputs = df[["rooms", "alley"]].fillna({"rooms": df["rooms"].mean()})
    inputs = pd.get_dummies(inputs, columns=["alley"], dtype=float)
    return torch.tensor(inputs.to_numpy()).float(), torch.tensor(df["price"].to_numpy()).float()


@exercise.mistake(
    "You numbered the categories 0, 1, 2 in one column. That tells the net that one alley is twice another. Give each "
    "value its own column: `pd.get_dummies`."
)
def numbered(df):
    rooms = torch.tensor(df["rooms"].fillna(df["rooms"].mean()).to_numpy()).float()
    codes = torch.tensor(df["alley"].astype("category").cat.codes.to_numpy().copy()).float()
    return torch.stack([rooms, codes], dim=1), torch.tensor(df["price"].to_numpy()).float()


@exercise.mistake("`rooms` still holds nan, and one nan makes every loss nan. Fill it with the mean of the column.")
def nan_stays(df):
    inputs = pd.get_dummies(df[["rooms", "alley"]], columns=["alley"], dummy_na=True, dtype=float)
    return torch.tensor(inputs.to_numpy()).float(), torch.tensor(df["price"].to_numpy()).float()


@exercise.mistake("You filled missing rooms with 0. A house with no rooms is a claim; the column's mean is a guess.")
def rooms_zero(df):
    inputs = pd.get_dummies(df[["rooms", "alley"]], columns=["alley"], dummy_na=True, dtype=float)
    return torch.tensor(inputs.fillna(0).to_numpy()).float(), torch.tensor(df["price"].to_numpy()).float()


@exercise.mistake(
    "The price is among the inputs. The net would only have to copy it, and on the day when you need it there is no "
    "price: drop it from the inputs."
)
def price_among_inputs(df):
    inputs = df.fillna({"rooms": df["rooms"].mean()})
    inputs = pd.get_dummies(inputs, columns=["alley"], dummy_na=True, dtype=float)
    return torch.tensor(inputs.to_numpy()).float(), torch.tensor(df["price"].to_numpy()).float()


@exercise.mistake(
    "The tensors are float64, pandas's habit. A net's weights are float32, and the two do not mix: "
    "`dtype=torch.float32`, or `.float()`."
)
def float64(df):
    inputs = df[["rooms", "alley"]].fillna({"rooms": df["rooms"].mean()})
    inputs = pd.get_dummies(inputs, columns=["alley"], dummy_na=True, dtype=float)
    return torch.tensor(inputs.to_numpy()), torch.tensor(df["price"].to_numpy(), dtype=torch.float64)


@exercise.mistake("You dropped the rows with something missing, and few are left. Fill them and mark them instead.")
def drops_rows(df):
    whole = df.dropna()
    inputs = pd.get_dummies(whole[["rooms", "alley"]], columns=["alley"], dummy_na=True, dtype=float)
    return torch.tensor(inputs.to_numpy()).float(), torch.tensor(whole["price"].to_numpy()).float()


@exercise.mistake(
    "Both tensors are right, and the caller's table has changed: `df[\"rooms\"] = …` writes into it. Work on "
    "`df.copy()`, or on what `df.drop(columns=\"price\")` gives."
)
def changes_the_table(df):
    df["rooms"] = df["rooms"].fillna(df["rooms"].mean())
    return encode(df)


@exercise.mistake(
    "The prices came as whole numbers, so `y` is int64. Losses for numbers want floats: `dtype=torch.float32`."
)
def price_in_whole_numbers(df):
    X, _ = encode(df)
    return X, torch.tensor(df["price"].to_numpy())


@exercise.mistake("`rooms` comes first in `X`, the columns of `alley` after it; yours comes last.")
def rooms_last(df):
    X, y = encode(df)
    return torch.cat([X[:, 1:], X[:, :1]], dim=1), y


@exercise.mistake(
    "You filled `rooms` with the median. That is often the better guess; here the mean is asked for."
)
def median_for_mean(df):
    return encode(df.fillna({"rooms": df["rooms"].median()}))


@exercise.mistake(
    "These are pandas objects still. A net takes tensors: `torch.tensor(inputs.to_numpy(), dtype=torch.float32)`."
)
def still_pandas(df):
    inputs = df[["rooms", "alley"]].fillna({"rooms": df["rooms"].mean()})
    return pd.get_dummies(inputs, columns=["alley"], dummy_na=True, dtype=float), df["price"]


@exercise.mistake(
    "The mean of the whole table stumbles over `alley`: words have no mean. Take that of the one column, "
    "`inputs[\"rooms\"].mean()`."
)
def mean_of_words(df):
    inputs = df.drop(columns="price")
    return inputs.fillna(inputs.mean())
