"""The datasets of the course, a row each. To add one, add a row (and what its loader and stand-in need)."""

from __future__ import annotations

from course_utils.data.dataset import Archive, DataSet, File, StandIn
from course_utils.data.errors import DataError

_PIMA_DIGEST = "sha256:6bfe5d0f379d17a0e0819b996407e3c09bf80febd4287f2ed212190dfff154af"
_MNIST_URLS = ("https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/")


def _mnist(name: str, digest: str, size: int) -> Archive:
    return Archive(tuple(f"{url}{name}" for url in _MNIST_URLS), f"MNIST/raw/{name}", f"md5:{digest}", size)


PIMA = DataSet(
    name="pima",
    title="Pima Indians Diabetes",
    about="768 rows of the Pima Indians Diabetes table (Smith et al. 1988)",
    stand_in_about="Synthetic data: 768 made-up rows with the statistics of the Pima Indians Diabetes table. No row is "
                   "a person.",
    loader="course_utils.data.table:pima",
    files=(File("pima-indians-diabetes.csv", 0, _PIMA_DIGEST),),
    archives=(
        Archive(("https://raw.githubusercontent.com/jbrownlee/Datasets/master/pima-indians-diabetes.csv",
                 "https://raw.githubusercontent.com/jbrownlee/Datasets/master/pima-indians-diabetes.data.csv"),
                "pima-indians-diabetes.csv", _PIMA_DIGEST, 23_278),
    ),
    size=50_000,
)
CIFAR10 = DataSet(
    name="cifar10",
    title="CIFAR-10",
    about="50,000 training and 10,000 test photographs of ten classes (Krizhevsky 2009)",
    stand_in_about="Generated data: 5,000 training and 1,000 test images of ten kinds of shapes, in CIFAR-10's format.",
    stand_in=StandIn("drawn-shapes-2", "course_utils.data.shapes:write_shapes", 5000, 1000),
    loader="course_utils.data.images:cifar10",
    unpack="torchvision.datasets:CIFAR10",
    files=(
        File("cifar-10-batches-py/batches.meta", 158, "md5:5ff9c542aee3614f3951f8cda6e48888"),
        File("cifar-10-batches-py/data_batch_1", 31_035_704, "md5:c99cafc152244af753f735de768cd75f"),
        File("cifar-10-batches-py/data_batch_2", 31_035_320, "md5:d4bba439e000b95fd0a9bffe97cbabec"),
        File("cifar-10-batches-py/data_batch_3", 31_035_999, "md5:54ebc095f3ab1f0389bbae665268c751"),
        File("cifar-10-batches-py/data_batch_4", 31_035_696, "md5:634d18415352ddfa80567beed471001a"),
        File("cifar-10-batches-py/data_batch_5", 31_035_623, "md5:482c414d41f54cd18b22e5b47cb7c3cb"),
        File("cifar-10-batches-py/test_batch", 31_035_526, "md5:40351d587109b95175f43aff81a1287e"),
    ),
    archives=(
        Archive(("https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",), "cifar-10-python.tar.gz",
                "md5:c58f30108f718f92721af3b95e74349a", 170_498_071),
    ),
    size=357_000_000,
)
MNIST = DataSet(
    name="mnist",
    title="MNIST",
    about="60,000 training and 10,000 test images of handwritten digits (LeCun et al. 1998)",
    stand_in_about="Generated data: 5,000 training and 1,000 test images of digits from computer fonts, in MNIST's "
                   "format.",
    stand_in=StandIn("drawn-digits-1", "course_utils.data.digits:write_digits", 5000, 1000),
    loader="course_utils.data.images:mnist",
    unpack="torchvision.datasets:MNIST",
    files=(
        File("MNIST/raw/train-images-idx3-ubyte", 47_040_016, "md5:6bbc9ace898e44ae57da46a324031adb"),
        File("MNIST/raw/train-labels-idx1-ubyte", 60_008, "md5:a25bea736e30d166cdddb491f175f624"),
        File("MNIST/raw/t10k-images-idx3-ubyte", 7_840_016, "md5:2646ac647ad5339dbf082846283269ea"),
        File("MNIST/raw/t10k-labels-idx1-ubyte", 10_008, "md5:27ae3e4e09519cfbb04c329615203637"),
    ),
    archives=(
        _mnist("train-images-idx3-ubyte.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873", 9_912_422),
        _mnist("train-labels-idx1-ubyte.gz", "d53e105ee54ea40749a09fcbcd1e9432", 28_881),
        _mnist("t10k-images-idx3-ubyte.gz", "9fb629c4189551a2d022fa330f9573f3", 1_648_877),
        _mnist("t10k-labels-idx1-ubyte.gz", "ec29112dd5afa0611ce80d1b7f02629c", 4_542),
    ),
    size=67_000_000,
)
DATASETS = {spec.name: spec for spec in (PIMA, CIFAR10, MNIST)}


def dataset(name: str) -> DataSet:
    """Return the dataset of that name, or raise DataError with the names that there are."""
    try:
        return DATASETS[name]
    except KeyError:
        raise DataError(f"There is no dataset '{name}'. The datasets are: {', '.join(DATASETS)}.") from None
