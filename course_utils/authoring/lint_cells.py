"""What a source's cells say, looked at before anything is filled in or run."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Callable, Iterator
from typing import Any

from nbformat import NotebookNode

from course_utils.authoring.numbers import HEADING
from course_utils.authoring.solutions import MARK, MARK_LINE
from course_utils.cell_names import check_name
from course_utils.declaration_error import like
from course_utils.lesson import Lesson

At = Callable[[int, str], str]  # the place of a cell (counted from 1), and of a line in it
_WORDS = ("SOLUTION", "BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN TESTS", "END HIDDEN TESTS", "BEGIN MARK SCHEME",
          "END MARK SCHEME")
_COMMENT = re.compile(r"^(?P<code>.*?)(?P<hashes>#+)[ \t]*(?P<words>[A-Za-z][A-Za-z _-]*?)[ \t]*[:.]?[ \t]*$")
_BRACED = re.compile(r"(?<![$\\{\w])\{([a-z_]+)\}")
_FACTS = ("minutes", "exercises", "points")
_TITLE = re.compile(r"(?m)^#+ *(?P<word>[A-Za-z]+)(?= *\d| *[·:.\-–—]|$).*$")
_GRADE_ID = re.compile(r"[A-Za-z0-9_-]+")
_NAMED = ("check", "hint", "solution")  # the notebook's commands that take an exercise


def lint_cells(cells: list[NotebookNode], lesson: Lesson, at: At) -> Iterator[str]:
    """Yield slips in cells: code that is no Python, misspelt marks, checks and headings of something else."""
    for number, cell in enumerate(cells, start=1):
        problems = _prose_problems(cell) if cell.cell_type == "markdown" else _code_problems(cell, lesson)
        yield from (f"{at(number, line)}: {problem}" for line, problem in problems)
    yield from _own_cell_problems(cells, at)
    yield from _order_problems(cells, lesson, at)
    yield from _heading_problems(cells, at)


def _prose_problems(cell: NotebookNode) -> Iterator[tuple[str, str]]:
    for line in _TITLE.finditer(cell.source):
        word = line["word"].lower()
        if difflib.SequenceMatcher(None, word, "exercise").ratio() >= 0.8 and word != "exercises" and not HEADING.match(
                line[0]):
            yield line[0], f"'{line[0]}' is not read as an exercise's heading. Write: ### Exercise · Title."
    for found in _BRACED.finditer(cell.source):
        if found[1] not in _FACTS and (near := difflib.get_close_matches(found[1], _FACTS, n=1, cutoff=0.7)):
            yield "", f"{found[0]} is not a number that the build knows. Write {{{near[0]}}}."


def _code_problems(cell: NotebookNode, lesson: Lesson) -> Iterator[tuple[str, str]]:
    marked = "exercise" in cell.metadata or "nbgrader" in cell.metadata
    open_word = ""
    for line in cell.source.splitlines():
        word = _mark_word(line)
        if word and not _is_exact(line, word):
            right = MARK if word == "SOLUTION" else f"### {word}"
            yield line, f"'{line.strip()}' is not read as a mark. Write {right} on a line of its own."
        elif word == "SOLUTION" and "exercise" not in cell.metadata:
            yield line, (f"{MARK} is in a cell that is not marked as an exercise. Mark it with the header "
                         "# %% exercise=\"name\", or remove the mark.")
        elif word and word != "SOLUTION" and not marked:
            yield line, (f"### {word} is in an unmarked cell. Mark it with exercise=\"name\" or nbgrader={{…}} "
                         "in its header, or remove the mark.")
        elif word.startswith("BEGIN"):
            if open_word:
                yield line, (f"### {word} comes before the end of ### {open_word}. Add ### END {open_word[6:]} "
                             "before it.")
            open_word = word
        elif word.startswith("END"):
            if open_word[6:] != word[4:]:
                yield line, f"### {word} has no ### BEGIN {word[4:]} before it. Add it."
            open_word = ""
    if open_word:
        yield f"### {open_word}", f"### {open_word} has no ### END {open_word[6:]} after it. Add it."
    if cell.source.lstrip().startswith("%%"):
        return
    try:
        tree = ast.parse(re.sub(r"(?m)^(\s*)[%!].*$", r"\1pass", cell.source))
    except SyntaxError as error:
        lines = cell.source.splitlines()
        line = lines[error.lineno - 1] if error.lineno and error.lineno <= len(lines) else ""
        yield line, f"this line is not valid Python ({error.msg.rstrip('.')}). Correct it."
        return
    yield from _call_problems(tree, cell, lesson)


def _mark_word(line: str) -> str:
    """Return the mark that a line has, or is nearly; "" if it has none."""
    found = _COMMENT.match(line)
    if not found or (len(found["hashes"]) < 2 and not found["words"].isupper()):
        return ""
    words = re.sub(r"[ _-]+", " ", found["words"]).upper()
    if words in _WORDS:
        return words
    same_start = [word for word in _WORDS if word.split()[0] == words.split()[0]]
    near = difflib.get_close_matches(words, same_start or _WORDS, n=1, cutoff=0.75)
    return near[0] if near else ""


def _is_exact(line: str, word: str) -> bool:
    return bool(MARK_LINE.fullmatch(line)) if word == "SOLUTION" else line.strip() == f"### {word}"


def _call_problems(tree: ast.Module, cell: NotebookNode, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """Yield calls of the notebook's commands that name another lesson or exercise."""
    checked: set[str] = set()
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
            continue
        first, command = node.args[0], node.func.id
        name = first.value if isinstance(first, ast.Constant) else first.id if isinstance(first, ast.Name) else None
        if not isinstance(name, str):
            continue
        line = cell.source.splitlines()[node.lineno - 1]
        if command == "start" and isinstance(first, ast.Constant) and name != lesson.id:
            yield line, f"start(\"{name}\") is for another lesson. Write start(\"{lesson.id}\")."
        elif command in _NAMED and isinstance(first, ast.Constant) and name not in lesson.exercise_names:
            yield line, (f"{command}(\"{name}\") names no exercise of {lesson.id}.{like(name, lesson.exercise_names)} "
                         "Correct the name.")
        elif command == "check":
            checked.add(name)
    wanted = cell.metadata.get("check")
    if wanted and wanted in lesson.exercise_names and checked != {wanted}:
        does = f"checks '{sorted(checked)[0]}'" if checked else "checks nothing"
        yield "", f"the cell is marked check=\"{wanted}\", but it {does}. Write check({wanted})."


def _own_cell_problems(cells: list[NotebookNode], at: At) -> Iterator[str]:
    """Yield what nbgrader would refuse in an instructor's own cells."""
    taken = {cell.metadata["exercise"]: number for number, cell in enumerate(cells, 1) if "exercise" in cell.metadata}
    taken |= {check_name(str(c.metadata["check"])): n for n, c in enumerate(cells, 1) if "check" in c.metadata}
    for number, cell in enumerate(cells, start=1):
        settings = cell.metadata.get("nbgrader")
        if settings is None or "exercise" in cell.metadata or "check" in cell.metadata:
            continue
        if problem := _setting_problem(settings, cell):
            yield f"{at(number, '')}: {problem}"
        elif (grade_id := settings["grade_id"]) in taken:
            yield (f"{at(number, '')}: grade_id \"{grade_id}\" is used by cell {taken[grade_id]} already. Choose "
                   "another.")
        else:
            taken[grade_id] = number


def _setting_problem(settings: dict[str, Any], cell: NotebookNode) -> str:
    needed = ["grade", "grade_id", "locked", "schema_version", "solution", "task"]
    if settings.get("grade") or settings.get("task"):
        needed.insert(3, "points")
    if missing := [key for key in needed if key not in settings]:
        return f"nbgrader={{…}} lacks {', '.join(missing)}. Add what is missing."
    grade_id, points = settings["grade_id"], settings.get("points", 0)
    if not isinstance(grade_id, str) or not _GRADE_ID.fullmatch(grade_id):
        return f"grade_id {grade_id!r} is not a name of letters, digits, - and _. Choose such a name."
    if not isinstance(points, int | float) or isinstance(points, bool) or points < 0:
        return f"points of \"{grade_id}\" are {points!r}. Write a number of at least 0."
    if settings["schema_version"] != 3:
        return f"schema_version of \"{grade_id}\" is {settings['schema_version']!r}. Write 3."
    if cell.cell_type == "markdown" and settings["grade"] and not settings["solution"]:
        return (f"\"{grade_id}\" is a Markdown cell with points, but students can't answer in it. Write "
                "\"solution\": true.")
    return ""


def _order_problems(cells: list[NotebookNode], lesson: Lesson, at: At) -> Iterator[str]:
    numbers = {cell.metadata["exercise"]: number for number, cell in enumerate(cells, 1) if "exercise" in cell.metadata}
    names = [name for name in lesson.exercise_names if name in numbers]
    for before, after in zip(names, names[1:], strict=False):
        if numbers[after] < numbers[before]:
            yield (f"{at(numbers[after], '')}: '{after}' comes before '{before}', but after it in exercise_names. Make "
                   "the order the same in both.")


def _heading_problems(cells: list[NotebookNode], at: At) -> Iterator[str]:
    """Yield headings of exercises that another heading follows before any exercise."""
    last: tuple[int, str] | None = None
    for number, cell in enumerate(cells, start=1):
        if "exercise" in cell.metadata:
            last = None
        elif cell.cell_type == "markdown":
            for heading in HEADING.finditer(cell.source):
                if last:
                    yield (f"{at(*last)}: '{last[1]}' heads no exercise, because '{heading[0]}' comes next. Remove it, "
                           "or put its exercise after it.")
                last = number, heading[0]
    if last:
        yield f"{at(*last)}: '{last[1]}' heads no exercise. Remove it, or put its exercise after it."
