"""The headers of a source's cells (``# %% exercise="standardize"``): where they are, and slips in them."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator

from course_utils.declaration_error import like

MARKS = ("exercise", "check", "demo", "tags", "nbgrader")  # what the source keeps of a cell's metadata
_HEADER = re.compile(r"^\s*#\s*%%(?:\s+(?P<options>.*))?$")  # as jupytext reads it
_PROSE = ("[markdown]", "[md]")
_TYPES = {"exercise": (str, 'a name in double quotes'), "check": (str, "a name in double quotes"),
          "demo": (bool, "true"), "tags": (list, 'a list such as ["nbval-ignore-output"]'),
          "nbgrader": (dict, "nbgrader's settings in braces")}
_KEY = re.compile(r"([\w-]+)\s*=\s*")
_LIKE_KEY = re.compile(r"^\s*#*\s*(?P<percent>%*)\s*"
                       r"(?:(?P<key>[a-z_-]+)\s*=\s*(?P<value>[\"'\w{\[])|(?P<kind>\[\w+\]))")


def header_lines(text: str) -> list[int]:
    """Return the numbers of the lines on which a source's cells begin, counted from 1."""
    lines = text.splitlines()
    start = _after_front_matter(lines)
    headers = [number for number in range(start + 1, len(lines) + 1) if _HEADER.match(lines[number - 1])]
    before = next((n for n in range(start + 1, (headers or [len(lines) + 1])[0]) if lines[n - 1].strip()), None)
    return headers if before is None else [before, *headers]


def lint_headers(text: str) -> Iterator[tuple[int, str]]:
    """Yield line numbers and what is wrong with the headers there, or with lines that were meant as headers."""
    lines = text.splitlines()
    for number in range(_after_front_matter(lines) + 1, len(lines) + 1):
        line = lines[number - 1]
        header = _HEADER.match(line)
        if header:
            if problem := _option_problem((header["options"] or "").strip()):
                yield number, problem
        elif problem := _missed_header(line):
            yield number, problem


def _after_front_matter(lines: list[str]) -> int:
    rules = [number for number, line in enumerate(lines, start=1) if line.strip() == "# ---"][:2]
    return rules[1] if len(rules) == 2 and rules[0] == 1 else 0


def _option_problem(options: str) -> str:
    """Return what is wrong with what follows ``# %%``, or ""."""
    prose = next((kind for kind in _PROSE if options.startswith(kind)), "")
    rest = options.removeprefix(prose).strip()
    marks: list[str] = []
    while rest:
        found = _KEY.match(rest)
        if not found:
            return _stray(rest.split()[0])
        key = found[1]
        if key not in MARKS:
            return (f"the header has '{key}', which is not kept.{like(key, MARKS)} Write one of: {', '.join(MARKS)}.")
        try:
            value, end = json.JSONDecoder().raw_decode(rest, found.end())
        except ValueError:
            given = rest[found.end():].split()[0] if rest[found.end():].split() else "nothing"
            return f"the header has {key}={given}, but {key} takes {_TYPES[key][1]}. Write {_example(key, given)}."
        if not isinstance(value, _TYPES[key][0]) or value == "":
            return f"the header has {found[0]}{json.dumps(value)}, but {key} takes {_TYPES[key][1]}. Correct it."
        if key in marks:
            return f"the header has {key} twice. Remove one."
        marks.append(key)
        rest = rest[end:].strip()
    return _combination(prose, marks)


def _combination(prose: str, marks: list[str]) -> str:
    ours = [mark for mark in marks if mark in ("exercise", "check")]
    if prose and (code := [mark for mark in marks if mark in ("exercise", "check", "demo")]):
        return f"the header marks a Markdown cell with {code[0]}, which belongs to code. Remove {prose} or {code[0]}=…."
    if len(ours) == 2:
        return "the header has both exercise and check. Give the solution and its check a cell each."
    if ours and "nbgrader" in marks:
        return f"the header has {ours[0]} and nbgrader, but the build writes those settings. Remove nbgrader={{…}}."
    if ours and "demo" in marks:
        return f"the header has both {ours[0]} and demo. Remove demo=true, because the grader needs this cell."
    return ""


def _stray(word: str) -> str:
    known = [*MARKS, *_PROSE]
    near = difflib.get_close_matches(word.split("=")[0].split(":")[0].lower(), known, n=1, cutoff=0.6)
    repair = f"Write # %% {near[0] if near[0] in _PROSE else _example(near[0], 'name')}." if near else (
        f"Write # %% [markdown], or # %% with one of: {', '.join(MARKS)}.")
    return f"the header has '{word}', which is neither a mark nor [markdown]. {repair}"


def _missed_header(line: str) -> str:
    """Return the sentence for a line that is nearly a header, or ""."""
    found = _LIKE_KEY.match(line)
    if not found or not (found["percent"] or found["value"] in ("\"", "'")) or line.lstrip()[:1] not in ("#", "%"):
        return ""
    if found["kind"]:
        near = difflib.get_close_matches(found["kind"], _PROSE, n=1, cutoff=0.7) if found["percent"] else []
    else:
        near = difflib.get_close_matches(found["key"], MARKS, n=1, cutoff=0.7)
    if not near:
        return ""
    example = near[0] if found["kind"] else _example(near[0], line.split("=", 1)[1].strip())
    return f"'{line.strip()}' is not read as a header. Write # %% {example}."


def _example(key: str, given: str) -> str:
    name = given.strip("\"'“”") or "name"
    return {"demo": "demo=true", "tags": 'tags=["nbval-ignore-output"]', "nbgrader": "nbgrader={…} with JSON inside",
            }.get(key, f'{key}="{name}"')
