"""Edits that may leave a right answer right: if such a mutant passes, nobody has to declare it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from torch import nn

from course_utils.exercise import Exercise
from course_utils.mutation.edit import Edit

# Kinds of edits that add a step. Only at the end of a result they have to be declared, since inputs may be too tame:
# one row only, no negative number, numbers of one dtype.
_ADDING = frozenset({"conversion missing", "shape", "step missing"})
_ON_A_RESULT = (".item()", ".float()", ".long()", ".squeeze()", ".squeeze(1)", ".abs()")
_HARMLESS_ARGUMENTS = {
    r".*\bdtype=.*": "The dtype on the way makes no difference to the result.",
    r".*\bretain_graph=True\W*": "The graph is only kept for longer.",
    r".*\bstrict=True\W*": "It raises only for lengths that differ, and these don't.",
    r".*\binplace=True\W*": "The layer writes over a tensor that nobody needs any more.",
    r".*\bweights_only=True\W*": "It is the default.",
}
_EMPTIES = re.compile(r"\s*[\w.]+\.(zero_grad\(\)|grad = None|grad\.zero_\(\))\s*")
_SIBLINGS = {("view", "reshape"): "`reshape` does all that `view` does.",
             ("item", "tolist"): "Of a tensor without dimensions both give the number.",
             ("no_grad", "inference_mode"): "Neither records a graph.",
             ("inference_mode", "no_grad"): "Neither records a graph."}


def why_equivalent(exercise: Exercise, source: str, edit: Edit) -> str:
    """Return why a mutant that passes is no wrong answer; empty if its author has to say so."""
    return next(filter(None, (rule(exercise, source, edit) for rule in _RULES)), "")


def _without_a_graph(exercise: Exercise, source: str, edit: Edit) -> str:
    if edit.kind == "no_grad missing" or _loses_the_graph(edit) or edit.after.endswith("requires_grad=True"):
        answer = exercise.reference_answer
        holds_no_weights = isinstance(answer, type) and not issubclass(answer, nn.Module)
        asks = exercise.check_grad or (exercise.kind == "class" and not holds_no_weights
                                       and _function_at(source, edit) != "__init__")
        return "" if asks else "No gradient is asked for here."
    return ""


def _function_at(source: str, edit: Edit) -> str:
    """The name of the last function that begins before an edit."""
    return (re.findall(r"(?m)^\s*def (\w+)", "\n".join(source.split("\n")[:edit.line])) or [""])[-1]


def _loses_the_graph(edit: Edit) -> bool:
    return edit.kind == "conversion missing" and edit.after.endswith((".detach()", ".data"))


def _one_step_more(exercise: Exercise, source: str, edit: Edit) -> str:
    if edit.kind not in _ADDING or _loses_the_graph(edit):
        return ""
    is_result = edit.after.endswith(_ON_A_RESULT) and _ends_a_result(source, edit)
    return "" if is_result else "It adds a step that changes nothing here."


def _ends_a_result(source: str, edit: Edit) -> bool:
    """Whether an edit reaches to the end of what a ``return`` gives back."""
    lines = source.split("\n")
    end = edit.end_line, len(lines[edit.end_line - 1][:edit.end_column].encode())
    return any((node.end_lineno, node.end_col_offset) == end
               for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Return))


def _one_argument_more(exercise: Exercise, source: str, edit: Edit) -> str:
    if edit.kind == "keyword":
        return "Without its name the argument is at the same place."
    if edit.kind != "argument missing":
        return ""
    return next((why for pattern, why in _HARMLESS_ARGUMENTS.items() if re.fullmatch(pattern, edit.after)), "")


def _one_layer_more(exercise: Exercise, source: str, edit: Edit) -> str:
    if edit.kind == "layer missing" and "Flatten()" in edit.after:
        return "It flattens what is flat."
    return ""


def _one_statement_more(exercise: Exercise, source: str, edit: Edit) -> str:
    if edit.kind != "statement missing":
        return ""
    if _EMPTIES.fullmatch(edit.after):
        return "It empties no gradient that is still needed."
    statement = edit.after.strip()
    if statement.endswith((".train()", ".eval()")) and statement in (line.strip() for line in source.split("\n")):
        return "The answer itself puts the model into that mode."
    return ""


def _all_of_the_rest(exercise: Exercise, source: str, edit: Edit) -> str:
    """``x[i, :]`` for ``x[i]``."""
    if edit.kind != "axis of the index":
        return ""
    before, after = ([entry.strip() for entry in code.split(",")] for code in (edit.before, edit.after))
    if edit.before == "":
        return "`:` takes all, as the index alone does." if edit.after == ", :" else ""
    shorter, longer = sorted((before, after), key=len)
    rest = longer[len(shorter):]
    same = longer[:len(shorter)] == shorter and set(rest) == {":"}
    return "`:` takes all, as the index alone does." if same else ""


def _one_dimension_more(exercise: Exercise, source: str, edit: Edit) -> str:
    """``x[None]`` for ``x``, ``y[:, j, None]`` for ``y[:, j]``: a dimension of size 1 that broadcasting takes away."""
    none = edit.kind == "dimension missing" and edit.after.endswith("[None]")
    if edit.kind == "axis of the index":
        before, after = ([entry.strip() for entry in code.split(",")] for code in (edit.before, edit.after))
        none = len(after) == len(before) + 1 and [e for e in after if e != "None"] == [e for e in before if e != "None"]
    return "A dimension of size 1 more makes no difference to what comes out." if none else ""


def _from_the_other_end(exercise: Exercise, source: str, edit: Edit) -> str:
    """``dim=-1`` for ``dim=1``; 0 and -1 are the same only for a vector, so those are declared."""
    line = source.split("\n")[edit.line - 1]
    is_dim = edit.kind == "dim" or line[:edit.column].endswith((".shape[", ".size("))
    if not is_dim or not all(re.fullmatch(r"-?\d+", code) for code in (edit.before, edit.after)):
        return ""
    one, other = sorted((int(edit.before), int(edit.after)))
    return "It counts the same dimension from the other end." if one < 0 <= other and other - one > 1 else ""


def _one_dimension(exercise: Exercise, source: str, edit: Edit) -> str:
    if edit.kind == "dim missing" and edit.after.endswith(("dim=0", "dim=-1")):
        return "Along this dimension it gives the same as over all, so there is no other."
    return ""


def _in_place(exercise: Exercise, source: str, edit: Edit) -> str:
    """``y.div_(2)`` for ``y.div(2)``, ``y = y + 1`` for ``y += 1``; the judge notices changed inputs."""
    in_place = edit.kind == "in place" and (edit.after == edit.before + "_" or "=" in edit.after)
    if (in_place or edit.kind == "new, not in place") and not exercise.allow_changes:
        return "Nobody else holds the object that changes."
    return ""


def _sibling(exercise: Exercise, source: str, edit: Edit) -> str:
    if edit.kind != "sibling":
        return ""
    if edit.after == f"nan{edit.before}":
        return "They differ only for nan, which no input has."
    return _SIBLINGS.get((edit.before, edit.after), "")


def _independent_statements(exercise: Exercise, source: str, edit: Edit) -> str:
    """Two functions, two imports, or two assignments without a call that have nothing to do with each other."""
    if edit.kind != "order of statements":
        return ""
    tree = ast.parse(re.sub(r"(?m)^ {" + str(edit.column) + "}", "", " " * edit.column + edit.before))
    if len(tree.body) != 2:
        return ""
    first, second = tree.body
    if all(isinstance(s, ast.FunctionDef) and not s.decorator_list for s in (first, second)):
        return "The order of functions makes no difference."
    if all(isinstance(s, ast.Import | ast.ImportFrom) for s in (first, second)):
        return "The order of imports makes no difference."
    if all(isinstance(s, ast.Assign) for s in (first, second)) and not _interact(first, second):
        return "The two assignments have nothing to do with each other."
    return ""


def _interact(first: ast.stmt, second: ast.stmt) -> bool:
    """Whether one statement may change what the other does."""
    if any(isinstance(node, ast.Call | ast.Subscript | ast.BinOp) for s in (first, second) for node in ast.walk(s)):
        return True  # operators and indices can be calls as well
    stored = [{_named(node) for node in ast.walk(s) if isinstance(getattr(node, "ctx", None), ast.Store)}
              for s in (first, second)]
    used = [{_named(node) for node in ast.walk(s) if isinstance(node, ast.Name | ast.Attribute)}
            for s in (first, second)]
    return bool(stored[0] & used[1] or stored[1] & used[0])


def _named(node: ast.AST) -> str:
    return ast.unparse(node)


_RULES: tuple[Callable[[Exercise, str, Edit], str], ...] = (
    _without_a_graph, _one_step_more, _one_argument_more, _one_layer_more, _one_statement_more, _all_of_the_rest,
    _one_dimension_more, _from_the_other_end, _one_dimension, _in_place, _sibling, _independent_statements)
