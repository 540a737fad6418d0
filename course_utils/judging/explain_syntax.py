"""Code that Python cannot read: what its message means, and which later Python could read it."""

from __future__ import annotations

import re
import sys

# What a later Python reads and an earlier one does not: the version, a pattern of the line, what it is.
LATER = (
    ((3, 12), re.compile(r"^\s*type\s+\w+\s*(\[.*\])?\s*="), "the `type` statement"),
    ((3, 12), re.compile(r"^\s*(async\s+)?(def|class)\s+\w+\s*\["), "type parameters in brackets"),
    ((3, 14), re.compile(r"""(?<![\w"'])(t|T|rt|tr)(["'])(?!\s*\))"""), "a template string, `t\"…\"`"),
    ((3, 14), re.compile(r"^\s*except\s+[\w.]+\s*,\s*[\w., ]+:"), "several exceptions without parentheses"),
)
NESTED = re.compile(r"""\b[fF][rR]?(["'])(?:(?!\1).)*\{(?:(?!\1)[^}])*\1""")

MEANINGS: tuple[tuple[str, str], ...] = (  # {1} and {2} stand for what the pattern found
    (r"'(.)' was never closed",
     "This `{1}` has no partner. Close it; if the line looks whole, count the parentheses from the inside out."),
    (r"incomplete input", "The code ends too soon: a parenthesis, a bracket or a string further up is not closed."),
    (r"unmatched '(.)'", "There is a `{1}` too many, or its partner is missing further up."),
    (r"closing parenthesis '(.)' does not match opening parenthesis '(.)'",
     "`{2}` is closed by `{1}`. Every bracket needs its own kind, the innermost first."),
    (r"expected ':'", "The line that opens a block (`def`, `for`, `if`, `with`, `class` …) ends in a colon."),
    (r"expected an indented block after (.+?) on line (\d+)",
     "The {1} on line {2} needs at least one line that is indented below it."),
    (r"unexpected indent", "This line is indented further than the one above, and no line above opens a block."),
    (r"unindent does not match",
     "This line is indented less than the one above, but no block further up begins at that depth."),
    (r"inconsistent use of tabs", "Tabs and spaces are mixed at the start of these lines. Use four spaces."),
    (r"unterminated (?:triple-quoted )?(?:f-)?string literal",
     "A string begins here and does not end. Close it with the same quote that opened it."),
    (r"Perhaps you forgot a comma",
     "Two things are next to each other with nothing to join them: a comma, an operator or a parenthesis is missing."),
    (r"Maybe you meant '==' or ':=' instead of '='", "`=` gives a name a value; `==` compares."),
    (r"cannot assign to (.+?) here",
     "The left side of `=` is {1}, and only a name, an item or an attribute can get a value. To compare, use `==`."),
    (r"cannot assign to", "Only a name, an item or an attribute can get a value."),
    (r"positional argument follows keyword argument", "In a call, the arguments with a name (`dim=0`) come last."),
    (r"'return' outside function", "This `return` is not inside a function. Is it indented below its `def`?"),
    (r"'(\w+)' (?:outside|not properly in) loop",
     "`{1}` only works inside a loop. Is it indented below its `for` or `while`?"),
    (r"leading zeros in decimal integer", "A number does not begin with 0: write `7`, not `07`."),
    (r"invalid decimal literal",
     "A name can't begin with a digit, and nothing can follow a number directly; a product is `2 * x`."),
    (r"invalid character '(.)'",
     "`{1}` is not one of Python's characters; copied text often has such quotes, dashes or signs. Type it again."),
    (r"invalid non-printable character",
     "This line has an invisible character, often from copied text. Type it again."),
    (r"f-string: ", "Something between the braces of this f-string is not an expression."),
)


def explain_syntax(error: SyntaxError, version: tuple[int, int] = (sys.version_info[0], sys.version_info[1])) -> str:
    """Return what a syntax error means; empty if its own words say it all."""
    line = error.text or ""
    later = _later(line, error.msg or "", version)
    if later:
        return later
    for pattern, meaning in MEANINGS:
        found = re.search(pattern, error.msg or "")
        if found:
            return meaning.format("", *found.groups())
    words = re.match(r"\s*(else|elif|except|finally)\b", line)
    if words:
        return f"`{words[1]}` has nothing to belong to: it starts at the same depth as its `if`, `for` or `try`."
    return ""


def _later(line: str, message: str, version: tuple[int, int]) -> str:
    """Return which Python reads a line that this one does not, if there is one."""
    here = f"this is Python {version[0]}.{version[1]}"
    for since, pattern, what in LATER:
        if version < since and pattern.search(line):
            return f"This looks like {what}, which Python reads from {since[0]}.{since[1]} on; {here}."
    backslash = "f-string expression part cannot include a backslash" in message
    if version < (3, 12) and (backslash or (message.startswith(("f-string", "unterminated")) and NESTED.search(line))):
        inside = "a backslash" if backslash else "the same quotes"
        return (f"Between the braces of an f-string, {inside} can be used from Python 3.12 on; {here}. "
                + ("Put that part into a variable first." if backslash else "Use the other kind of quotes inside."))
    return ""
