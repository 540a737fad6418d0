"""The fast recipe: its parts on the CPU, its result on real CIFAR-10, its GPU form on a GPU."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from course_utils.models.cnn import ClassicCNN, FastCNN, LeNet, ResNet9
from course_utils.training.recipe import CPU, GPU, Recipe, accuracy, augment, cycle, normalize, row_order, train

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


def coloured(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Noise whose brightest channel is its label."""
    chance = torch.Generator().manual_seed(0)
    labels = torch.randint(3, (count,), generator=chance)
    images = torch.randint(0, 120, (count, 3, 32, 32), generator=chance)
    images[torch.arange(count), labels] += 100
    return images.to(torch.uint8), labels


@pytest.mark.parametrize("model", [LeNet(), ClassicCNN(), FastCNN(8), FastCNN(8, norm=False, early_stride=False),
                                   ResNet9(8)], ids=lambda model: type(model).__name__)
def test_models_give_logits(model: torch.nn.Module) -> None:
    assert model(torch.randn(2, 3, 32, 32)).shape == (2, 10)


def test_fast_cnn_takes_images_of_other_sizes() -> None:
    assert FastCNN(4, classes=3)(torch.randn(2, 3, 8, 16)).shape == (2, 3)


@pytest.mark.parametrize("recipe", [
    CPU, replace(CPU, bfloat16=False), replace(CPU, channels_last=False, one_cycle=False, lr=0.1),
    replace(CPU, flip=True, crop=2), replace(GPU, compile=False, batch_size=32),
], ids=["default", "float32", "plain", "augmented", "gpu"])
def test_it_learns(recipe: Recipe) -> None:
    images, labels = coloured(256)
    torch.manual_seed(0)
    model = FastCNN(8, classes=3)
    run = train(model, images, labels, replace(recipe, epochs=6, batch_size=32, lr=min(recipe.lr, 0.5)))
    assert run.images == 6 * 256
    assert len(run.losses) == 48
    assert accuracy(model, images, labels) > 0.95


def test_every_row_comes_once_in_an_epoch() -> None:
    batches = row_order(10, 4, 5, torch.Generator().manual_seed(0))
    assert [len(batch) for batch in batches] == [5, 5, 5, 5]
    assert sorted(torch.cat(batches[:2]).tolist()) == sorted(torch.cat(batches[2:]).tolist()) == list(range(10))


def test_the_rate_rises_to_its_peak_and_falls_to_zero() -> None:
    rates = [cycle(step, 100) for step in range(100)]
    assert max(rates) == rates[19] == 1.0
    assert rates[0] == pytest.approx(0.05)
    assert 0 < rates[-1] < 0.02


def test_augmentation_mirrors_and_shifts_each_image_by_itself() -> None:
    image = torch.arange(3 * 64).reshape(1, 3, 8, 8).to(torch.uint8)
    chance = torch.Generator().manual_seed(0)
    mirrored = augment(image.expand(40, -1, -1, -1), Recipe(flip=True), chance)
    kinds = {tuple(each.flatten().tolist()) for each in mirrored}
    assert kinds == {tuple(image.flatten().tolist()), tuple(image.flip(3).flatten().tolist())}
    shifted = augment(image.expand(200, -1, -1, -1), Recipe(crop=1), chance)
    assert shifted.shape == (200, 3, 8, 8)
    assert len({tuple(each.flatten().tolist()) for each in shifted}) == 9


def test_normalized_training_images_have_mean_zero() -> None:
    grey = torch.full((1, 3, 2, 2), 120, dtype=torch.uint8)
    assert normalize(grey).abs().max() < 0.2


def test_the_gpu_benchmark_runs_on_a_cpu() -> None:
    done = subprocess.run([sys.executable, str(BENCHMARKS / "gpu.py"), "--smoke", "--device", "cpu"],
                          capture_output=True, text=True, timeout=300,
                          env={**os.environ, "COURSE_DATA": "embedded", "OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stderr
    assert "smoke test" in done.stdout
    assert "everything" in done.stdout


@pytest.mark.realdata
@pytest.mark.slow
def test_it_reaches_seventy_percent_on_real_cifar10(monkeypatch: pytest.MonkeyPatch) -> None:
    from course_utils.data import cifar10, source
    from course_utils.training.recipe import as_tensors

    if source("cifar10") != "real":
        pytest.skip("no real CIFAR-10 here; set COURSE_DATA_DIR, or run: course data fetch cifar10")
    torch.manual_seed(0)
    model = FastCNN()
    train(model, *as_tensors(cifar10(train=True)))
    assert accuracy(model, *as_tensors(cifar10(train=False))) >= 0.70


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA GPU here")
def test_it_learns_on_a_gpu() -> None:
    images, labels = coloured(256)
    model = FastCNN(8, classes=3)
    train(model, images, labels, replace(CPU, epochs=6, batch_size=32, lr=0.5, crop=1, flip=True), "cuda")
    assert accuracy(model, images, labels, "cuda") > 0.95
