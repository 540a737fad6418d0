"""Starting points: a lesson or an exercise that builds at once, and says what it still lacks."""

from __future__ import annotations

import ast
import keyword
import re
from pathlib import Path
from string import Template

import course_utils
from course_utils.files import write_whole
from course_utils.lesson import Lesson, lesson_ids
from course_utils.paths import solution_source

TEMPLATES = Path(__file__).parent / "templates"
LESSON_ID = re.compile(r"(\d\d|b\d+)_[a-z][a-z0-9_]*")
FIRST_EXERCISE = "first_answer"
SUMMARY = re.compile(r"(?m)^# %% \[markdown\]\n# ## What you have learned")


class ScaffoldError(ValueError):
    """Nothing was written; the message says why."""


def new_lesson(lesson_id: str, root: Path) -> list[Path]:
    """Write a lesson with one exercise; return the files."""
    if not LESSON_ID.fullmatch(lesson_id):
        raise ScaffoldError(f"'{lesson_id}' is not a lesson's id. Write a number and a word, like 10_audio, or "
                            "b5_audio for a bonus lesson.")
    if lesson_id in lesson_ids():
        raise ScaffoldError(f"There is a lesson {lesson_id} already. Choose another id.")
    package, source = _package(lesson_id, root), solution_source(root, lesson_id)
    for place in (package, source):
        if place.exists():
            raise ScaffoldError(f"{place.relative_to(root)} exists already. Move it away, or choose another id.")
    number, _, word = lesson_id.partition("_")
    title = word.replace("_", " ").capitalize()
    heading = f"Bonus lesson {number[1:]}" if number.startswith("b") else f"Lesson {int(number)}"
    return [
        _write(package / "__init__.py", "lesson_init.py.txt", id=lesson_id, title=title),
        _write(package / f"{FIRST_EXERCISE}.py", "exercise.py.txt", name=FIRST_EXERCISE, title="First answer"),
        _write(source, "lesson.py.txt", id=lesson_id, heading=f"{heading} · {title}",
               exercise=_filled("exercise_cells.py.txt", name=FIRST_EXERCISE, title="First answer")),
    ]


def new_exercise(name: str, lesson: Lesson, root: Path) -> list[Path]:
    """Write an exercise, list it in its lesson, and put its cells at the end of the lesson's source."""
    if not name.isidentifier() or keyword.iskeyword(name):
        raise ScaffoldError(f"'{name}' is not a name that Python takes. Students write it as a function, class or "
                            "value.")
    if name in lesson.exercise_names:
        raise ScaffoldError(f"Lesson {lesson.id} has an exercise '{name}' already. Choose another name.")
    package, source = _package(lesson.id, root), solution_source(root, lesson.id)
    module = package / f"{name}.py"
    if module.exists():
        raise ScaffoldError(f"{module.relative_to(root)} exists already. Move it away, or choose another name.")
    listed = _listed(package / "__init__.py", name)
    title = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ").strip().capitalize()
    cells = _filled("exercise_cells.py.txt", name=name, title=title)
    text = source.read_text(encoding="utf-8")
    summary = SUMMARY.search(text)
    place = summary.start() if summary else len(text)
    write_whole(source, f"{text[:place].rstrip()}\n\n{cells}{text[place:]}".rstrip() + "\n")
    _write(module, "exercise.py.txt", name=name, title=title)
    write_whole(package / "__init__.py", listed)
    return [module, package / "__init__.py", source]


def _package(lesson_id: str, root: Path) -> Path:
    """Return the folder of a lesson's exercises, which must be part of the course's folder."""
    package = Path(course_utils.__file__).resolve().parent
    if not package.is_relative_to(root.resolve()):
        raise ScaffoldError(f"The package is installed in {package}, apart from {root}. Install it from a clone "
                            "(pip install -e .), so that what you write becomes part of it.")
    return root / "course_utils" / "exercises" / f"lesson_{lesson_id}"


def _listed(init: Path, name: str) -> str:
    """Return a lesson's ``__init__.py`` with the exercise added at the end of ``exercise_names``."""
    text = init.read_text(encoding="utf-8")
    names = [node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.keyword)
             and node.arg == "exercise_names" and isinstance(node.value, ast.Tuple) and node.value.elts]
    if not names:
        raise ScaffoldError(f"{init.name} of this lesson has no tuple exercise_names to add '{name}' to. Add it by "
                            "hand.")
    last = names[0].elts[-1]
    lines = text.splitlines(keepends=True)
    line = lines[(last.end_lineno or 1) - 1]
    indent = " " * last.col_offset if line.lstrip().startswith(('"', "'")) else " " * 8
    end = last.end_col_offset or 0
    rest = line[end:].removeprefix(",")
    lines[(last.end_lineno or 1) - 1] = f'{line[:end]},\n{indent}"{name}",{rest}'
    return "".join(lines)


def _filled(template: str, **facts: str) -> str:
    return Template((TEMPLATES / template).read_text(encoding="utf-8")).substitute(facts)


def _write(path: Path, template: str, **facts: str) -> Path:
    write_whole(path, _filled(template, **facts))
    return path
