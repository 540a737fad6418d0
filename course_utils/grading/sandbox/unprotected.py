"""No sandbox: a fork with resource limits, which has all rights of the user who grades."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from course_utils.grading.sandbox.kind import SETTINGS, ZYGOTE, Kind, Launch, listen
from course_utils.grading.sandbox.limits import Limits
from course_utils.grading.sandbox.mounts import environment


class Unprotected(Kind):
    """For one's own notebooks, and for instructors who ask for it by name."""

    name = "none"

    def problem(self) -> str | None:
        return None

    def launch(self, folder: Path, settings: dict[str, Any], limits: Limits) -> Launch:
        descriptor = listen(self.address(folder))
        settings = {**settings, "isolate": False, "listen": descriptor}
        inherited = {**os.environ, **environment(str(folder / "stage" / "package")), "HOME": str(folder),
                     "PATH": os.environ.get("PATH", os.defpath), SETTINGS: json.dumps(settings)}
        return Launch([sys.executable, "-s", "-c", ZYGOTE], inherited, [descriptor])
