"""What cards are made of: colours that follow the theme, and a few HTML building blocks.

Text and lines take their colour from where they stand, so they are readable in JupyterLab's light
and dark themes, in VS Code, in Colab and on a plain page. Styles are inline, as some of these keep
no style sheets.
"""

from __future__ import annotations

import re
from html import escape

MONO = "font-family:var(--jp-code-font-family,ui-monospace,Menlo,Consolas,monospace);font-size:0.92em"
TEXT = "color:var(--jp-content-font-color1,var(--vscode-foreground,var(--colab-primary-text-color,inherit)))"
LINE = "rgba(128,128,128,.55)"
TINT = "rgba(128,128,128,.12)"
MUTED = "opacity:.78"
# Okabe and Ito (2008): told apart by colour-blind readers too, and never the only sign.
GREEN, AMBER, RED, BLUE = "#009e73", "#e69f00", "#d55e00", "#56b4e9"
WRONG = "rgba(213,94,0,.22)"
STRESS = re.compile(r"\*(\w(?:[^*\n]*\w)?)\*")


def inline(text: str) -> str:
    """Escaped text in which `code` is set as code and *stress* as stress."""
    parts = re.split(r"`([^`]+)`", escape(text))
    style = f"{MONO};background:{TINT};color:inherit;padding:0 3px;border-radius:2px"
    return "".join(f'<code style="{style}">{part}</code>' if i % 2 else STRESS.sub(r"<em>\1</em>", part)
                   for i, part in enumerate(parts))


def block(inner: str, style: str = "", gap: int = 6) -> str:
    """A paragraph-like part of a card, ``gap`` pixels below the one before."""
    return f'<div style="margin-top:{gap}px;{style}">{inner}</div>'


def code(text: str) -> str:
    """Program text, scrolling where it is wider than the page."""
    return (f'<pre style="{MONO};{TEXT};margin:6px 0 0 0;padding:6px 8px;background:{TINT};'
            f'overflow-x:auto;white-space:pre">{escape(text)}</pre>')


def details(title: str, inner: str) -> str:
    """Something that opens: by mouse, by keyboard, and where no kernel runs."""
    return (f'<details style="margin-top:6px"><summary style="cursor:pointer;display:list-item">{escape(title)}'
            f'</summary><div style="margin:4px 0 2px 16px">{inner}</div></details>')


def frame(colour: str, inner: str) -> str:
    """The card itself, with its coloured edge."""
    return (f'<div style="border-left:6px solid {colour};padding:4px 12px 6px 12px;margin:4px 0;{TEXT};'
            f'max-width:54em;line-height:1.5;overflow-wrap:anywhere">{inner}</div>')
