"""Expected beside got, as a template shows it: shapes as boxes, numbers as grids, images as pictures."""

from __future__ import annotations

import base64
import io
from difflib import SequenceMatcher
from typing import Any

from course_utils.evidence.label import part_name
from course_utils.judging.excerpt import Pixels, Side, SideBySide

PICTURE = 144  # pixels that a picture's longer side takes on the page
Marks = list[tuple[str, bool]]  # of each dimension: its size, and whether it is wrong


def comparison(both: SideBySide) -> dict[str, Any]:
    """Return what ``comparison.html`` needs to show two tensors."""
    same_shape = both.expected.shape == both.got.shape
    marks: tuple[Marks, Marks] = ([], []) if same_shape else _shape_marks(both.expected.shape, both.got.shape)
    sides = [_side("expected", both.expected, marks[0], (), both), _side("got", both.got, marks[1], both.wrong, both)]
    return {"sides": sides, "window": both.window}


def _side(label: str, side: Side, marks: Marks, wrong: tuple[tuple[int, int], ...], both: SideBySide) -> dict[str, Any]:
    part = f", elements {both.window}" if both.window and not side.picture else ""
    return {"label": label, "facts": f"{part_name(both.where)} {side.shape} {side.dtype}{part}".strip(),
            "shape": str(side.shape), "marks": marks, "numbers": side.numbers, "wrong": wrong,
            "picture": _picture(side.picture) if side.picture else None}


def _shape_marks(want: tuple[int, ...], have: tuple[int, ...]) -> tuple[Marks, Marks]:
    """Return both shapes as boxes; a missing dimension is an empty box."""
    if len(want) == len(have):
        return ([(str(n), n != m) for n, m in zip(want, have, strict=True)],
                [(str(m), n != m) for n, m in zip(want, have, strict=True)])
    steps = SequenceMatcher(None, want, have, autojunk=False).get_opcodes()
    if {step[0] for step in steps} - {"equal"} not in ({"delete"}, {"insert"}):  # no pair of sizes belongs together
        return [(str(n), True) for n in want], [(str(n), True) for n in have]
    left: Marks = []
    right: Marks = []
    for kind, a, b, c, d in steps:
        left += [(str(n), kind != "equal") for n in want[a:b]] + [("", True)] * (d - c if kind == "insert" else 0)
        right += [(str(n), kind != "equal") for n in have[c:d]] + [("", True)] * (b - a if kind == "delete" else 0)
    return left, right


def _picture(pixels: Pixels) -> dict[str, Any]:
    longer = max(pixels.width, pixels.height)
    width, height = (round(PICTURE * side / longer) for side in (pixels.width, pixels.height))
    return {"width": width, "height": height, "data": base64.b64encode(_png(pixels)).decode()}


def _png(pixels: Pixels) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.frombytes("RGB", (pixels.width, pixels.height), pixels.rgb).save(buffer, format="PNG")
    return buffer.getvalue()
