"""Real errors of this PyTorch, provoked; each must be met with a sentence that speaks of it."""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F
from torch.utils.data import Subset, TensorDataset, default_collate

from course_utils.judging.explain_errors import explain


class NoForward(nn.Module):
    """A module without ``forward``."""


class NoSuper(nn.Module):
    def __init__(self) -> None:
        self.layer = nn.Linear(2, 2)


class NoSuperNoLayer(nn.Module):
    def __init__(self) -> None:
        self.size = 3

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x


def ones(*shape: int, **options: object) -> torch.Tensor:
    return torch.ones(*shape, **options)  # type: ignore[call-overload]


def grad(*shape: int) -> torch.Tensor:
    return torch.ones(*shape, requires_grad=True)


def backward_twice() -> None:
    loss = (grad(2) ** 2).sum()
    loss.backward()
    loss.backward()


def change_a_leaf() -> None:
    x = grad(2)
    x += 1


def change_a_part_of_a_leaf() -> None:
    x = grad(2)
    x[0] = 1


def change_what_backward_needs() -> None:
    y = grad(2).exp()
    y += 1
    y.sum().backward()


def assign_another_shape() -> None:
    x = torch.zeros(2, 3)
    x[:, 0] = ones(3)


def assign_to_a_mask() -> None:
    x = torch.zeros(3)
    x[x == 0] = ones(2)


def load_a_whole_model() -> None:
    file = io.BytesIO()
    torch.save(nn.Linear(1, 1), file)
    file.seek(0)
    torch.load(file)


def branch_on_many() -> None:
    if ones(3) > 0:
        pass


PROVOKED: dict[str, tuple[Callable[[], object], str]] = {
    "Linear": (lambda: nn.Linear(8, 12)(ones(3, 7)), "it expects 8 features in the last dimension but got 7"),
    "stack of arrays": (lambda: torch.stack([np.zeros(3)]), "torch.from_numpy"),  # type: ignore[list-item]
    "bytes divided in place": (lambda: ones(2, dtype=torch.uint8).div_(255), "keeps the tensor's own type, uint8"),
    "backward of a number": (lambda: (1.5).backward, "without `.item"),  # type: ignore[attr-defined]
    "copy": (lambda: ones(2).copy, "clone"),  # type: ignore[attr-defined]
    "astype": (lambda: ones(2).astype, "float"),  # type: ignore[attr-defined]
    "requires_grad of a float": (lambda: (1.5).requires_grad, "Python float.*makes one.$"),  # type: ignore[attr-defined]
    "layer without brackets": (lambda: nn.Sequential().append(nn.ReLU), r"`nn.ReLU\(\)`, with its brackets"),  # type: ignore[arg-type]
    "layers in a list": (lambda: nn.Sequential().append([nn.ReLU()]), r"a star unpacks your list"),  # type: ignore[arg-type]
    "matmul": (lambda: ones(2, 3) @ ones(2, 3), "has 3 columns and the right one 2 rows; these must match.$"),
    "matrix times vector": (lambda: ones(2, 3) @ ones(2), "3 columns times a vector of 2"),
    "dot": (lambda: ones(3) @ ones(2), "one has 3, the other 2"),
    "batches of matrices": (lambda: ones(2, 3, 4) @ ones(2, 3, 4), "4 columns and the right ones 3 rows"),
    "mm": (lambda: torch.mm(ones(3), ones(3, 3)), "`mm` multiplies matrices"),
    "broadcasting": (lambda: ones(3, 4) + ones(3), "dimension 1 one has 4 and the other 3"),
    "assignment": (assign_another_shape, "the place has 2, the value 3"),
    "assignment to a mask": (assign_to_a_mask, r"place of shape \[3\].*has shape \[2\]"),
    "view": (lambda: ones(3, 4).view(5, 2), r"12 numbers, and the shape \[5, 2\] has room for 10"),
    "reshape with -1": (lambda: ones(3, 4).reshape(5, -1), "12 numbers.*portions of 5"),
    "view after transpose": (lambda: ones(3, 4).T.view(12), "`reshape` copies"),
    "cat": (lambda: torch.cat([ones(2, 3), ones(2, 4)]), "one has 3 where another has 4"),
    "cat of other ranks": (lambda: torch.cat([ones(2, 3), ones(4)]), "2 and of 1 dimensions"),
    "stack": (lambda: torch.stack([ones(3), ones(4)]), r"the first has \[3\]"),
    "ragged batch": (lambda: default_collate([ones(2), ones(3)]), r"`torch\.cat`.*pad the short ones"),
    "dim": (lambda: ones(3).sum(dim=1), "1 dimension: dim=1"),
    "permute": (lambda: ones(2, 3).permute(0, 2, 1), "the tensor has 2, and 3 were given"),
    "TensorDataset": (lambda: TensorDataset(ones(2), ones(3)), "equally many rows"),
    "channels": (lambda: nn.Conv2d(3, 8, 3)(ones(2, 1, 8, 8)), r"3 channels in dimension 1, and \[2, 1, 8, 8\] has 1"),
    "channels last": (lambda: nn.Conv2d(3, 8, 3)(ones(2, 8, 8, 3)), r"permute\(0, 3, 1, 2\)"),
    "flat into a convolution": (lambda: nn.Conv2d(3, 8, 3)(ones(8, 8)), r"\(N, C, H, W\).*\[8, 8\] came"),
    "batch norm wants 4 dimensions": (lambda: nn.BatchNorm2d(3)(ones(2, 3)), "takes 4 dimensions.*has 2"),
    "kernel too large": (lambda: nn.Conv2d(3, 8, 5)(ones(1, 3, 3, 3)), "kernel of 5 x 5"),
    "pooled away": (lambda: F.max_pool2d(ones(1, 3, 1, 1), 2), "Nothing would be left"),
    "batch norm of one": (lambda: nn.BatchNorm1d(3)(ones(1, 3)), r"`eval\(\)`"),
    "batch norm's channels": (lambda: nn.BatchNorm1d(3)(ones(2, 4)), "made for 3 channels, and 4 came"),
    "double": (lambda: nn.Linear(3, 2)(ones(2, 3, dtype=torch.float64)), "float64 and float32.*NumPy"),
    "long": (lambda: nn.Linear(3, 2)(ones(2, 3, dtype=torch.int64)), r"int64 and float32.*`\.float\(\)`"),
    "product of kinds": (lambda: ones(2, 2) @ ones(2, 2, dtype=torch.int64), "float32 and int64"),
    "bytes": (lambda: nn.Conv2d(3, 8, 3)(ones(2, 3, 8, 8, dtype=torch.uint8)), r"`\.float\(\) / 255`"),
    "mean of integers": (lambda: torch.arange(3).mean(), "floats first"),
    "std of integers": (lambda: torch.arange(3).std(), "floats first"),
    "float class numbers": (lambda: F.cross_entropy(ones(2, 3), ones(2)), "these are float32"),
    "integer targets": (lambda: F.binary_cross_entropy(ones(2) / 2, ones(2, dtype=torch.int64)), "int64 came"),
    "gradient of integers": (lambda: ones(2, dtype=torch.int64, requires_grad=True), "no gradient"),
    "ragged list": (lambda: torch.tensor([[1, 2], [3]]), "one has 2 items, another 1"),
    "mixed list": (lambda: torch.tensor([[1, 2], 3]), "Lists and single numbers"),
    "ragged array": (lambda: np.array([[1, 2], [3]]), "Pad the short ones"),
    "words": (lambda: torch.tensor(["a"]), "numbers only"),
    "objects": (lambda: torch.from_numpy(np.array(["a", 1], dtype=object)), "astype"),
    "from_numpy of a list": (lambda: torch.from_numpy([1]), "for a list use `torch.tensor`"),  # type: ignore[arg-type]
    "reversed array": (lambda: torch.from_numpy(np.arange(3)[::-1]), r"`\.copy\(\)`"),
    "pictures in a batch": (lambda: default_collate([Image.new("RGB", (2, 2))]), "transform"),
    "no gradient": (lambda: ones(2).sum().backward(), "nothing to differentiate"),
    "second backward": (backward_twice, "frees the graph"),
    "in place on a leaf": (change_a_leaf, "in place"),
    "in place on a part": (change_a_part_of_a_leaf, "in place"),
    "in place on what is needed": (change_what_backward_needs, r"shape \[2\], made by Exp"),
    "not a scalar": (lambda: (2 * grad(2)).backward(), "single number"),
    "numpy of a parameter": (lambda: grad(2).numpy(), r"x\.detach\(\)\.numpy\(\)"),
    "grad is None": (lambda: ones(2).grad.zero_(), r"one of these.*`\.grad` before"),  # type: ignore[union-attr]
    "optimizer of a result": (lambda: torch.optim.SGD([2 * grad(1)], lr=1), r"model\.parameters\(\)"),
    "copy of a result": (lambda: copy.deepcopy(2 * grad(1)), r"detach\(\)\.clone\(\)"),
    "target out of bounds": (lambda: F.cross_entropy(ones(2, 3), torch.tensor([1, 3])), "class 3"),
    "targets and rows": (lambda: F.cross_entropy(ones(2, 3), torch.tensor([1, 2, 0])), "2 rows of logits and 3 tar"),
    "targets as a column": (lambda: F.cross_entropy(ones(2, 3), torch.tensor([[1], [2]])), r"`squeeze\(1\)`"),
    "column against row": (lambda: F.binary_cross_entropy_with_logits(ones(2, 1), ones(2)),
                           r"\[2, 1\], the target \[2\]"),
    "logits as probabilities": (lambda: F.binary_cross_entropy(2 * ones(1), ones(1)), "with_logits"),
    "one-hot": (lambda: F.one_hot(torch.tensor([1, 5]), 3), "counted from 0"),
    "one-hot of floats": (lambda: F.one_hot(ones(2), 3), "int64"),
    "embedding": (lambda: nn.Embedding(3, 2)(torch.tensor([5])), "embedding"),
    "index": (lambda: ones(3)[5], "numbered 0 to 2; 5 is not"),
    "index by a tensor": (lambda: ones(3)[torch.tensor([0, 7])], "numbered 0 to 2; 7 is not"),
    "too many indices": (lambda: ones(3)[0, 1], "1 dimension, and there are more indices"),
    "index of a number": (lambda: ones(2)[0][0], r"`\.item\(\)`"),
    "float index": (lambda: ones(3)[torch.tensor([0.0])], r"`\.long\(\)`"),
    "mask": (lambda: ones(3)[torch.tensor([True, False])], r"it has \[2\], the tensor \[3\]"),
    "item": (lambda: ones(3).item(), "this one holds 3"),
    "if": (branch_on_many, r"`\.any\(\)`"),
    "device": (lambda: ones(2) + ones(2, device="meta"), "on meta.*on cpu"),
    "no forward": (lambda: NoForward()(ones(2)), "`forward"),
    "no super": (NoSuper, r"super\(\)\.__init__\(\)"),
    "no super, no layer": (lambda: NoSuperNoLayer()(ones(2)), r"super\(\)\.__init__\(\)"),
    "missing keys": (lambda: nn.Linear(2, 3).load_state_dict({}), "not those of this model"),
    "other sizes": (lambda: nn.Linear(2, 3).load_state_dict(nn.Linear(4, 3).state_dict()),
                    r"`weight` has shape \[3, 4\], the one in this net \[3, 2\]"),
    "nothing to optimize": (lambda: torch.optim.SGD([], 0.1), "no parameters"),
    "optimizer of a model": (lambda: torch.optim.SGD(nn.Linear(2, 2), 0.1), r"model\.parameters\(\)"),
    "no layer": (lambda: nn.Sequential(3), "int is none"),  # type: ignore[arg-type]
    "a whole model in a file": (load_a_whole_model, "stranger's code"),
    "a list for a tensor": (lambda: [ones(2)].shape, "Python list"),  # type: ignore[attr-defined]
    "None called": (lambda: ones(2).grad(1), "None here"),  # type: ignore[misc]
    "number of no gradient": (lambda: float(ones(2).grad), "one of these.*which is None"),  # type: ignore[arg-type]
    "None compared": (lambda: torch.device("cuda").index >= 1, "One side of this comparison is None"),
    "backward of a loss function": (lambda: nn.MSELoss().backward(), "starts from its value"),
    "a batch as a tensor": (lambda: torch.equal([ones(2)], [ones(2)]), r"`batch\[0\]`"),  # type: ignore[list-item]
    "gradient of backward": (lambda: grad(1).sum().backward().grad, "result of `backward\\(\\)`, which is None"),  # type: ignore[func-returns-value]
    "a pair as a tensor": (lambda: (ones(2), 1).shape, "takes one apart"),  # type: ignore[attr-defined]
    "a row of a table": (lambda: torch.tensor(pd.DataFrame({"a": [1.0], "b": [2.0]}).iloc[0]), "cannot read a Series"),
    "a table": (lambda: torch.tensor(pd.DataFrame({"a": [1.0], "b": [2.0]})), "cannot read a DataFrame"),
    "a table of axes": (lambda: np.array([[1]]).imshow, r"`axes\.flat\[i\]`"),  # type: ignore[attr-defined]
    "a result on another device": (lambda: torch.zeros(2).copy_(ones(2, device="meta")), "device=device"),
    "a pair that is longer": (lambda: exec("a, b = 1, 2, 3"), "2 names, and more values came"),
    "a pair that is shorter": (lambda: exec("a, b = (1,)"), "2 names, and 1 value came"),
    "a list that is called": (lambda: [1].copy()(2), "a list. One of these"),  # type: ignore[operator]
    "a missing key": (lambda: {"a": 1}["b"], "no entry with the key 'b'"),
    "an argument too many": (lambda: NoSuper(3), r"`NoSuper\(…\)` takes 0 arguments by position, and 1 came"),  # type: ignore[call-arg]
    "an argument too few": (lambda: NoSuperNoLayer.forward(1), r"does not give `x`.*`NoSuperNoLayer\(…\)`"),  # type: ignore[call-arg,arg-type]
    "division by zero": (lambda: 1 / 0, "divided by 0"),
    "a list times a tensor": (lambda: [1, 2] * ones(2).long(), "Often a list is indexed"),  # type: ignore[operator]
    "a text to move": (lambda: "a".to("cpu"), "a string, and tensors and models"),  # type: ignore[attr-defined]
    "numbers to stack": (lambda: torch.stack([ones(1), 3]), "element 1 is an integer"),  # type: ignore[list-item]
    "float of an array": (lambda: np.ones(1).float(), "This is a NumPy array"),  # type: ignore[attr-defined]
    "weight of a ReLU": (lambda: nn.ReLU().weight, "An `nn.ReLU` has no weight"),
    "targets of a subset": (lambda: Subset(TensorDataset(ones(2)), [0]).targets, r"`\.indices`"),  # type: ignore[attr-defined]
    "half a layer": (lambda: nn.Linear(4 / 2, 2), "`//` gives an integer"),  # type: ignore[arg-type]
    "axes in a row": (lambda: np.ones(3)[0, 0], "`squeeze=False`"),
    "one row for one of a batch": (lambda: nn.BatchNorm1d(3)(ones(3)), "takes 2 or 3 dimensions.*a batch of one"),
    "unknown name": (lambda: eval("undefined_name"), "`undefined_name`"),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", PROVOKED)
def test_an_error_is_explained(kind: str) -> None:
    provoke, sentence = PROVOKED[kind]
    with pytest.raises(Exception) as caught:
        provoke()
    explanation = explain(type(caught.value).__name__, str(caught.value))
    assert_matches(sentence, explanation, caught.value)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_a_missing_gpu_is_explained() -> None:
    with pytest.raises((RuntimeError, AssertionError)) as caught:
        ones(2).cuda()
    assert_matches("no GPU", explain(type(caught.value).__name__, str(caught.value)), caught.value)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
def test_two_devices_are_explained() -> None:
    for provoke in (lambda: ones(2).cuda() + ones(2), lambda: nn.Linear(2, 2)(ones(2, 2).cuda()),
                    lambda: ones(2).cuda().numpy()):
        with pytest.raises((RuntimeError, TypeError)) as caught:
            provoke()
        assert explain(type(caught.value).__name__, str(caught.value)), caught.value


@pytest.mark.parametrize(("message", "sentence"), [
    ("Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!",
     "One tensor is on cuda:0, another on cpu"),
    ("Expected all tensors to be on the same device, but got mat1 is on cuda:0, different from other tensors on cpu "
     "(when checking argument in method wrapper_CUDA_addmm)", "One tensor is on cuda:0, another on cpu"),
    ("Input type (torch.cuda.FloatTensor) and weight type (torch.FloatTensor) should be the same", "one device"),
    ("CUDA out of memory. Tried to allocate 2.00 GiB.", "smaller batch"),
    ("expected scalar type Long but found Float", "these are float32"),
])
def test_messages_of_other_machines_and_versions(message: str, sentence: str) -> None:
    assert_matches(sentence, explain("RuntimeError", message), message)


@pytest.mark.parametrize(("kind", "message", "sentence"), [
    ("TypeError", "Normalize() does not support PIL images.", "still a Pillow image"),
    ("TypeError", "img should be Tensor Image. Got <class 'PIL.Image.Image'>", "still a Pillow image"),
    ("TypeError", "Input tensor should be a float tensor. Got torch.uint8.", "this one is uint8"),
    ("UnpicklingError", "A load persistent id instruction was encountered,\nbut no persistent_load function was "
     "specified.", "torch.load"),
    ("RuntimeError", "Tensor.item() cannot be called on meta tensors", "a stand-in that holds no numbers"),
    ("TypeError", "Cannot perform reduction 'mean' with string dtype", "numeric_only"),
])
def test_messages_of_other_libraries(kind: str, message: str, sentence: str) -> None:
    assert_matches(sentence, explain(kind, message), message)


def test_nothing_is_said_where_there_is_nothing_to_add() -> None:
    assert explain("ValueError", "the student's own words") == ""


def assert_matches(sentence: str, explanation: str, error: object) -> None:
    assert re.search(sentence, explanation), f"{error!r} is explained by {explanation!r}"
