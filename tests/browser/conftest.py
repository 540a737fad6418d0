"""One JupyterLab on a copy of the course, and one headless Chromium, for all browser tests."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .lab import Lab

ROOT = Path(__file__).resolve().parents[2]
ARTEFACTS = ROOT / "artefacts" / "browser"
TOKEN = "browser-tests"
START_SECONDS = 120
COURSE = "from course_utils.cli.app import main; main()"  # the console script, wherever it lies
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests in this folder are marked ``browser``."""
    for item in items:
        if Path(item.path).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A headless Chromium: the system's, or the one that Playwright installed; else the tests are skipped."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        pytest.skip("playwright is not installed: pip install 'pytorch-in-nine-lessons[test]'")
    path = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        except Error as error:
            reason = str(error).strip().splitlines()[0]
            pytest.skip(f"no Chromium that works ({reason}): apt install chromium, or playwright install chromium")
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def course_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of lessons and solutions, and nothing that was done in them yet."""
    folder = tmp_path_factory.mktemp("course")
    for part in ("lessons", "solutions"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    for source in folder.glob("solutions/*/*.py"):
        os.utime(source, (0, 0))  # older than the notebook paired with it, as a clone may leave them
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    return folder


@contextlib.contextmanager
def serve(folder: Path, private: Path) -> Iterator[str]:
    """`course lab` in a course folder, with settings and state in a private one; gives its address."""
    (private / "jupyter_lab_config.py").write_text("c.LabApp.expose_app_in_browser = True\n", encoding="utf-8")
    port = _free_port()
    environment = {
        **os.environ, "JUPYTER_CONFIG_DIR": str(private), "JUPYTER_TOKEN": TOKEN,
        "IPYTHONDIR": str(private / "ipython"),
        "JUPYTER_DATA_DIR": str(private / "data"), "JUPYTER_RUNTIME_DIR": str(private / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(private / "settings"), "JUPYTERLAB_WORKSPACES_DIR": str(private / "workspaces"),
        "COURSE_STATE": str(private / "state"), "COURSE_DATA": "embedded", "COURSE_CHECK": "report",
        "COURSE_DEVICE": "cpu",
    }
    with open(private / "lab.log", "w", encoding="utf-8") as log:
        process = subprocess.Popen([sys.executable, "-c", COURSE, "lab", "--no-browser", "--port", str(port)],
                                   cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True)
        try:
            _wait_until_up(port, process, private / "lab.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            _stop(process)


@pytest.fixture(scope="session")
def private(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Settings and state of the one JupyterLab."""
    return tmp_path_factory.mktemp("jupyter")


@pytest.fixture(scope="module", autouse=True)
def nothing_done_yet(private: Path) -> None:
    """Each file of tests begins with a student who has passed nothing."""
    if (private / "state").exists():
        shutil.rmtree(private / "state")


@pytest.fixture(scope="session")
def server(chromium: Any, course_folder: Path, private: Path) -> Iterator[str]:
    """`course lab` on the copy; gives its address."""
    with serve(course_folder, private) as address:
        yield address


@pytest.fixture(scope="session")
def new_lab(server: str, chromium: Any) -> Callable[[], Lab]:
    """Makes a fresh page for JupyterLab; its ``close`` ends its kernels."""

    # One context, so that JupyterLab's megabytes of scripts are fetched and compiled once.
    context = chromium.new_context(viewport={"width": 1300, "height": 900})

    def make() -> Lab:
        page = context.new_page()
        page.set_default_timeout(60_000)
        return Lab(page, server, TOKEN, ARTEFACTS)

    return make


@pytest.fixture
def lab(new_lab: Callable[[], Lab]) -> Iterator[Lab]:
    """JupyterLab for one test."""
    opened = new_lab()
    yield opened
    opened.close()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: Any, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Keep a screenshot of what a failing test saw."""
    outcome: Any = yield
    if call.when == "call" and outcome.get_result().failed:
        for value in item.funcargs.values():
            seen = [part for part in (value if isinstance(value, tuple) else (value,)) if isinstance(part, Lab)]
            for page in seen:
                page.screenshot(f"failed-{re.sub(r'[^A-Za-z0-9]+', '-', item.name)}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"course lab ended at once:\n{log.read_text(encoding='utf-8')[-3000:]}")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api?token={TOKEN}", timeout=5)
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    pytest.fail(f"course lab did not answer within {START_SECONDS} s:\n{log.read_text(encoding='utf-8')[-3000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the command and the server below it."""
    import psutil

    try:
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for member in family:
        member.terminate()
    _, alive = psutil.wait_procs(family, timeout=15)
    for member in alive:
        member.kill()
