"""From the Pima table to tensors: missing values marked, rows split, and only then filled and scaled."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import torch
from torch import Tensor

ZERO_MEANS_MISSING = ("glucose", "blood_pressure", "skin_thickness", "insulin", "bmi")
LABEL = "outcome"


def pima_tensors(table: pd.DataFrame) -> tuple[Tensor, Tensor]:
    """Inputs (N, 8) with nan where nothing was measured, and labels (N, 1) with 0 and 1; float32."""
    marked = table.astype("float32")
    columns = list(ZERO_MEANS_MISSING)
    marked[columns] = marked[columns].replace(0, float("nan"))
    inputs = torch.tensor(marked.drop(columns=LABEL).to_numpy())
    labels = torch.tensor(marked[[LABEL]].to_numpy())
    return inputs, labels


@dataclass(frozen=True)
class Scaler:
    """Fills missing values and brings columns to mean 0 and standard deviation 1, as one set of rows had them.

    >>> scaler = Scaler.of(torch.tensor([[1.0], [3.0], [float("nan")]]))
    >>> scaler(torch.tensor([[2.0], [float("nan")], [3.0]])).tolist()
    [[0.0], [0.0], [1.0]]
    """

    mean: Tensor  # (features,)
    std: Tensor  # (features,)

    @classmethod
    def of(cls, rows: Tensor) -> Scaler:
        """The scaler of training rows (N, features), N at least 2. A constant column is divided by 1."""
        mean = rows.nanmean(dim=0)
        std = torch.where(rows.isnan(), mean, rows).std(dim=0)
        return cls(mean, torch.where(std > 0, std, 1.0))

    def __call__(self, rows: Tensor) -> Tensor:
        """Rows (N, features) or one row (features,), filled and scaled."""
        return (torch.where(rows.isnan(), self.mean, rows) - self.mean) / self.std


@dataclass(frozen=True)
class Rows:
    """Inputs (N, features) and labels (N, 1) for training, for validation, and for the test at the very end."""

    train: tuple[Tensor, Tensor]
    val: tuple[Tensor, Tensor]
    test: tuple[Tensor, Tensor]
    test_rows: Tensor  # the numbers of the test rows in the table
    scaler: Scaler


def split(inputs: Tensor, labels: Tensor, fold: int = 0, folds: int = 5, val: float = 0.2, seed: int = 0) -> Rows:
    """Shuffled by ``seed``, cut in three, and scaled with what the training rows alone say.

    One part in ``folds`` is held out for the test, another one for each ``fold``, so that over all folds every
    row is tested once (cross-validation). The share ``val`` of the rest is for validation. Each class is cut
    by itself (a stratified split), so that all parts have the same share of it.
    """
    generator = torch.Generator().manual_seed(seed)
    pieces: tuple[list[Tensor], ...] = ([], [], [])
    for label in labels.unique():
        members = (labels.flatten() == label).nonzero().flatten()
        members = members[torch.randperm(len(members), generator=generator)]
        chunks = list(members.tensor_split(folds))
        for_test = chunks.pop(fold % folds)
        rest = torch.cat(chunks)
        n_val = round(val * len(rest))
        for piece, rows in zip(pieces, (rest[n_val:], rest[:n_val], for_test), strict=True):
            piece.append(rows)
    for_train, for_val, for_test = (torch.cat(piece) for piece in pieces)
    scaler = Scaler.of(inputs[for_train])
    train, validation, held_out = ((scaler(inputs[rows]), labels[rows]) for rows in (for_train, for_val, for_test))
    return Rows(train, validation, held_out, for_test, scaler)
