"""Files that an own assignment's submission wrote, kept beside its autograded copy as nbgrader keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def keep_written(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the files into a folder; what is there already stays as it is."""
    for name, content in files.items():
        try:
            with open(folder / name, "xb") as file:
                file.write(content)
        except FileExistsError:
            continue
