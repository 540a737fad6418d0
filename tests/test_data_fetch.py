"""Fetching real data: against a server of our own that can break off, lie, and stay silent."""

from __future__ import annotations

import errno
import gzip
import hashlib
import io
import os
import pickle
import shutil
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from course_utils.data import DataError, download, fetch, formats
from course_utils.data.dataset import Archive, DataSet, File
from course_utils.data.registry import CIFAR10, MNIST, PIMA
from course_utils.data.synthetic_pima import synthetic_pima
from course_utils.data.verify import find_problem


@dataclass
class Server:
    """What is served under which path, how it behaves, and what was asked of it."""

    files: dict[str, bytes] = field(default_factory=dict)
    breaks_off_after: int | None = None  # bytes of each answer
    ranges: bool = True
    silent: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)
    address: str = ""


class Handler(BaseHTTPRequestHandler):
    state: Server

    def do_GET(self) -> None:
        state, wanted = self.state, self.headers.get("Range")
        state.asked.append(f"{self.path} {wanted or ''}".strip())
        if self.path == "/silent":
            state.silent.wait(10)
            return
        if self.path not in state.files:
            self.send_error(404)
            return
        body, start = state.files[self.path], 0
        if wanted and state.ranges:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            if start >= len(body):
                self.send_error(416)
                return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        self.wfile.write(body[start:][: state.breaks_off_after])

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()
    http = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"state": state}))
    state.address = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    yield state
    state.silent.set()
    http.shutdown()
    http.server_close()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_DATA", "auto")
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


CONTENT = os.urandom(300_000)


def digest(content: bytes, kind: str = "sha256") -> str:
    return f"{kind}:{hashlib.new(kind, content).hexdigest()}"


def pima(server: Server, content: bytes | None = None) -> DataSet:
    """A set like Pima, of one table on our server."""
    body = synthetic_pima().to_csv(index=False, header=False).rstrip("\n").encode()
    server.files["/pima.csv"] = body if content is None else content
    archive = Archive((f"{server.address}/pima.csv",), PIMA.archives[0].path, digest(body), len(body))
    return replace(PIMA, files=(File(PIMA.files[0].path, 0, digest(body)),), archives=(archive,))


def cifar10(server: Server, folder: Path, monkeypatch: pytest.MonkeyPatch) -> DataSet:
    """A set like CIFAR-10, of a few images; torchvision's class is told its md5s."""
    from torchvision import datasets

    images, labels = np.random.default_rng(0).integers(0, 256, (20, 32, 32, 3), np.uint8), np.arange(20) % 10
    source = folder / "source"
    formats.write_cifar10(source, (images, labels), (images, labels), [str(i) for i in range(10)])
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        tar.add(source / "cifar-10-batches-py", arcname="cifar-10-batches-py")
    server.files["/cifar.tar.gz"] = packed.getvalue()
    files = tuple(File(f.path, (source / f.path).stat().st_size, digest((source / f.path).read_bytes(), "md5"))
                  for f in CIFAR10.files)
    known = {Path(f.path).name: f.digest.removeprefix("md5:") for f in files}
    md5 = digest(packed.getvalue(), "md5")
    monkeypatch.setattr(datasets.CIFAR10, "tgz_md5", md5.removeprefix("md5:"))
    monkeypatch.setattr(datasets.CIFAR10, "train_list", [[n, known[n]] for n, _ in datasets.CIFAR10.train_list])
    monkeypatch.setattr(datasets.CIFAR10, "test_list", [[n, known[n]] for n, _ in datasets.CIFAR10.test_list])
    monkeypatch.setattr(datasets.CIFAR10, "meta", datasets.CIFAR10.meta | {"md5": known["batches.meta"]})
    archive = Archive((f"{server.address}/cifar.tar.gz",), "cifar-10-python.tar.gz", md5, len(packed.getvalue()))
    return replace(CIFAR10, files=files, archives=(archive,), size=1_000_000)


def mnist(server: Server, folder: Path, monkeypatch: pytest.MonkeyPatch) -> DataSet:
    """A set like MNIST, of a few images."""
    from torchvision import datasets

    images, labels = np.random.default_rng(0).integers(0, 256, (20, 28, 28), np.uint8), np.arange(20) % 10
    source = folder / "source"
    formats.write_mnist(source, (images, labels), (images, labels))
    files = tuple(File(f.path, (source / f.path).stat().st_size, digest((source / f.path).read_bytes(), "md5"))
                  for f in MNIST.files)
    archives = []
    for file in files:
        packed, name = gzip.compress((source / file.path).read_bytes()), f"{Path(file.path).name}.gz"
        server.files[f"/{name}"] = packed
        archives.append(Archive((f"{server.address}/gone/{name}", f"{server.address}/{name}"), f"{file.path}.gz",
                                digest(packed, "md5"), len(packed)))
    monkeypatch.setattr(datasets.MNIST, "resources",
                        [(Path(a.path).name, a.digest.removeprefix("md5:")) for a in archives])
    return replace(MNIST, files=files, archives=tuple(archives), size=1_000_000)


# One file.

def test_a_download(server: Server, tmp_path: Path) -> None:
    server.files["/file"] = CONTENT
    target = download.download((f"{server.address}/file",), tmp_path / "file", digest(CONTENT))
    assert target.read_bytes() == CONTENT
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_what_was_interrupted_goes_on(server: Server, tmp_path: Path) -> None:
    server.files["/file"], server.breaks_off_after = CONTENT, 100_000
    with pytest.raises(DataError, match=r"broke off after 100,000 of 300,000 bytes\. The next try continues"):
        download.download((f"{server.address}/file",), tmp_path / "file", digest(CONTENT))
    assert [path.name for path in tmp_path.iterdir()] == ["file.part"], "half a file is not taken for a whole one"
    server.breaks_off_after = None
    download.download((f"{server.address}/file",), tmp_path / "file", digest(CONTENT))
    assert server.asked == ["/file", "/file bytes=100000-"]
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_a_server_without_ranges_starts_again(server: Server, tmp_path: Path) -> None:
    server.files["/file"], server.ranges = CONTENT, False
    (tmp_path / "file.part").write_bytes(CONTENT[:1000])
    download.download((f"{server.address}/file",), tmp_path / "file", digest(CONTENT))
    assert (tmp_path / "file").read_bytes() == CONTENT


@pytest.mark.parametrize("part", [CONTENT, CONTENT + b"more"])
def test_a_part_that_is_too_long_is_dropped(server: Server, tmp_path: Path, part: bytes) -> None:
    server.files["/file"] = CONTENT
    (tmp_path / "file.part").write_bytes(part)
    download.download((f"{server.address}/file",), tmp_path / "file", digest(CONTENT))
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_other_bytes_than_expected(server: Server, tmp_path: Path) -> None:
    server.files["/file"] = CONTENT[:-1] + b"!"
    with pytest.raises(DataError, match="gave another file than expected"):
        download.download((f"{server.address}/file",), tmp_path / "file", digest(CONTENT))
    assert list(tmp_path.iterdir()) == []
    server.files["/file"] = CONTENT
    download.download((f"{server.address}/file",), tmp_path / "file", digest(CONTENT))


def test_a_stale_part_does_not_spoil_every_try(server: Server, tmp_path: Path) -> None:
    server.files["/file"] = CONTENT
    (tmp_path / "file.part").write_bytes(b"from another version of the file")
    download.download((f"{server.address}/file",), tmp_path / "file", digest(CONTENT))
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_the_next_address_is_tried(server: Server, tmp_path: Path) -> None:
    server.files |= {"/bad": b"no", "/good": CONTENT}
    urls = ("http://127.0.0.1:1/closed", f"{server.address}/gone", f"{server.address}/bad", f"{server.address}/good")
    assert download.download(urls, tmp_path / "file", digest(CONTENT)).read_bytes() == CONTENT


@pytest.mark.parametrize(("path", "said"), [("/gone", "answers 404"), ("/silent", "can't be reached \\(timed out")])
def test_no_answer(server: Server, tmp_path: Path, path: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        download.download((f"{server.address}{path}",), tmp_path / "file", digest(CONTENT), timeout=0.5)
    assert list(tmp_path.iterdir()) == []


def test_a_proxy_is_used(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server.files["http://elsewhere.example/file"] = CONTENT
    monkeypatch.setenv("HTTP_PROXY", server.address)
    monkeypatch.setenv("http_proxy", server.address)
    download.download(("http://elsewhere.example/file",), tmp_path / "file", digest(CONTENT))
    assert server.asked == ["http://elsewhere.example/file"]


def test_a_progress_bar(server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    server.files["/file"] = CONTENT
    download.download((f"{server.address}/file",), tmp_path / "file", digest(CONTENT), bar=True)
    assert "file" in capsys.readouterr().err
    download.download((f"{server.address}/file",), tmp_path / "other", digest(CONTENT))
    assert capsys.readouterr() == ("", "")


# A set.

def test_a_table_is_fetched_once(server: Server, tmp_path: Path) -> None:
    spec = pima(server)
    for _ in range(2):
        fetch.fetch_set(spec, tmp_path)
    assert find_problem(spec, tmp_path) is None
    assert server.asked == ["/pima.csv"]
    assert [path.name for path in tmp_path.iterdir()] == ["pima-indians-diabetes.csv"]


def test_images_are_fetched_and_unpacked(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = cifar10(server, tmp_path, monkeypatch)
    server.breaks_off_after = 5000
    folder = tmp_path / "data"
    with pytest.raises(DataError, match="HTTPS_PROXY"):
        fetch.fetch_set(spec, folder)
    assert find_problem(spec, folder) == find_problem(spec, tmp_path / "empty") or find_problem(spec, folder).absent  # type: ignore[union-attr]
    server.breaks_off_after = None
    fetch.fetch_set(spec, folder)
    assert find_problem(spec, folder) is None
    assert server.asked[1] == "/cifar.tar.gz bytes=5000-"
    assert [path.name for path in folder.iterdir()] == ["cifar-10-batches-py"]


def test_mirrors_and_several_archives(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec, folder = mnist(server, tmp_path, monkeypatch), tmp_path / "data"
    fetch.fetch_set(spec, folder)
    assert find_problem(spec, folder) is None
    assert len([path for path in server.asked if "/gone/" in path]) == 4


def test_a_half_unpacked_set_is_unpacked_again(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec, folder = mnist(server, tmp_path, monkeypatch), tmp_path / "data"
    for file in spec.files:
        half = folder / ".fetching-mnist" / file.path
        half.parent.mkdir(parents=True, exist_ok=True)
        half.write_bytes(b"half")
    fetch.fetch_set(spec, folder)
    assert find_problem(spec, folder) is None


def test_a_damaged_set_is_mended(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec, folder = cifar10(server, tmp_path, monkeypatch), tmp_path / "data"
    fetch.fetch_set(spec, folder)
    batch = folder / "cifar-10-batches-py" / "data_batch_2"
    batch.write_bytes(batch.read_bytes()[:100])
    wrong = find_problem(spec, folder)
    assert wrong is not None
    assert not wrong.absent
    assert "data_batch_2" in wrong.text
    fetch.fetch_set(spec, folder)
    assert find_problem(spec, folder) is None


def test_archives_put_there_by_hand(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec, folder = cifar10(server, tmp_path, monkeypatch), tmp_path / "data"
    folder.mkdir()
    by_hand = folder / "cifar-10-python.tar.gz"
    by_hand.write_bytes(server.files["/cifar.tar.gz"])
    fetch.fetch_set(spec, folder)
    assert find_problem(spec, folder) is None
    assert server.asked == []
    assert by_hand.exists()


def test_an_altered_table_is_not_kept(server: Server, tmp_path: Path) -> None:
    spec = pima(server, b"1,2,3")
    with pytest.raises(DataError, match="altered or damaged on its way"):
        fetch.fetch_set(spec, tmp_path)
    assert not (tmp_path / "pima-indians-diabetes.csv").exists()


def test_no_network_names_the_proxy_the_folder_and_the_hash(tmp_path: Path) -> None:
    spec = replace(PIMA, archives=(replace(PIMA.archives[0], urls=("http://127.0.0.1:1/pima.csv",)),))
    with pytest.raises(DataError, match="can't be reached") as caught:
        fetch.fetch_set(spec, tmp_path)
    for part in ("HTTPS_PROXY", f"{tmp_path}/pima-indians-diabetes.csv", "6bfe5d0f379d17a0", "course data fetch pima"):
        assert part in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = pima(server)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(download, "gather", full)
    with pytest.raises(DataError, match="The disk is full"):
        fetch.fetch_set(spec, tmp_path)
    assert not (tmp_path / "pima-indians-diabetes.csv").exists()


def test_a_disk_that_is_too_small_is_told_beforehand(server: Server, tmp_path: Path,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))  # type: ignore[attr-defined]
    with pytest.raises(DataError, match=r"MNIST needs 64 MiB while it is fetched, and .* has 0 MiB free"):
        fetch.fetch_set(MNIST, tmp_path)
    assert server.asked == []


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bubblewrap for a small disk and a read-only folder")
@pytest.mark.sandbox
@pytest.mark.parametrize(("mount", "said"), [
    (["--size", "8192", "--tmpfs"], "The disk is full"),
    (["--ro-bind", "/usr/share"], "can't be written to"),
])
def test_really_full_and_really_read_only(server: Server, tmp_path: Path, mount: list[str], said: str) -> None:
    spec = pima(server)
    (tmp_path / "spec").write_bytes(pickle.dumps(replace(spec, size=0)))
    program = ("import pickle, sys; from pathlib import Path; from course_utils.data import fetch, DataError\n"
               "try: fetch.fetch_set(pickle.loads(Path(sys.argv[1]).read_bytes()), Path('/mnt/data'))\n"
               "except DataError as error: print(error)\n"
               "print([p.name for p in Path('/mnt/data').rglob('pima*') if p.suffix == '.csv'])")
    done = subprocess.run(["bwrap", "--bind", "/", "/", "--tmpfs", "/mnt", *mount, "/mnt/data", sys.executable, "-c",
                           program, str(tmp_path / "spec")], capture_output=True, text=True, check=False)
    if "bwrap:" in done.stderr:
        pytest.skip(f"bubblewrap does not work here: {done.stderr.strip()}")
    assert said in done.stdout, done.stdout + done.stderr
    assert done.stdout.endswith("[]\n")


def test_one_fetch_at_a_time(server: Server, tmp_path: Path) -> None:
    spec = pima(server)
    staging = tmp_path / ".fetching-pima"
    staging.mkdir()
    running = "Another `course data fetch pima` is running"
    with fetch._fetch_lock(staging, spec), pytest.raises(DataError, match=running):
        fetch.fetch_set(spec, tmp_path)
    fetch.fetch_set(spec, tmp_path)
