"""Lesson 4's pipeline as one call, for lesson 5 and for the benchmark."""

from __future__ import annotations

import pandas as pd
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from course_utils.models.mlp import PimaNet
from course_utils.training.loop import fit
from course_utils.training.stopping import EarlyStopping
from course_utils.training.tables import Rows, pima_tensors, split


def train_pima(table: pd.DataFrame, seed: int = 0, epochs: int = 100) -> tuple[PimaNet, Rows]:
    """The net 8-12-8-1 trained on the Pima table, in eval mode, and the rows that it was and was not trained on.

    Zeros that cannot be are missing; each fifth of the table is held out in turn (seed 0 the first, seed 5 the
    first of another shuffle); the rest is split 80/20 into training and validation; filled and scaled with the
    training rows' mean and standard deviation; binary cross-entropy on logits, AdamW at 0.003, batches of 32, and
    early stopping with patience 10 on the validation loss.
    """
    rows = split(*pima_tensors(table), fold=seed % 5, seed=seed // 5)
    torch.manual_seed(seed)
    net = PimaNet()
    fit(
        net,
        DataLoader(TensorDataset(*rows.train), batch_size=32, shuffle=True),
        DataLoader(TensorDataset(*rows.val), batch_size=256),
        loss=nn.BCEWithLogitsLoss(),
        optimizer=torch.optim.AdamW(net.parameters(), lr=0.003, weight_decay=0.01),
        epochs=epochs,
        stopping=EarlyStopping(patience=10),
        live=False,
    )
    return net.eval(), rows
