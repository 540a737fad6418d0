"""How long the figures with controls take to draw themselves anew, control by control.

    python benchmarks/figures.py                     all lessons
    python benchmarks/figures.py 03_first_mlp

Runs each solution as a script, then moves every control of every figure through its values, as a
hand on the mouse would, and prints the median and the slowest redraw in milliseconds: from the
change to the HTML that is sent to the browser.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import runpy
import statistics
import time
from pathlib import Path
from typing import Any

os.environ.update(COURSE_DATA="embedded", COURSE_STATE="off", COURSE_CHECK="report", COURSE_DEVICE="cpu")

from course_utils.plotting.explore import Explorer

ROOT = Path(__file__).resolve().parent.parent
MOST = 25  # values of one control


def figures_of(lesson: str) -> list[Any]:
    """The lesson's figures with controls, in their order."""
    made: list[Any] = []
    begin = Explorer.__init__

    def noted(self: Any, *args: Any, **options: Any) -> None:
        begin(self, *args, **options)
        made.append(self)

    Explorer.__init__ = noted  # type: ignore[method-assign]
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            runpy.run_path(str(ROOT / "solutions" / lesson / f"{lesson}.py"))
    finally:
        Explorer.__init__ = begin  # type: ignore[method-assign]
    return made


def values(control: Any) -> list[Any]:
    """What a control can be set to; of long ranges some, evenly spread."""
    if hasattr(control, "options"):
        options = control.options
        found = [value[1] if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], str) else value
                 for value in options]
    elif hasattr(control, "max"):
        count = round((control.max - control.min) / control.step)
        found = [control.min + place * control.step for place in range(count + 1)]
    else:
        found = [not control.value, control.value]
    return found[:: -(-len(found) // MOST)]


def redraws(figure: Any, name: str) -> list[float]:
    """Seconds of each redraw while one control goes through its values."""
    control = figure.controls[name]
    before, times = control.value, []
    for value in [*values(control), before]:
        if value != control.value:
            begin = time.perf_counter()
            control.value = value
            times.append(time.perf_counter() - begin)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lessons", nargs="*", default=sorted(path.name for path in (ROOT / "solutions").glob("0*")))
    for lesson in parser.parse_args().lessons:
        for number, figure in enumerate(figures_of(lesson), start=1):
            for name in figure.controls:
                times = redraws(figure, name)
                print(f"{lesson:<22} figure {number} {name:<16} {len(times):>3} redraws   median "
                      f"{1000 * statistics.median(times):5.0f} ms   slowest {1000 * max(times):5.0f} ms", flush=True)


if __name__ == "__main__":
    main()
