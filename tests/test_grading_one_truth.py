"""With a gradebook, every table and page says what the gradebook says."""

from __future__ import annotations

import csv
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook

from tests.conftest import LESSON, Run, answered, submit
from tests.graded import GRADING

pytestmark = GRADING
DUE, LATE = "2026-09-30 12:00:00", "2026-09-30 13:30:00 UTC"
ALL = ("submitted", "--gradebook", "--feedback", "feedback", "--csv", "a.csv", "--json", "a.json", "--report", "a.html")


def open_book(root: Path) -> Gradebook:
    return Gradebook(f"sqlite:///{root}/gradebook.db")


def enter_roster(root: Path, *students: str) -> None:
    with open_book(root) as book:
        book.update_or_create_assignment(LESSON, duedate=datetime.fromisoformat(DUE))
        for student in students:
            book.update_or_create_student(student)


def hand_in(root: Path, student: str, timestamp: str = LATE) -> Path:
    """Submit a solved lesson as nbgrader's exchange leaves it."""
    path = submit(root, student, answered(LESSON))
    path.with_name("timestamp.txt").write_text(timestamp)
    path.with_name("submission_secret.txt").write_text(f"secret of {student}")
    return path


def add_own_cells(root: Path) -> None:
    """Add a failing test and an essay to the lesson, as an instructor would."""
    path = root / "solutions" / LESSON / f"{LESSON}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    marks = {"schema_version": 3, "task": False, "grade": True, "points": 5.0}
    own = {**marks, "grade_id": "own-test", "cell_type": "code", "solution": False, "locked": True}
    essay = {**marks, "grade_id": "essay", "cell_type": "markdown", "solution": True, "locked": False}
    notebook.cells += [new_code_cell("assert leibniz_pi(1) == 3, 'hidden words'", metadata={"nbgrader": own}),
                       new_markdown_cell("Why are tensors useful?", metadata={"nbgrader": essay})]
    nbformat.write(notebook, path)


def write_essay(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    marks = {"schema_version": 3, "grade_id": "essay", "grade": True, "solution": True, "locked": False, "task": False,
             "cell_type": "markdown", "points": 5.0}
    notebook.cells.append(new_markdown_cell("Because of their shape.", metadata={"nbgrader": marks}))
    nbformat.write(notebook, path)


def rows_of(root: Path) -> dict[str, dict[str, str]]:
    with open(root / "a.csv", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def entries_of(root: Path) -> dict[str, dict[str, Any]]:
    return {entry["student"]: entry for entry in json.loads((root / "a.json").read_text())["results"]}


def page_of(root: Path, student: str) -> str:
    return (root / "feedback" / student / LESSON / f"{LESSON}.html").read_text()


def test_points_and_comments_given_by_hand_are_everywhere(course_copy: Path, run_in: Run) -> None:
    add_own_cells(course_copy)
    enter_roster(course_copy, "ada", "bob")
    write_essay(hand_in(course_copy, "ada"))
    hand_in(course_copy, "zoe", "2026-09-30 11:00:00 UTC")
    done = run_in(course_copy, "course", "grade", *ALL)
    assert done.returncode == 0, done.stderr
    assert f"ada, {LESSON}: Handed in 1 h 30 min late." in done.stderr
    assert f"bob, {LESSON}: No submission." in done.stderr
    assert f"zoe, {LESSON}: Not in the roster; entered as a new student." in done.stderr
    report = (course_copy / "a.html").read_text()
    assert "1 h 30 min late" in report
    assert "No submission" in report
    assert rows_of(course_copy)["bob"]["note"] == "No submission."
    assert json.loads((course_copy / "a.json").read_text())["missing"] == [{"student": "bob", "lesson": LESSON}]
    first = page_of(course_copy, "ada")
    assert "20 of 30 points" in first
    assert "Not graded yet" in first
    assert "Because of their shape." in first
    assert "AssertionError" in first
    assert "assert leibniz_pi" not in first

    with open_book(course_copy) as book:
        notebook = book.find_submission_notebook(LESSON, LESSON, "ada")
        grades = {grade.cell.name: grade for grade in notebook.grades}
        grades["standardize-check"].manual_score, grades["standardize-check"].extra_credit = 1.0, 0.5
        grades["essay"].manual_score = 4.0
        next(c for c in notebook.comments if c.cell.name == "standardize").manual_comment = "See me <b>soon</b>."
        book.db.commit()
        expected = book.find_submission(LESSON, "ada").score
    assert run_in(course_copy, "course", "grade", *ALL).returncode == 0
    entry, row, page = entries_of(course_copy)["ada"], rows_of(course_copy)["ada"], page_of(course_copy, "ada")
    assert (entry["score"], entry["max_score"]) == (expected, 30.0)
    assert {e["name"]: e["score"] for e in entry["exercises"]}["standardize"] == 1.5
    assert entry["gradebook"]["comments"] == {"standardize": "See me <b>soon</b>."}
    assert float(row["score"]) == expected
    assert (row["standardize"], row["essay"], row["own-test"]) == ("1.5", "4.0", "0.0")
    assert "See me" in row["comments"]
    assert f"{expected:g} of 30 points" in page
    assert "See me &lt;b&gt;soon&lt;/b&gt;." in page
    assert "The gradebook gives you 1.5 of" in page
    assert "4 of 5 points" in page


def test_late_penalty_and_changed_points_are_reported(course_copy: Path, run_in: Run) -> None:
    hand_in(course_copy, "ada")
    enter_roster(course_copy, "ada")
    with open(course_copy / "nbgrader_config.py", "a") as file:
        file.write('\nc.LateSubmissionPlugin.penalty_method = "zero"\n')
    assert run_in(course_copy, "course", "grade", *ALL).returncode == 0
    assert entries_of(course_copy)["ada"]["score"] == 0.0
    assert rows_of(course_copy)["ada"]["penalty"] == "20.0"
    assert "0 of 20 points" in page_of(course_copy, "ada")
    assert "That costs 20 points" in page_of(course_copy, "ada")

    with open_book(course_copy) as book:
        cell = next(c for c in book.find_notebook(LESSON, LESSON).grade_cells if c.name == "standardize-check")
        declared, cell.max_score = cell.max_score, cell.max_score + 1
        book.update_or_create_submission(LESSON, "ada").extension = datetime(2026, 1, 2) - datetime(2026, 1, 1)
        book.db.commit()
    done = run_in(course_copy, "course", "grade", *ALL)
    assert f"standardize has {declared:g} points in the course and {declared + 1:g} in the gradebook" in done.stderr
    assert f"nbgrader generate_assignment {LESSON} --force" in done.stderr
    assert (entries_of(course_copy)["ada"]["score"], entries_of(course_copy)["ada"]["max_score"]) == (21.0, 21.0)
    assert run_in(course_copy, "nbgrader", "generate_assignment", LESSON, "--force").returncode == 0
    done = run_in(course_copy, "course", "grade", *ALL)
    assert "generate_assignment" not in done.stderr
    assert entries_of(course_copy)["ada"]["score"] == 20.0


def test_nbgrader_releases_the_pages(course_copy: Path, run_in: Run, tmp_path: Path) -> None:
    hand_in(course_copy, "ada")
    hand_in(course_copy, "empty").write_text("")
    submit(course_copy, "by mail", answered(LESSON, ()))
    done = run_in(course_copy, "course", "grade", *ALL)
    assert done.returncode == 1
    assert "The file is empty. Save the notebook in JupyterLab, then hand it in again." in page_of(course_copy, "empty")
    exchange = tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    release = ("nbgrader", "release_feedback", LESSON, f"--Exchange.root={exchange}")
    released = run_in(course_copy, *release)
    assert released.returncode == 0, released.stderr
    pages = list((exchange / "pytorch-in-nine-lessons" / "feedback").glob("*.html"))
    assert len(pages) == 3
    assert any("20 of 20 points" in path.read_text() for path in pages)

    made = run_in(course_copy, "nbgrader", "generate_feedback", LESSON, "--student=ada", "--force")
    assert made.returncode == 0, made.stderr
    kept = course_copy / "feedback" / "ada" / LESSON / "submission_secret.txt"
    assert kept.read_text() == "secret of ada"
    assert run_in(course_copy, *release, "--student=ada").returncode == 0


@pytest.mark.parametrize("kind", ["nonsense", "pipe", "link", "large"])
def test_odd_timestamp_costs_nobody_anything(course_copy: Path, run_in: Run, kind: str) -> None:
    path = hand_in(course_copy, "ada").with_name("timestamp.txt")
    path.unlink()
    if kind == "nonsense":
        path.write_text("not a time")
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "link":
        path.symlink_to(course_copy / "nbgrader_config.py")
    else:
        path.write_text(LATE + " " * 2000)
    done = run_in(course_copy, "course", "grade", *ALL)
    assert done.returncode == 0, done.stderr
    assert entries_of(course_copy)["ada"]["score"] == 20.0
    assert "timestamp.txt holds no time" in rows_of(course_copy)["ada"]["note"]
    assert not (course_copy / "autograded" / "ada" / LESSON / "timestamp.txt").exists()
