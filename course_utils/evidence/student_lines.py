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


def parse_line(code: str) -> ast.Module | None:
    """Return a line of code as a syntax tree, be it the head of a block; None if it is part of something longer."""
    line = code.strip()
    for text in (line, f"{line} pass", f"if True: pass\n{line} pass", f"try: pass\n{line} pass"):
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


def last_frame(tb: TracebackType | None) -> FrameType | None:
    """Return the frame of the student's last own line."""
    own = list(_own(tb))
    return own[-1][0] if own else None


def names_on_last_line(tb: TracebackType | None) -> dict[str, str]:
    """What the student's last line worked on: tensors, arrays, layers and None by name, ``{"x": "(8, 3) float32"}``.

    Only objects of exactly these types are looked at, so that nothing a submission made is called.
    """
    own = list(_own(tb))
    if not own:
        return {}
    frame, summary = own[-1]
    tree = parse_line(summary.line or "")
    if tree is None:
        return {}
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            text = "None" if _is_none(node, frame) else _facts(_value(node, frame))
            if text and len(found) < MAX_NAMES:
                found.setdefault(ast.unparse(node), text)
    return found


def _own(tb: TracebackType | None) -> Iterator[tuple[FrameType, traceback.FrameSummary]]:
    for frame, line in traceback.walk_tb(tb):
        name = frame.f_code.co_filename
        if _is_own(name):
            summary = traceback.FrameSummary(name, line, frame.f_code.co_name)
            if summary.line:  # a function that came with the input has no source
                yield frame, summary


def _is_own(file: str) -> bool:
    """Whether code of this file was written in a cell."""
    if os.path.abspath(file).startswith(PACKAGE + os.sep):
        return False
    in_a_cell = "ipykernel_" in file or "ipython-input" in file  # the latter in Colab
    return in_a_cell or (file.startswith("<") and not file.startswith("<frozen"))


def in_own_code(frame: FrameType | None) -> bool:
    """Whether a frame, or one that called it from within the package, runs code that was written in a cell."""
    while frame is not None and frame.f_code.co_name != "collect":
        if _is_own(frame.f_code.co_filename):
            return True
        frame = frame.f_back
    return False


def _is_none(node: ast.expr, frame: FrameType) -> bool:
    """Whether a name, an attribute of a student's object or a tensor's ``.grad`` is there and is None."""
    if isinstance(node, ast.Name):
        scope = frame.f_locals if node.id in frame.f_locals else frame.f_globals
        return node.id in scope and scope[node.id] is None
    if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
        return False
    owner: Any = frame.f_locals.get(node.value.id, frame.f_globals.get(node.value.id))
    if type(owner) in (torch.Tensor, torch.nn.Parameter):
        return node.attr == "grad" and owner.is_leaf and owner.grad is None
    try:
        own = object.__getattribute__(owner, "__dict__")
    except AttributeError:
        return False
    return type(own) is dict and node.attr in own and own[node.attr] is None


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
