"""What a student reads of their answer is in the student's terms: expressions, layers, names of what is returned."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils.data import Dataset

from course_utils.evidence.codec import BadEvidence, decode, encode
from course_utils.evidence.collect import Plan, collect, encode_cases
from course_utils.evidence.facts import Facts, Form, Note, Parameter, Parameters, Several, several
from course_utils.evidence.label import called, lead, part_name
from course_utils.exercise import Exercise, case
from course_utils.judging.compare import Tolerance, compare
from course_utils.judging.judge import judge
from course_utils.judging.outcome import Rung
from course_utils.judging.verdict import Verdict
from course_utils.lesson import lessons, load_lesson
from course_utils.rendering.card import card
from course_utils.rendering.text import verdict_text

PROBES_INSIDE = re.compile(r"(^|[ (])\['\w+( \w+)*'\]\[|[Tt]he part \[|an object of type (Note|Form|Facts|Several)")


def verdict_on(lesson: str, name: str, answer: Any, reveal: bool = True) -> Verdict:
    exercise = load_lesson(lesson)[name]
    cases = exercise.cases(3)
    return judge(exercise, cases, collect({name: answer}, Plan.of(exercise), encode_cases(cases)), reveal=reveal)


def difference(expected: Any, got: Any) -> str:
    found = compare(decode(encode(expected)), decode(encode(got)), Tolerance())
    assert found is not None
    return found.sentence


KINDS = [Facts({"len(x)": 3, "": torch.ones(2)}), Note("train"), Note("epoch 3", of_values=True),
         Form("a tensor", (2, 3), "float32"), Form("None"), Several(("w", "b"), (1.0, 2.0)),
         Parameters((Parameter("fc.weight", "Linear", (2, 3)), Parameter("layers[0]", "", (2,), registered=False)))]


@pytest.mark.parametrize("fact", KINDS, ids=lambda fact: type(fact).__name__)
def test_each_kind_of_fact_crosses_whole(fact: Any) -> None:
    again = decode(encode(fact))
    assert type(again) is type(fact)
    assert compare(again, decode(encode(fact)), Tolerance()) is None
    if not isinstance(fact, Facts):
        assert again == fact


@pytest.mark.parametrize("node", [
    {"t": "facts", "v": [[1, 2]]}, {"t": "facts", "v": [["a"]]}, {"t": "note", "v": 3}, {"t": "note"},
    {"t": "form", "kind": "x", "shape": [-1], "dtype": ""}, {"t": "form", "kind": "x", "shape": [2**70], "dtype": ""},
    {"t": "several", "names": ["a"], "v": []}, {"t": "parameters", "v": [["a", "b", [1]]]},
    {"t": "parameters", "v": [["a", "b", [1], True]] * 1001},
    {"t": "form", "kind": "x", "shape": [1] * 65, "dtype": ""}])
def test_a_forged_fact_is_refused(node: dict[str, Any]) -> None:
    import json
    import struct

    import safetensors.torch

    text = json.dumps(node).encode()
    with pytest.raises(BadEvidence):
        decode(struct.pack("<Q", len(text)) + text + safetensors.torch.save({}))


@pytest.mark.parametrize(("where", "name", "begins"), [
    ("dataset[0][0]", "dataset[0][0]", "`dataset[0][0]`: "), ("len(dataset)", "len(dataset)", "`len(dataset)`: "),
    ("losses[1]", "losses[1]", "`losses[1]`: "), ("mode of the model", "mode of the model", "Mode of the model: "),
    ("", "", ""), ("[1]", "[1]", "Item [1] of the result: "),
    ("column `rooms`[2]", "column rooms, [2]", "Column `rooms`, item [2]: "),
    ("`model[0].weight` afterwards", "model[0].weight afterwards", "`model[0].weight` afterwards: ")])
def test_a_place_is_called_by_the_expression_that_shows_it(where: str, name: str, begins: str) -> None:
    assert part_name(where) == name
    assert lead(where) == begins


def test_what_a_method_returned_is_told_by_its_name() -> None:
    assert called("stopper.should_stop(loss, model)") == "should_stop"
    assert called("losses[1]") == called("mode of the model") == ""
    sentence = difference(Facts({"stopper.should_stop(loss)": Form("True or False")}),
                          Facts({"stopper.should_stop(loss)": Form("None")}))
    assert sentence == "`should_stop` returned None. It has to return True or False."


@pytest.mark.parametrize(("expected", "got", "sentence"), [
    (torch.ones(2), [torch.ones(1), torch.ones(1)],
     "Expected a tensor, got a list. It holds 2 tensors. `torch.stack` makes one of tensors of the same shape."),
    (torch.ones(2), (torch.ones(2),), "Expected a tensor, got a tuple. It holds one tensor; `[0]` takes it out."),
    (torch.ones(2), [torch.ones(1), torch.ones(2)], "Expected a tensor, got a list. It holds 2 tensors."),
    (2.0, torch.ones(2), "Expected a Python float, got a tensor. It holds 2 numbers."),
    (2.0, torch.ones(1), "Expected a Python float, got a tensor. `.item()` takes the number out of a tensor that holds "
                         "just one."),
    (2.0, torch.ones(1).item, "Expected a Python float, got the method `item` itself. The parentheses are missing: "
                              "`item()` calls it."),
    ([1.0, 2.0], [1.0, torch.ones(1).item], "Item [1] of the result: expected a Python float, got the method `item` "
                                            "itself. The parentheses are missing: `item()` calls it."),
    (True, None, "Expected True or False, got None. Does every path through your code end in a `return`?"),
    (nn.ReLU(), nn.ReLU, "Expected an object of type ReLU, got the class ReLU itself."),
    ({"a": 1}, {"b": 1}, "Expected the keys 'a'. 'a' is missing. 'b' should not be there."),
    (torch.zeros(3), torch.tensor([0.0, 1, 2]), "2 of 3 values are wrong. The first is at [1]: expected 0, got 1."),
    (torch.zeros(2), torch.ones(2),
     "The shape and dtype are right, but every value is wrong. At [0]: expected 0, got 1."),
    (several((1.0, 2.0), "w", "b"), (2.0, 1.0),
     "The results are right, but in another order: expected `w` and `b`, got `b` and `w`."),
    (several((1.0, 2.0), "w", "b"), (1.0, 3.0), "`b`: expected 2, got 3."),
    (several((1.0, 2.0), "w", "b"), (1.0, 2.0, 3.0), "Expected two things, `w` and `b`, got three things."),
    (several((1.0, 2.0), "w", "b"), torch.ones(2), "Expected two things, `w` and `b`, got a tensor."),
    (several((1.0, 2.0), "w", "b"), None,
     "Expected two things, `w` and `b`, got None. Does every path through your code end in a `return`?"),
])
def test_a_difference_is_told_in_one_true_sentence(expected: Any, got: Any, sentence: str) -> None:
    assert difference(expected, got) == sentence


def test_near_values_are_not_called_right() -> None:
    expected, got = torch.tensor([514.0, 100.0]), torch.tensor([513.99, 120.0])
    assert difference(expected, got).startswith("1 of 2 values is wrong. It is at [1]")


def test_a_nan_is_explained_by_examples() -> None:
    assert "for example" in difference(torch.ones(2), torch.tensor([1.0, float("nan")]))


def test_a_single_number_is_shown_with_its_shape() -> None:
    exercise = Exercise("f", points=1, objective="-", hints=("-",), examples=lambda: [case(1)])
    exercise.reference(lambda n: torch.ones(2))
    evidence = collect({"f": lambda n: torch.tensor(2.5)}, Plan.of(exercise), encode_cases(exercise.cases(0)))
    verdict = judge(exercise, exercise.cases(0), evidence)
    assert verdict.got == "shape (): 2.5 (tensor of shape (), float32)"
    assert "2.5" in verdict_text(verdict)


def rows(*rows: tuple[str, tuple[int, ...]], hidden: bool = False) -> Parameters:
    return Parameters(tuple(Parameter(name, "Linear", shape, not hidden) for name, shape in rows))


FC1, FC2 = (("fc1.weight", (8, 4)), ("fc1.bias", (8,))), (("fc2.weight", (2, 8)), ("fc2.bias", (2,)))


@pytest.mark.parametrize(("got", "sentence"), [
    (rows(*FC1), "Missing: nn.Linear(8, 2). All other layers have the right sizes."),
    (rows(*FC1, *FC2, ("fc3.weight", (2, 2)), ("fc3.bias", (2,))),
     "Too many: `fc3`, nn.Linear(2, 2). All other layers have the right sizes."),
    (rows(*FC1, ("out.weight", (3, 8)), ("out.bias", (3,))),
     "`out`: expected nn.Linear(8, 2), got nn.Linear(8, 3)."),
    (rows(*FC1, ("out.weight", (2, 8))), "`out`: expected nn.Linear(8, 2), got nn.Linear(8, 2, bias=False)."),
    (Parameters(rows(("layers[0].weight", (8, 4)), ("layers[0].bias", (8,)), hidden=True).rows + rows(*FC2).rows),
     "The model does not know the parameters `layers[0].weight`, `layers[0].bias`: they are not registered, so "
     "`parameters()` and `state_dict()` leave them out."),
    (Parameters(()), "The model has no parameters. Expected 2 layers with parameters: nn.Linear(4, 8); "
                     "nn.Linear(8, 2).")])
def test_nets_are_told_apart_by_layer(got: Parameters, sentence: str) -> None:
    assert difference(rows(*FC1, *FC2), got) == sentence


def test_layers_in_another_order_and_under_other_names_are_the_same() -> None:
    got = rows(("a.weight", (2, 8)), ("a.bias", (2,)), ("b.0.weight", (8, 4)), ("b.0.bias", (8,)))
    assert compare(rows(*FC1, *FC2), got, Tolerance()) is None


def mistakes() -> list[Any]:
    return [pytest.param(lesson.id, exercise, mistake, id=f"{exercise.name}-{mistake.name}")
            for lesson in lessons() for exercise in lesson.exercises for mistake in exercise.mistakes]


@pytest.mark.parametrize(("lesson", "exercise", "mistake"), mistakes())
def test_no_sentence_shows_the_inside_of_a_probe(lesson: str, exercise: Exercise, mistake: Any) -> None:
    """Each declared mistake, judged by an exercise that does not know its name."""
    known, exercise.mistakes = exercise.mistakes, []
    try:
        cases = exercise.cases(3)
        evidence = collect({exercise.name: exercise.make(mistake.answer)}, Plan.of(exercise), encode_cases(cases))
        verdicts = [judge(exercise, cases, evidence, reveal=reveal) for reveal in (True, False)]
    finally:
        exercise.mistakes = known
    for verdict in verdicts:
        for text in (verdict.message, verdict_text(verdict), card(verdict)):
            assert not PROBES_INSIDE.search(text), text
    assert verdicts[0].rung is verdicts[1].rung
    if verdicts[0].rung in (Rung.TYPE, Rung.SHAPE, Rung.DTYPE, Rung.FACT):
        assert verdicts[0].message == verdicts[1].message


def halves(answer: Callable[..., Any], examples: bool) -> Exercise:
    exercise = Exercise("double", points=2, objective="-", hints=("-",),
                        examples=lambda: [case(torch.arange(3.0))] if examples else [],
                        fresh=lambda rng: [case(torch.from_numpy(rng.normal(size=n)).float()) for n in (4, 5)])
    exercise.reference(lambda x: 2 * x)
    return exercise


def hidden_verdict(answer: Callable[..., Any], examples: bool = True) -> Verdict:
    exercise = halves(answer, examples)
    cases = exercise.cases(0)
    return judge(exercise, cases, collect({"double": answer}, Plan.of(exercise), encode_cases(cases)), reveal=False)


def secret(x: torch.Tensor) -> torch.Tensor:
    raise ValueError(f"the input was {x.tolist()}")


@pytest.mark.parametrize(("answer", "examples", "message"), [
    (lambda x: 3 * x, False, "Wrong on inputs generated for this check. The shape is right, but every value is wrong."),
    (lambda x: 2 * x if len(x) == 3 else 3 * x, True, "Correct on the examples, but wrong on inputs generated for this "
     "check. The shape is right, but every value is wrong."),
    (lambda x: None, False, "Expected a tensor, got None. Does every path through your code end in a `return`?"),
    (lambda x: x.double() * 2, False, "Expected float32, got float64."),
    (lambda x: x.foo, False, "It raised AttributeError: 'Tensor' object has no attribute 'foo'"),
    (secret, False, "It raised ValueError."),
    (lambda x: {}[str(x.tolist())], False, "It raised KeyError."),
    (lambda x: x @ torch.ones(7), False,
     "It raised RuntimeError: inconsistent tensor size, expected tensor [4] and src [7]. A product of two vectors "
     "pairs their numbers: one has 4, the other 7."),
])
def test_a_grade_tells_all_but_the_input(answer: Callable[..., Any], examples: bool, message: str) -> None:
    verdict = hidden_verdict(answer, examples)
    assert verdict.message == message
    assert verdict.call == verdict.printed == ""


def test_a_grade_says_which_value_is_wrong_without_the_value() -> None:
    def evaluate(model: nn.Module, loader: Any, loss: Any) -> tuple[float, float]:
        right = load_lesson("04_training")["evaluate"].reference_answer(model, loader, loss)
        return right if len(loader.dataset) == 5 else (right[0], 0.123)

    message = verdict_on("04_training", "evaluate", evaluate, reveal=False).message
    assert message == ("Correct on the examples, but wrong on inputs generated for this check. What is wrong there is: "
                       "`accuracy`.")


class NothingSaid:
    def __init__(self, patience: int) -> None:
        self.best_loss, self.best_weights = 0.0, None

    def should_stop(self, loss: float, model: nn.Module) -> None:
        self.early_stop = True


class EmptyItems(Dataset[None]):
    def __init__(self, path: str) -> None:
        self.rows = Path(path).read_text(encoding="utf-8").splitlines()[1:]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> None:
        self.rows[index].split(",")


@pytest.mark.parametrize(("lesson", "name", "answer", "sentence"), [
    ("04_training", "EarlyStopping", NothingSaid, "`should_stop` returned None. It has to return True or False."),
    ("02_autograd", "fit_line", lambda x, y, lr, steps: 3.0, "Expected two things, `w` and `b`, got a Python float."),
    ("02_autograd", "train_steps", lambda model, images, labels, lr, steps: None,
     "`losses`: expected a list, got None. Does every path through your code end in a `return`?"),
    ("06_torchvision_data", "train_transform", lambda mean, std: lambda image: image,
     "`transform(image)`: expected a tensor, got a Pillow image."),
    ("06_torchvision_data", "train_transform", lambda mean, std: None,
     "Expected a transform, got None. Does every path through your code end in a `return`?"),
    ("04_training", "pick_loss", lambda task: None, "`pick_loss` returned None. It has to return a loss function."),
    ("04_training", "encode", lambda df: df, "Expected two things, `X` and `y`, got a DataFrame."),
    ("07_dataloader", "TableDataset", EmptyItems, "`__getitem__` returned None. It has to return an item."),
    ("09_gpu_training", "to_device", lambda batch, device: None,
     "`to_device` returned None. It has to return a tensor."),
])
def test_each_kind_of_probe_speaks_the_students_language(lesson: str, name: str, answer: Any, sentence: str) -> None:
    assert verdict_on(lesson, name, answer).message == sentence
    assert verdict_on(lesson, name, answer, reveal=False).message == sentence
