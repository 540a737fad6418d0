"""A table with a category and missing values, as two tensors."""

import pandas as pd
import torch

from course_utils.exercise import Exercise, case
from course_utils.probes.table import shown_call, to_tensors


def _houses(rng, rows, alleys):
    """A table with each of the alleys and a missing one at least once, and rooms whose mean and median differ."""
    known = [*alleys, None]
    alley = [known[i] for i in rng.integers(0, len(known), rows)]
    for place, value in zip(rng.permutation(rows), known, strict=False):
        alley[place] = value
    rooms = [float(n) for n in rng.integers(1, 7, rows)]
    empty, palace = rng.permutation(rows)[:2]
    rooms[empty], rooms[palace] = None, 20.0
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
    fresh=lambda rng: [case(_houses(rng, 6, ["gravel", "paved"])),
                       case(_houses(rng, 9, ["slate", "cobble", "wood"]), first=100)],
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


exercise.does_the_same(', columns=["alley"] →', because="`alley` is the only column of words.")
exercise.does_the_same(".to_numpy() →", ".tolist() →", ".float() →", "float → long", "float → int", "float → bool",
                       "float → half", line="torch.tensor(",
                       because="The numbers are the same, and what they are put together with makes float32 of them.")
exercise.does_the_same(kind="order of statements", line='inputs["rooms"] = ',
                       because="One line is about `rooms` only, the other about `alley` only.")
exercise.does_the_same(kind="order of statements", line="X = torch.tensor(",
                       because="Neither tensor is made from the other.")
exercise.does_the_same("inputs → df", "filled → df", because="Both have the same values in that column.")
exercise.does_the_same(', na_value=float("nan") →', 'float("nan") → "nan"',
                       because="nan is how a float column holds it.")


@exercise.mistake(
    "There is no column for a missing alley, so a house without one is all zeros. But that is information, too: pass "
    "`dummy_na=True` to `get_dummies`, or make the column yourself."
)
def no_column_for_missing(df):
    inputs = df[["rooms", "alley"]].fillna({"rooms": df["rooms"].mean()})
    inputs = pd.get_dummies(inputs, columns=["alley"], dtype=float)
    return torch.tensor(inputs.to_numpy()).float(), torch.tensor(df["price"].to_numpy()).float()


@exercise.mistake(
    "You numbered the categories in one column, with -1 for missing. That tells the network that one alley is more "
    "than another. Give each value its own column: `pd.get_dummies`."
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
    "The price is among the inputs. The network would only have to copy it, and on the day you need it there is no "
    "price. Drop it from the inputs."
)
def price_among_inputs(df):
    inputs = df.fillna({"rooms": df["rooms"].mean()})
    inputs = pd.get_dummies(inputs, columns=["alley"], dummy_na=True, dtype=float)
    return torch.tensor(inputs.to_numpy()).float(), torch.tensor(df["price"].to_numpy()).float()


@exercise.mistake(
    "The tensors are float64, which is pandas's default. A network's weights are float32, and the two don't mix. Use "
    "`dtype=torch.float32` or `.float()`."
)
def float64(df):
    inputs = df[["rooms", "alley"]].fillna({"rooms": df["rooms"].mean()})
    inputs = pd.get_dummies(inputs, columns=["alley"], dummy_na=True, dtype=float)
    return torch.tensor(inputs.to_numpy()), torch.tensor(df["price"].to_numpy(), dtype=torch.float64)


@exercise.mistake(
    "You dropped the rows with something missing. Keep all rows: fill `rooms`, and mark a missing alley in its column."
)
def drops_rows(df):
    whole = df.dropna()
    inputs = pd.get_dummies(whole[["rooms", "alley"]], columns=["alley"], dummy_na=True, dtype=float)
    return torch.tensor(inputs.to_numpy()).float(), torch.tensor(whole["price"].to_numpy()).float()


@exercise.mistake(
    "Both tensors are right, but you changed the caller's table. Work on `df.copy()`, or on what "
    "`df.drop(columns=\"price\")` gives."
)
def changes_the_table(df):
    df["rooms"] = df["rooms"].fillna(df["rooms"].mean())
    return encode(df)


@exercise.mistake(
    "`y` is int64, as the prices are in the table. Losses for numbers expect floats: use `dtype=torch.float32`."
)
def price_in_whole_numbers(df):
    X, _ = encode(df)
    return X, torch.tensor(df["price"].to_numpy())


@exercise.mistake("`rooms` comes first in `X` and the columns of `alley` after it. In yours, `rooms` comes last.")
def rooms_last(df):
    X, y = encode(df)
    return torch.cat([X[:, 1:], X[:, :1]], dim=1), y


@exercise.mistake(
    "You filled `rooms` with the median. That is often the better guess, but here it should be the mean."
)
def median_for_mean(df):
    return encode(df.fillna({"rooms": df["rooms"].median()}))


@exercise.mistake(
    "These are still pandas objects. A network takes tensors: `torch.tensor(inputs.to_numpy(), dtype=torch.float32)`."
)
def still_pandas(df):
    inputs = df[["rooms", "alley"]].fillna({"rooms": df["rooms"].mean()})
    return pd.get_dummies(inputs, columns=["alley"], dummy_na=True, dtype=float), df["price"]


@exercise.mistake(
    "`mean` fails at `alley`, because words have no mean. Take that of `rooms` alone, `inputs[\"rooms\"].mean()`."
)
def mean_of_words(df):
    inputs = df.drop(columns="price")
    return inputs.fillna(inputs.mean())


@exercise.mistake(
    "You numbered the categories 0, 1, 2, … in one column. That tells the network that missing is twice paved, or so. "
    "Give each value its own column: `pd.get_dummies`."
)
def numbered_with_missing_last(df):
    X, y = encode(df)
    return torch.stack([X[:, 0], X[:, 1:].argmax(dim=1).float()], dim=1), y


@exercise.mistake(
    "The first column of `alley` is gone: its houses are all zeros now, and told apart only by that. Leave out "
    "`drop_first`: each value has a column of its own.",
    shown_by=lambda code: code.names("drop_first"),
    otherwise="The column of the first alley is missing. Each value has a column of its own.",
)
def first_dropped(df):
    inputs = df[["rooms", "alley"]].fillna({"rooms": df["rooms"].mean()})
    inputs = pd.get_dummies(inputs, columns=["alley"], dummy_na=True, drop_first=True, dtype=float)
    return torch.tensor(inputs.to_numpy()).float(), torch.tensor(df["price"].to_numpy()).float()


@exercise.mistake("The column for a missing alley comes before the others. It should be the last one.")
def missing_first(df):
    X, y = encode(df)
    return torch.cat([X[:, :1], X[:, -1:], X[:, 1:-1]], dim=1), y


@exercise.mistake(
    "`y` has shape (N, 1). It should be (N,), as the column `df[\"price\"]` gives it; `df[[\"price\"]]`, with two "
    "pairs of brackets, is a table with one column."
)
def prices_in_a_column(df):
    X, y = encode(df)
    return X, y[:, None]


@exercise.mistake("`X` is right, but `y` is still float64. Use `dtype=torch.float32` for both.")
def prices_in_float64(df):
    X, y = encode(df)
    return X, y.double()


@exercise.mistake(
    "`X` is float64, which is pandas's default. A network's weights are float32, and the two don't mix. Use "
    "`dtype=torch.float32` for both."
)
def inputs_in_float64(df):
    X, y = encode(df)
    return X.double(), y
