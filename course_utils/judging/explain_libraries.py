"""Errors of Python itself and of the libraries around PyTorch, in a sentence or two each."""

from __future__ import annotations

import re
from collections.abc import Callable

Explanation = str | Callable[[re.Match[str]], str]
NOTHING_TO_LEARN = ("ReLU", "Sigmoid", "Tanh", "Dropout", "Flatten", "MaxPool2d", "AvgPool2d", "Softmax", "Identity",
                    "Sequential", "ModuleList", "GELU", "LeakyReLU", "Dropout2d", "AdaptiveAvgPool2d")

LIBRARIES: tuple[tuple[str, Explanation], ...] = (
    (r"Input tensor should be a float tensor\. Got (?:torch\.)?(\w+)",
     lambda m: f"`Normalize` computes with float tensors, and this one is {m[1]}. Convert it before: "
               "`v2.ToDtype(torch.float32, scale=True)`."),
    (r"Normalize\(\) does not support PIL images|img should be Tensor Image\. Got <class 'PIL",
     "`Normalize` takes a tensor, and this is still a Pillow image. Turn it into a tensor in a step before."),
    (r"Invalid shape \(([\d, ]+)\) for image data", lambda m: _image_shape(m[1])),
    (r"too many indices for array: array is (\d+)-dimensional, but (\d+) were indexed",
     lambda m: f"The array has {_count(int(m[1]), 'dimension')}, and there are {m[2]} indices. `plt.subplots`, for "
               "example, gives one dimension of axes for a single row or column; `squeeze=False` keeps both."),
    (r"'Subset' object has no attribute '(data|targets|classes|transform)'",
     lambda m: f"A `Subset` has items and a length, and no `{m[1]}` of the dataset it was taken from. Go through its "
               "items, or look at `.dataset` and `.indices`."),
    (r"Cannot perform reduction '(\w+)' with (?:string|object) dtype|Could not convert .* to numeric",
     "A column of texts cannot be averaged or added up. Choose the columns of numbers first, or pass "
     "`numeric_only=True`."),
    (r"expected 'f' to be string, path", "`torch.save` takes what is saved first and where second: "
                                         "`torch.save(state, path)`."),
    (r"no persistent_load function was specified",
     "`torch.save` wrote this file, so `torch.load` has to read it, and not `pickle`."),
    (r"'(\w+)' object has no attribute '(?:weight|bias)'",
     lambda m: f"An `nn.{m[1]}` has no weight and no bias. `model.parameters()` gives what there is to learn, "
               "whichever layer has it." if m[1] in NOTHING_TO_LEARN else ""),
    (r"^'numpy\.ndarray' object has no attribute '(float|long|double|int|to|unsqueeze|permute|view|cpu|detach|numpy|"
     r"requires_grad_?|grad|backward|softmax|sigmoid|relu|cat|stack)'",
     lambda m: f"This is a NumPy array, and `.{m[1]}` belongs to tensors. `torch.from_numpy` turns an array into one."),
)

CALLS: tuple[tuple[str, Explanation], ...] = (
    (r"^'(list|tuple|dict|set|Tensor|int|float|str|bool)' object is not callable",
     lambda m: f"The parentheses call something that is {_a(m[1])}. One of these: `[…]` was meant, to get an item; an "
               "operator is missing; or the name of a function now stands for a value."),
    (r"^(?:(\w+)\.)?(\w+)\(\) takes (?:from \d+ to )?(\d+) positional arguments? but (\d+) (?:was|were) given",
     lambda m: _arguments(m[1], m[2], int(m[3]), int(m[4]))),
    (r"^(?:(\w+)\.)?(\w+)\(\) missing \d+ required positional arguments?: (.+)",
     lambda m: f"The call does not give {_quoted(m[3])}." + (
         "" if not m[1] or m[2] == "__init__" else f" If it was made on the class, make an object: `{m[1]}(…)`.")),
    (r"(too many|not enough) values to unpack \(expected (?:at least )?(\d+)(?:, got (\d+))?\)",
     lambda m: f"On the left are {_count(int(m[2]), 'name')}, and "
               + (f"{m[3]} {'value' if m[3] == '1' else 'values'} came." if m[3] else
                  "more values came." if m[1] == "too many" else "fewer values came.")),
    (r"(?:float )?(?:division|modulo) by zero",
     "Something is divided by 0 here. Which inputs make it 0, and what should come out then?"),
    (r"only integer tensors of a single element can be converted to an index",
     "A tensor stands where Python needs one integer. Often a list is indexed with it, or multiplied by it: "
     "`torch.tensor` turns the list into a tensor first."),
    (r"argument 'size' .*(?:float|failed to unpack)",
     "A size has to be an integer. `/` gives a float even if nothing is left over; `//` gives an integer."),
    (r"^'(str|int|float|list|dict|tuple|NoneType)' object has no attribute 'to'",
     lambda m: f"This is {_a(m[1])}, and tensors and models have `.to`. Ask first: `isinstance(x, torch.Tensor)`."),
    (r"expected Tensor as element (\d+) in argument 0, but got (int|float|bool)",
     lambda m: f"`torch.stack` and `torch.cat` join tensors, and element {m[1]} is {_a(m[2])}. `torch.tensor` turns a "
               "list of numbers into a tensor."),
)


def missing_key(message: str) -> str:
    """Return what a KeyError means; its message is the key."""
    key = message if len(message) <= 60 else message[:59] + "…"
    return f"There is no entry with the key {key}. `list(…)` of a dict, or `.columns` of a table, shows which it has."


def _image_shape(shape: str) -> str:
    sizes = [int(n) for n in re.findall(r"\d+", shape)]
    advice = " `permute(1, 2, 0)` puts the channels last." if len(sizes) == 3 and sizes[0] in (1, 3) else ""
    return f"Matplotlib shows (height, width), or (height, width, 3) with the channels last; this is ({shape}).{advice}"


def _arguments(owner: str | None, name: str, takes: int, given: int) -> str:
    if owner is None:
        return ""
    if name == "__init__":
        return (f"Both numbers count `self`: `{owner}(…)` takes {_count(takes - 1, 'argument')} by position, and "
                f"{given - 1} came.")
    return f"Both numbers count the object itself. Does the `def` of `{name}` begin with `self`?"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _quoted(names: str) -> str:
    return ", ".join(f"`{name}`" for name in re.findall(r"'(\w+)'", names))


def _a(kind: str) -> str:
    known = {"int": "an integer", "str": "a string", "NoneType": "None", "Tensor": "a tensor", "bool": "True or False"}
    return known.get(kind, f"a {kind}")
