"""Cards from templates: everything that is filled in is escaped, whoever wrote it.

Text and lines take their colour from where they stand, so cards are readable in JupyterLab's light and dark themes,
in VS Code, in Colab and on a plain page.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from course_utils import colours
from course_utils.colours import GREEN

MONO = "font-family:var(--jp-code-font-family,ui-monospace,Menlo,Consolas,monospace);font-size:0.92em"
TEXT = "color:var(--jp-content-font-color1,var(--vscode-foreground,var(--colab-primary-text-color,inherit)))"
LINE = "rgba(128,128,128,.55)"
TINT = "rgba(128,128,128,.12)"
MUTED = "opacity:.78"
AMBER, RED, BLUE = colours.ORANGE, colours.VERMILION, colours.SKY  # never the only sign
WRONG = "rgba(213,94,0,.22)"
_CODE = Markup('<code style="{};background:{};color:inherit;padding:0 3px;border-radius:2px">{}</code>')
_STRESS = re.compile(r"\*(\w(?:[^*\n]*\w)?)\*")


def prose(text: str) -> Markup:
    """Return text in which `code` is set as code and *stress* as stress; everything else in it is escaped."""
    parts = re.split(r"`([^`]+)`", text)
    return Markup("").join(_CODE.format(MONO, TINT, part) if number % 2 else _stressed(part)
                           for number, part in enumerate(parts))


def _stressed(text: str) -> Markup:
    parts = _STRESS.split(text)
    return Markup("").join(Markup("<em>{}</em>").format(part) if number % 2 else part
                           for number, part in enumerate(parts))


@cache
def environment(folder: Path) -> Environment:
    """Return the templates of a folder, with those of cards behind them."""
    made = Environment(loader=FileSystemLoader([folder, Path(__file__).parent / "templates"]), autoescape=True,
                       undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters["prose"] = prose
    made.globals.update(MONO=MONO, TEXT=TEXT, LINE=LINE, TINT=TINT, MUTED=MUTED, GREEN=GREEN, AMBER=AMBER, RED=RED,
                        BLUE=BLUE, WRONG=WRONG)
    return made


def render(template: str, folder: Path | None = None, **facts: Any) -> str:
    """Return a template filled in; ``folder`` holds templates other than those of cards."""
    return environment(folder or Path(__file__).parent / "templates").get_template(template).render(**facts).strip()


def note(edge: str, text: str, title: str = "", program: str = "", names: str = "", raised: str = "") -> str:
    """Return a small card: a sentence, over it an exception's own words, under it program text or what names are."""
    return render("note.html", edge=edge, text=text, title=title, program=program, names=names, raised=raised)
