"""What a page shows of a submission: cleaned of what runs, loads or hides, and otherwise as it was."""

from __future__ import annotations

import base64
from typing import Any

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from course_utils.grading.nbgrader.clean import ATTRIBUTES, TAGS, clean_html, clean_markdown, clean_notebook
from course_utils.judging.outcome import Outcome
from course_utils.judging.verdict import Verdict
from course_utils.rendering.card import card
from tests.hostile_pieces import pieces

HOST = "http://listener.invalid"


def assert_harmless(html: str) -> None:
    """No tag, attribute, style or address but those that may stay."""
    for tag in BeautifulSoup(html, "html.parser").find_all(True):
        assert tag.name in TAGS, tag
        for name, value in tag.attrs.items():
            assert name in ATTRIBUTES["*"] | ATTRIBUTES.get(tag.name, set()) | {"rel"}, tag
            text = " ".join(value) if isinstance(value, list) else str(value)
            assert "listener" not in text or name in ("title", "alt", "href"), tag  # a link waits for a click
            assert "javascript:" not in text, tag
            assert "position" not in text, tag


@pytest.mark.parametrize("piece", pieces(HOST))
def test_a_hostile_piece_is_harmless_as_html_and_as_markdown(piece: str) -> None:
    assert_harmless(clean_html(piece))
    assert_harmless(markdown2html_mistune(clean_markdown(piece)))
    assert_harmless(markdown2html_mistune(clean_markdown(f"text\n\n- item {piece}\n\n> {piece}\n\n    {piece}")))


def test_every_kind_of_cell_and_output_is_cleaned() -> None:
    script = "<script>fetch()</script>"
    data = {"text/html": script, "application/javascript": "fetch()", "image/svg+xml": f"<svg>{script}</svg>",
            "image/png": f'" onerror="x">{script}', "text/plain": "<Figure>",
            "application/vnd.jupyter.widget-view+json": "{}"}
    code = new_code_cell("1", outputs=[new_output("display_data", data)])
    notebook = new_notebook(cells=[code, new_markdown_cell(script), new_raw_cell(script)])
    shown, prose, raw = clean_notebook(notebook).cells
    assert set(shown.outputs[0].data) == {"text/html", "text/plain"}
    assert shown.outputs[0].data["text/plain"] == "<Figure>"
    assert "script" not in shown.outputs[0].data["text/html"]
    assert "script" not in prose.source
    assert raw.cell_type == "markdown"
    assert "<script" not in markdown2html_mistune(raw.source)


def test_markdown_still_shows_what_it_showed() -> None:
    source = ("# Why\n\nA *table* with `a < b` and $x^2 < 3$:\n\n"
              "| a | b |\n|---|---|\n| 1 | 2 |\n\n```python\n"
              "for i in x:\n\n    print(i < 3)\n```\n\n- one\n- two with [a link](https://pytorch.org)\n\n"
              "$$\\int f < 1$$")
    before = BeautifulSoup(markdown2html_mistune(source), "html.parser")
    after = BeautifulSoup(markdown2html_mistune(clean_markdown(source)), "html.parser")
    for anchor in [*before.select("a.anchor-link"), *after.select("a.anchor-link")]:
        anchor.decompose()
    assert after.get_text().split() == before.get_text().split()
    assert after.pre.get_text() == before.pre.get_text()
    assert [tag.name for tag in after.find_all(["table", "li", "em", "code", "h1"])] == [
        tag.name for tag in before.find_all(["table", "li", "em", "code", "h1"])]
    assert after.find("a")["href"] == "https://pytorch.org"
    assert clean_markdown("") == ""


def test_cards_tables_and_pictures_stay_as_they_are() -> None:
    verdict = Verdict("f", Outcome.WRONG, 0.0, 2.0, "You wrote `<b>`.", expected="1 < 2", got="3",
                      code=((3, "x = '<i>'"),), names=(("x", "(3,)"),), call="f(1)")
    html = card(verdict, ("Look at `x`.", "And at *y*."), "def f(): ...")
    before, after = (BeautifulSoup(text, "html.parser") for text in (html, clean_html(html)))
    assert after.get_text() == before.get_text()
    rules = [[rule.strip() for tag in soup.find_all(style=True) for rule in tag["style"].split(";") if rule.strip()]
             for soup in (before, after)]
    assert rules[0] == rules[1]
    assert len(after.find_all("details")) == 3

    table = pd.DataFrame({"a": [1, 2], "b<": ["x", "<y>"]})._repr_html_()
    cleaned = BeautifulSoup(clean_html(table), "html.parser")
    assert [cell.get_text() for cell in cleaned.find_all("td")] == ["1", "x", "2", "<y>"]
    assert cleaned.table["class"] == ["dataframe"]

    picture = "data:image/png;base64," + base64.b64encode(b"png").decode()
    assert BeautifulSoup(clean_html(f'<img alt="a" src="{picture}">'), "html.parser").img["src"] == picture


def test_graded_scores_survive() -> None:
    output: Any = new_output("execute_result", {"text/plain": "1.5", "text/html": "<b>card</b>"})
    cell = clean_notebook(new_notebook(cells=[new_code_cell("check(f)", outputs=[output])])).cells[0]
    assert cell.outputs[0].data["text/plain"] == "1.5"
