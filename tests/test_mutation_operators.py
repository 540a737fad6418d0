"""Single edits: each operator on a slip that students make, both ways, and all of them on the course's answers."""

from __future__ import annotations

import ast
import random

import pytest

from course_utils.exercise import source_of
from course_utils.lesson import lessons
from course_utils.mutation.edit import Edit
from course_utils.mutation.edits import edits, piece_at

# The kind of the edit that makes the first code right, the code, and what it becomes.
SLIPS = [
    ("off by one", "def f(n):\n    return torch.arange(n + 2)", "def f(n):\n    return torch.arange(n + 1)"),
    ("sign", "y = (-1.0) ** k", "y = 1.0 ** k"),
    ("factor of 2", "w = (a - b) / (4 * eps)", "w = (a - b) / (2 * eps)"),
    ("power of ten", "eps = 1e-08", "eps = 1e-07"),
    ("one minus", "layer = nn.Dropout(0.8)", "layer = nn.Dropout(0.2)"),
    ("number", "lead = 0", "lead = 3"),
    ("off by one", "y = x / 256", "y = x / 255"),
    ("off by one", "def f(n):\n    return torch.arange(1, n)", "def f(n):\n    return torch.arange(1, n + 1)"),
    ("off by one", "def f(n):\n    return torch.arange(n)", "def f(n):\n    return torch.arange(1, n + 1)"),
    ("scale", "def f(x, n):\n    return x.sum()", "def f(x, n):\n    return x.sum() / n"),
    ("scale", "def f(x):\n    return a + b", "def f(x):\n    return (a + b) / len(x)"),
    ("dimension missing", "y = k * k", "y = k[:, None] * k"),
    ("copy missing", "def f(x):\n    x[0] = 1\n    return x",
     "def f(x):\n    x = x.clone()\n    x[0] = 1\n    return x"),
    ("true or false", "y = f(x, training=True)", "y = f(x, training=False)"),
    ("int or float", "t = torch.tensor([1, 2.0])", "t = torch.tensor([1.0, 2.0])"),
    ("text", 'd = {"a": x["a"], "b": x["a"]}', 'd = {"a": x["a"], "b": x["b"]}'),
    ("dim", "m = x.mean(dim=1)", "m = x.mean(dim=0)"),
    ("dim", "m = torch.softmax(x, -1)", "m = torch.softmax(x, 0)"),
    ("dim", "y = x.permute(0, 3, 2, 1)", "y = x.permute(0, 3, 1, 1)"),
    ("dim missing", "m = x.mean()", "m = x.mean(dim=0)"),
    ("dim missing", "m = torch.sum(x)", "m = torch.sum(x, 1)"),
    ("keepdim", "m = x.mean(dim=1)", "m = x.mean(dim=1, keepdim=True)"),
    ("correction", "s = x.std(dim=0)", "s = x.std(dim=0, correction=0)"),
    ("unbiased", "s = x.std(0)", "s = x.std(0, unbiased=False)"),
    ("reduction", "v = F.cross_entropy(a, b)", 'v = F.cross_entropy(a, b, reduction="sum")'),
    ("reduction", 'v = F.mse_loss(a, b, reduction="sum")', 'v = F.mse_loss(a, b, reduction="none")'),
    ("operator", "y = a * b", "y = a / b"),
    ("operator", "y = a // b", "y = a / b"),
    ("operator", "y = a * b", "y = a @ b"),
    ("operator", "def f(x):\n    x *= 2", "def f(x):\n    x += 2"),
    ("comparison", "if a > b:\n    c()", "if a >= b:\n    c()"),
    ("comparison", "y = a == b", "y = a != b"),
    ("and or or", "if a and b:\n    c()", "if a or b:\n    c()"),
    ("condition dropped", "if a and b:\n    c()", "if a:\n    c()"),
    ("not", "if a:\n    c()", "if not a:\n    c()"),
    ("not", "y = x[mask]", "y = x[~mask]"),
    ("operands swapped", "y = a - b * c", "y = b * c - a"),
    ("operand dropped", "y = (a - b + c).sum()", "y = (a - b).sum()"),
    ("brackets", "y = -1.0 ** k", "y = (-1.0) ** k"),
    ("brackets", "y = a - b / c", "y = (a - b) / c"),
    ("brackets", "y = a - b.sum()", "y = (a - b).sum()"),
    ("brackets", "y = p == q.sum()", "y = (p == q).sum()"),
    ("closing bracket", "y = torch.sqrt(x) + eps", "y = torch.sqrt(x + eps)"),
    ("brackets forgotten", "y = loss.item", "y = loss.item()"),
    ("called", "y = x.shape()", "y = x.shape"),
    ("brackets", "n = x.shape(0)", "n = x.shape[0]"),
    ("sibling", "y = x.sum(dim=0)", "y = x.mean(dim=0)"),
    ("sibling", "y = torch.softmax(x, dim=1)", "y = torch.log_softmax(x, dim=1)"),
    ("sibling", "y = x.reshape(0, 1)", "y = x.permute(0, 1)"),
    ("sibling", "y = x.max(dim=1)", "y = x.argmax(dim=1)"),
    ("sibling", "y = torch.cat(xs)", "y = torch.stack(xs)"),
    ("sibling", "def f(model):\n    model.train()", "def f(model):\n    model.eval()"),
    ("sibling", "y = x.square()", "y = x.abs()"),
    ("in place", "def f(x):\n    x.add_(1)", "def f(x):\n    x.add(1)"),
    ("name", "def f(x, y):\n    return x + x", "def f(x, y):\n    return x + y"),
    ("self forgotten", "class A:\n    def f(self):\n        return size",
     "class A:\n    def f(self):\n        return self.size"),
    ("attribute", "class A:\n    def f(self):\n        return self.a + self.a + self.b",
     "class A:\n    def f(self):\n        return self.a + self.b + self.b"),
    ("attribute dropped", "y = x @ w.T", "y = x @ w"),
    ("index dropped", "y = f(x[0])", "y = f(x)"),
    ("axis of the index", "y[j] = v", "y[:, j] = v"),
    ("axis of the index", "y = x[j, i]", "y = x[i, j]"),
    ("slice", "y = x[n:]", "y = x[:n]"),
    ("slice", "y = x[:]", "y = x[1:]"),
    ("swapped", "y = f(a, b)", "y = f(b, a)"),
    ("swapped", "y = (a, b)", "y = (b, a)"),
    ("argument dropped", "y = f(a, shuffle=True)", "y = f(a)"),
    ("argument missing", "y = DataLoader(a)", "y = DataLoader(a, shuffle=True)"),
    ("default dropped", "def f(a, b=2):\n    return a", "def f(a, b):\n    return a"),
    ("call dropped", "y = x.sum().sqrt()", "y = x.sum()"),
    ("call dropped", "y = int(x / 2)", "y = x / 2"),
    ("conversion missing", "def f(x):\n    return x.sum()", "def f(x):\n    return x.sum().item()"),
    ("conversion missing", "def f(x):\n    y = x", "def f(x):\n    y = x.clone()"),
    ("step missing", "def f(x):\n    return x", "def f(x):\n    return x.sqrt()"),
    ("shape", "def f(x):\n    return g(x)", "def f(x):\n    return g(x.unsqueeze(0))"),
    ("statement missing", "def f(optimizer, a):\n    optimizer.step()",
     "def f(optimizer, a):\n    optimizer.zero_grad()\n    optimizer.step()"),
    ("statement missing", "def f(model):\n    return model(2)", "def f(model):\n    model.eval()\n    return model(2)"),
    ("statement missing", "class A(B):\n    def __init__(self):\n        self.x = 1",
     "class A(B):\n    def __init__(self):\n        super().__init__()\n        self.x = 1"),
    ("statement dropped", "def f(model):\n    model.eval()\n    return model", "def f(model):\n    return model"),
    ("order of statements", "def f(loss, o):\n    o.step()\n    loss.backward()",
     "def f(loss, o):\n    loss.backward()\n    o.step()"),
    ("statement moved", "def f(loss, o):\n    o.step()\n    loss.backward()\n    o.zero_grad()",
     "def f(loss, o):\n    loss.backward()\n    o.zero_grad()\n    o.step()"),
    ("return forgotten", "def f(x):\n    x + 1", "def f(x):\n    return x + 1"),
    ("return forgotten", "def f(x):\n    y = x + 1", "def f(x):\n    y = x + 1\n    return y"),
    ("return forgotten", "def f(x):\n    y = x + 1", "def f(x):\n    return x + 1"),
    ("returned late", "def f(x):\n    y = x + 1\n    return y", "def f(x):\n    return x + 1\n    return y"),
    ("printed", "def f(x):\n    print(x + 1)", "def f(x):\n    return x + 1"),
    ("result lost", "def f(x):\n    x.add(1)\n    return x", "def f(x):\n    x = x.add(1)\n    return x"),
    ("in place", "def f(x):\n    x += 1 + y", "def f(x):\n    x = x + (1 + y)"),
    ("not added up", "def f(x, t):\n    t = x", "def f(x, t):\n    t += x"),
    ("indentation", "def f(xs):\n    t = 0\n    for x in xs:\n        t += x\n        return t",
     "def f(xs):\n    t = 0\n    for x in xs:\n        t += x\n    return t"),
    ("indentation", "def f(xs):\n    for x in xs:\n        t = 0\n        t += x\n    return t",
     "def f(xs):\n    t = 0\n    for x in xs:\n        t += x\n    return t"),
    ("block dropped", "def f(x):\n    with torch.no_grad():\n        y = x\n    return y",
     "def f(x):\n    y = x\n    return y"),
    ("activation missing", "class N(M):\n    def forward(self, x):\n        return self.a(x)",
     "class N(M):\n    def forward(self, x):\n        return torch.relu(self.a(x))"),
    ("layer missing", "net = nn.Sequential(a, b)", "net = nn.Sequential(a, nn.ReLU(), b)"),
]


def said(source: str) -> str:
    """What a source says, whatever its layout."""
    return ast.dump(ast.parse(source))


def leading_to(source: str, goal: str, material: tuple[str, ...] = ()) -> list[Edit]:
    return [edit for edit in edits(source, material=material) if said(edit.apply(source)) == said(goal)]


@pytest.mark.parametrize(("kind", "slip", "right"), SLIPS)
def test_an_edit_makes_a_slip_right(kind: str, slip: str, right: str) -> None:
    found = leading_to(slip, right)
    assert [edit.kind for edit in found] == [kind]
    assert found[0].sentence.endswith((".", "?", "!"))


@pytest.mark.parametrize(("kind", "slip", "right"), SLIPS)
def test_an_edit_makes_the_slip_from_what_is_right(kind: str, slip: str, right: str) -> None:
    material = tuple(piece_at(slip, edit) for edit in leading_to(slip, right))
    assert leading_to(right, slip, material)


REFERENCES = [source_of(answer) for lesson in lessons() for exercise in lesson.exercises
              for answer in (exercise.reference_answer, *exercise.alternatives)]


@pytest.mark.parametrize("number", range(0, len(REFERENCES), 17))
def test_the_edits_of_an_answer_can_be_parsed_and_differ(number: int) -> None:
    source = REFERENCES[number]
    forms = [said(edit.apply(source)) for edit in edits(source)]
    assert len(forms) > 10
    assert len(set(forms)) == len(forms)
    assert said(source) not in forms


@pytest.mark.parametrize("number", range(0, len(REFERENCES), 17))
def test_an_edit_can_be_taken_back(number: int) -> None:
    source = REFERENCES[number]
    for edit in edits(source):
        changed = edit.apply(source)
        assert edit.inverse(source).apply(changed) == source


@pytest.mark.parametrize("number", range(4, len(REFERENCES), 17))
def test_the_edits_of_a_changed_answer_lead_back(number: int) -> None:
    source = REFERENCES[number]
    found = edits(source)
    for edit in random.Random(number).sample(found, min(5, len(found))):
        changed = edit.apply(source)
        assert leading_to(changed, source, (piece_at(source, edit),)), edit


ODD = [
    "a = 1; b = 2", "def f(x):\n\tif x:\n\t\treturn 1\n\treturn 2", "x = (1 +  # c (\n     2)", "x = f'{a:>{b}} {c!r}'",
    "def f(x):\n    match x:\n        case {'a': y}:\n            return y\n        case _:\n            return 0",
    "async def f(x):\n    async with x as y:\n        await y.z()\n    return [i async for i in x]",
    "def f(x):\n    try:\n        return x[0]\n    except KeyError as e:\n        raise ValueError('no') from e",
    "def f(x):\n    if (n := len(x)) > 1: print(n)\n    else: return n", "x: int = 3", "class A: pass", "x = y = z = 0",
    "def f(*a, b=1, **k): return a[0], *a, b", "x = a[..., 0, ::2]", "x = {**a, 'b': 1}", "x = \\\n    a + \\\n    b",
    "def f(x):\r\n    return x.sum()\r\n", "with torch.no_grad():\n    y = x", "ä = 'ö' + ü[1:]", "",
]


@pytest.mark.parametrize("source", ODD)
def test_the_edits_of_odd_code_can_be_parsed_and_differ(source: str) -> None:
    forms = [said(edit.apply(source)) for edit in edits(source)]
    assert len(set(forms)) == len(forms)
    assert said(source) not in forms


def test_what_cannot_be_parsed_has_no_edits() -> None:
    assert edits("def f(:\n    return 1") == []


def test_columns_count_characters_not_bytes() -> None:
    source = 'def f(x):\n    return g("ä – ö", x.sum(dim=1))'
    edit = leading_to(source, source.replace("dim=1", "dim=0"))[0]
    assert (edit.before, edit.line, edit.column) == ("1", 2, source.split("\n")[1].index("1"))


def test_an_edit_refuses_another_source() -> None:
    edit = edits("y = x.mean(dim=1)")[0]
    with pytest.raises(ValueError, match="Line 1"):
        edit.apply("y = 1")


def test_further_names_are_used() -> None:
    assert leading_to("y = f(a)", "y = f(b)") == []
    assert [edit.kind for edit in edits("def g(a):\n    return f(a)", names=("b",)) if edit.after == "b"] == ["name"]


def test_a_dimension_comes_before_a_name() -> None:
    kinds = [edit.kind for edit in edits("def f(x, y):\n    return x.mean(dim=1)")]
    assert kinds.index("dim") < kinds.index("name")


def test_no_sentence_shows_the_right_code() -> None:
    for _, slip, right in SLIPS:
        for edit in leading_to(slip, right):
            if len(edit.after) > 2 and edit.after not in edit.before:
                assert edit.after not in edit.sentence, edit
