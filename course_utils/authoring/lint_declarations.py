"""What a lesson and its exercises declare, looked at without running any answer."""

from __future__ import annotations

import ast
import inspect
from collections import Counter
from collections.abc import Iterator
from math import isfinite
from typing import Any

from course_utils.authoring.minima import missing_in_exercise, missing_in_lesson
from course_utils.authoring.places import answer_place, exercise_place, lesson_place
from course_utils.declaration_error import DeclarationError, like, shown
from course_utils.exercise import Case, Exercise
from course_utils.lesson import Lesson, lesson_package, load_exercise

KINDS = ("function", "class", "value")


def lint_declarations(lesson: Lesson, *, inputs: bool = True) -> Iterator[str]:
    """Yield problems of what a lesson and its exercises declare; for what a draft lacks see ``unfinished``.

    Making the inputs may take seconds; ``inputs=False`` leaves them alone.
    """
    problems = [*_load_problems(lesson), *_lesson_problems(lesson)]
    yield from problems
    if problems:
        return
    if not lesson.draft and (missing := ", ".join(missing_in_lesson(lesson))):
        yield (f"{lesson_place(lesson)}: the lesson lacks {missing}. Add them, or mark the lesson as a draft "
               "(draft=True).")
    for exercise in lesson.exercises:
        unusable = list(_field_problems(lesson, exercise))
        yield from unusable or _exercise_problems(lesson, exercise)
        if inputs and not unusable:
            yield from _input_problems(lesson, exercise)


def _load_problems(lesson: Lesson) -> Iterator[str]:
    """Yield what keeps exercises from loading, and names that are listed twice or not at all."""
    problems = 0
    for name, times in Counter(lesson.exercise_names).items():
        if times > 1:
            yield f"{lesson_place(lesson, 'exercise_names')}: exercise_names lists '{name}' twice. Remove one."
        try:
            load_exercise(lesson.id, name)
        except DeclarationError as error:
            problems += 1
            yield str(error)
    if problems:
        return
    for file in sorted(lesson_package(lesson.id).glob("[!_]*.py")):
        declares = "\nexercise = Exercise(" in file.read_text(encoding="utf-8", errors="replace")
        if declares and file.stem not in lesson.exercise_names:
            yield (f"{lesson_place(lesson, 'exercise_names')}: exercise_names doesn't list '{file.stem}', which "
                   f"{shown(file)} declares. Add it, or remove that file.")


def _lesson_problems(lesson: Lesson) -> Iterator[str]:
    for name in ("title", "summary"):
        if not isinstance(text := getattr(lesson, name), str) or not text.strip():
            yield f"{lesson_place(lesson, name)}: the {name} of the lesson is empty. Write it."
    if not lesson.objectives or not all(text.strip() for text in lesson.objectives):
        yield (f"{lesson_place(lesson, 'objectives')}: the lesson has no objective, or an empty one. Say in LESSON "
               "what a student can do at the end.")
    if not _is_number(lesson.minutes) or lesson.minutes <= 0:
        yield f"{lesson_place(lesson, 'minutes')}: minutes={lesson.minutes!r} is not a number above 0. Correct it."


def _field_problems(lesson: Lesson, exercise: Exercise) -> Iterator[str]:
    """Yield fields whose values nothing can work with."""
    def at(keyword: str) -> str:
        return exercise_place(lesson, exercise, keyword)

    if not exercise.name.isidentifier():
        yield f"{at('name')}: '{exercise.name}' is not a name that Python takes. Choose another name."
    if not _is_number(exercise.points) or exercise.points <= 0:
        yield f"{at('points')}: points={exercise.points!r} is not a number above 0. Write how many points it gives."
    if not isinstance(exercise.objective, str):
        yield f"{at('objective')}: the objective is not a string. Put it in quotes, without a comma after them."
    if isinstance(exercise.hints, str) or not all(isinstance(hint, str) for hint in exercise.hints):
        yield f"{at('hints')}: hints is not a tuple of strings. Put the hints in parentheses, with a comma after each."
    if exercise.kind not in KINDS:
        yield (f"{at('kind')}: kind={exercise.kind!r} is not known.{like(str(exercise.kind), KINDS)} Write "
               "\"function\", \"class\" or \"value\".")
    for name in ("rtol", "atol"):
        if not _is_number(value := getattr(exercise, name)) or value < 0:
            yield f"{at(name)}: {name}={value!r} is not a number of at least 0. Correct it."
    parts = exercise.parts
    if not hasattr(parts, "items") or not all(_is_number(value) and value > 0 for value in parts.values()):
        yield f"{at('parts')}: parts doesn't give each part points above 0. Write parts={{\"\": 2, \"…\": 1}}."
    if exercise.fresh is not None and not callable(exercise.fresh):
        yield f"{at('fresh')}: fresh is not a function. Write fresh=lambda rng: [case(…)]."
    module, name = getattr(exercise.probe, "__module__", ""), getattr(exercise.probe, "__name__", "")
    if not module.startswith("course_utils.probes.") or not name.isidentifier():
        yield f"{at('probe')}: the probe is not a function of course_utils/probes. Move it there."


def _exercise_problems(lesson: Lesson, exercise: Exercise) -> Iterator[str]:
    def at(keyword: str = "") -> str:
        return exercise_place(lesson, exercise, keyword)

    if not exercise.draft and (missing := ", ".join(missing_in_exercise(exercise))):
        yield f"{at()}: it lacks {missing}. Add them, or mark the exercise as a draft (draft=True)."
    if any(not hint.strip() for hint in exercise.hints):
        yield f"{at('hints')}: '{exercise.name}' has an empty hint. Write it, or remove it."
    if not exercise.objective.strip():
        yield f"{at('objective')}: '{exercise.name}' has no objective. Say what a student who solves it can do."
    if exercise.fresh is None and exercise.kind != "value" and not exercise.draft:
        yield (f"{at()}: '{exercise.name}' has no fresh inputs, so an answer could look its results up. Add "
               "fresh=lambda rng: [case(…)].")
    if exercise.parts and abs(sum(exercise.parts.values()) - exercise.points) > 1e-9:
        yield (f"{at('parts')}: its parts give {sum(exercise.parts.values()):g} points, but '{exercise.name}' has "
               f"{exercise.points:g}. Make them the same.")
    yield from _starter_problems(lesson, exercise)
    yield from _answer_problems(lesson, exercise)


def _starter_problems(lesson: Lesson, exercise: Exercise) -> Iterator[str]:
    at = exercise_place(lesson, exercise, "starter_text")
    text, answer = exercise.starter_text, exercise.starter_answer
    if text is not None and answer is not None:
        yield f"{at}: '{exercise.name}' has both starter_text and @exercise.starter. Remove one of them."
    if exercise.repair and answer is None and text is None:
        yield f"{at}: '{exercise.name}' is a repair exercise without broken code. Add it with @exercise.starter."
    if exercise.kind == "value" and text is None:
        yield f"{at}: a value needs a starter_text. Write starter_text=\"{exercise.name} = ...\"."
    if text is None:
        return
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        yield f"{at}: starter_text is not valid Python ({error.msg}, line {error.lineno} of it). Correct it."
        return
    if exercise.name not in _bound(tree):
        defined = ", ".join(f"'{name}'" for name in sorted(_bound(tree))) or "nothing"
        yield f"{at}: starter_text defines {defined}, but should define '{exercise.name}'. Correct the name."


def _answer_problems(lesson: Lesson, exercise: Exercise) -> Iterator[str]:
    reference = exercise.reference_answer
    if reference is None:
        yield (f"{exercise_place(lesson, exercise)}: '{exercise.name}' has no reference. Add the right answer with "
               "@exercise.reference.")
        return
    if reference.__name__ != exercise.name:
        yield (f"{answer_place(lesson, exercise, reference)}: the reference is called '{reference.__name__}'. Call it "
               f"'{exercise.name}', as students do.")
    for what, answers in (("alternative", exercise.alternatives), ("mistake", [m.answer for m in exercise.mistakes])):
        names = Counter(answer.__name__ for answer in answers)
        for answer in answers:
            if names[answer.__name__] > 1:
                names[answer.__name__] = 0
                yield (f"{answer_place(lesson, exercise, answer)}: two of its {what}s are called '{answer.__name__}'. "
                       "Rename one of them.")
    if exercise.kind == "class" and not inspect.isclass(reference):
        yield (f"{answer_place(lesson, exercise, reference)}: the reference is a function, but '{exercise.name}' asks "
               "for a class. Remove kind=\"class\", or make it a class.")
    if exercise.kind != "class" and inspect.isclass(reference):
        yield (f"{answer_place(lesson, exercise, reference)}: the reference is a class, but '{exercise.name}' asks for "
               f"a {exercise.kind}. Write kind=\"class\", or make it a function.")
    for mistake in exercise.mistakes:
        if not mistake.sentence.strip():
            yield (f"{answer_place(lesson, exercise, mistake.answer)}: the mistake '{mistake.name}' has an empty "
                   "sentence. Say what the student did, and what to do next.")


def _input_problems(lesson: Lesson, exercise: Exercise) -> Iterator[str]:
    """Yield what keeps the inputs from being made, and parts that the inputs don't fit."""
    for keyword in ("examples", "fresh"):
        at = exercise_place(lesson, exercise, keyword)
        try:
            cases = _inputs(exercise, keyword)
        except Exception as error:
            line = " ".join(str(error).split()).rstrip(".")
            takes = "a function of one argument, the random generator: lambda rng: [case(…)]"
            repair = f"Make fresh {takes}." if keyword == "fresh" and "argument" in line else "Correct it."
            yield f"{at}: making the inputs of {keyword} raises {type(error).__name__} ({line}). {repair}"
            return
        if not isinstance(cases, list | tuple) or not all(isinstance(one, Case) for one in cases):
            yield f"{at}: {keyword} doesn't give a list of cases. Write [case(…), case(…)]."
            return
    used = {one.part for one in exercise.cases(1)}
    if not used:
        yield f"{exercise_place(lesson, exercise, 'examples')}: '{exercise.name}' has no input. Add one to examples."
    declared = set(exercise.parts) or {""}
    for part in sorted(used - declared):
        yield (f"{exercise_place(lesson, exercise, 'parts')}: an input tests the part '{part}', which parts doesn't "
               f"have.{like(part, declared)} Correct the name, or give the part its points.")
        return
    for part in sorted(declared - used) if used else ():
        yield (f"{exercise_place(lesson, exercise, 'parts')}: no input tests the part '{part}'. Add one with "
               f"case(…, part=\"{part}\"), or remove the part.")


def _inputs(exercise: Exercise, keyword: str) -> Any:
    import numpy as np

    if keyword == "examples":
        return exercise.examples() if callable(exercise.examples) else exercise.examples
    return exercise.fresh(np.random.default_rng(1)) if exercise.fresh else []


def _bound(tree: ast.Module) -> set[str]:
    """Return the names that a piece of code defines at its top."""
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return names | {target.id for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)
                    for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
                    if isinstance(target, ast.Name)}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
