"""`course grade` and `course check` from outside."""

from __future__ import annotations

import getpass
import json
import tempfile
from pathlib import Path

import nbformat
import pytest

from tests.conftest import LESSON, Run, answered, submit
from tests.graded import GRADING, grades, results_of
from tests.submission_files import lesson_notebook

pytestmark = GRADING


def test_solved_half_and_untouched_print_the_contract(course_copy: Path, run_in: Run) -> None:
    for student, names in (("solved", None), ("half", ("leibniz_pi", "times_table")), ("untouched", ())):
        submit(course_copy, student, answered(LESSON, names))
    done = run_in(course_copy, "course", "grade", "submitted", "--json", "-")
    assert done.returncode == 0, done.stderr
    results = {result["student"]: result for result in results_of(done)}
    assert {name: result["score"] for name, result in results.items()} == {"solved": 20, "half": 5, "untouched": 0}
    assert {e["outcome"] for e in results["untouched"]["exercises"]} == {"not_attempted"}
    assert results["solved"]["path"] == f"submitted/solved/{LESSON}/{LESSON}.ipynb"
    assert results["solved"]["sandbox"] == "bubblewrap"
    alone = run_in(course_copy, "course", "grade", results["solved"]["path"].replace("submitted", "./submitted"),
                   "--json", "-", "--sandbox", "none")
    assert results_of(alone)[0]["score"] == 20


@pytest.mark.parametrize("sandbox", ["bubblewrap", "none"])
def test_nothing_is_left_behind(course_copy: Path, run_in: Run, sandbox: str) -> None:
    submit(course_copy, "ada", answered(LESSON))
    with tempfile.TemporaryDirectory(dir="/tmp") as scratch:
        done = run_in(course_copy, "course", "grade", "submitted", "--json", "-", "--sandbox", sandbox, TMPDIR=scratch)
        left = {path.name for path in Path(scratch).iterdir()}
    assert [result["score"] for result in results_of(done)] == [20.0]
    assert left <= {f"torchinductor_{getpass.getuser()}"}  # PyTorch's own cache


def test_a_long_path_for_temporary_files_is_no_hindrance(course_copy: Path, run_in: Run, tmp_path: Path) -> None:
    submit(course_copy, "ada", answered(LESSON))
    (deep := tmp_path / ("d" * 60) / ("e" * 60)).mkdir(parents=True)
    done = run_in(course_copy, "course", "grade", "submitted", "--json", "-", TMPDIR=str(deep))
    assert done.returncode == 0, done.stderr
    assert [result["score"] for result in results_of(done)] == [20.0]


def test_bad_input_is_named_and_the_rest_is_graded(course_copy: Path, run_in: Run) -> None:
    submit(course_copy, "ada", answered(LESSON))
    bad = course_copy / "submitted"
    for student, content in (("text", "hello"), ("empty", ""), ("other", json.dumps(
            {"cells": [{"cell_type": "code", "source": "x = 1", "metadata": {}}], "nbformat": 4}))):
        submit(course_copy, student, answered(LESSON)).write_text(content)
    (bad / "nobody").mkdir()
    (bad / "folder" / LESSON / f"{LESSON}.ipynb").mkdir(parents=True)
    done = run_in(course_copy, "course", "grade", "submitted", "gone.ipynb", "--json", "-", "--gradebook")
    assert done.returncode == 1
    scores = {result["path"]: result["score"] for result in results_of(done) if not result["error"]}
    assert scores == {f"submitted/ada/{LESSON}/{LESSON}.ipynb": 20.0}
    lines = done.stderr.strip().splitlines()
    for word in ("text", "empty", "other", "nobody", "gone.ipynb"):
        assert sum(word in line.split(":")[1] for line in lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert grades(course_copy) == {"ada": 20.0}


def test_wrong_usage_is_told_with_status_two(course_copy: Path, run_in: Run) -> None:
    for wrong in ([], ["x", "--jobs", "0"], ["x", "--sandbox", "paper"], ["x", "--memory", "much"], ["x", "--what"]):
        done = run_in(course_copy, "course", "grade", *wrong)
        assert done.returncode == 2, wrong
        assert done.stderr.startswith("course")
        assert "Traceback" not in done.stderr


def test_a_renamed_file_is_known_by_its_content_and_grades_are_the_same_each_time(tmp_path: Path, run_in: Run) -> None:
    path = tmp_path / "meine Lösung (endgültig) 提交.ipynb"
    path.write_text(json.dumps(lesson_notebook({"leibniz_pi": "def leibniz_pi(n):\n    return 3"})))
    runs = [results_of(run_in(tmp_path, "course", "grade", path.name, "--json", "-"))[0] for _ in range(2)]
    for entry in runs:
        entry.pop("seconds")
    assert runs[0] == runs[1]
    assert (runs[0]["student"], runs[0]["lesson"], runs[0]["score"]) == (None, LESSON, 17.0)


def test_all_files_are_written_and_feedback_holds_no_markup_of_the_student(course_copy: Path, run_in: Run) -> None:
    evil = answered(LESSON)
    for cell in evil.cells:
        if cell.metadata.get("exercise") == "leibniz_pi":
            cell.source = "def leibniz_pi(n):\n    raise ValueError('<script>alert(1)</script>')"
    submit(course_copy, "eve", evil)
    done = run_in(course_copy, "course", "grade", "submitted", "--csv", "a.csv", "--junit", "a.xml", "--json", "a.json",
                  "--feedback", "pages", "--report", "class.html")
    assert done.returncode == 0, done.stderr
    page = (course_copy / "pages" / "eve" / LESSON / f"{LESSON}.html").read_text()
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "17 of 20 points" in page
    for name in ("a.csv", "a.xml", "a.json", "class.html"):
        assert (course_copy / name).stat().st_size > 100
    assert "17 of 20" in done.stderr


def test_a_demonstration_is_run_where_an_answer_needs_it(course_copy: Path, run_in: Run) -> None:
    release = nbformat.read(course_copy / "lessons" / LESSON / f"{LESSON}.ipynb", as_version=4)
    demo = nbformat.v4.new_code_cell("import time\ntime.sleep(0)\nhandy = 4", metadata={"demo": True})
    release.cells.insert(1, demo)
    nbformat.write(release, course_copy / "lessons" / LESSON / f"{LESSON}.ipynb")
    needs = answered(LESSON)
    needs.cells.insert(1, nbformat.v4.new_code_cell(demo.source))
    for cell in needs.cells:
        if cell.metadata.get("exercise") == "leibniz_pi":
            cell.source = cell.source.replace("return 4 *", "return handy *")
    submit(course_copy, "ada", needs)
    done = run_in(course_copy, "course", "grade", "submitted", "--json", "-")
    assert [result["score"] for result in results_of(done)] == [20.0]


def test_check_runs_your_own_notebook(course_copy: Path, run_in: Run) -> None:
    nbformat.write(answered(LESSON, ("leibniz_pi",)), course_copy / "lessons" / LESSON / f"{LESSON}.ipynb")
    done = run_in(course_copy, "course", "check", "1")
    assert done.returncode == 0, done.stderr
    assert "3 of 20 points" in done.stdout
    assert run_in(course_copy, "course", "check", "99").returncode == 2
    (course_copy / "lessons" / LESSON / f"{LESSON}.ipynb").write_text("{")
    broken = run_in(course_copy, "course", "check", "1")
    assert broken.returncode == 1
    assert "not JSON" in broken.stderr


@pytest.mark.slow
def test_a_slip_without_a_name_is_located_in_the_sandbox(course_copy: Path, run_in: Run) -> None:
    notebook = answered(LESSON)
    for cell in notebook.cells:
        if cell.metadata.get("exercise") == "stack_images":
            cell.source = ("def stack_images(images):\n    batch = torch.cat([torch.from_numpy(i) for i in images])\n"
                           "    return batch.permute(0, 3, 1, 2).float() / 255")
    submit(course_copy, "ada", notebook)
    done = run_in(course_copy, "course", "grade", "submitted", "--json", "-", "--feedback", "pages")
    assert done.returncode == 0, done.stderr
    exercises = {e["name"]: e for e in json.loads(done.stdout)["results"][0]["exercises"]}
    found = exercises["stack_images"]
    assert (found["line"], found["edit"], found["mistake"], found["score"]) == (2, "sibling", None, 0.0)
    assert "One change makes it right, in line 2" in found["message"]
    assert exercises["leibniz_pi"]["line"] is None
    page = next((course_copy / "pages").rglob("*.html")).read_text()
    assert "which of these lines is right" in page
