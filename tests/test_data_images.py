"""The drawn image sets: format, atomic drawing, and folders that are not what they should be."""

from __future__ import annotations

import errno
import multiprocessing
import pickle
import shutil
import stat
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader
from torchvision import datasets
from torchvision.transforms import v2

from course_utils import data
from course_utils.data import formats, generated
from course_utils.data.contents import check_images, describe_bad_contents, read_batch, read_idx
from course_utils.data.registry import DATASETS, MNIST
from course_utils.data.verify import find_problem


@pytest.fixture(autouse=True)
def _embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_DATA", "embedded")


def shrink(monkeypatch: pytest.MonkeyPatch, name: str, **stand_in: object) -> None:
    """Let a dataset's stand-in have 50 + 20 images."""
    spec = DATASETS[name]
    assert spec.stand_in is not None
    smaller = replace(spec.stand_in, training=50, test=20, **stand_in)
    monkeypatch.setitem(DATASETS, name, replace(spec, stand_in=smaller))


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sets of 50 + 20 images, drawn into an empty folder."""
    for name in ("cifar10", "mnist"):
        shrink(monkeypatch, name)
    monkeypatch.setattr(generated, "drawing_folders", lambda: [tmp_path / "first", tmp_path / "second"])
    return tmp_path


def test_shapes_are_read_by_torchvision() -> None:
    train, test = data.cifar10(train=True), data.cifar10(train=False)
    assert isinstance(train, datasets.CIFAR10)
    assert train.data.shape == (5000, 32, 32, 3)
    assert test.data.shape == (1000, 32, 32, 3)
    assert np.bincount(train.targets).tolist() == [500] * 10
    assert len(set(train.classes)) == 10
    assert "star" in train.classes
    image, label = train[0]
    assert image.size == (32, 32)
    assert image.mode == "RGB"
    assert 0 <= label < 10
    assert len(np.unique(np.concatenate([train.data, test.data]).reshape(6000, -1), axis=0)) == 6000


def test_digits_are_read_by_torchvision() -> None:
    train, test = data.mnist(train=True), data.mnist(train=False)
    assert isinstance(train, datasets.MNIST)
    assert train.data.shape == (5000, 28, 28)
    assert test.data.shape == (1000, 28, 28)
    assert train.targets.bincount().tolist() == [500] * 10
    assert train[0][0].mode == "L"
    corners = train.data[:, ::27, ::27].float().mean()
    assert corners < 20, "white ink on black, away from the edge"
    assert 20 < train.data.float().mean() < 60


def test_transforms_and_workers() -> None:
    transform = v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True)])
    loader = DataLoader(data.cifar10(train=False, transform=transform), batch_size=100, num_workers=1,
                        multiprocessing_context="spawn")
    images, labels = next(iter(loader))
    assert images.shape == (100, 3, 32, 32)
    assert labels.shape == (100,)


def test_drawing_is_quick_and_repeats_itself() -> None:
    from course_utils.data.digits import draw_digits
    from course_utils.data.shapes import draw_shapes

    for draw in (draw_shapes, draw_digits):
        start = time.process_time()
        images, labels = draw(1000, seed=3)
        assert time.process_time() - start < 5
        again, labels_again = draw(1000, seed=3)
        other, _ = draw(1000, seed=4)
        assert (images == again).all()
        assert (labels == labels_again).all()
        assert (images != other).any()


def test_drawn_once_and_kept(small: Path) -> None:
    folder = generated.ensure_generated("cifar10")
    assert folder.parent == small / "first"
    before = (folder / "drawn.json").stat().st_mtime_ns
    assert generated.ensure_generated("cifar10") == folder
    assert (folder / "drawn.json").stat().st_mtime_ns == before
    assert [path.name for path in (small / "first").iterdir()] == [folder.name]


@pytest.mark.parametrize("damage", ["truncated", "altered", "missing", "no manifest", "bad manifest"])
def test_a_damaged_set_is_drawn_again(small: Path, damage: str) -> None:
    folder = generated.ensure_generated("mnist")
    images = folder / "MNIST" / "raw" / "t10k-images-idx3-ubyte"
    whole = images.read_bytes()
    if damage == "truncated":
        images.write_bytes(whole[:1000])
    elif damage == "altered":
        images.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    elif damage == "missing":
        images.unlink()
    elif damage == "no manifest":
        (folder / "drawn.json").unlink()
    else:
        (folder / "drawn.json").write_text("[1]")
    assert generated.ensure_generated("mnist") == folder
    assert images.read_bytes() == whole


def test_an_interrupted_drawing_leaves_nothing(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(folder: Path, training: int, test: int) -> None:
        (folder / "half").write_text("half")
        raise KeyboardInterrupt

    monkeypatch.setattr("course_utils.data.shapes.write_shapes", stopped)
    with pytest.raises(KeyboardInterrupt):
        generated.ensure_generated("cifar10")
    assert list((small / "first").iterdir()) == []


def test_a_folder_that_cannot_be_written_to(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (small / "first").write_text("a file where the folder would be")
    assert generated.ensure_generated("cifar10").parent == small / "second"
    (small / "second" / "drawn-digits-1").write_text("in the way")
    shutil.rmtree(small / "second")
    (small / "second").write_text("another file")
    with pytest.raises(data.DataError, match="enerating the images"):
        generated.ensure_generated("mnist")


def test_a_full_disk_while_drawing(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(formats, "_idx", full)
    with pytest.raises(data.DataError, match="The disk is full"):
        generated.ensure_generated("mnist")
    assert not list((small / "first").iterdir())


def _draw_in(folder: str) -> str:
    with pytest.MonkeyPatch.context() as monkeypatch:
        shrink(monkeypatch, "cifar10")
        monkeypatch.setattr(generated, "drawing_folders", lambda: [Path(folder)])
        return str(generated.ensure_generated("cifar10"))


def test_two_processes_at_once(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        folders = pool.map(_draw_in, [str(tmp_path)] * 2, chunksize=1)
    assert len(set(folders)) == 1
    assert [path.name for path in tmp_path.iterdir()] == [Path(folders[0]).name]
    assert fault_free(Path(folders[0]))


def fault_free(folder: Path) -> bool:
    images, labels = read_batch(folder / "cifar-10-batches-py" / "data_batch_1")
    return len(images) == len(labels) == 10


def test_readable_by_others(small: Path) -> None:
    folder = generated.ensure_generated("mnist")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755


# What people put into folders.

GOOD = (np.zeros((4, 32, 32, 3), np.uint8), [0, 1, 2, 9])


@pytest.mark.parametrize(("images", "labels", "said"), [
    (np.zeros((4, 28, 28, 3), np.uint8), [0] * 4, "colour images of 28×28; colour images of 32×32 belong"),
    (np.zeros((4, 32, 32), np.uint8), [0] * 4, "grey images of 32×32"),
    (np.zeros((4, 32, 32, 1), np.uint8), [0] * 4, "grey images of 32×32"),
    (np.zeros((4, 32, 32, 4), np.uint8), [0] * 4, "4-channel images"),
    (np.zeros((4, 32, 32, 3), np.float32), [0] * 4, "float32"),
    (GOOD[0], [0, 1, 10, 2], "the label 10 for image 2"),
    (GOOD[0], [0, -1, 1, 2], "the label -1 for image 1"),
    (GOOD[0], [0, 1], "4 images and 2 labels"),
])
def test_odd_images_are_named(images: np.ndarray, labels: list[int], said: str) -> None:
    with pytest.raises(data.DataError, match=said):
        check_images(images, labels, (32, 32, 3), "The folder")
    check_images(*GOOD, (32, 32, 3), "The folder")


@pytest.fixture
def mnist_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with other images in the place of MNIST."""
    monkeypatch.setenv("COURSE_DATA", "auto")
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    images, labels = np.zeros((10, 28, 28), np.uint8), np.arange(10)
    formats.write_mnist(tmp_path, (images, labels), (images, labels))
    return tmp_path / "MNIST" / "raw"


def _idx_of(shape: tuple[int, ...], value: int = 0) -> bytes:
    return formats._idx(np.full(shape, value, np.uint8))


@pytest.mark.parametrize(("name", "content", "said"), [
    ("train-images-idx3-ubyte", _idx_of((10, 32, 32)), "grey images of 32×32; grey images of 28×28 belong"),
    ("train-images-idx3-ubyte", _idx_of((10, 28, 28))[:500], "cut short"),
    ("train-images-idx3-ubyte", b"", "is empty"),
    ("train-labels-idx1-ubyte", _idx_of((10,), 12), "the label 12 for image 0"),
    ("train-labels-idx1-ubyte", b"<html>not here</html>", "no idx file"),
])
def test_odd_mnist_files_are_told_and_not_used(mnist_folder: Path, name: str, content: bytes, said: str,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    (mnist_folder / name).write_bytes(content)
    for other in MNIST.files[: [f.path.rpartition("/")[2] for f in MNIST.files].index(name)]:
        (mnist_folder / other.path.rpartition("/")[2]).unlink()
    found = describe_bad_contents(mnist_folder / name) if content else None
    text = repr(data.notice("mnist"))
    assert said in (found or "it is empty")
    assert data.source("mnist") == "embedded"
    assert "MNIST" in text
    monkeypatch.setenv("COURSE_DATA", "real")
    with pytest.raises(data.DataError, match="course data fetch mnist"):
        data.mnist(train=True)


def test_a_partial_folder_is_told(mnist_folder: Path) -> None:
    (mnist_folder / "t10k-labels-idx1-ubyte").unlink()
    assert "incomplete: t10k-labels-idx1-ubyte missing" in repr(data.notice("mnist"))
    assert data.source("mnist") == "embedded"


@pytest.mark.parametrize(("entry", "said"), [
    ({"data": np.zeros((2, 16 * 16 * 3), np.uint8), "labels": [0, 1]}, "colour images of 16×16"),
    ({"data": np.zeros((2, 32 * 32), np.uint8), "labels": [0, 1]}, "grey images of 32×32"),
    ({"data": np.zeros((2, 3072), np.uint8), "labels": [0, 10]}, "the label 10 for image 1"),
    ({"data": np.zeros((2, 3072), np.uint8)}, "no file in CIFAR-10's format"),
    (["something else"], "no file in CIFAR-10's format"),
])
def test_odd_cifar10_files_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: object, said: str) -> None:
    monkeypatch.setenv("COURSE_DATA", "auto")
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    for file in DATASETS["cifar10"].files:
        (tmp_path / file.path).write_bytes(pickle.dumps(entry))
    (folder / "batches.meta").write_bytes(b"")
    assert said in (describe_bad_contents(folder / "data_batch_1") or "")
    assert data.source("cifar10") == "embedded"
    assert "is not the original" in repr(data.notice("cifar10"))


class Stranger:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return open, ("/nowhere/at/all",)


def test_a_strange_pickle_is_not_run(tmp_path: Path) -> None:
    path = tmp_path / "data_batch_1"
    path.write_bytes(pickle.dumps(Stranger()))
    with pytest.raises(data.DataError, match="asks for"):
        read_batch(path)


def test_known_md5s_are_torchvisions() -> None:
    known = {file.path.rpartition("/")[2]: file.digest.removeprefix("md5:") for file in DATASETS["cifar10"].files}
    assert known == dict(datasets.CIFAR10.train_list + datasets.CIFAR10.test_list) | {
        "batches.meta": datasets.CIFAR10.meta["md5"]}
    archives = {a.path.rpartition("/")[2]: a.digest.removeprefix("md5:") for a in MNIST.archives}
    assert archives == dict(datasets.MNIST.resources)
    assert DATASETS["cifar10"].archives[0].digest == f"md5:{datasets.CIFAR10.tgz_md5}"


@pytest.mark.realdata
@pytest.mark.parametrize("name", ["pima", "cifar10", "mnist"])
def test_real_sets(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = find_problem(DATASETS[name])
    if wrong:
        pytest.skip(wrong.text)
    monkeypatch.setenv("COURSE_DATA", "real")
    assert data.source(name) == "real"
    assert repr(data.notice(name)).startswith("Real data")
    if name == "pima":
        table = data.pima()
        assert table.attrs["source"] == "real"
        assert table["outcome"].value_counts().to_dict() == {0: 500, 1: 268}
        zeros = (table[["glucose", "blood_pressure", "skin_thickness", "insulin", "bmi"]] == 0).sum().tolist()
        assert zeros == [5, 35, 227, 374, 11]
        return
    load = data.cifar10 if name == "cifar10" else data.mnist
    train, test = load(train=True), load(train=False)
    assert len(train) == (50_000 if name == "cifar10" else 60_000)
    assert len(test) == 10_000
    assert len(train.classes) == 10


def test_idx_round_trip(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (7, 28, 28), np.uint8)
    formats.write_mnist(tmp_path, (images, np.arange(7)), (images, np.arange(7)))
    assert (read_idx(tmp_path / "MNIST" / "raw" / "train-images-idx3-ubyte") == images).all()
    assert (datasets.MNIST(tmp_path, train=False).data.numpy() == images).all()
