"""The border for what is handed in: everybody appears, nothing outside is read, every text can be written."""

from __future__ import annotations

import json
import os
import socket
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course_utils.grading.reports.exports import csv_text, junit_text
from course_utils.grading.sandbox.session import clean_outputs
from course_utils.grading.submission.find import gather
from course_utils.grading.submission.hand_in import known_lessons
from course_utils.grading.submission.identify_lesson import identify
from course_utils.grading.submission.notebook_file import BadNotebook, notebook_of, read_notebook
from course_utils.grading.submission.result import ExerciseResult, Result, Submission, document, failed
from course_utils.grading.submission.timestamp import timestamp_of
from course_utils.lesson import lesson_ids
from course_utils.printable import printable
from tests.submission_files import LESSON, lesson_notebook

NOTEBOOK = json.dumps(lesson_notebook()).encode()
LAYOUT = f"{LESSON}/{LESSON}.ipynb"


def put_all(root: Path, files: dict[str, Any]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def zipped(path: Path, files: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def read(submission: Submission) -> Result:
    """Read a submission as the coordinator does, up to the lesson."""
    if submission.problem:
        return failed(submission, submission.problem)
    try:
        within = Path(submission.within) if submission.within else None
        notebook = read_notebook(submission.place, within, submission.member)
        return Result(submission.path, submission.student, identify(notebook, submission.lesson))
    except BadNotebook as error:
        return failed(submission, str(error))


def results(root: Path) -> dict[str, Result]:
    return {str(result.student): result for result in map(read, gather([root]))}


def test_the_lessons_are_known_without_their_answers() -> None:
    assert known_lessons() == set(lesson_ids())


def test_everybody_appears_with_what_is_there(tmp_path: Path) -> None:
    root = put_all(tmp_path / "s", {
        f"deep/{LESSON}/{LESSON}/{LESSON}/{LESSON}.ipynb": NOTEBOOK, f"flat/{LESSON}.ipynb": NOTEBOOK,
        f"pdf/{LESSON}/answers.pdf": b"%PDF-1.7", f"py/{LESSON}/{LESSON}.py": "x = 1", "notes/notes.txt": "hello",
        f"json/{LESSON}/{LESSON}.ipynb.json": NOTEBOOK, f"txt/{LESSON}.ipynb.txt": NOTEBOOK,
        f"__MACOSX/{LAYOUT}": NOTEBOOK, f".hidden/{LAYOUT}": NOTEBOOK, f"__pycache__/{LAYOUT}": NOTEBOOK})
    (root / "empty").mkdir()
    zipped(root / "zip" / LESSON / "homework.zip", {f"a/{LESSON}.ipynb": NOTEBOOK, f"__MACOSX/._{LESSON}.ipynb": b"x"})
    (root / "broken" / LESSON).mkdir(parents=True)
    (root / "broken" / LESSON / "homework.zip").write_bytes(b"PK\x03\x04 and no more")
    found = results(root)
    good = {student for student, result in found.items() if not result.error}
    assert good == {"deep", "flat", "json", "txt", "zip"}
    assert {result.lesson for result in found.values() if not result.error} == {LESSON}
    problems = {student: str(result.error) for student, result in found.items() if result.error}
    assert problems.keys() == {"pdf", "py", "notes", "empty", "broken"}
    for student, word in (("pdf", "answers.pdf"), ("py", f"{LESSON}.py"), ("notes", "notes.txt"), ("empty", "empty"),
                          ("broken", "Unpack it")):
        assert "no notebook" in problems[student]
        assert word in problems[student]
    assert found["pdf"].lesson == LESSON
    assert found["pdf"].path.endswith(f"s/pdf/{LESSON}")
    notes = {submission.student: submission.note for submission in gather([root])}
    assert "homework.zip" in notes["zip"]
    assert "Rename it" in notes["json"]


def test_a_student_with_a_pdf_for_one_lesson_appears_twice(tmp_path: Path) -> None:
    put_all(tmp_path / "s", {f"ada/{LAYOUT}": NOTEBOOK, "ada/04_training/work.pdf": b"%PDF-", "ada/readme.txt": "hi",
                             f"bob/{LAYOUT}": NOTEBOOK})
    rows = [(s.student, s.lesson, bool(s.problem)) for s in gather([tmp_path / "s"])]
    assert rows == [("ada", LESSON, False), ("ada", "04_training", True), ("bob", LESSON, False)]


def test_downloads_of_moodle_and_canvas(tmp_path: Path) -> None:
    moodle = put_all(tmp_path / "moodle", {
        f"Anna Bauer_12026_assignsubmission_file_/{LESSON}.ipynb": NOTEBOOK,
        f"Jan Li_1_assignsubmission_file_/{LESSON}.ipynb": NOTEBOOK,
        f"Jan Li_2_assignsubmission_file_/{LESSON}.ipynb": NOTEBOOK,
        "Jörg_3_assignsubmission_onlinetext_/onlinetext.html": "<html>"})
    assert {s.student: bool(s.problem) for s in gather([moodle])} == {
        "Anna Bauer": False, "Jan Li_1": False, "Jan Li_2": False, "Jörg": True}
    canvas = put_all(tmp_path / "canvas", {
        f"khan_LATE_13_99_{LESSON}-1.ipynb": NOTEBOOK, f"lee_14_98_{LESSON}.ipynb": NOTEBOOK,
        "wu_15_97_work.pdf": b"%PDF-"})
    found = {s.student: s for s in gather([canvas])}
    assert {name: (bool(s.problem), s.late) for name, s in found.items()} == {
        "khan": (False, True), "lee": (False, False), "wu": (True, False)}
    assert found["wu"].path.endswith("wu_15_97_work.pdf")
    alone = gather([canvas / f"khan_LATE_13_99_{LESSON}-1.ipynb"])
    assert [s.student for s in alone] == ["khan"]


def test_one_students_own_folder_and_a_lesson_above_students(tmp_path: Path) -> None:
    own = put_all(tmp_path / "own", {f"{LESSON}.ipynb": NOTEBOOK, "data/x.csv": "1", "helper.py": "x = 1"})
    assert [(s.student, s.problem) for s in gather([own])] == [(None, None)]
    put_all(tmp_path / "week", {f"{LESSON}/{name}/{LESSON}.ipynb": NOTEBOOK for name in ("ada", "bob")})
    assert [(s.student, s.lesson) for s in gather([tmp_path / "week"])] == [("ada", LESSON), ("bob", LESSON)]
    whole = zipped(tmp_path / "class.zip", {f"{name}/{LAYOUT}": NOTEBOOK for name in ("ada", "bob")})
    assert {s.student: read(s).lesson for s in gather([whole])} == {"ada": LESSON, "bob": LESSON}


def test_links_pipes_and_sockets_are_named_and_never_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = put_all(tmp_path / "submitted", {f"alice/{LAYOUT}": NOTEBOOK, f"with data/{LAYOUT}": NOTEBOOK})
    for student in ("file", "pipe", "socket"):
        (root / student / LESSON).mkdir(parents=True)
    (root / "file" / LAYOUT).symlink_to(root / "alice" / LAYOUT)
    (root / "with data" / LESSON / "data").symlink_to("/etc")
    os.mkfifo(root / "pipe" / LAYOUT)
    monkeypatch.chdir(root / "socket" / LESSON)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"{LESSON}.ipynb")
    monkeypatch.chdir(tmp_path)
    (root / "folder").mkdir()
    (root / "folder" / LESSON).symlink_to(root / "alice" / LESSON)
    (root / "student").symlink_to(root / "alice")
    found = {s.path.split("/submitted/")[1].split("/")[0]: read(s) for s in gather([root])}
    assert {name for name, result in found.items() if not result.error} == {"alice", "with data"}
    assert found.keys() == {"alice", "with data", "file", "pipe", "socket", "folder", "student"}
    assert all("link" in str(found[name].error) for name in ("file", "folder", "student"))
    assert all("ordinary" in str(found[name].error) for name in ("pipe", "socket"))
    assert "data (a link)" in next(s.note for s in gather([root]) if s.student == "with data")
    for path in (root / "folder" / LAYOUT, root / "folder" / LESSON, root / "student", root / "file" / LAYOUT):
        assert all("link" in str(read(s).error) for s in gather([path])), path


def test_an_unreadable_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_all(tmp_path / "s", {f"ada/{LAYOUT}": NOTEBOOK, f"bob/{LAYOUT}": NOTEBOOK, f"cy/{LAYOUT}": NOTEBOOK})
    scan = os.scandir

    def refuse(folder: str) -> Any:  # root, who often runs tests, may read everything
        if folder.endswith((f"bob/{LESSON}", "/cy")):
            raise PermissionError(13, "Permission denied")
        return scan(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    found = results(tmp_path / "s")
    assert not found["ada"].error
    for student in ("bob", "cy"):
        assert "cannot be read: Permission denied" in str(found[student].error)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings(encoding: str, tmp_path: Path) -> None:
    put_all(tmp_path, {"n.ipynb": NOTEBOOK.decode().encode(encoding)})
    assert identify(read_notebook(tmp_path / "n.ipynb")) == LESSON


@pytest.mark.parametrize(("content", "word"), [
    (b"PK\x03\x04rest", "zip"), (b"%PDF-1.4", "PDF"), (b"<!DOCTYPE html><html>", "HTML"), (b"import torch", "Python"),
    (b"\x89PNG\r\n", "image"), (b'{"cells": [', "cut short"), (b"PK\x03\x04..word/document.xml", "Word"),
    (b"<<<<<<< HEAD\n{}", "conflict"), (bytes(range(1, 256)), "binary"), (b"\xff\xfe", "empty"),
])
def test_what_is_no_notebook_is_described_by_its_content(content: bytes, word: str, tmp_path: Path) -> None:
    put_all(tmp_path, {"n.ipynb": content})
    with pytest.raises(BadNotebook, match=word):
        read_notebook(tmp_path / "n.ipynb")


def test_archives_have_limits_and_reach_nothing_outside(tmp_path: Path) -> None:
    root = tmp_path / "s"
    zipped(root / "many" / "a.zip", {f"f{n}.txt": b"" for n in range(10_001)})
    zipped(root / "up" / "a.zip", {f"../../{LESSON}.ipynb": NOTEBOOK})
    zipped(root / "ok" / "a.zip", {f"x/{LESSON}.ipynb": NOTEBOOK})
    zipped(root / "nested" / "a.zip", {"b.zip": (root / "ok" / "a.zip").read_bytes()})
    with zipfile.ZipFile(root / "ok" / "b.zip", "w") as archive:
        link = zipfile.ZipInfo("x.ipynb")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    (root / "link").mkdir()
    (root / "ok" / "b.zip").rename(root / "link" / "b.zip")
    before = sorted(tmp_path.rglob("*"))
    found = results(root)
    assert sorted(tmp_path.rglob("*")) == before
    assert {student for student, result in found.items() if not result.error} == {"up", "ok"}
    assert "10,000" in str(found["many"].error)
    assert "b.zip" in str(found["nested"].error)
    assert "link" in str(found["link"].error)


def test_metadata_without_end_costs_nobody_else() -> None:
    deep: Any = "end"
    for _ in range(100_000):
        deep = [deep]
    tree = lesson_notebook()
    tree["metadata"]["deep"] = deep
    tree["cells"][1]["metadata"]["deep"] = {"x": deep}
    tree["cells"][2]["cell_type"] = deep
    notebook = notebook_of(tree, Path("n"))
    assert identify(notebook) == LESSON
    assert notebook.cells[1].grade_id
    assert json.dumps([[cell.metadata, cell.kind] for cell in notebook.cells] + [notebook.metadata])
    while isinstance(deep, list):  # a value this deep crashes what frees it in one go
        deep = deep.pop()


def test_the_folder_decides_and_a_stray_notebook_is_sent_home(tmp_path: Path) -> None:
    claims = lesson_notebook()
    claims["cells"].insert(1, {"cell_type": "code", "metadata": {}, "source": 'start("02_autograd")\n' * 40})
    assert identify(notebook_of(claims, tmp_path), LESSON) == LESSON
    with pytest.raises(BadNotebook, match="Move it to the folder 01_tensors"):
        identify(notebook_of(lesson_notebook(), tmp_path), "02_autograd")
    assert identify(notebook_of(lesson_notebook(), tmp_path), "homework 1") == LESSON


@pytest.mark.parametrize(("content", "time"), [
    (b"2026-05-01 12:00:00.000000 UTC", "2026-05-01 12:00:00.000000 UTC"),
    (b"2026-05-01 12:00:00 +0200\n", "2026-05-01"), (b"\xef\xbb\xbf2026-05-01", "2026-05-01"), (b"not a time", None),
    (b"", None), (b"\xff\xfe\x00", None), (b"9" * 5000, None), (b"\x1b[31m", None), (b"9999999999-01-01", None),
    (b"0001-01-01 00:00 +1400", None),
])
def test_a_timestamp_is_a_time_or_a_note(content: bytes, time: str | None, tmp_path: Path) -> None:
    from nbgrader.utils import parse_utc

    put_all(tmp_path, {"timestamp.txt": content})
    text, note = timestamp_of(tmp_path)
    assert (text or "")[:len(time or "")] == (time or "")
    assert bool(text) == (time is not None) == (not note)
    assert note == printable(note)
    if text:
        assert parse_utc(text)


def test_a_timestamp_of_any_kind_never_blocks(tmp_path: Path) -> None:
    assert timestamp_of(tmp_path) == (None, "")
    os.mkfifo(tmp_path / "timestamp.txt")
    assert "ordinary" in timestamp_of(tmp_path).note
    (tmp_path / "timestamp.txt").unlink()
    (tmp_path / "timestamp.txt").symlink_to("/etc/passwd")
    assert "link" in timestamp_of(tmp_path).note
    (tmp_path / "timestamp.txt").unlink()
    (tmp_path / "timestamp.txt").mkdir()
    assert timestamp_of(tmp_path).text is None


def test_names_that_are_no_text_are_shown_and_found(tmp_path: Path) -> None:
    student = os.fsdecode(b"b\xffb\x1b[31m")
    put_all(tmp_path / "s", {f"{student}/{LAYOUT}": NOTEBOOK, f"ada/{LAYOUT}": NOTEBOOK})
    found = results(tmp_path / "s")
    assert set(found) == {"ada", "b\\udcffb\\x1b[31m"}
    assert not any(result.error for result in found.values())


ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=30)


@given(ANY_TEXT, ANY_TEXT)
def test_whatever_a_text_holds_every_format_can_be_written(text: str, other: str) -> None:
    exercise = ExerciseResult("leibniz_pi", 1.0, 3.0, "wrong", None, text, f"<p>{other}</p>", ((1, text),))
    both = [Result(f"s/{text}", other, LESSON, (exercise,), 20.0, note=text), Result("x", text, None, error=other)]
    for written in (json.dumps(document(both), ensure_ascii=False), csv_text(both), junit_text(both), exercise.card,
                    *(shown for result in both for shown in (result.path, str(result.error), result.note))):
        written.encode()
        assert not {"\x1b", "\x00", "\x07", "\x9b"} & set(written)
    ElementTree.fromstring(junit_text(both).encode())


@given(st.recursive(st.none() | ANY_TEXT, lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner)))
def test_outputs_of_any_form_can_be_written(value: Any) -> None:
    odd = [{"output_type": "error", "ename": value, "evalue": value, "traceback": [value]},
           {"output_type": "stream", "name": "stdout", "text": value},
           {"output_type": "display_data", "data": {"text/plain": value}}]
    json.dumps(clean_outputs(odd), ensure_ascii=False).encode()


NAME = st.one_of(
    st.sampled_from([LESSON, "04_training", f"{LESSON}.ipynb", "homework.zip", "n.ipynb.json", "timestamp.txt",
                     "__MACOSX", ".hidden", "khan_LATE_13_99_x.ipynb", "A B_1_assignsubmission_file_", "submitted"]),
    st.binary(min_size=1, max_size=12).map(lambda raw: raw.replace(b"/", b"_").replace(b"\0", b"_"))
    .filter(lambda raw: raw not in (b".", b"..")).map(os.fsdecode))
LEAF = st.sampled_from(["notebook", "text", "empty", "link", "pipe", "zip", "folder", "pdf"])
TREE = st.dictionaries(NAME, st.recursive(LEAF, lambda inner: st.dictionaries(NAME, inner, max_size=3), max_leaves=6),
                       max_size=4)


def plant(place: Path, thing: Any, secret: Path) -> None:
    if isinstance(thing, dict):
        place.mkdir()
        for name, inner in thing.items():
            plant(place / name, inner, secret)
    elif thing == "link":
        place.symlink_to(secret)
    elif thing == "pipe":
        os.mkfifo(place)
    elif thing == "folder":
        place.mkdir()
    elif thing == "zip":
        zipped(place, {"a/n.ipynb": NOTEBOOK, "../up.txt": "x"})
    else:
        place.write_bytes({"notebook": NOTEBOOK, "text": b"hello", "empty": b"", "pdf": b"%PDF-1.7"}[thing])


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=TREE)
def test_any_tree_becomes_a_list_with_everybody(tree: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    scratch = tmp_path_factory.mktemp("tree")
    marked = json.loads(NOTEBOOK)
    marked["cells"][0]["source"] += "\nSECRET = 1"
    (scratch / "outside").mkdir()
    secret = put_all(scratch, {"outside/secret.ipynb": json.dumps(marked)}) / "outside" / "secret.ipynb"
    plant(root := scratch / "submitted", tree, secret)
    found = gather([root])
    graded = [read(submission) for submission in found]
    json.dumps(document(graded), ensure_ascii=False).encode()
    csv_text(graded).encode()
    ElementTree.fromstring(junit_text(graded).encode())
    assert len({submission.path for submission in found}) == len(found)
    for submission in found:
        if not submission.problem:
            assert "SECRET" not in "".join(cell.source for cell in _cells(submission))
    for name, inner in tree.items():
        if (isinstance(inner, dict) or inner in ("folder", "link")) and not name.startswith(".") and (
                name != "__MACOSX"):
            shown = f"{root}/{printable(name)}"
            assert any(s.path == shown or s.path.startswith((f"{shown}/", f"{shown} ("))
                       for s in found), (name, [s.path for s in found])


def _cells(submission: Submission) -> list[Any]:
    try:
        within = Path(submission.within) if submission.within else None
        return read_notebook(submission.place, within, submission.member).cells
    except BadNotebook:
        return []
