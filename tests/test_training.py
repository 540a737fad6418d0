"""course_utils.training: the loop, the metrics, early stopping, checkpoints, and the Pima pipeline."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from course_utils.models import PimaNet, mlp
from course_utils.training import (
    EarlyStopping,
    evaluate,
    fit,
    load_checkpoint,
    save_checkpoint,
    train_epoch,
    train_step,
)
from course_utils.training.live import watched
from course_utils.training.metrics import (
    accuracy,
    auc,
    confusion,
    precision_recall_curve,
    precision_recall_f1,
    roc_curve,
)
from course_utils.training.pima import train_pima
from course_utils.training.recipe import CPU, train
from course_utils.training.tables import Scaler, pima_tensors, split

BCE = nn.BCEWithLogitsLoss()


@pytest.fixture
def toy() -> tuple[Tensor, Tensor]:
    """Seventy rows whose label is the sign of the first column."""
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(70, 3, generator=generator)
    return inputs, (inputs[:, :1] > 0).float()


def loader(toy: tuple[Tensor, Tensor], batch_size: int = 16, shuffle: bool = False) -> DataLoader[Any]:
    return DataLoader(TensorDataset(*toy), batch_size, shuffle=shuffle)


def test_a_step_is_the_formula(toy: tuple[Tensor, Tensor]) -> None:
    inputs, targets = toy
    model = nn.Linear(3, 1, bias=False)
    before = model.weight.detach().clone()
    loss = train_step(model, inputs, targets, BCE, torch.optim.SGD(model.parameters(), lr=0.1))
    probabilities = torch.sigmoid(inputs @ before.T)
    gradient = ((probabilities - targets) * inputs).mean(dim=0, keepdim=True)
    assert torch.allclose(model.weight, before - 0.1 * gradient, atol=1e-6)
    assert loss.item() == pytest.approx(nn.BCELoss()(probabilities, targets).item(), rel=1e-5)
    assert not loss.requires_grad


def test_gradients_left_over_do_not_count(toy: tuple[Tensor, Tensor]) -> None:
    models = [nn.Linear(3, 1) for _ in range(2)]
    models[1].load_state_dict(models[0].state_dict())
    models[1].weight.grad = torch.full_like(models[1].weight, 100.0)
    for model in models:
        train_step(model, *toy, BCE, torch.optim.SGD(model.parameters(), lr=0.1))
    assert torch.equal(models[0].weight, models[1].weight)


def test_the_loss_of_an_epoch_is_per_row_whatever_the_batches(toy: tuple[Tensor, Tensor]) -> None:
    model = nn.Linear(3, 1)
    frozen = torch.optim.SGD(model.parameters(), lr=0.0)
    with torch.no_grad():
        expected = BCE(model(toy[0]), toy[1]).item()
    for batch_size in (70, 32, 69, 1):
        assert train_epoch(model, loader(toy, batch_size), BCE, frozen) == pytest.approx(expected, rel=1e-5)
        assert evaluate(model, loader(toy, batch_size), BCE)["loss"] == pytest.approx(expected, rel=1e-5)


def test_modes_and_gradients(toy: tuple[Tensor, Tensor]) -> None:
    model = mlp([3, 8, 1], dropout=0.5)
    evaluate(model, loader(toy), BCE)
    assert not model.training
    assert all(parameter.grad is None for parameter in model.parameters())
    train_epoch(model, loader(toy), BCE, torch.optim.SGD(model.parameters(), lr=0.1))
    assert model.training


def test_an_empty_loader_is_named(toy: tuple[Tensor, Tensor]) -> None:
    model = nn.Linear(3, 1)
    with pytest.raises(ValueError, match="loader is empty"):
        train_epoch(model, [], BCE, torch.optim.SGD(model.parameters()))
    with pytest.raises(ValueError, match="loader is empty"):
        evaluate(model, [], BCE)


class Written(list[tuple[str, float, int]]):
    """Stands for a SummaryWriter."""

    def add_scalar(self, name: str, value: float, step: int) -> None:
        self.append((name, value, step))


def test_fit_learns_reports_and_prints_nothing(
    toy: tuple[Tensor, Tensor], capfd: pytest.CaptureFixture[str]
) -> None:
    torch.manual_seed(0)
    model = mlp([3, 8, 1])
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.9)
    writer = Written()
    history = fit(model, loader(toy, shuffle=True), loader(toy), loss=BCE, optimizer=optimizer, epochs=15,
                  scheduler=scheduler, writer=writer)
    assert set(history) == {"train_loss", "val_loss", "val_accuracy"}
    assert all(len(values) == 15 for values in history.values())
    assert history["val_loss"][-1] < history["val_loss"][0] / 2
    assert optimizer.param_groups[0]["lr"] == pytest.approx(0.05 * 0.9**15)
    assert writer[0][0] == "train/loss"
    assert {step for _, _, step in writer} == set(range(1, 16))
    assert capfd.readouterr() == ("", "")


def test_fit_needs_no_validation_rows(toy: tuple[Tensor, Tensor]) -> None:
    model = nn.Linear(3, 1)
    history = fit(model, loader(toy), loss=BCE, optimizer=torch.optim.SGD(model.parameters(), lr=0.1), epochs=2,
                  live=False)
    assert list(history) == ["train_loss"]


def test_stopping_puts_the_best_weights_back(toy: tuple[Tensor, Tensor]) -> None:
    torch.manual_seed(0)
    model = mlp([3, 32, 1])
    wrong = toy[0], 1 - toy[1]  # the better the net learns, the worse this gets
    stopping = EarlyStopping(patience=3)
    history = fit(model, loader(toy), loader(wrong), loss=BCE, optimizer=torch.optim.Adam(model.parameters(), lr=0.05),
                  epochs=50, stopping=stopping, live=False)
    assert len(history["val_loss"]) == 4
    assert stopping.best_epoch == 1
    assert evaluate(model, loader(wrong), BCE)["loss"] == pytest.approx(min(history["val_loss"]), rel=1e-5)


def test_patience_of_none_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one epoch"):
        EarlyStopping(patience=0)


@pytest.mark.parametrize("seed", range(5))
def test_metrics_agree_with_scikit_learn(seed: int) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    generator = torch.Generator().manual_seed(seed)
    targets = (torch.rand(200, generator=generator) < 0.35).long()
    scores = (torch.randn(200, generator=generator) + targets).mul(4).round() / 4  # with ties
    predicted = scores > 0.5
    assert confusion(predicted, targets).tolist() == metrics.confusion_matrix(targets, predicted).tolist()
    expected = metrics.precision_recall_fscore_support(targets, predicted, average="binary")[:3]
    assert precision_recall_f1(predicted, targets) == pytest.approx(expected)
    assert accuracy(scores, targets) == pytest.approx(metrics.accuracy_score(targets, scores > 0))
    assert auc(scores, targets) == pytest.approx(metrics.roc_auc_score(targets, scores))
    false_alarms, found, _ = roc_curve(scores, targets)
    theirs = metrics.roc_curve(targets, scores, drop_intermediate=False)
    assert torch.allclose(false_alarms, torch.tensor(theirs[0]))
    assert torch.allclose(found, torch.tensor(theirs[1]))
    precision, recall, thresholds = precision_recall_curve(scores, targets)
    p, r, t = (torch.tensor(values.copy()) for values in metrics.precision_recall_curve(targets, scores))
    assert torch.allclose(precision.flip(0), p[:-1])
    assert torch.allclose(recall.flip(0), r[:-1])
    assert torch.allclose(thresholds.flip(0), t)


def test_metrics_agree_with_torchmetrics() -> None:
    theirs = pytest.importorskip("torchmetrics.functional.classification")
    generator = torch.Generator().manual_seed(0)
    logits, targets = torch.randn(90, 5, generator=generator), torch.randint(5, (90,), generator=generator)
    assert accuracy(logits, targets) == pytest.approx(
        theirs.multiclass_accuracy(logits, targets, 5, average="micro").item())
    assert torch.equal(confusion(logits.argmax(1), targets, 5),
                       theirs.multiclass_confusion_matrix(logits.argmax(1), targets, 5))
    binary = (targets > 2).long()
    assert auc(logits[:, 0], binary) == pytest.approx(
        theirs.binary_auroc(torch.sigmoid(logits[:, 0]), binary).item(), abs=1e-6)


def test_metrics_where_there_is_nothing_to_divide_by() -> None:
    nobody = torch.zeros(4, dtype=torch.bool)
    assert precision_recall_f1(nobody, torch.tensor([0, 1, 1, 0])) == (0.0, 0.0, 0.0)
    with pytest.raises(ValueError, match="one for each"):
        accuracy(torch.zeros(4, 1), torch.zeros(3, 1))
    with pytest.raises(ValueError, match="no row"):
        confusion(torch.zeros(0), torch.zeros(0))


def test_a_column_and_a_row_do_not_broadcast() -> None:
    assert accuracy(torch.tensor([[1.0], [-1.0]]), torch.tensor([1.0, 0.0])) == 1.0


@pytest.mark.parametrize("kind", [torch.optim.Adam, torch.optim.SGD])
def test_ten_epochs_equal_five_saved_loaded_and_five(
    kind: Any, toy: tuple[Tensor, Tensor], tmp_path: Path
) -> None:
    def fresh() -> tuple[nn.Module, torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
        torch.manual_seed(3)
        model = mlp([3, 8, 1], dropout=0.3)
        options = {"momentum": 0.9} if kind is torch.optim.SGD else {}
        optimizer = kind(model.parameters(), lr=0.05, **options)
        return model, optimizer, torch.optim.lr_scheduler.StepLR(optimizer, 2, gamma=0.5)

    def run(parts: tuple[Any, ...], epochs: int) -> None:
        for _ in range(epochs):
            train_epoch(parts[0], loader(toy, shuffle=True), BCE, parts[1])
            parts[2].step()

    whole = fresh()
    run(whole, 10)
    half = fresh()
    run(half, 5)
    save_checkpoint(tmp_path / "c.pt", half[0], half[1], epoch=5, scheduler=half[2], best=0.5)
    again = fresh()
    torch.randn(17)  # whatever happened in between
    assert load_checkpoint(tmp_path / "c.pt", *again) == {"epoch": 5, "best": 0.5}
    run(again, 5)
    for a, b in zip(whole[0].parameters(), again[0].parameters(), strict=True):
        assert torch.equal(a, b)


def test_a_failed_save_leaves_the_old_file(toy: tuple[Tensor, Tensor], tmp_path: Path) -> None:
    model = nn.Linear(3, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    path = tmp_path / "c.pt"
    save_checkpoint(path, model, optimizer, epoch=1)
    with pytest.raises((AttributeError, TypeError, RuntimeError)):
        save_checkpoint(path, model, optimizer, epoch=2, best=lambda: None)  # cannot be pickled
    assert load_checkpoint(path, model, optimizer)["epoch"] == 1
    assert os.listdir(tmp_path) == ["c.pt"]


def test_scaling_uses_the_training_rows_alone() -> None:
    inputs, labels = torch.randn(50, 4), torch.tensor([[0.0], [1.0]] * 25)
    inputs[::7, 2] = float("nan")
    rows = split(inputs, labels)
    assert torch.allclose(rows.train[0].mean(dim=0), torch.zeros(4), atol=1e-5)
    assert torch.allclose(rows.train[0].std(dim=0), torch.ones(4), atol=1e-5)
    changed = inputs.clone()
    changed[rows.test_rows] *= 1000
    assert torch.equal(split(changed, labels).train[0], rows.train[0])


def test_the_folds_test_every_row_once() -> None:
    inputs, labels = torch.randn(53, 2), (torch.arange(53) % 3 == 0).float()[:, None]
    tested = torch.cat([split(inputs, labels, fold).test_rows for fold in range(5)])
    assert tested.sort().values.tolist() == list(range(53))


def test_a_constant_column_does_not_become_nan() -> None:
    scaler = Scaler.of(torch.tensor([[1.0, 5.0], [3.0, 5.0]]))
    assert scaler(torch.tensor([2.0, 5.0])).tolist() == [0.0, 0.0]


def test_the_pipeline_on_the_embedded_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_DATA", "embedded")
    assert 0.74 <= _held_out_accuracy() <= 0.80


@pytest.mark.realdata
def test_the_pipeline_reaches_75_percent_on_real_held_out_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    from course_utils.data import pima

    monkeypatch.setenv("COURSE_DATA", "auto")
    folder = Path(os.environ.get("COURSE_DATA_DIR", "data"))
    if not (folder / "pima-indians-diabetes.csv").is_file():
        pytest.skip("the real Pima table is not here")
    assert pima().attrs["source"] == "real"
    assert _held_out_accuracy() >= 0.75


def _held_out_accuracy() -> float:
    """The mean over five seeds, each with another fifth of the table held out."""
    from course_utils.data import pima

    table = pima()
    inputs, labels = pima_tensors(table)
    assert inputs.shape == (768, 8)
    assert inputs.isnan().sum().item() == 5 + 35 + 227 + 374 + 11
    shares = []
    for seed in range(5):
        net, rows = train_pima(table, seed)
        assert isinstance(net, PimaNet)
        assert not set(rows.test_rows.tolist()) & _rows_like(rows.train[0], rows.scaler(inputs))
        shares.append(evaluate(net, [rows.test], BCE)["accuracy"])
    return sum(shares) / len(shares)


def _rows_like(part: Tensor, table: Tensor) -> set[int]:
    """The numbers of the table's rows that occur in a part (no two rows of this table are equal)."""
    return set((torch.cdist(part, table) == 0).nonzero()[:, 1].tolist())


def test_a_watched_training_measures_each_epoch_and_stays_in_train_mode() -> None:
    images = torch.randint(0, 256, (40, 3, 8, 8), dtype=torch.uint8)
    labels = torch.randint(0, 3, (40,))
    model = nn.Sequential(nn.Flatten(), nn.Linear(192, 3))
    modes, asked = [], []

    def accuracy(net: nn.Module) -> float:
        asked.append(net)
        net.eval()
        return 0.5

    with watched(model, 3, accuracy, live=False) as on_step:

        def step(number: int, steps: int, loss: torch.Tensor) -> None:
            modes.append(model.training)
            on_step(number, steps, loss)
            modes.append(model.training)

        train(model, images, labels, replace(CPU, epochs=3, batch_size=8, lr=0.01), on_step=step)
    assert len(asked) == 3
    assert all(modes)
    assert len(modes) == 2 * 15
