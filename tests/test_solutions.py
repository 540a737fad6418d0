"""Filling declared solutions into a lesson's cells, and taking them out again."""

from __future__ import annotations

import textwrap

import pytest

from course_utils.authoring.solutions import SolutionError, fill, unfill
from course_utils.exercise import Exercise
from course_utils.lesson import lessons, load_lesson

ALL = [exercise for lesson in lessons() for exercise in lesson.exercises]


def cell(text: str) -> str:
    return textwrap.dedent(text).strip("\n")


def standardize() -> Exercise:
    return load_lesson("01_tensors")["standardize"]


def early_stopping() -> Exercise:
    return load_lesson("04_training")["EarlyStopping"]


STANDARDIZE = cell('''
    def standardize(x):
        """Columns of mean 0."""
        ...  ### SOLUTION
''')


def test_the_body_of_the_reference_takes_the_place_of_the_mark() -> None:
    filled = fill(STANDARDIZE, standardize())
    assert filled.startswith(STANDARDIZE.removesuffix("...  ### SOLUTION") + "### BEGIN SOLUTION\n    mean, std = ")
    assert filled.endswith("\n    ### END SOLUTION")
    assert unfill(filled, standardize()) == STANDARDIZE


def test_each_method_of_a_class_is_filled_by_itself() -> None:
    filled = fill(cell('''
        class EarlyStopping:
            def __init__(self, patience):
                self.patience = patience
                ### SOLUTION

            def should_stop(self, val_loss, model):
                ### SOLUTION
    '''), early_stopping())
    assert filled.count("self.patience = patience") == 1
    assert filled.count("### BEGIN SOLUTION") == 2
    compile(filled, "cell", "exec")


@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.name)
def test_a_cell_that_is_only_a_mark_becomes_the_whole_reference(exercise: Exercise) -> None:
    filled = fill("### SOLUTION", exercise)
    namespace: dict[str, object] = {}
    assert exercise.name in filled
    if exercise.kind == "value":
        exec(filled, namespace)
        assert namespace[exercise.name] == exercise.make(exercise.reference_answer)
    name = f"{exercise.name} = " if exercise.kind == "value" else ""
    assert unfill(filled, exercise) == f"{name}...  ### SOLUTION"


@pytest.mark.parametrize(("text", "says"), [
    ("def standardize(x):\n    return x", "doesn't say where its solution goes"),
    ("def standardize(x):\n    y = x\n    ### SOLUTION", "the lines around ...  ### SOLUTION"),
    ("def standardize(x:\n    ### SOLUTION", "is not Python"),
    ("x = [\n    ### SOLUTION\n]", "inside a statement"),
    ("def standardize(x):\n    def helper():\n        ### SOLUTION", "has no helper"),
    ("def standardize(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION", "differs from its reference"),
])
def test_a_cell_that_does_not_fit_the_reference_is_named_with_its_repair(text: str, says: str) -> None:
    with pytest.raises(SolutionError, match=says):
        fill(text, standardize())


def test_a_second_copy_that_is_the_same_counts_as_a_mark() -> None:
    copy = fill(STANDARDIZE, standardize()).replace("mean, std", "mean,  std")
    assert unfill(copy, standardize()) == STANDARDIZE
