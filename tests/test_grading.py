"""The grader's parts: reading, identifying, gathering, seeds, tables, nbgrader's cells."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from course_utils.grading.nbgrader.cells import fill, graded_outputs, restore_cells
from course_utils.grading.reports.class_page import report_page
from course_utils.grading.reports.exports import csv_text, junit_text
from course_utils.grading.sandbox import bubblewrap, mounts, warm_imports
from course_utils.grading.sandbox.limits import memory_size
from course_utils.grading.sandbox.session import clean_outputs
from course_utils.grading.seeds import instructor_secret, seed_for
from course_utils.grading.submission.find import gather
from course_utils.grading.submission.identify_lesson import identify
from course_utils.grading.submission.notebook_file import (
    BadNotebook,
    Notebook,
    defined_names,
    notebook_of,
    read_notebook,
)
from course_utils.grading.submission.released_cell import ReleasedCell
from course_utils.grading.submission.result import ExerciseResult, Result, document
from course_utils.lesson import lesson_ids, load_lesson
from tests.submission_files import LESSON, lesson_notebook


def write(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


BAD = {
    "nothing": (b"", "empty"),
    "only spaces": (b"  \n ", "empty"),
    "no json": (b"<html>", "not JSON"),
    "a list": ([], "no cells"),
    "no cells": ({"metadata": {}, "nbformat": 4}, "no cells"),
    "empty cells": ({"cells": [], "nbformat": 4}, "empty"),
    "cells that are text": ({"cells": "none", "nbformat": 4}, "damaged"),
    "only prose": ({"cells": [{"cell_type": "markdown", "source": "hello"}], "nbformat": 4}, "no code"),
    "nested": (b"[" * 200_000, "nested"),
    "binary": (bytes(range(256)) * 10, "not JSON"),
    "odd cells": ({"cells": [1, None, {"cell_type": "code", "source": {"a": 1}}], "nbformat": 4}, "no code"),
}


@pytest.mark.parametrize(("content", "word"), BAD.values(), ids=BAD.keys())
def test_a_bad_file_is_told_in_one_line(content: Any, word: str, tmp_path: Path) -> None:
    with pytest.raises(BadNotebook, match=word) as caught:
        read_notebook(write(tmp_path / "n.ipynb", content))
    assert "\n" not in str(caught.value)


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    for path, word in ((tmp_path / "gone.ipynb", "no such"), (tmp_path, "folder"), (Path("/dev/zero"), "ordinary")):
        with pytest.raises(BadNotebook, match=word):
            read_notebook(path)
    os.mkfifo(tmp_path / "pipe.ipynb")
    with pytest.raises(BadNotebook, match="ordinary"):
        read_notebook(tmp_path / "pipe.ipynb")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    outside = write(tmp_path / "secret" / "solved.ipynb", lesson_notebook())
    inside = tmp_path / "eve" / LESSON / "n.ipynb"
    inside.parent.mkdir(parents=True)
    inside.symlink_to(outside)
    with pytest.raises(BadNotebook, match="leads out"):
        read_notebook(inside, within=tmp_path / "eve")
    (tmp_path / "loop.ipynb").symlink_to(tmp_path / "loop.ipynb")
    with pytest.raises(BadNotebook):
        read_notebook(tmp_path / "loop.ipynb")


def test_a_hundred_megabytes_of_outputs_cost_nothing(tmp_path: Path) -> None:
    tree = lesson_notebook()
    output = {"output_type": "stream", "name": "stdout", "text": "x" * 10_000_000}
    tree["cells"][1]["outputs"] = [output] * 10
    notebook = read_notebook(write(tmp_path / "n.ipynb", tree))
    assert notebook.digest == notebook_of(lesson_notebook(), tmp_path).digest


@pytest.mark.parametrize("minor", range(6))
def test_all_minor_formats_read_the_same(minor: int, tmp_path: Path) -> None:
    tree = {**lesson_notebook(), "nbformat_minor": minor}
    path = write(tmp_path / "Übung 1 — 解答.ipynb", tree)
    assert identify(read_notebook(path)) == LESSON


@pytest.mark.parametrize("lesson_id", lesson_ids())
def test_a_lesson_is_known_by_its_content(lesson_id: str, tmp_path: Path) -> None:
    names = load_lesson(lesson_id).exercise_names
    defined = [f"def {name}(*a):\n    return None" for name in names]
    ways: list[list[str]] = [defined, [f'start("{lesson_id}")'], [f"check({name})" for name in names]]
    for sources in ways:
        tree = {"cells": [{"cell_type": "code", "source": source, "metadata": {}} for source in sources]}
        assert identify(notebook_of(tree, tmp_path)) == lesson_id


def test_another_course_is_told_apart(tmp_path: Path) -> None:
    tree = {"cells": [{"cell_type": "code", "source": "import pandas\nx = 1", "metadata": {}}]}
    with pytest.raises(BadNotebook, match="no notebook of this course"):
        identify(notebook_of(tree, tmp_path), named=LESSON)


def test_names_are_found_in_cells_that_python_cannot_read() -> None:
    assert defined_names("def f(x:\n  pass\ny = 3\nif y == 2: pass") == {"f", "y"}
    cell = "%matplotlib inline\nx: int = 1\nfor i in y: z = i\ndef f():\n    inner = 1"
    assert defined_names(cell) == {"x", "i", "z", "f"}


def test_the_digest_counts_code_alone(tmp_path: Path) -> None:
    one, other = lesson_notebook(), lesson_notebook()
    other["cells"] = [{**cell, "metadata": {}} for cell in other["cells"] if "check" not in cell["metadata"]]
    assert notebook_of(one, tmp_path).digest == notebook_of(other, tmp_path).digest
    other["cells"][1]["source"] += "\n# changed"
    assert notebook_of(one, tmp_path).digest != notebook_of(other, tmp_path).digest


def test_folders_say_who_and_what(tmp_path: Path) -> None:
    root = tmp_path / "submitted"
    for student in ("ada", "bo b"):
        write(root / student / LESSON / f"{LESSON}.ipynb", lesson_notebook())
    write(root / "ada" / LESSON / ".ipynb_checkpoints" / "x.ipynb", b"{")
    (root / "cy").mkdir()
    found = {(s.student, s.lesson, bool(s.problem)) for s in gather([root])}
    assert found == {("ada", LESSON, False), ("bo b", LESSON, False), ("cy", None, True)}
    assert [(s.student, s.lesson) for s in gather([root / "ada"])] == [("ada", LESSON)]
    assert [(s.student, s.lesson) for s in gather([root / "ada" / LESSON])] == [("ada", LESSON)]
    assert [s.student for s in gather([root / "ada" / LESSON / f"{LESSON}.ipynb"])] == ["ada"]
    (tmp_path / "empty").mkdir()
    assert "no notebook" in str(gather([tmp_path / "empty"])[0].problem)


def test_two_notebooks_of_one_lesson_are_told(tmp_path: Path) -> None:
    for name in (LESSON, "copy"):
        write(tmp_path / "class" / "ada" / LESSON / f"{name}.ipynb", lesson_notebook())
    found = {Path(s.path).stem: s.problem for s in gather([tmp_path / "class"])}
    assert found[LESSON] is None
    assert "counts instead" in str(found["copy"])


def test_the_secret_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    first = instructor_secret(tmp_path / "state")
    assert first == instructor_secret(tmp_path / "state")
    assert len(first) == 64
    assert stat.S_IMODE((tmp_path / "state" / "grading-secret").stat().st_mode) == 0o600
    seeds = {seed_for(first, "d", LESSON, "a"), seed_for(first, "e", LESSON, "a"), seed_for(b"x", "d", LESSON, "a")}
    assert len(seeds) == 3


@pytest.mark.parametrize(("text", "size"), [("2G", 2 << 30), ("1500M", 1500 << 20), ("1.5GiB", 3 << 29)])
def test_sizes(text: str, size: int) -> None:
    assert memory_size(text) == size


@pytest.mark.parametrize("text", ["", "much", "-1G", "1", "1M", "2G 3"])
def test_bad_sizes(text: str) -> None:
    with pytest.raises(ValueError):
        memory_size(text)


def result(**changes: Any) -> Result:
    exercise = ExerciseResult("leibniz_pi", 1.5, 3.0, "partial", "quarter", "times <four> \x00 & more")
    facts: dict[str, Any] = {"path": "a.ipynb", "student": "=cmd()", "lesson": LESSON, "exercises": (exercise,),
                             "max_score": 20.0}
    return Result(**{**facts, **changes})


def test_json_has_the_contract() -> None:
    entry = document([result()])["results"][0]
    assert list(entry) == ["path", "student", "lesson", "score", "max_score", "seconds", "sandbox", "error",
                           "exercises"]
    assert list(entry["exercises"][0]) == ["name", "score", "max_score", "outcome", "mistake", "message", "line",
                                           "edit"]
    assert entry["score"] == 1.5


def test_csv_holds_no_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text([result(), result(error="bad", exercises=())]))))
    assert rows[0]["student"] == "'=cmd()"
    assert rows[0]["leibniz_pi"] == "1.5"
    assert rows[1]["error"] == "bad"


def test_junit_is_xml_whatever_the_messages_hold() -> None:
    suites = ElementTree.fromstring(junit_text([result(), result(error="bad \x01", exercises=())]).encode())
    assert [suite.get("errors") for suite in suites] == ["0", "1"]
    assert suites[0][0][0].get("type") == "quarter"


def master(name: str, **changes: Any) -> ReleasedCell:
    facts: dict[str, Any] = {"kind": "code", "source": f"check({name.removesuffix('-check')})", "checksum": "",
                             "locked": True, "grade": True, "solution": False, "task": False, "points": 2.0}
    return ReleasedCell(name, **{**facts, **changes})


MASTERS = [master("f", grade=False, solution=True, locked=False, points=None, source="def f(): ..."), master("f-check"),
           master("tests", source="assert f() == 1")]


def notebook(*sources: str) -> Notebook:
    return notebook_of({"cells": [{"cell_type": "code", "source": s, "metadata": {}} for s in sources]}, Path("n"))


def test_stripped_marks_are_found_and_missing_cells_put_back() -> None:
    node = restore_cells(notebook("x = 1", "def f(): return 1", "check(f)", "y = 2"), MASTERS, LESSON)
    assert [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in node.cells] == [
        None, "f", "f-check", "tests", None]
    assert node.cells[3].source == "assert f() == 1"


def test_a_check_that_was_deleted_stands_behind_its_answer_again() -> None:
    node = restore_cells(notebook("y = 2", "def f(): return 1", "z = 3"), MASTERS[:2], LESSON)
    assert [cell.source for cell in node.cells] == ["y = 2", "def f(): return 1", "check(f)", "z = 3"]


def test_verdicts_are_partial_credit_and_silence_is_none() -> None:
    from nbgrader.utils import determine_grade

    node = restore_cells(notebook("def f(): return 1", "check(f)"), MASTERS, LESSON)
    verdict = ExerciseResult("f", 1.0, 4.0, "partial", None, "", "<b>card</b>")
    fill(node, {0: [], 1: []}, [verdict], {2: "It took too long."})
    assert determine_grade(node.cells[1]) == (0.5, 2.0)
    assert determine_grade(node.cells[2]) == (0, 2.0)
    fill(node, {0: []}, [], {})
    assert determine_grade(node.cells[2]) == (0, 2.0)


def test_an_ordinary_test_may_warn_but_not_invent_points() -> None:
    warning = {"output_type": "stream", "name": "stderr", "text": "careful"}
    assert graded_outputs([warning], 2.0)[0]["name"] == "stdout"
    for claim in ("1e9", "nan", "-1"):
        output = {"output_type": "execute_result", "data": {"text/plain": claim}, "metadata": {}}
        assert graded_outputs([output], 2.0)[0]["output_type"] == "error"


def test_outputs_of_no_known_form_are_dropped() -> None:
    odd: list[Any] = [1, {"output_type": "stream", "name": "evil", "text": "x"}, {"output_type": "display_data"},
                      {"output_type": "error", "traceback": 3}, {"output_type": "execute_result", "data": {"a": 1}}]
    kept = clean_outputs(odd)
    assert [output["output_type"] for output in kept] == ["error", "execute_result"]
    assert clean_outputs("all") == []


def test_an_environment_under_tmp_is_seen_elsewhere_inside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """/tmp is empty inside, and people clone into it."""
    monkeypatch.setattr(sys, "prefix", "/tmp/clone/.venv")
    line = bubblewrap.command(tmp_path, die_with_parent=False)
    place = line.index("/environment", line.index("--ro-bind"))
    assert line[place - 2: place + 1] == ["--ro-bind", "/tmp/clone/.venv", "/environment"]
    assert mounts.inside(Path("/tmp/clone/.venv/bin/python")) == Path("/environment/bin/python")
    assert mounts.inside(Path("/usr/bin/python3")) == Path("/usr/bin/python3")
    assert mounts.python_problem() is None
    monkeypatch.setattr(sys, "base_prefix", "/var/tmp/python")
    assert "/var/tmp/python" in (mounts.python_problem() or "")


@pytest.mark.parametrize(("lessons", "needed"), [
    (["01_tensors"], False), (["01_tensors", "05_inference"], False), (["08_cnn"], True), (["01_tensors", None], True),
    ([], True), (["homework"], True),
])
def test_torchvision_is_imported_ahead_only_where_a_lesson_needs_it(lessons: list[str | None], needed: bool,
                                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(warm_imports.PRELOADED_LESSONS, "")
    warm_imports.preload_lessons(lessons)
    assert warm_imports.torchvision_is_needed() is needed


@pytest.mark.parametrize("lesson", sorted(warm_imports.WITHOUT_TORCHVISION))
def test_a_lesson_that_is_said_to_do_without_torchvision_does(lesson: str) -> None:
    source = (Path(__file__).parent.parent / "solutions" / lesson / f"{lesson}.py").read_text(encoding="utf-8")
    assert "torchvision" not in source


def test_the_class_page_shows_slips_without_a_name_by_the_edit_that_corrects_them() -> None:
    def slip(line: str) -> Result:
        exercise = ExerciseResult("leibniz_pi", 0.0, 3.0, "wrong", None, "-", line=2, edit="off by one",
                                  wrong_code=line)
        return Result("a.ipynb", "ada", LESSON, (exercise,), 3.0)

    page = report_page([slip("k = torch.arange(n + 1)"), slip("k = torch.arange(n + 1)"), slip("<script>")])
    assert "off by one" in page
    assert "<code>k = torch.arange(n + 1)</code>" in page
    assert "<script>" not in page
