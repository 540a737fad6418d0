"""Names, attributes and modules that do not exist: what was probably meant, as far as it can be seen."""

from __future__ import annotations

import re
import sys
from types import ModuleType

from course_utils.evidence.near_names import nearest
from course_utils.evidence.observation import Raised
from course_utils.judging.explain_errors import explain
from course_utils.judging.notebook_names import USUAL_IMPORTS, NotebookNames

WORDS = {"true": "True", "false": "False", "none": "None", "null": "None", "nil": "None", "nan": 'float("nan")',
         "inf": 'float("inf")', "this": "self", "elseif": "elif"}


def explain_name(raised: Raised, notebook: NotebookNames | None = None) -> str:
    """Return what to say of a name, an attribute or a module that does not exist; empty for other exceptions.

    Without a ``notebook`` nothing is said of its cells.
    """
    if "UnboundLocalError" in raised.bases:
        return _unbound(raised)
    if "NameError" in raised.bases and raised.name:
        return _unknown(raised, notebook)
    if "AttributeError" in raised.bases and raised.name:
        return _attribute(raised)
    if "ImportError" in raised.bases:
        return _import(raised)
    return ""


def _unbound(raised: Raised) -> str:
    name = raised.name or _quoted(raised.message)
    if not name:
        return ""
    if f"self.{name}" in raised.near:
        return f"Did you mean `self.{name}`? Without `self.` it is a name of this function's, with no value here yet."
    return (f"`{name}` is assigned in this function, which makes it the function's own, and on the way to this line "
            "nothing was assigned to it yet. Give it a value before this line.")


def _unknown(raised: Raised, notebook: NotebookNames | None) -> str:
    name = raised.name
    if f"self.{name}" in raised.near:
        return f"Did you mean `self.{name}`? The object has an attribute of that name; there is no such variable."
    if name in WORDS:
        return f"Python writes it `{WORDS[name]}`."
    if notebook is not None and name in notebook.below and name not in notebook.above:
        return f"A cell further down defines `{name}`, so it does not exist yet at this point."
    if notebook is not None and name in notebook.above:
        return f"A cell further up defines `{name}`. It has not been run since the kernel started."
    if name in USUAL_IMPORTS:
        here = "this notebook does not import it" if notebook is not None else "it has not been imported here"
        return f"`{name}` usually comes with `{USUAL_IMPORTS[name]}`; {here}."
    if raised.near:
        return f"Nothing is called `{name}` here. Did you mean {_or(raised.near)}?"
    return f"Nothing is called `{name}` here, and nothing has a similar name. Where should it get its value?"


def _attribute(raised: Raised) -> str:
    if explain(raised.type, raised.message):  # better known than by its letters
        return ""
    if not raised.near or re.match(r"'NoneType'", raised.message):
        return ""
    return f"There is no `.{raised.name}`. Did you mean {_or(tuple('.' + name for name in raised.near))}?"


def _import(raised: Raised) -> str:
    if "ModuleNotFoundError" in raised.bases:
        name = raised.name or _quoted(raised.message)
        near = _near_module(name)
        if near:
            return f"Did you mean `{near}`?"
        return ("No module of that name is installed here. One of these: a typo in the name, a package that this "
                "course does not use, or a file of your own, which is not part of the notebook.") if name else ""
    found = re.match(r"cannot import name '(\w+)' from '([\w.]+)'", raised.message)
    module = sys.modules.get(found[2]) if found else None
    near_names = nearest(found[1], _public(module)) if found and module is not None else []
    return f"Did you mean {_or(tuple(near_names))}?" if near_names else ""


def _near_module(name: str) -> str:
    """Return a loaded module whose name is a slip of the keys away; "torch.nn" for "torch.m"."""
    if not name or len(name) > 80:
        return ""
    parent, _, last = name.rpartition(".")
    siblings = {module.removeprefix(f"{parent}." if parent else "").partition(".")[0] for module in sys.modules
                if not parent or module.startswith(f"{parent}.")}
    near = nearest(last, siblings | set() if parent else siblings | set(sys.stdlib_module_names), 1)
    return f"{parent}.{near[0]}" if near and parent else near[0] if near else ""


def _public(module: ModuleType) -> list[str]:
    return [name for name in vars(module) if not name.startswith("_")]


def _quoted(message: str) -> str:
    found = re.search(r"'([\w.]+)'", message)
    return found[1] if found else ""


def _or(names: tuple[str, ...]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
