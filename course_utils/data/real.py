"""The real data sets: their files, and whether they are here and whole."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from course_utils.data.contents import odd_contents
from course_utils.data.errors import DataError
from course_utils.data.places import real_folder


@dataclass(frozen=True)
class File:
    """One file as a data set's authors published it."""

    path: str  # below the data folder
    size: int  # bytes; 0 for a text file, whose line ends may differ
    digest: str  # "md5:..." or "sha256:..."


@dataclass(frozen=True)
class Archive:
    """One download."""

    urls: tuple[str, ...]  # the same bytes at each
    path: str  # below the data folder, where one put there by hand is found as well
    digest: str
    size: int  # bytes, about


@dataclass(frozen=True)
class RealSet:
    """A data set: what it is, what to download, and the files that come of it."""

    name: str
    title: str
    about: str
    files: tuple[File, ...]
    archives: tuple[Archive, ...]
    size: int  # bytes on disk while fetching: downloads and files together


@dataclass(frozen=True)
class Fault:
    """Why a real set can't be used."""

    text: str
    absent: bool  # nothing of it is there; else it is there and damaged


_MNIST_URLS = ("https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/")


def _mnist(name: str, digest: str, size: int) -> Archive:
    return Archive(tuple(f"{url}{name}" for url in _MNIST_URLS), f"MNIST/raw/{name}", f"md5:{digest}", size)


PIMA = RealSet(
    "pima", "Pima Indians Diabetes",
    "768 rows of the Pima Indians Diabetes table (Smith et al. 1988)",
    (File("pima-indians-diabetes.csv", 0, "sha256:6bfe5d0f379d17a0e0819b996407e3c09bf80febd4287f2ed212190dfff154af"),),
    (Archive(("https://raw.githubusercontent.com/jbrownlee/Datasets/master/pima-indians-diabetes.csv",
              "https://raw.githubusercontent.com/jbrownlee/Datasets/master/pima-indians-diabetes.data.csv"),
             "pima-indians-diabetes.csv",
             "sha256:6bfe5d0f379d17a0e0819b996407e3c09bf80febd4287f2ed212190dfff154af", 23_278),),
    50_000,
)
CIFAR10 = RealSet(
    "cifar10", "CIFAR-10",
    "50,000 training and 10,000 test photographs of ten classes (Krizhevsky 2009)",
    (File("cifar-10-batches-py/batches.meta", 158, "md5:5ff9c542aee3614f3951f8cda6e48888"),
     File("cifar-10-batches-py/data_batch_1", 31_035_704, "md5:c99cafc152244af753f735de768cd75f"),
     File("cifar-10-batches-py/data_batch_2", 31_035_320, "md5:d4bba439e000b95fd0a9bffe97cbabec"),
     File("cifar-10-batches-py/data_batch_3", 31_035_999, "md5:54ebc095f3ab1f0389bbae665268c751"),
     File("cifar-10-batches-py/data_batch_4", 31_035_696, "md5:634d18415352ddfa80567beed471001a"),
     File("cifar-10-batches-py/data_batch_5", 31_035_623, "md5:482c414d41f54cd18b22e5b47cb7c3cb"),
     File("cifar-10-batches-py/test_batch", 31_035_526, "md5:40351d587109b95175f43aff81a1287e")),
    (Archive(("https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",), "cifar-10-python.tar.gz",
             "md5:c58f30108f718f92721af3b95e74349a", 170_498_071),),
    357_000_000,
)
MNIST = RealSet(
    "mnist", "MNIST",
    "60,000 training and 10,000 test images of handwritten digits (LeCun et al. 1998)",
    (File("MNIST/raw/train-images-idx3-ubyte", 47_040_016, "md5:6bbc9ace898e44ae57da46a324031adb"),
     File("MNIST/raw/train-labels-idx1-ubyte", 60_008, "md5:a25bea736e30d166cdddb491f175f624"),
     File("MNIST/raw/t10k-images-idx3-ubyte", 7_840_016, "md5:2646ac647ad5339dbf082846283269ea"),
     File("MNIST/raw/t10k-labels-idx1-ubyte", 10_008, "md5:27ae3e4e09519cfbb04c329615203637")),
    (_mnist("train-images-idx3-ubyte.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873", 9_912_422),
     _mnist("train-labels-idx1-ubyte.gz", "d53e105ee54ea40749a09fcbcd1e9432", 28_881),
     _mnist("t10k-images-idx3-ubyte.gz", "9fb629c4189551a2d022fa330f9573f3", 1_648_877),
     _mnist("t10k-labels-idx1-ubyte.gz", "ec29112dd5afa0611ce80d1b7f02629c", 4_542)),
    67_000_000,
)
REAL_SETS = {spec.name: spec for spec in (PIMA, CIFAR10, MNIST)}


def real_set(name: str) -> RealSet:
    """The set of that name, or DataError with the names that there are."""
    try:
        return REAL_SETS[name]
    except KeyError:
        raise DataError(f"There is no data set '{name}'; there are {', '.join(REAL_SETS)}.") from None


def fault(spec: RealSet, folder: Path | None = None) -> Fault | None:
    """What is wrong with the set in the folder (default: where real data lies); None where it is whole."""
    folder = folder or real_folder()
    missing = [file for file in spec.files if not (folder / file.path).is_file()]
    if len(missing) == len(spec.files):
        return Fault(f"{spec.title} is not in {folder}.", absent=True)
    if missing:
        names = ", ".join(Path(file.path).name for file in missing)
        return Fault(f"{spec.title} in {folder} is incomplete: {names} missing.", absent=False)
    for file in spec.files:
        path = folder / file.path
        try:
            stat = path.stat()
            trouble = _trouble(path, file, stat.st_size, stat.st_mtime_ns)
        except OSError as error:
            trouble = f"it can't be read ({error.strerror or error})"
        if trouble:
            return Fault(f"{path} is not the original: {trouble}.", absent=False)
    return None


@lru_cache(maxsize=64)
def _trouble(path: Path, file: File, size: int, _modified: int) -> str | None:
    """How a file differs from the published one; remembered while its size and time stay the same."""
    if file.size and size == 0:
        return "it is empty"
    kind, _, expected = file.digest.partition(":")
    if file.size == 0:
        found = hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n").rstrip(b"\n")).hexdigest()
    elif file.size == size:
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, lambda: hashlib.new(kind, usedforsecurity=False)).hexdigest()
    else:
        found = ""
    if found == expected:
        return None
    odd = odd_contents(path)
    if odd:
        return odd
    if file.size > size:
        return f"it has {size:,} of {file.size:,} bytes, so it was cut short"
    if found:
        return f"its {kind} is {found[:12]}… where {expected[:12]}… belongs, so it was altered or damaged"
    return f"it has {size:,} bytes where {file.size:,} belong"
