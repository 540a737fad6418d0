"""Which data the lessons get: COURSE_DATA, COURSE_DATA_DIR, notices, and tables that are not what they should be."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from course_utils import data
from course_utils.data import choose, places
from course_utils.data.contents import check_table_columns
from course_utils.data.fetch import fetch
from course_utils.data.synthetic_pima import COLUMNS, synthetic_pima

ROOT = Path(__file__).parent.parent


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of real data, COURSE_DATA=auto, and no memory of earlier failures."""
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COURSE_DATA", "auto")
    monkeypatch.setattr(choose, "_failed", {})
    return tmp_path


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every connection fails at once; those that were tried."""
    tried: list[object] = []

    def refuse(address: object, *_: object, **__: object) -> None:
        tried.append(address)
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    return tried


def test_house_prices() -> None:
    houses = data.house_prices()
    assert list(houses.columns) == ["rooms", "alley", "price"]
    assert houses["rooms"].isna().any()
    assert houses["alley"].isna().any()
    assert houses["price"].dtype == "int64"


def test_embedded_never_touches_the_network(monkeypatch: pytest.MonkeyPatch, no_network: list[object]) -> None:
    monkeypatch.setenv("COURSE_DATA", "embedded")
    table = data.pima()
    assert table.attrs["source"] == "embedded"
    assert list(table.columns) == list(COLUMNS)
    for name in ("pima", "cifar10", "mnist"):
        assert data.source(name) == "embedded"
        data.notice(name)
    with pytest.raises(data.DataError, match="keeps the course off the network"):
        fetch("pima")
    assert no_network == []


def test_the_embedded_table_is_drawn_where_the_file_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_DATA", "embedded")
    with_file = data.pima()
    monkeypatch.setattr("course_utils.data.table.shipped_folders", lambda: [])
    pd.testing.assert_frame_equal(with_file, data.pima())


def test_embedded_notices_say_that_the_data_is_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_DATA", "embedded")
    assert repr(data.notice("pima")).startswith("Synthetic data")
    assert "`course" not in repr(data.notice("cifar10"))
    assert "<code>course data fetch mnist</code>" in data.notice("mnist")._repr_mimebundle_()["text/html"]


def test_auto_without_network_says_so_once_and_does_not_try_again(folder: Path, no_network: list[object]) -> None:
    assert data.pima().attrs["source"] == "embedded"
    tried = len(no_network)
    assert tried > 0
    text = repr(data.notice("pima"))
    assert "Synthetic" in text
    assert "can't be reached" in text
    assert len(no_network) == tried
    assert data.source("cifar10") == data.source("mnist") == "embedded"
    assert len(no_network) == tried, "a large set is never fetched without being asked for"


def test_auto_does_not_wait_long_for_a_silent_server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    monkeypatch.setattr(choose, "PATIENCE", 0.2)
    monkeypatch.setattr(choose, "fetch", lambda *_, **__: threading.Event().wait(5))
    assert data.source("pima") == "embedded"
    assert "did not answer in time" in repr(data.notice("pima"))


@pytest.mark.parametrize("name", ["pima", "cifar10", "mnist"])
def test_real_without_network_is_an_error(folder: Path, no_network: list[object], monkeypatch: pytest.MonkeyPatch,
                                          name: str) -> None:
    monkeypatch.setenv("COURSE_DATA", "real")
    load = {"pima": data.pima, "cifar10": lambda: data.cifar10(True), "mnist": lambda: data.mnist(True)}[name]
    with pytest.raises(data.DataError, match="HTTPS_PROXY") as caught:
        load()
    assert str(folder) in str(caught.value)
    with pytest.raises(data.DataError, match=f"course data fetch {name}"):
        data.source(name)
    assert list(folder.iterdir()) == []


def test_unknown_mode_and_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_DATA", "sometimes")
    with pytest.raises(data.DataError, match="auto, embedded or real"):
        data.pima()
    monkeypatch.setenv("COURSE_DATA", "embedded")
    with pytest.raises(data.DataError, match="pima, cifar10, mnist"):
        data.source("iris")


@pytest.mark.parametrize(("change", "said"), [
    (lambda t: t.drop(columns="bmi"), "8 columns"),
    (lambda t: t.rename(columns={"bmi": "weight"}), "weight"),
    (lambda t: t[t.columns[::-1]], "has the columns outcome, age"),
    (lambda t: t.assign(age="young"), "'young' in the column age"),
])
def test_a_csv_with_other_columns(folder: Path, change: object, said: str) -> None:
    path = folder / "pima-indians-diabetes.csv"
    change(synthetic_pima()).to_csv(path, index=False)  # type: ignore[operator]
    with pytest.raises(data.DataError, match=said):
        data.read_table(path)
    text = repr(data.notice("pima"))
    assert "is not the original" in text
    assert said.split("'")[-1].split()[-1] in text
    assert data.pima().attrs["source"] == "embedded"
    assert path.exists(), "a file that someone put there is not overwritten unasked"


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe\x00binary"])
def test_a_csv_that_is_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(data.DataError, match=r"is empty|is no text"):
        check_table_columns(path)


def test_a_table_with_or_without_header(tmp_path: Path) -> None:
    table = synthetic_pima()
    for header in (True, False):
        table.to_csv(tmp_path / "t.csv", index=False, header=header)
        pd.testing.assert_frame_equal(data.read_table(tmp_path / "t.csv"), table)


def test_real_mode_refuses_an_altered_table(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_DATA", "real")
    synthetic_pima().to_csv(folder / "pima-indians-diabetes.csv", index=False, header=False)
    with pytest.raises(data.DataError, match="altered or damaged"):
        data.pima()


def test_where_nothing_but_the_package_is(tmp_path: Path) -> None:
    """As in the grader's sandbox: the package alone, a home that can't be written to, no course folder."""
    site = tmp_path / "site"
    shutil.copytree(ROOT / "course_utils", site / "course_utils", ignore=shutil.ignore_patterns("exercises", "*.pyc"))
    program = ("from course_utils import data; t = data.pima(); assert len(t) == 768, t; "
               "d = data.mnist(False); assert len(d) == 1000; print(d.root)")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    environment = os.environ | {"PYTHONPATH": str(site), "COURSE_DATA": "embedded", "HOME": "/proc/nowhere",
                                "XDG_CACHE_HOME": "/proc/nowhere", "TMPDIR": str(scratch)}
    done = subprocess.run([sys.executable, "-P", "-c", program], cwd=scratch, env=environment, capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout.startswith(str(scratch))


def test_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    assert places.real_folder() == tmp_path
    monkeypatch.delenv("COURSE_DATA_DIR")
    monkeypatch.setattr(places, "project_root", lambda: tmp_path)
    assert places.real_folder() == tmp_path / "data"
