"""What keeps a lesson or an exercise from loading, in one line: file, line, what is wrong, the repair."""

from __future__ import annotations

import builtins
import difflib
import re
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
EXERCISES = PROJECT / "course_utils" / "exercises"
DECORATORS = ("reference", "alternative", "mistake", "starter")


class DeclarationError(ValueError):
    """A lesson or an exercise can't be loaded; the message names the place and the repair."""


def like(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return a sentence that proposes the known name most like this one, or ``otherwise`` if none is.

    >>> like("pionts", ["name", "points"])
    " Did you mean 'points'?"
    """
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f" Did you mean '{near[0]}'?" if near else otherwise


def shown(path: Path) -> str:
    """Return a path as it is shown: relative to the project if it is inside."""
    return path.relative_to(PROJECT).as_posix() if path.is_relative_to(PROJECT) else str(path)


def line_of(file: Path, *texts: str) -> str:
    """Return the file and the number of the first line with one of these texts; the file alone if none has."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return shown(file)
    found = [number for text in texts for number, line in enumerate(lines, start=1) if text in line]
    return f"{shown(file)}:{found[0]}" if found else shown(file)


def load_error(error: Exception, file: Path, keywords: dict[str, list[str]]) -> DeclarationError:
    """Return what an exception says that was raised while ``file`` was imported.

    ``keywords`` holds the keywords that a declaration's class takes, by the name of the class.
    """
    if isinstance(error, SyntaxError):
        at = Path(error.filename or file)
        return DeclarationError(f"{shown(at)}:{error.lineno or 1}: this line is not valid Python "
                                f"({error.msg.rstrip('.')}). Correct it.")
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_declaration(frame.filename)]
    place = f"{shown(Path(ours[-1].filename))}:{ours[-1].lineno}" if ours else shown(file)
    return DeclarationError(f"{place}: {_sentence(error, keywords)}")


def _is_declaration(filename: str) -> bool:
    return Path(filename).is_relative_to(EXERCISES)


def _sentence(error: Exception, keywords: dict[str, list[str]]) -> str:
    text = " ".join(str(error).split()).rstrip(".")
    if found := re.match(r"(\w+)\.__init__\(\) got an unexpected keyword argument '(\w+)'", text):
        known = keywords.get(found[1], [])
        return f"{found[1]} takes no '{found[2]}'.{like(found[2], known)} Correct the keyword, or remove it."
    if found := re.match(r"(\w+)\.__init__\(\) missing \d+ required positional arguments?: (.+)", text):
        missing = found[2].replace("'", "")
        return f"{found[1]}(…) lacks {missing}. Add {'it' if 'and' not in missing.split() else 'them'} as a keyword."
    if found := re.match(r"'Exercise' object has no attribute '(\w+)'", text):
        return f"an exercise has no '@exercise.{found[1]}'.{like(found[1], DECORATORS)} Correct the name."
    if isinstance(error, NameError) and error.name:
        return f"the name '{error.name}' is not defined.{like(error.name, _names(error))} Correct it, or import it."
    if isinstance(error, ImportError) and error.name:
        text = re.sub(r" \([^()]*\)$", "", text)
        return f"{text[:1].lower() + text[1:]}.{_like_import(error, text)} Correct the import."
    if re.search(r"Exercise\.(alternative|reference|starter)\(\) missing", text):
        return "this decorator takes no parentheses. Remove the ()."
    if isinstance(error, TypeError) and text.startswith("@exercise"):
        return f"{text}."
    return f"{type(error).__name__}: {text}. Correct this line."


def _names(error: NameError) -> set[str]:
    frames = list(traceback.walk_tb(error.__traceback__))
    return {*frames[-1][0].f_globals, *frames[-1][0].f_locals, *dir(builtins)} if frames else set()


def _like_import(error: ImportError, text: str) -> str:
    wanted = re.match(r"cannot import name '(\w+)'", text)
    module = sys.modules.get(error.name or "")
    return like(wanted[1], dir(module)) if wanted and module else ""
