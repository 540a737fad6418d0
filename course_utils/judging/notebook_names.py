"""What a notebook's other cells say about a name: which import it, which define it, and where."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

# What short names usually stand for, as they are written on the web.
USUAL_IMPORTS = {
    "F": "import torch.nn.functional as F", "nn": "from torch import nn", "np": "import numpy as np",
    "plt": "import matplotlib.pyplot as plt", "pd": "import pandas as pd", "optim": "from torch import optim",
    "v2": "from torchvision.transforms import v2", "transforms": "from torchvision import transforms",
    "T": "import torchvision.transforms as T", "datasets": "from torchvision import datasets",
    "DataLoader": "from torch.utils.data import DataLoader", "Dataset": "from torch.utils.data import Dataset",
    "TensorDataset": "from torch.utils.data import TensorDataset", "Subset": "from torch.utils.data import Subset",
    "random_split": "from torch.utils.data import random_split",
    "WeightedRandomSampler": "from torch.utils.data import WeightedRandomSampler",
    "default_collate": "from torch.utils.data import default_collate",
    "pad_sequence": "from torch.nn.utils.rnn import pad_sequence",
    "Path": "from pathlib import Path", "Counter": "from collections import Counter",
    "defaultdict": "from collections import defaultdict", "deque": "from collections import deque",
    "deepcopy": "from copy import deepcopy", "perf_counter": "from time import perf_counter",
    "partial": "from functools import partial", "reduce": "from functools import reduce",
    "product": "from itertools import product", "chain": "from itertools import chain",
    "accumulate": "from itertools import accumulate", "islice": "from itertools import islice",
    "sqrt": "from math import sqrt", "pi": "from math import pi", "ceil": "from math import ceil",
    "tqdm": "from tqdm import tqdm", "Image": "from PIL import Image", "Tensor": "from torch import Tensor",
    **{name: f"from course_utils import {name}" for name in ("check", "hint", "progress", "solution", "start")},
    **{name: f"import {name}" for name in (
        "torch", "torchvision", "numpy", "pandas", "matplotlib", "math", "os", "sys", "copy", "time", "random", "json",
        "csv", "re", "itertools", "functools", "collections", "operator", "pickle", "warnings", "statistics", "string",
        "glob", "shutil", "tempfile", "pathlib", "contextlib", "io", "gc", "inspect", "typing", "logging", "PIL")},
}


@dataclass(frozen=True)
class NotebookNames:
    """Which names the cells before and after a place of a notebook define."""

    above: frozenset[str] = field(default=frozenset())
    below: frozenset[str] = field(default=frozenset())

    @classmethod
    def in_a_run(cls, cells: Sequence[str], at: int) -> NotebookNames:
        """Return the same for a notebook whose cells are all run in order: what is above was run."""
        around = cls.of(cells, at)
        return cls(below=around.below - around.above)

    @classmethod
    def of(cls, cells: Sequence[str], at: int) -> NotebookNames:
        """Return the names of a notebook's code cells, as seen from the cell with the number ``at``."""
        return cls(frozenset(defined_in(cells[:at + 1])), frozenset(defined_in(cells[at + 1:])))


def defined_in(cells: Iterable[str]) -> set[str]:
    """Return the names that code cells assign, define or import at their outermost level."""
    found: set[str] = set()
    for source in cells:
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError):  # a cell in the middle of being written, or with a magic command
            continue
        for statement in tree.body:
            found |= _bound(statement)
    return found


def _bound(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return {statement.name}
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).partition(".")[0] for alias in statement.names}
    found = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    return found
