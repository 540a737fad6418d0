"""The classic recipe against lesson 4's pipeline, on the same held-out rows of the Pima table.

    python benchmarks/pima.py                 # embedded, and real where COURSE_DATA_DIR has it
    python benchmarks/pima.py --seeds 20      # how much chance there is in it
    python benchmarks/pima.py --json -

The classic recipe: the net 8-12-8-1 with a sigmoid at its end, BCELoss, Adam at 0.001, 100 epochs in batches of 10,
in the table's order, on raw inputs with the zeros left in. It is usually scored on the rows that it was trained
on; here it is scored on held-out rows as well. Both recipes get the same rows to learn from (four fifths of the
table; the pipeline takes its validation rows out of them) and are tested on the same fifth, a new one for each seed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from dataclasses import asdict, dataclass
from unittest import mock

import pandas as pd
import torch
from torch import Tensor, nn

from course_utils.data import DataError, pima
from course_utils.training.metrics import accuracy
from course_utils.training.pima import train_pima


@dataclass(frozen=True)
class Result:
    """Accuracies of one seed."""

    seed: int
    classic_own_rows: float
    classic_held_out: float
    pipeline_held_out: float
    majority_held_out: float
    classic_seconds: float
    pipeline_seconds: float


def classic(inputs: Tensor, labels: Tensor, seed: int) -> nn.Sequential:
    """The classic recipe, as its listings have it: (N, 8) raw inputs, (N, 1) labels."""
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(8, 12), nn.ReLU(), nn.Linear(12, 8), nn.ReLU(), nn.Linear(8, 1), nn.Sigmoid())
    loss, optimizer = nn.BCELoss(), torch.optim.Adam(net.parameters(), lr=0.001)
    for _ in range(100):
        for X, y in zip(inputs.split(10), labels.split(10), strict=True):
            optimizer.zero_grad()
            loss(net(X), y).backward()
            optimizer.step()
    return net


@torch.inference_mode()
def share_right(probabilities_of: nn.Module, inputs: Tensor, labels: Tensor) -> float:
    return ((probabilities_of(inputs) > 0.5) == labels.bool()).float().mean().item()


def compare(table: pd.DataFrame, seed: int) -> Result:
    raw = torch.tensor(table.drop(columns="outcome").to_numpy(dtype="float32"))
    labels = torch.tensor(table[["outcome"]].to_numpy(dtype="float32"))
    started = time.perf_counter()
    net, rows = train_pima(table, seed)
    pipeline_seconds = time.perf_counter() - started
    held_out = rows.test_rows
    own = torch.ones(len(raw), dtype=torch.bool)
    own[held_out] = False
    started = time.perf_counter()
    old = classic(raw[own], labels[own], seed)
    classic_seconds = time.perf_counter() - started
    inputs, wanted = rows.test
    with torch.inference_mode():
        held_out_right = accuracy(net(inputs), wanted)
    return Result(
        seed, share_right(old, raw[own], labels[own]), share_right(old, raw[held_out], labels[held_out]),
        held_out_right, (wanted == 0).float().mean().item(), classic_seconds, pipeline_seconds,
    )


def summary(values: list[float]) -> str:
    spread = statistics.stdev(values) if len(values) > 1 else 0.0
    return f"{statistics.mean(values):6.1%} ± {spread:.1%}"


def tables() -> dict[str, pd.DataFrame]:
    """The embedded table, and the real one where it is at hand without a download."""
    with mock.patch.dict(os.environ, COURSE_DATA="embedded"):
        found = {"embedded": pima()}
    try:
        real = pima()
        if real.attrs["source"] == "real":
            found["real"] = real
    except DataError as error:
        print(error, file=sys.stderr)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--json", metavar="FILE", help="write every seed's numbers ('-': to stdout)")
    options = parser.parse_args()
    everything: dict[str, list[dict[str, float]]] = {}
    for name, table in tables().items():
        results = [compare(table, seed) for seed in range(options.seeds)]
        everything[name] = [asdict(result) for result in results]
        if options.json == "-":
            continue
        print(f"\nPima, {name}: accuracy, mean ± standard deviation over {options.seeds} seeds")
        for title, key in (
            ("classic recipe, its own training rows", "classic_own_rows"),
            ("classic recipe, held-out rows", "classic_held_out"),
            ("lesson 4's pipeline, the same held-out rows", "pipeline_held_out"),
            ("always 'no', the same held-out rows", "majority_held_out"),
        ):
            print(f"  {title:<46}{summary([getattr(r, key) for r in results])}")
        seconds = [statistics.mean(getattr(r, key) for r in results) for key in ("classic_seconds", "pipeline_seconds")]
        print(f"  training takes {seconds[0]:.1f} s (classic) and {seconds[1]:.1f} s (pipeline)")
    if options.json == "-":
        print(json.dumps(everything, indent=1))
    elif options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(everything, file, indent=1)


if __name__ == "__main__":
    main()
