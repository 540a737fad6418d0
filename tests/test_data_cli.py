"""`course data`: what it prints, and its exit status."""

from __future__ import annotations

import http.server
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from course_utils.data.formats import write_mnist

ROOT = Path(__file__).parent.parent
DEAD = "http://127.0.0.1:1"  # a proxy that refuses every connection


def course(*words: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", "from course_utils.cli.app import main; main()", "data", *words],
                          capture_output=True, text=True, check=False, cwd=ROOT,
                          env=settings(folder) | environment)


def settings(folder: Path) -> dict[str, str]:
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), DEAD)
    kept = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
    return kept | {"COURSE_DATA": "auto", "COURSE_DATA_DIR": str(folder), "COLUMNS": "100"} | proxies


@pytest.mark.parametrize("words", [[], ["status"]])
def test_status_of_an_empty_folder(tmp_path: Path, words: list[str]) -> None:
    done = course(*words, folder=tmp_path)
    assert done.returncode == 0
    assert done.stderr == ""
    for name in ("pima", "cifar10", "mnist"):
        assert f"{name}" in done.stdout
    assert done.stdout.count("not here") == 3
    assert f"COURSE_DATA=auto, real data in {tmp_path}" in done.stdout
    assert "course data fetch pima cifar10 mnist" in done.stdout


def test_status_of_one(tmp_path: Path) -> None:
    done = course("status", "mnist", folder=tmp_path)
    assert "cifar10" not in done.stdout


def test_status_names_what_is_damaged(tmp_path: Path) -> None:
    images, labels = np.zeros((3, 28, 28), np.uint8), np.arange(3)
    write_mnist(tmp_path, (images, labels), (images, labels))
    done = course("status", "mnist", folder=tmp_path)
    assert done.returncode == 0
    assert "damaged" in done.stdout
    assert "train-images-idx3-ubyte is not the original" in done.stdout


@pytest.mark.parametrize("name", ["pima", "cifar10", "mnist"])
def test_fetch_without_network(tmp_path: Path, name: str) -> None:
    done = course("fetch", name, folder=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(f"course: {name}: ")
    assert "can't be reached" in done.stderr
    assert "HTTPS_PROXY" in done.stderr
    assert str(tmp_path) in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_fetch_is_refused_where_the_network_is_forbidden(tmp_path: Path) -> None:
    done = course("fetch", "pima", folder=tmp_path, COURSE_DATA="embedded")
    assert done.returncode == 1
    assert "COURSE_DATA=embedded" in done.stderr


@pytest.mark.parametrize("words", [["fetch", "iris"], ["status", "iris"], ["remove"]])
def test_wrong_usage(tmp_path: Path, words: list[str]) -> None:
    done = course(*words, folder=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_wrong_mode(tmp_path: Path) -> None:
    done = course("status", folder=tmp_path, COURSE_DATA="maybe")
    assert done.returncode == 1
    assert done.stderr == "course: COURSE_DATA is 'maybe'; it can be auto, embedded or real.\n"


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = course("fetch", "pima", folder=tmp_path / "file")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr


class Slow(http.server.BaseHTTPRequestHandler):
    """Sends a little, then waits."""

    started = threading.Event()
    over = threading.Event()

    def do_CONNECT(self) -> None:
        self.started.set()
        self.over.wait(20)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def slow_proxy() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    Slow.over.set()
    server.shutdown()
    server.server_close()


def test_stopped_by_hand(tmp_path: Path, slow_proxy: str) -> None:
    environment = settings(tmp_path) | {"HTTPS_PROXY": slow_proxy, "https_proxy": slow_proxy}
    running = subprocess.Popen([sys.executable, "-c", "from course_utils.cli.app import main; main()", "data", "fetch",
                                "pima"], env=environment, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert Slow.started.wait(60)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=20)
    assert running.returncode == 1
    assert errors.strip().splitlines()[-1] == "course: stopped."
    assert "Traceback" not in errors
    assert not (tmp_path / "pima-indians-diabetes.csv").exists()


@pytest.mark.realdata
def test_status_of_real_data() -> None:
    folder = os.environ.get("COURSE_DATA_DIR", "")
    if not folder or not (Path(folder) / "cifar-10-batches-py").is_dir():
        pytest.skip("no CIFAR-10 in COURSE_DATA_DIR")
    done = course("status", "cifar10", folder=Path(folder))
    assert done.returncode == 0
    assert "real" in done.stdout
