"""Probes for answers that make datasets, samplers and splits: what a DataLoader would get from them."""

from __future__ import annotations

import copy
import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset, TensorDataset
from torch.utils.data._utils import worker

from course_utils.evidence.describe import form_of, plain_type_name
from course_utils.evidence.facts import Facts, Form, Note, several, yes_or_no
from course_utils.probes.words import int_or_not

DRAWS = 12_000  # how many indices of a sampler are counted
WORKERS = 3
CALLS = 6  # of an answer that may depend on a random order


class LabelledDataset(Dataset[tuple[torch.Tensor, int]]):
    """Rows ``(N, d)`` with labels, which are also in ``.targets``, as in torchvision's datasets."""

    def __init__(self, rows: torch.Tensor, targets: torch.Tensor | list[int]) -> None:
        self.rows, self.targets = rows, targets

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        return self.rows[index], int(self.targets[index])


def csv_dataset(answer: Any, columns: list[str], rows: list[list[float]]) -> Facts:
    """What is in the dataset that ``answer(path)`` makes of a CSV file; once it is made, the file holds zeros."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_text(_csv(columns, rows), encoding="utf-8")
        dataset = answer(str(path))
        path.write_text(_csv(columns, [[0.0] * len(columns)] * len(rows)), encoding="utf-8")
        return _contents(dataset, len(rows))


def _csv(columns: list[str], rows: list[list[float]]) -> str:
    lines = [columns, *([str(cell) for cell in row] for row in rows)]
    return "".join(",".join(line) + "\n" for line in lines)


def image_dataset(answer: Any, images: np.ndarray, labels: list[int],
                  transform: Callable[[torch.Tensor], torch.Tensor] | None) -> Facts:
    """What is in the dataset made of ``images`` (N, H, W, C) and ``labels``, and when it calls its transform."""
    calls = 0

    def counted(image: torch.Tensor) -> torch.Tensor:
        nonlocal calls
        calls += 1
        return transform(image) if transform else image

    dataset = answer(images, labels, transform=counted) if transform else answer(images, labels)
    at_once = calls
    contents = _contents(dataset, len(images))
    once, calls = calls - at_once, 0
    _contents(dataset, len(images))
    return Facts({**contents, "calls of the transform when the dataset is made": Note(str(at_once)),
                  "calls of the transform when each item is read once": _per_item(once, len(images)),
                  "calls of the transform when each item is read a second time": _per_item(calls, len(images))})


def _per_item(calls: int, items: int) -> Note:
    return Note("one per item" if calls == items else str(calls))


def _contents(dataset: Any, expected: int) -> Facts:
    """The length of a dataset and its first ``expected`` items, as far as it says that it has them."""
    items = [dataset[i] for i in range(min(len(dataset), expected))]
    return Facts({
        "isinstance(dataset, Dataset)": Note(str(isinstance(dataset, Dataset))),
        "len(dataset)": Note(str(len(dataset))),
        "dataset.__getitem__(0)": Form("an item" if items and items[0] is not None else "None"),
        **{f"dataset[{i}]": item for i, item in enumerate(items)},
    })


def counted(answer: Any, n: int, batch_size: int, drop_last: bool) -> Facts:
    """The number that the function returns, and whether it was counted by a loader."""
    made = 0
    init = DataLoader.__init__

    def noted(loader: Any, *args: Any, **kwargs: Any) -> None:
        nonlocal made
        made += 1
        init(loader, *args, **kwargs)

    with mock.patch.object(DataLoader, "__init__", noted):
        number = answer(n, batch_size, drop_last)
    return Facts({"": number, "type of the number": int_or_not(number),
                  "loaders made for it": yes_or_no(made > 0, "some", "none")})


def collated(answer: Any, batch: list[tuple[torch.Tensor, int]]) -> Any:
    """What the function makes of a batch, on a machine where memory that nobody has filled holds NaN."""
    before = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    torch.use_deterministic_algorithms(True, warn_only=True)
    try:
        return several(answer(batch), "padded", "lengths", "labels")
    finally:
        torch.use_deterministic_algorithms(before[0], warn_only=before[1])


def differing(answer: Any, rows: int, one: dict[str, Any], other: dict[str, Any], alike: bool = False) -> Any:
    """The names that the function gives for two settings of a loader over so many rows, sorted; all may be alike."""
    numbers = torch.full((rows,), 3) if alike else torch.arange(rows)
    dataset = TensorDataset(numbers[:, None].float(), numbers)
    found = answer(dataset, dict(one), dict(other))
    plain = isinstance(found, list | tuple) and all(isinstance(name, str) for name in found)
    return sorted(found) if plain else found


def draws(answer: Any, labels: torch.Tensor) -> Facts:
    """Which rows, and so which classes, the sampler ``answer(labels)`` draws over several epochs."""
    sampler = answer(labels)
    if sampler is None or isinstance(sampler, torch.Tensor):
        return Facts({"": form_of(sampler)})
    epochs = -(-DRAWS // len(labels))
    numbers, whole = [], True
    for i in (i for _ in range(epochs) for i in sampler):
        numbers.append(int(i))  # of what is no number this raises at once, however long the sampler goes on
        whole = whole and hasattr(i, "__index__") and not (isinstance(i, torch.Tensor) and i.is_floating_point())
    drawn = torch.tensor(numbers)
    inside = drawn[(drawn >= 0) & (drawn < len(labels))]
    once = sorted(drawn[:len(labels)].tolist()) == list(range(len(labels)))
    shares = torch.bincount(labels[inside], minlength=int(labels.max()) + 1) / max(len(drawn), 1)
    varies = drawn[:len(labels)].tolist() != drawn[-len(labels):].tolist()
    return Facts({
        "": Form("a sampler"),
        "len(sampler)": Note(str(len(sampler))),
        "row numbers that it draws": yes_or_no(whole, "whole numbers", "floats, which are no indices"),
        "share of each class in the draws": shares,
        "rows that are ever drawn": yes_or_no(len(inside.unique()) > 0.9 * len(labels), "nearly all", "only a few"),
        "rows in an epoch": yes_or_no(once, "every row exactly once", "some rows more often than others"),
        "order of the draws": yes_or_no(varies, "random", "always the same"),
    })


class PairDataset(Dataset[tuple[torch.Tensor, int]]):
    """Row i is ``(tensor([i]), label)``, and that is all that is known of it."""

    def __init__(self, labels: torch.Tensor) -> None:
        self._labels = labels.tolist()

    def __len__(self) -> int:
        return len(self._labels)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        if not -len(self) <= index < len(self):
            raise IndexError(f"There are {len(self)} rows; there is none with the index {index}.")
        return torch.tensor([index % len(self)]), self._labels[index]


def halves(answer: Any, labels: torch.Tensor, fraction: float, seed: int) -> Facts:
    """How ``answer(dataset, fraction, seed)`` splits rows with these labels."""
    dataset = PairDataset(labels)
    returned = answer(dataset, fraction, seed)
    first = _rows_of(returned)
    if first is None:
        return Facts({"": _two(returned)})
    torch.manual_seed(99)  # nothing but `seed` may decide
    again = _rows_of(answer(dataset, fraction, seed))
    others = [_rows_of(answer(dataset, fraction, seed + i)) for i in range(1, 5)]
    train, validation = first
    numbers = {tuple(_by_class(rows[1], labels)) for rows in [first, *others] if rows is not None}
    seen = Facts({
        "": Note("two datasets"),
        "every row": Note(_where_rows_are(train, validation, len(labels))),
        "numbers of validation rows of each class": yes_or_no(len(numbers) == 1, "the same for every seed",
                                                              "left to chance"),
    })
    if len(numbers) > 1:
        return seen
    differs = any(rows is not None and sorted(rows[1]) != sorted(validation) for rows in others)
    return Facts({
        **seen,
        **{f"rows of class {label} in the validation set": number
           for label, number in enumerate(_by_class(validation, labels)) if label in labels},
        "rows of the validation set": yes_or_no(_first_of_each_class(validation, labels), "each class's first",
                                                "drawn at random"),
        "split with the same seed": yes_or_no(again == first, "the same", "different"),
        "split with another seed": yes_or_no(differs, "different", "the same"),
    })


def _where_rows_are(train: list[int], validation: list[int], number: int) -> str:
    """In which of the two parts the rows are, in words."""
    if sorted(train + validation) == list(range(number)):
        return "in exactly one of the two"
    if sorted(train) == list(range(number)):
        return "in the training part, the validation rows too"
    both, neither = set(train) & set(validation), set(range(number)) - set(train) - set(validation)
    if both:
        return "in exactly one of the two, but for some in both" + (" and some in neither" if neither else "")
    return "in exactly one of the two, but for some " + ("in neither" if neither else "that are there twice")


def _by_class(rows: list[int], labels: torch.Tensor) -> list[int]:
    """How many of the rows each class has."""
    counts: list[int] = torch.bincount(labels[rows], minlength=int(labels.max()) + 1).tolist()
    return counts


def _two(returned: Any) -> Note:
    """What came in place of two datasets."""
    if isinstance(returned, tuple | list):
        return Note(f"{plain_type_name(returned)} of {len(returned)}, and not of two datasets with its rows")
    return Note(plain_type_name(returned))


def _first_of_each_class(rows: list[int], labels: torch.Tensor) -> bool:
    """Whether of each class the rows are those with the smallest numbers."""
    taken = torch.zeros(len(labels), dtype=torch.bool)
    taken[rows] = True
    return not any(bool((taken[labels == c].int().diff() > 0).any()) for c in labels.unique())


def _rows_of(returned: Any) -> tuple[list[int], list[int]] | None:
    """The numbers of the rows in the two datasets; None where they are no datasets of such rows."""
    if not isinstance(returned, tuple | list) or len(returned) != 2:
        return None
    parts = [[part[i] for i in range(len(part))] for part in returned]
    whole = all(isinstance(item, tuple | list) and isinstance(item[0], torch.Tensor) for part in parts for item in part)
    return ([int(item[0]) for item in parts[0]], [int(item[0]) for item in parts[1]]) if whole else None


def scored(answer: Any, model: Any, rows: torch.Tensor, labels: torch.Tensor | list[int], batch_size: int) -> Facts:
    """What the function returns for a module that does ``model(rows)``, and a dataset of these rows and labels.

    Called several times: what depends on the order in which a shuffled loader gives the rows differs.
    """
    returned = [answer(_Net(model), LabelledDataset(rows, labels), batch_size) for _ in range(CALLS)]
    values = [value.item() if isinstance(value, torch.Tensor) and value.numel() == 1 else value for value in returned]
    numbers = [value for value in values if isinstance(value, int | float)]
    if len(numbers) == CALLS and max(numbers) - min(numbers) > 1e-6:
        return Facts({"several calls on the same data": Note("different results")})
    return Facts({"several calls on the same data": Note("the same result"), "": returned[0]})


class _Net(torch.nn.Module):
    """A formula as a module, so that it has modes and all else that answers may rightly ask of a model."""

    def __init__(self, formula: Callable[[torch.Tensor], torch.Tensor]) -> None:
        super().__init__()
        self.formula = formula

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.formula(x)


def crops(answer: Any, height: int, width: int, size: int, seed: int) -> Facts:
    """Where the dataset ``answer(images, size)`` cuts its windows, in one process and in several workers.

    Pixel (y, x) of image i holds y, x and -i, so that a window tells where it was cut. The workers are played:
    each has a copy of the dataset, and the seeds that a DataLoader would have given it. No process is started.
    """
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    images = torch.stack([torch.stack([y, x, torch.full_like(y, -i)]) for i in range(12)]).double()
    dataset = answer(images, size)
    windows = [dataset[i % 12] for i in range(18 * (height - size + 1) * (width - size + 1))]
    odd = [i for i, w in enumerate(windows) if not isinstance(w, torch.Tensor) or tuple(w.shape) != (3, size, size)]
    seen = Facts({"dataset.__getitem__(i)": form_of(windows[odd[0] if odd else 0])})
    if odd:
        return seen
    seen["len(dataset)"] = Note(str(len(dataset)))
    seen["image that dataset[i] is cut out of"] = yes_or_no(
        all(bool((w[2] == -(i % 12)).all()) for i, w in enumerate(windows)), "image i", "another one")
    whole = all(_is_window(w, size) for w in windows)
    seen["pixels of a window"] = yes_or_no(whole, "a piece of the image", "no piece of the image")
    if not whole:
        return seen
    places = {_place(w) for w in windows}
    untouched = answer(images, size)  # as a loader finds it that is the first to read it
    epochs = [[_in_worker(untouched, base, number) for number in range(WORKERS)] for base in (seed, seed + 1000, seed)]
    moving = all(len(set(p[6:])) > 1 for p in epochs[0])  # else the last three mean nothing
    seen["places of the windows"] = Note(_reached(places, height - size + 1, width - size + 1))
    seen["one image, read several times"] = yes_or_no(all(len(set(p[:6])) > 1 for p in epochs[0]),
                                                      "another window each time", "the same window each time")
    seen["images of one worker"] = yes_or_no(moving, "different windows", "all the same window")
    if moving:
        seen["several workers"] = yes_or_no(len(set(map(tuple, epochs[0]))) == WORKERS, "different windows",
                                            "the same windows")
        seen["two epochs"] = yes_or_no(all(a != b for a, b in zip(epochs[0], epochs[1], strict=True)),
                                       "different windows", "the same windows")
        seen["the same seed again"] = yes_or_no(epochs[0] == epochs[2], "the same windows", "different windows")
        alone = [_without_workers(dataset, seed), _without_workers(dataset, seed)]
        seen["the same `torch.manual_seed` again, without workers"] = yes_or_no(
            alone[0] == alone[1], "the same windows", "different windows")
    return seen


def _reached(places: set[tuple[int, int]], rows: int, columns: int) -> str:
    """Which of the places (top, left) with top < ``rows`` and left < ``columns`` there are, in words."""
    every = {(top, left) for top in range(rows) for left in range(columns)}
    if places == every:
        return "every place in the image"
    if len(places) > 1 and places == {(top, left) for top, left in every if top < rows - 1 and left < columns - 1}:
        return "none at the last row or column"
    if len(places) > 1 and all(top == left for top, left in places):
        return "only those as far from the top as from the left"
    return "not every place in the image"


def _without_workers(dataset: Any, seed: int) -> list[tuple[int, int]]:
    """Where every image is cut in one process; Python's and NumPy's generators go on from where they are."""
    torch.manual_seed(seed)
    return [_place(dataset[i]) for i in range(12)]


def _is_window(window: torch.Tensor, size: int) -> bool:
    if tuple(window.shape) != (3, size, size):
        return False
    steps = torch.arange(float(size))
    top, left = _place(window)
    return bool(torch.equal(window[0], (steps + top)[:, None].expand(size, size))
                and torch.equal(window[1], (steps + left).expand(size, size)))


def _place(window: torch.Tensor) -> tuple[int, int]:
    return int(window[0, 0, 0]), int(window[1, 0, 0])


def _in_worker(dataset: Any, base_seed: int, number: int) -> list[tuple[int, int]]:
    """Where a worker cuts image 0 six times, and then every image once."""
    with _worker(copy.deepcopy(dataset), base_seed, number) as mine:
        return [_place(mine[i]) for i in [0] * 6 + list(range(12))]


@contextmanager
def _worker(dataset: Any, base_seed: int, number: int) -> Iterator[Any]:
    """The random states and the worker info of a DataLoader's worker, within."""
    torch.manual_seed(base_seed + number)
    random.seed(base_seed + number)
    np.random.seed(base_seed * 7 + number)
    before = worker._worker_info
    worker._worker_info = worker.WorkerInfo(id=number, num_workers=WORKERS, seed=base_seed + number, dataset=dataset)
    try:
        yield dataset
    finally:
        worker._worker_info = before
