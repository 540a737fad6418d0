"""What a student sees: in a real kernel once, and in plain Python."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest
import torch
from nbclient import NotebookClient

from course_utils.evidence.collect import Plan, collect, encode_cases
from course_utils.exercise import Exercise, case
from course_utils.judging.judge import judge
from course_utils.judging.outcome import Outcome
from course_utils.judging.verdict import Verdict
from course_utils.lesson import load_lesson
from course_utils.notebook import commands as notebook
from course_utils.records import store as records
from course_utils.records.since_last import since_last
from course_utils.rendering.card import card
from course_utils.rendering.text import verdict_text

CELLS = {
    "start": 'import torch\nfrom course_utils import check, hint, progress, solution, start\nstart("01_tensors")',
    "missing": "check(standardize)",
    "called too early": "standardize(torch.ones(2, 2))",
    "own error": "a, b = torch.ones(2, 3), torch.ones(2, 3)\na @ b",
    "nothing to add": 'raise ValueError("mine")',
    "raises": "def standardize(x):\n    y = x - x.mean(dim=1)\n    return y\ncheck(standardize)",
    "wrong shape": "def standardize(x):\n    return x.mean(dim=0)\ncheck(standardize)",
    "the same": "check(standardize)",
    "wrong values": "def standardize(x):\n    print('looking')\n    return x - x.mean(dim=0)\ncheck(standardize)",
    "partly": "def standardize(x):\n    return (x - x.mean(dim=0)) / x.std(dim=0)\ncheck(standardize)",
    "right": "def standardize(x):\n    s = x.std(dim=0)\n    same = (x == x[0]).all(dim=0)\n"
             "    return (x - x.mean(dim=0)) / torch.where(same, 1.0, s)\ncheck(standardize)",
    "by name": 'check("standardize")',
    "hint": "hint(standardize)",
    "solution too early": "solution(times_table)",
    "solution": "solution(standardize)",
    "progress": "progress()",
    "unreadable": "x = (1,\nprint(x)",
    "a colon missing": "if True\n    print(1)",
    "defined below": "defined_later + 1",
    "not imported": "plt.plot([1, 2])",
    "interrupted": "def times_table(n):\n    raise KeyboardInterrupt\ncheck(times_table)",
    "no such exercise": "check(3)",
    "the definition": "defined_later = 1",
}


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """The cells above, run in one kernel; their outputs by name."""
    written = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS.values()])
    folder = tmp_path_factory.mktemp("notebook")
    nbformat.write(written, folder / "01_tensors.ipynb")
    client = NotebookClient(written, kernel_name="python3", allow_errors=True, timeout=120, startup_timeout=180,
                            resources={"metadata": {"path": str(folder)}})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_STATE", str(folder))
        patch.setenv("COURSE_CHECK", "report")
        patch.setenv("IPYTHONDIR", str(folder / "ipython"))
        client.execute()
    return dict(zip(CELLS, [cell.outputs for cell in written.cells], strict=True))


def result(found: list[Any]) -> tuple[str, str]:
    """A cell's only result: its plain text, and the text that its HTML shows."""
    (output,) = found
    return output.data["text/plain"], text_of(output.data["text/html"])


@pytest.mark.slow
@pytest.mark.parametrize(("cell", "score", "shown"), [
    ("missing", "0.0", "There is no standardize yet"),
    ("raises", "0.0", "-> line 2: y = x - x.mean(dim=1)"),
    ("raises", "0.0", "There, x is (3, 2) float32."),
    ("wrong shape", "0.0", "It runs now."),
    ("wrong shape", "0.0", "Dimension 0, of size 3, is missing."),
    ("the same", "0.0", "The same result as last time."),
    ("wrong values", "0.0", "Right on 2 of 8 inputs; last time on 0."),
    ("wrong values", "0.0", "What your code printed looking"),
    ("partly", "2.0", "Right on 3 of 8 inputs; last time on 2."),
    ("partly", "2.0", "The solution"),
    ("right", "3.0", "Correct"),
    ("right", "3.0", "Exercise 4 of 7. Next: pairwise_distances."),
    ("by name", "3.0", "Correct"),
])
def test_a_check_shows_a_card_and_its_plain_text_is_the_score(outputs: Any, cell: str, score: str, shown: str) -> None:
    plain, html = result(outputs[cell])
    assert plain == score
    assert shown in html
    assert "Traceback" not in html


@pytest.mark.slow
def test_errors_in_the_students_own_cells(outputs: Any) -> None:
    early, own, mine = (outputs[name] for name in ("called too early", "own error", "nothing to add"))
    assert [o.output_type for o in early] == ["error", "display_data"]
    assert "is an exercise of this lesson" in text_of(early[1].data["text/html"])
    assert [o.output_type for o in own] == ["error", "display_data"]
    said = own[1].data["text/plain"]
    assert "3 columns and the right one 2 rows" in said
    assert "line 2:  a @ b" in said
    assert "a is (2, 3) float32, b is (2, 3) float32" in said
    assert [o.output_type for o in mine] == ["error"]


@pytest.mark.slow
def test_code_that_python_cannot_read_looks_as_in_plain_jupyter(outputs: Any) -> None:
    for cell, message, meaning in (("unreadable", "incomplete input", "ends too soon"),
                                   ("a colon missing", "expected ':'", "ends in a colon")):
        error, explained = outputs[cell]
        assert error.output_type == "error"
        assert "interactiveshell" not in "".join(error.traceback)
        assert explained.data["text/plain"].splitlines()[0] == f"SyntaxError: {message}"
        assert meaning in explained.data["text/plain"]


@pytest.mark.slow
def test_an_unknown_name_is_looked_for_in_the_notebook(outputs: Any) -> None:
    said = outputs["defined below"][1].data["text/plain"]
    assert said.splitlines()[0] == "NameError: name 'defined_later' is not defined"
    assert "A cell further down defines defined_later" in said
    assert "import matplotlib.pyplot as plt; this notebook does not import it" in outputs["not imported"][1].data[
        "text/plain"]


@pytest.mark.slow
def test_an_interrupted_check_and_one_of_nothing_show_a_sentence_and_no_frames(outputs: Any) -> None:
    for cell, says in (("interrupted", "was interrupted in line 2 of your code"),
                       ("no such exercise", "No exercise belongs to this value")):
        (error,) = outputs[cell]
        assert len(error.traceback) == 1
        assert says in error.traceback[0]
        assert "course_utils" not in error.traceback[0]


@pytest.mark.slow
def test_nothing_goes_to_stderr(outputs: Any) -> None:
    assert not [o for found in outputs.values() for o in found if o.output_type == "stream"]


@pytest.mark.slow
def test_hints_solution_and_progress(outputs: Any) -> None:
    lesson = load_lesson("01_tensors")
    assert result(outputs["hint"])[0].startswith("Hint 1 of ")
    assert "3 more tries" in result(outputs["solution too early"])[0]
    assert result(outputs["solution"])[0] == lesson["standardize"].reference_source
    plain, html = result(outputs["progress"])
    assert "3 of 20 points" in plain
    assert "3 of 20 points" in html
    assert "Next: leibniz_pi." in html


@pytest.fixture
def lesson_1(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Plain Python in lesson 1, with progress of its own."""
    monkeypatch.setenv("COURSE_STATE", str(tmp_path))
    monkeypatch.delenv("COURSE_CHECK", raising=False)
    monkeypatch.setattr(notebook, "_current", [load_lesson("01_tensors")])


@pytest.mark.usefixtures("lesson_1")
def test_in_plain_python_the_text_says_it_all() -> None:
    def times_table(n: int) -> torch.Tensor:
        return torch.arange(1, n + 1)

    text = repr(notebook.check(times_table))
    assert text.startswith("times_table: Not yet (0 of 2 points)")
    assert "expected  shape (3, 3)" in text
    assert "`" not in text


@pytest.mark.usefixtures("lesson_1")
def test_a_check_can_raise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_CHECK", "raise")
    with pytest.raises(notebook.CheckFailed, match="Not attempted"):
        notebook.check("times_table")


@pytest.mark.usefixtures("lesson_1")
def test_hints_come_one_after_another_and_start_again() -> None:
    hints = load_lesson("01_tensors")["times_table"].hints
    given = [repr(notebook.hint("times_table")) for _ in range(len(hints) + 1)]
    assert given[0] == given[-1]
    assert len(set(given)) == len(hints)


@pytest.mark.usefixtures("lesson_1")
def test_the_solution_opens_after_three_different_wrong_answers() -> None:
    for number in range(1, 4):
        notebook.check(named("times_table", lambda n, number=number: torch.full((n, n), number)))
        notebook.check(named("times_table", lambda n, number=number: torch.full((n, n), number)))
        opened = "def times_table" in repr(notebook.solution("times_table"))
        assert opened == (number == 3)


@pytest.mark.usefixtures("lesson_1")
def test_an_unknown_answer_is_told_which_exercises_there_are() -> None:
    with pytest.raises(LookupError, match="leibniz_pi"):
        notebook.check("no_such_exercise")


@pytest.mark.usefixtures("lesson_1")
def test_a_right_answers_card_does_not_depend_on_the_tries_before() -> None:
    reference = named("times_table", lambda n: torch.arange(1, n + 1)[:, None] * torch.arange(1, n + 1))
    first = notebook.check(reference).html
    notebook.check(named("times_table", lambda n: torch.zeros(n)))
    assert notebook.check(reference).html == first


def named(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    function.__name__ = name
    return function


# Cards of single verdicts.

GRADIENT = torch.linspace(0, 1, 32).expand(3, 32, 32)


def verdict(right: Any, given: Any) -> Verdict:
    exercise = Exercise("f", 2, "o", ("Look.", "Look harder."), [case(1)], fresh=lambda rng: [case(2)])
    exercise.reference(lambda n: right)
    cases = exercise.cases(0)
    return judge(exercise, cases, collect({"f": lambda n: given}, Plan.of(exercise), encode_cases(cases)))


def test_shapes_are_drawn_with_what_is_missing_in_them() -> None:
    html = card(verdict(torch.zeros(8, 3), torch.zeros(8)))
    assert 'aria-label="shape (8, 3)"' in html
    assert 'aria-label="shape (8,)"' in html
    assert html.count("dashed") == 1


def test_values_are_drawn_with_the_first_difference_framed() -> None:
    right, given = torch.zeros(4, 50), torch.zeros(4, 50)
    given[2, 30:32] = 7
    seen = verdict(right, given)
    assert seen.side_by_side is not None
    assert seen.side_by_side.window == "[:, 29:35]"
    assert seen.side_by_side.wrong == ((2, 1), (2, 2))
    html = card(seen)
    assert html.count("outline:2px") == 1
    assert html.count("underline") == 2
    assert ">      7" in verdict_text(seen) or ">7" in verdict_text(seen).replace(" ", "")


def test_numbers_that_differ_never_look_the_same() -> None:
    seen = verdict(torch.tensor([1.00001, 2.0]), torch.tensor([1.0003, 2.0]))
    assert seen.side_by_side is not None
    assert seen.side_by_side.expected.numbers[0][0] != seen.side_by_side.got.numbers[0][0]


@pytest.mark.parametrize("batch", [False, True])
def test_images_are_shown_as_pictures_side_by_side(batch: bool) -> None:
    right, given = GRADIENT.clone(), GRADIENT.flip(2)
    html = card(verdict(right[None] if batch else right, given[None] if batch else given))
    assert html.count("<img ") == 2
    assert html.count("alt=") == 2


def test_nan_and_inf_do_not_break_a_picture() -> None:
    given = GRADIENT.clone()
    given[0, 0], given[1, 1] = torch.nan, torch.inf
    assert card(verdict(GRADIENT.clone(), given)).count("<img ") == 2


@pytest.mark.parametrize("given", [
    torch.zeros(0), torch.tensor(1.0), torch.zeros(2, 2, dtype=torch.bool), torch.zeros(2, 2, dtype=torch.complex64),
    torch.zeros(3, 3, dtype=torch.float16), torch.zeros(2, 1, 2, 2, 2), None, "text", [1, 2], {"a": torch.zeros(2)},
    torch.full((2, 2), torch.nan), torch.zeros(300, 400),
])
@pytest.mark.parametrize("right", [
    torch.ones(2, 2), torch.tensor([True, False]), torch.ones(2, 1, 2, 2, 2), torch.ones(2, 2, dtype=torch.complex64),
    torch.zeros(0), 1.5, {"a": torch.ones(2)}, [torch.ones(3)], torch.ones(300, 400),
])
def test_any_pair_of_values_has_a_card_and_a_text(right: Any, given: Any) -> None:
    seen = verdict(right, given)
    well_formed(card(seen, ("Look.",), "def f(): ...", "since", "next"))
    assert verdict_text(seen)


def test_what_a_student_wrote_cannot_become_html() -> None:
    seen = verdict("<script>alert(1)</script>", "<img src=x onerror=alert(1)>")
    html = card(seen, ("<b>",), "x < y")
    assert "<script" not in html
    assert "<img src" not in html


def test_inputs_drawn_for_the_check_stay_hidden() -> None:
    exercise = Exercise("f", 2, "o", ("h",), [case(1)], fresh=lambda rng: [case(2)])
    exercise.reference(lambda n: torch.full((2, 2), n))
    cases = exercise.cases(0)
    given = collect({"f": lambda n: torch.ones(2, 2, dtype=torch.int64)}, Plan.of(exercise), encode_cases(cases))
    hidden = judge(exercise, cases, given, reveal=False)
    assert (hidden.call, hidden.expected, hidden.got, hidden.side_by_side) == ("", "", "", None)
    assert judge(exercise, cases, given).side_by_side is not None


def test_the_sentence_about_the_last_try_is_silent_without_one() -> None:
    record = records.Record()
    assert since_last(record, verdict(torch.ones(2), torch.zeros(2)), "digest") == ""


def test_pytorchs_own_not_implemented_error_is_an_attempt() -> None:
    exercise = Exercise("f", 1, "o", ("h",), [case(1)])
    exercise.reference(lambda n: 1.0)
    cases = exercise.cases(0)

    def f(n: int) -> Any:
        return torch.arange(n).mean()

    seen = judge(exercise, cases, collect({"f": f}, Plan.of(exercise), encode_cases(cases)))
    assert seen.outcome is Outcome.ERROR
    assert "floats first" in seen.message


class _Checker(HTMLParser):
    """Raises for tags that are not closed in order; gathers what is shown."""

    VOID = ("img", "br", "meta")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.shown: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "img":
            assert dict(attrs).get("alt")

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.shown.append(data)


def well_formed(html: str) -> None:
    checker = _Checker()
    checker.feed(html)
    assert not checker.open


def text_of(html: str) -> str:
    checker = _Checker()
    checker.feed(html)
    return re.sub(r"\s+", " ", "".join(f" {part} " if part.strip() == part else part for part in checker.shown)) \
        .replace(" .", ".").strip()
