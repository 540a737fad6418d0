"""A Dataset over a CSV file."""

import numpy as np
import pandas as pd
import torch
from torch.utils.data import Dataset

from course_utils.exercise import Exercise, case
from course_utils.probes.loader import csv_dataset


def _rows(rng, count, columns):
    return [[round(float(v), 3) for v in row] for row in rng.normal(5, 3, size=(count, columns))]


exercise = Exercise(
    name="TableDataset",
    kind="class",
    points=2,
    objective="Give a table the two methods that make it a Dataset.",
    hints=(
        "Read the file once, in `__init__`, and keep two tensors: the features and the targets.",
        "`table = pd.read_csv(path)` has the header as column names. `table.iloc[:, :-1]` is all but the last column, "
        "and `.to_numpy()` gives an array for `torch.tensor(..., dtype=torch.float32)`.",
        "`__len__` returns `len(self.targets)`, `__getitem__` returns `self.features[index], self.targets[index]`.",
    ),
    examples=[case(columns=["height", "age", "weight"], rows=[[1.7, 30, 65.5], [1.6, 41, 58.0]]),
              case(columns=["height", "age", "weight"], rows=[[1.7, 30, 65.5]])],
    fresh=lambda rng: [case(columns=["a", "b", "c", "d", "y"], rows=_rows(rng, 7, 5)),
                       case(columns=["x", "y"], rows=_rows(rng, 3, 2)),
                       case(columns=["m", "n", "k"], rows=rng.integers(1, 99, size=(4, 3)).tolist())],
    probe=csv_dataset,
    shown_call=lambda name, args, kwargs: (
        f"{name}(‹path of a CSV file: {', '.join(kwargs['columns'])}; {len(kwargs['rows'])} rows›)"),
)


@exercise.reference
class TableDataset(Dataset):
    def __init__(self, path):
        table = torch.tensor(pd.read_csv(path).to_numpy(), dtype=torch.float32)
        self.features, self.targets = table[:, :-1], table[:, -1]

    def __len__(self):
        return len(self.targets)

    def __getitem__(self, index):
        return self.features[index], self.targets[index]


@exercise.alternative
class KeepsTheFrame(Dataset):
    def __init__(self, path):
        self.table = pd.read_csv(path)

    def __len__(self):
        return self.table.shape[0]

    def __getitem__(self, index):
        *features, target = self.table.iloc[index].tolist()
        return torch.tensor(features, dtype=torch.float32), torch.tensor(target, dtype=torch.float32)


@exercise.alternative
class WithoutPandas(Dataset):
    def __init__(self, path):
        with open(path) as lines:
            next(lines)
            self.rows = [[float(cell) for cell in line.split(",")] for line in lines]

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        return torch.tensor(self.rows[index][:-1]), torch.tensor(self.rows[index][-1])


@exercise.mistake(
    "The file is read when an item is asked for. A DataLoader asks thousands of times, and the file may have changed "
    "by then (in this check it has). Read it once, in `__init__`."
)
class ReadsEachTime(Dataset):
    def __init__(self, path):
        self.path, self.length = path, len(pd.read_csv(path))

    def __len__(self):
        return self.length

    def __getitem__(self, index):
        row = torch.tensor(pd.read_csv(self.path).to_numpy()[index], dtype=torch.float32)
        return row[:-1], row[-1]


@exercise.mistake(
    "The target is still among the features. A network that is given the answer needs to learn nothing: features are "
    "all columns but the last."
)
class TargetAmongFeatures(Dataset):
    def __init__(self, path):
        self.table = torch.tensor(pd.read_csv(path).to_numpy(), dtype=torch.float32)

    def __len__(self):
        return len(self.table)

    def __getitem__(self, index):
        return self.table[index], self.table[index, -1]


@exercise.mistake(
    "These are float64, as in NumPy and pandas, and PyTorch keeps the dtype it gets. A layer's weights are float32, "
    "and the two don't multiply: `dtype=torch.float32`."
)
class DoublePrecision(Dataset):
    def __init__(self, path):
        self.table = torch.from_numpy(pd.read_csv(path).to_numpy(dtype="float64").copy())

    def __len__(self):
        return len(self.table)

    def __getitem__(self, index):
        return self.table[index, :-1], self.table[index, -1]


@exercise.mistake(
    "Without `dtype=torch.float32` the tensors keep the dtype of the table: float64 for decimals, int64 for whole "
    "numbers. A layer's weights are float32, and the two don't multiply."
)
class DtypeOfTheTable(Dataset):
    def __init__(self, path):
        self.table = torch.tensor(pd.read_csv(path).to_numpy())

    def __len__(self):
        return len(self.table)

    def __getitem__(self, index):
        return self.table[index, :-1], self.table[index, -1]


@exercise.mistake(
    "The first row of data is missing. `pd.read_csv` takes the header away by itself, so nothing else must be skipped.",
    shown_by=lambda code: code.names("read_csv"),
    otherwise="The first row of data is missing. Only the header should be skipped.",
)
class FirstRowSkipped(Dataset):
    def __init__(self, path):
        self.table = torch.tensor(pd.read_csv(path).to_numpy()[1:], dtype=torch.float32)

    def __len__(self):
        return len(self.table)

    def __getitem__(self, index):
        return self.table[index, :-1], self.table[index, -1]


@exercise.mistake("`__len__` counts the columns. It should return how many examples there are, the number of rows.")
class CountsColumns(Dataset):
    def __init__(self, path):
        self.table = torch.tensor(pd.read_csv(path).to_numpy(), dtype=torch.float32)

    def __len__(self):
        return self.table.shape[1]

    def __getitem__(self, index):
        return self.table[index, :-1], self.table[index, -1]


@exercise.mistake(
    "The target has the shape (1,), a list of one number. It should be one number, of shape (): `table[:, -1]` takes a "
    "column out, while `table[:, -1:]` keeps it as a table of one column."
)
class TargetAsList(Dataset):
    def __init__(self, path):
        self.table = torch.tensor(pd.read_csv(path).to_numpy(), dtype=torch.float32)

    def __len__(self):
        return len(self.table)

    def __getitem__(self, index):
        return self.table[index, :-1], self.table[index, -1:]


@exercise.mistake(
    "The items are right, but your class is not a `Dataset`: write `class TableDataset(Dataset)`, so that others can "
    "see what it is."
)
class NoDataset:
    def __init__(self, path):
        self.table = torch.tensor(pd.read_csv(path).to_numpy(), dtype=torch.float32)

    def __len__(self):
        return len(self.table)

    def __getitem__(self, index):
        return self.table[index, :-1], self.table[index, -1]


@exercise.mistake(
    "`table[0]` asks a DataFrame for the *column* called 0, and there is none. The row with this number is "
    "`table.iloc[0]`.", shown_by=lambda code: code.names("read_csv"),
)
class AsksForAColumn(Dataset):
    def __init__(self, path):
        self.table = pd.read_csv(path)

    def __len__(self):
        return len(self.table)

    def __getitem__(self, index):
        row = self.table[index]
        return torch.tensor(row[:-1]), torch.tensor(row[-1])


@exercise.mistake("The first column is your target. The file has it last: `table[:, :-1]` and `table[:, -1]`.")
class FirstColumnAsTarget(Dataset):
    def __init__(self, path):
        self.table = torch.tensor(pd.read_csv(path).to_numpy(), dtype=torch.float32)

    def __len__(self):
        return len(self.table)

    def __getitem__(self, index):
        return self.table[index, 1:], self.table[index, 0]


HEADER_AS_ROW = (
    "With `header=None` the names of the columns become a row of the table, and text can't be turned into numbers. "
    "Leave it out: `pd.read_csv(path)` takes the first line as the names."
)


@exercise.mistake(HEADER_AS_ROW, shown_by=lambda code: code.names("header"))
class HeaderAsRow(Dataset):
    def __init__(self, path):
        self.table = torch.tensor(pd.read_csv(path, header=None).to_numpy(), dtype=torch.float32)

    def __len__(self):
        return len(self.table)

    def __getitem__(self, index):
        return self.table[index, :-1], self.table[index, -1]


@exercise.mistake(HEADER_AS_ROW, shown_by=lambda code: code.names("header"))
class HeaderAsFloats(HeaderAsRow):
    def __init__(self, path):
        self.table = torch.tensor(pd.read_csv(path, header=None).to_numpy(dtype="float32"))  # header=None


@exercise.mistake(
    "The header counts as a row here: there is one item too many, and the first is nan. Skip the first line, with "
    "`skip_header=1` for `np.genfromtxt`."
)
class HeaderAsNan(HeaderAsRow):
    def __init__(self, path):
        self.table = torch.tensor(np.atleast_2d(np.genfromtxt(path, delimiter=",")), dtype=torch.float32)


@exercise.mistake(
    "A file with one row of data gives no table here, only a row. `np.loadtxt` and `np.genfromtxt` need `ndmin=2` "
    "for that.",
    shown_by=lambda code: code.names("loadtxt") or code.names("genfromtxt"),
)
class OneRowIsNoTable(HeaderAsRow):
    def __init__(self, path):
        self.table = torch.tensor(np.loadtxt(path, delimiter=",", skiprows=1), dtype=torch.float32)


@exercise.mistake(
    "The row is one tensor. An item should be a pair, the features and the target: `row[:-1], row[-1]`."
)
class WholeRow(HeaderAsRow):
    def __init__(self, path):
        self.table = torch.tensor(pd.read_csv(path).to_numpy(), dtype=torch.float32)

    def __getitem__(self, index):
        return self.table[index]


@exercise.mistake("The target comes first in your pair. An item is (features, target).")
class TargetFirst(WholeRow):
    def __getitem__(self, index):
        return self.table[index, -1], self.table[index, :-1]


exercise.does_the_same("→ super().__init__()", because="`Dataset.__init__` does nothing.")
exercise.does_the_same("targets → features", line="return len(self.targets)",
                       because="There are as many rows of features as targets.")
exercise.does_the_same(".tolist() →", line="*features, target =", because="A Series gives the same numbers one by one.")
