"""A submission as a page may show it: nothing in it runs, loads or hides anything.

nbgrader's formgrader and its feedback pages insert outputs and Markdown as they are, in the instructor's own browser.
So the autograded copy is cleaned when it is written; what was submitted stays as it came. HTML goes through nh3's allow
list, Markdown is rendered first and then cleaned in the same way.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection
from functools import cache
from typing import Any

import nbformat
import nh3
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "col", "colgroup", "dd", "del", "details", "div", "dl",
    "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "kbd", "li", "mark",
    "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var",
}
ATTRIBUTES = {
    "*": {"style", "class", "title", "role", "aria-label", "aria-hidden", "align"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "table": {"border"},
    "ol": {"start"},
    "details": {"open"},
}
# What a style may set. Nothing that could lay one thing over another, or take it out of its place.
STYLES = re.compile(
    r"color|background(-color)?|font(-(family|size|style|weight))?|text-(align|decoration)|line-height|letter-spacing|"
    r"(margin|padding)(-(top|right|bottom|left))?|border(-(top|right|bottom|left))?(-(color|style|width|radius|collapse))?|"
    r"display|(min-|max-)?(width|height)|white-space|overflow(-[xy]|-wrap)?|vertical-align|list-style(-type)?|opacity|"
    r"flex(-(wrap|direction|grow))?|(row-|column-)?gap|align-items|image-rendering|aspect-ratio|outline|cursor")
FUNCTIONS = {"rgb", "rgba", "hsl", "hsla", "var", "calc", "min", "max"}
# Of Pygments' highlighting and pandas' tables; others could be names that a page's own scripts look for.
CLASSES = re.compile(r"dataframe|highlight|hl-[\w-]+|[a-z]{1,2}\d?")
PICTURE = re.compile(r"data:image/(png|jpeg|gif|svg\+xml);base64,[A-Za-z0-9+/=\s]*")
# TeX commands with which a formula could load, link, or take part in the page.
TEX = re.compile(r"\\(?=(href|class|cssId|style|require|html\w*|data|unicode|includegraphics|toggle|action|bbox)\b)")
TEXTS = ("text/plain", "text/latex")
PICTURES = ("image/png", "image/jpeg", "image/gif")


def clean_notebook(notebook: NotebookNode, released: Collection[str] = ()) -> NotebookNode:
    """Clean all cells of an autograded copy in place, and return it.

    ``released`` are texts of the instructor's own, which stay as they are wherever they stand unchanged.
    """
    notebook.cells = [clean_cell(cell, released) for cell in notebook.cells]
    return notebook


def clean_cell(cell: NotebookNode, released: Collection[str] = ()) -> NotebookNode:
    """Return a cell that a page can show safely."""
    cell.pop("attachments", None)
    if cell.cell_type == "code":
        cell.outputs = [clean_output(output) for output in cell.outputs]
        return cell
    if cell.cell_type == "markdown":
        if cell.source not in released:
            cell.source = clean_markdown(cell.source)
        return cell
    raw = new_markdown_cell(_one_line(nh3.clean_text(cell.source)), metadata=cell.metadata)
    raw["id"] = cell.get("id", raw["id"])
    return raw


def clean_output(output: Any) -> Any:
    """Return an output with only the forms of its data that can be shown safely, and those cleaned."""
    if "data" not in output:
        return output
    data: dict[str, str] = {}
    for kind, value in output["data"].items():
        text = "".join(value) if isinstance(value, list) else value
        if not isinstance(text, str):
            continue
        if kind in TEXTS:
            data[kind] = TEX.sub("", text) if kind == "text/latex" else text
        elif kind in PICTURES and _is_base64(text):
            data[kind] = text
        elif kind == "text/html":
            data[kind] = clean_html(text)
        elif kind == "text/markdown":
            data.setdefault("text/html", clean_html(_rendered(text)))
        elif kind == "image/svg+xml":  # in an <img> an SVG runs nothing and loads nothing
            encoded = base64.b64encode(text.encode("utf-8", "replace")).decode()
            data.setdefault("text/html", f'<img alt="a drawing" src="data:image/svg+xml;base64,{encoded}">')
    return nbformat.from_dict({**output, "data": data, "metadata": {}})


def clean_markdown(source: str) -> str:
    """Return Markdown that shows what ``source`` shows, as far as that is safe: its cleaned HTML, in one line."""
    return _one_line(clean_html(_rendered(source))) if source.strip() else source


def clean_html(text: str) -> str:
    """Return the HTML with only tags, attributes, styles, classes and addresses that can do no harm."""
    return TEX.sub("", _cleaner().clean(text))


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(tags=TAGS, attributes=ATTRIBUTES, attribute_filter=_attribute, strip_comments=True,
                       clean_content_tags={"script", "style", "template", "noscript", "title", "textarea", "math"},
                       url_schemes={"http", "https", "mailto", "data"}, link_rel="noopener noreferrer")


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Return an attribute's value as it may stand, or None to leave the attribute out."""
    if name == "style":
        return "; ".join(rule for rule in map(str.strip, value.split(";")) if _is_harmless(rule)) or None
    if name == "class":
        return " ".join(name for name in value.split() if CLASSES.fullmatch(name)) or None
    if name == "src":
        return value if PICTURE.fullmatch(value) else None
    if name == "href":
        return value if re.match(r"(https?|mailto):", value.strip(), re.IGNORECASE) else None
    return value


def _is_harmless(rule: str) -> bool:
    """Whether one rule of a style sets something allowed, to a value that loads and moves nothing."""
    name, _, value = rule.partition(":")
    functions = re.findall(r"([\w-]+)\s*\(", value)
    return (STYLES.fullmatch(name.strip().lower()) is not None and set(map(str.lower, functions)) <= FUNCTIONS
            and not re.search(r"[\\@<>]|/\*|(^|[\s,:(])-\s*[\d.]", value))


def _rendered(source: str) -> str:
    """Return Markdown as HTML, as nbconvert renders it."""
    from nbconvert.filters.markdown_mistune import markdown2html_mistune

    return re.sub(r'<a class="anchor-link"[^>]*>[^<]*</a>', "", str(markdown2html_mistune(source)))


def _one_line(html: str) -> str:
    """Return HTML as a single line of Markdown, in which nothing is Markdown."""
    return "<div>" + html.replace("\r", "").replace("\n", "&#10;") + "</div>"


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True
