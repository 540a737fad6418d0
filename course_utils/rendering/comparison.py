"""Expected beside got, as HTML: shapes as boxes, numbers as grids, images as pictures."""

from __future__ import annotations

import base64
import io
from difflib import SequenceMatcher
from html import escape

from course_utils.evidence.describe import part_name
from course_utils.judging.excerpt import Beside, Pixels, Side
from course_utils.rendering.style import LINE, MONO, MUTED, RED, WRONG, details

PICTURE = 144  # pixels that a picture's longer side takes on the page


def beside_html(both: Beside) -> str:
    """The two sides; they stand under one another where the page is narrow."""
    same_shape = both.expected.shape == both.got.shape
    marks = _shape_marks(both.expected.shape, both.got.shape)
    sides = [("expected", both.expected, marks[0], ()), ("got", both.got, marks[1], both.wrong)]
    figures = "".join(_figure(label, side, mark, wrong, both.window, part_name(both.where), not same_shape)
                      for label, side, mark, wrong in sides)
    return f'<div style="display:flex;flex-wrap:wrap;gap:4px 28px;margin-top:6px">{figures}</div>'


def _figure(label: str, side: Side, marks: list[tuple[str, bool]], wrong: tuple[tuple[int, int], ...], window: str,
            where: str, shapes: bool) -> str:
    part = f", elements {window}" if window and not side.picture else ""
    facts = escape(f"{where} {side.shape} {side.dtype}{part}".strip())
    parts = [f'<div style="font-weight:600">{label}<span style="font-weight:400;{MUTED}"> {facts}</span></div>']
    if shapes:
        parts.append(_boxes(side.shape, marks))
    if side.picture:
        parts.append(_picture(side.picture, f"{label}, as a picture"))
    if side.numbers:
        grid = _grid(side.numbers, wrong)
        parts.append(details(f"the numbers {window}".rstrip(), grid) if side.picture else grid)
    return f'<div style="min-width:0;max-width:100%">{"".join(parts)}</div>'


def _shape_marks(want: tuple[int, ...], have: tuple[int, ...]) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Both shapes as boxes of (text, marked); a missing dimension is an empty box."""
    if len(want) == len(have):
        return ([(str(n), n != m) for n, m in zip(want, have, strict=True)],
                [(str(m), n != m) for n, m in zip(want, have, strict=True)])
    steps = SequenceMatcher(None, want, have, autojunk=False).get_opcodes()
    if {step[0] for step in steps} - {"equal"} not in ({"delete"}, {"insert"}):  # no pair of sizes belongs together
        return [(str(n), True) for n in want], [(str(n), True) for n in have]
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for kind, a, b, c, d in steps:
        left += [(str(n), kind != "equal") for n in want[a:b]] + [("", True)] * (d - c if kind == "insert" else 0)
        right += [(str(n), kind != "equal") for n in have[c:d]] + [("", True)] * (b - a if kind == "delete" else 0)
    return left, right


def _boxes(shape: tuple[int, ...], marks: list[tuple[str, bool]]) -> str:
    def box(text: str, marked: bool) -> str:
        line = f"2px {'solid' if text else 'dashed'} {RED}" if marked else f"1px solid {LINE}"
        fill = f"background:{WRONG};font-weight:700" if marked and text else ""
        return (f'<span style="display:inline-block;min-width:2.2em;height:1.7em;line-height:1.7em;margin-right:3px;'
                f'text-align:center;vertical-align:top;border:{line};{fill};{MONO}">{text or "&nbsp;"}</span>')

    boxes = "".join(box(*mark) for mark in marks)
    return f'<div role="img" aria-label="shape {shape}" style="margin:3px 0;white-space:nowrap">{boxes}</div>'


def _grid(numbers: tuple[tuple[str, ...], ...], wrong: tuple[tuple[int, int], ...]) -> str:
    """The numbers as a table; those that differ are tinted and underlined, the first one is framed too."""
    def cell(row: int, column: int, text: str) -> str:
        style = ""
        if (row, column) in wrong:
            style = f"background:{WRONG};text-decoration:underline;"
            style += f"outline:2px solid {RED};font-weight:700;" if (row, column) == wrong[0] else ""
        return (f'<td style="padding:1px 7px;text-align:right;border:1px solid {LINE};{style}">{escape(text)}</td>')

    rows = "".join(f'<tr style="background:none">{"".join(cell(r, c, text) for c, text in enumerate(row))}</tr>'
                   for r, row in enumerate(numbers))
    return (f'<div style="overflow-x:auto"><table style="margin:3px 0;border-collapse:collapse;border:0;{MONO};'
            f'color:inherit">{rows}</table></div>')


def _picture(pixels: Pixels, alt: str) -> str:
    longer = max(pixels.width, pixels.height)
    width, height = (round(PICTURE * side / longer) for side in (pixels.width, pixels.height))
    data = base64.b64encode(_png(pixels)).decode()
    return (f'<img alt="{alt}" width="{width}" height="{height}" style="image-rendering:pixelated;display:block;'
            f'margin:3px 0;border:1px solid {LINE}" src="data:image/png;base64,{data}">')


def _png(pixels: Pixels) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.frombytes("RGB", (pixels.width, pixels.height), pixels.rgb).save(buffer, format="PNG")
    return buffer.getvalue()
