"""A large notebook without its outputs: standard input to standard output, in a process of its own.

Reading JSON can take thirty times its size in memory; this process may take 4 GiB and 60 seconds.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

MEMORY = 4 * 2**30
SECONDS = 60
MAX_OUT = 16 * 2**20


def without_outputs(notebook: Any) -> Any:
    """The notebook with no outputs and no attachments; odd parts are left as they are."""
    sheets = notebook.get("worksheets") if isinstance(notebook, dict) else None
    for holder in [notebook, *(sheets if isinstance(sheets, list) else [])]:
        cells = holder.get("cells") if isinstance(holder, dict) else None
        for cell in cells if isinstance(cells, list) else []:
            if isinstance(cell, dict):
                cell.pop("attachments", None)
                if "outputs" in cell:
                    cell["outputs"] = []
    return notebook


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        text = json.dumps(without_outputs(json.load(sys.stdin.buffer)))
    except (ValueError, RecursionError):
        print("not JSON")
        return 1
    except MemoryError:
        print("too large")
        return 1
    if len(text) > MAX_OUT:
        print("too large")
        return 1
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
