"""Where in the student's own code an exception came from, and what that line worked on."""

from __future__ import annotations

import ast
import os
import traceback
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Any

import numpy as np
import torch

from course_utils.evidence.observation import StudentLine

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MAX_FRAMES = 6
MAX_NAMES = 6
LAYERS = (torch.nn.Linear, torch.nn.Conv2d, torch.nn.BatchNorm1d, torch.nn.BatchNorm2d, torch.nn.Flatten,
          torch.nn.Embedding, torch.nn.LayerNorm)


def own_lines(tb: TracebackType | None) -> list[StudentLine]:
    """Return the student's own lines on the way to an exception, outermost first."""
    lines = [StudentLine(s.lineno or 0, (s.line or "")[:200], s.name) for _, s in _own(tb)]
    return lines[-MAX_FRAMES:]


def names_on_last_line(tb: TracebackType | None) -> dict[str, str]:
    """What the student's last line worked on: tensors, arrays and layers by name, ``{"x": "(8, 3) float32"}``.

    Only objects of exactly these types are looked at, so that nothing a submission made is called.
    """
    own = list(_own(tb))
    if not own:
        return {}
    frame, summary = own[-1]
    try:
        tree = ast.parse((summary.line or "").strip().removesuffix(":") or "None")
    except (SyntaxError, ValueError):
        return {}
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            text = _facts(_value(node, frame))
            if text and len(found) < MAX_NAMES:
                found.setdefault(ast.unparse(node), text)
    return found


def _own(tb: TracebackType | None) -> Iterator[tuple[FrameType, traceback.FrameSummary]]:
    for frame, line in traceback.walk_tb(tb):
        name = frame.f_code.co_filename
        inside_ours = os.path.abspath(name).startswith(PACKAGE + os.sep)
        in_a_cell = "ipykernel_" in name or "ipython-input" in name  # the latter in Colab
        if not inside_ours and (in_a_cell or (name.startswith("<") and not name.startswith("<frozen"))):
            summary = traceback.FrameSummary(name, line, frame.f_code.co_name)
            if summary.line:  # a function that came with the input has no source
                yield frame, summary


def _value(node: ast.expr, frame: FrameType) -> Any:
    if isinstance(node, ast.Name):
        value = frame.f_locals.get(node.id)
        return frame.f_globals.get(node.id) if value is None else value
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        owner = frame.f_locals.get(node.value.id)
        if issubclass(type(owner), torch.nn.Module):
            own = object.__getattribute__(owner, "__dict__")
            for table in ("_modules", "_parameters", "_buffers"):
                if isinstance(own.get(table), dict) and node.attr in own[table]:
                    return own[table][node.attr]
    return None


def _facts(value: Any) -> str:
    kind = type(value)
    if kind in (torch.Tensor, torch.nn.Parameter):
        device = "" if value.device.type == "cpu" else f" on {value.device}"
        return f"{tuple(value.shape)} {str(value.dtype).removeprefix('torch.')}{device}"
    if kind is np.ndarray:
        return f"NumPy array {value.shape} {value.dtype}"
    if kind in LAYERS:
        return repr(value)[:100]
    return ""
