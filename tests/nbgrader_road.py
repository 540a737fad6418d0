"""A pytest plugin: nbgrader's own tests of ``autograde`` through the steps of this project (make test-nbgrader)."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbgrader.converters import Autograde
from traitlets.config import PyFileConfigLoader

CONFIG = PyFileConfigLoader("nbgrader_config.py", str(Path(__file__).parents[1])).load_config()
# Two of them hand in an old notebook of another assignment and expect that grading it breaks. Here it gets its zero.
GRADED_HERE = ("test_handle_failure", "test_handle_failure_single_notebook")

for _steps in ("sanitize_preprocessors", "autograde_preprocessors"):
    getattr(Autograde, _steps).default_args = (list(CONFIG.Autograde[_steps]),)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [item for item in items if item.name in GRADED_HERE]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
