"""The errors that PyTorch beginners meet, in a sentence or two each, with the shapes involved.

``explain(type_name, message)`` reads only the exception's own words. They differ between versions of
PyTorch; tests/test_explain.py provokes each error and holds these patterns to what is raised.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from course_utils.judging.explain_libraries import CALLS, LIBRARIES, Explanation, missing_key

SHAPES: tuple[tuple[str, Explanation], ...] = (
    (r"(?:\b\w+: )?mat1 and mat2 shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x(\d+)\)",
     lambda m: f"The left matrix has {_counted(m[2], 'column')} and the right one {_counted(m[3], 'row')}; these must "
               "match." + ("" if m[0].startswith("mm:") else
                           f" For an `nn.Linear`, this means it expects {_counted(m[3], 'feature')} in the last "
                           f"dimension but got {m[2]}.")),
    (r"size mismatch, got input \(\d+\), mat \((\d+)x(\d+)\), vec \((\d+)\)",
     lambda m: f"A matrix with {m[2]} columns times a vector of {m[3]} numbers: the two must be equal."),
    (r"inconsistent tensor size, expected tensor \[(\d+)\] and src \[(\d+)\]",
     lambda m: f"A product of two vectors pairs their numbers: one has {m[1]}, the other {m[2]}."),
    (r"Expected size for first two dimensions of batch2 tensor to be: \[(\d+), (\d+)\] but got: \[(\d+), (\d+)\]",
     lambda m: f"In a product of batches of matrices, the left ones have {m[2]} columns and the right ones {m[4]} "
               "rows; they must be equal."
               if m[1] == m[3] else f"One batch holds {m[1]} matrices, the other {m[3]}; they must be equal."),
    (r"self must be a matrix",
     "`mm` multiplies matrices, tensors of two dimensions. `@` also takes vectors and batches."),
    (r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\) at non-singleton dimension (\d+)",
     lambda m: f"Broadcasting lines the shapes up from the right. In dimension {m[3]} one has {m[1]} and the other "
               f"{m[2]}, and neither is 1."),
    (r"expanded size of the tensor \((\d+)\) must match the existing size \((\d+)\) at non-singleton dimension (\d+)",
     lambda m: f"A value is spread over a place of another shape: in dimension {m[3]} the place has {m[1]}, the value "
               f"{m[2]}, and only a size of 1 can be repeated."),
    (r"shape mismatch: value tensor of shape (\[[\d, ]*\]) cannot be broadcast to indexing result of shape "
     r"(\[[\d, ]*\])",
     lambda m: f"The index picks a place of shape {m[2]}, and the value that should go there has shape {m[1]}."),
    (r"shape '(\[[-\d, ]*\])' is invalid for input of size (\d+)", lambda m: _reshape(m[1], int(m[2]))),
    (r"view size is not compatible with input tensor's size and stride",
     "`view` never copies, and these numbers do not lie in memory in the order that it needs (after a transpose or "
     "`permute`, say). `reshape` copies where it has to."),
    (r"Sizes of tensors must match except in dimension (\d+)\. Expected size (\d+) but got size (\d+)",
     lambda m: f"`cat` joins along dimension {m[1]}, and all other sizes must be equal; here one has {m[2]} where "
               f"another has {m[3]}. Should it join along another `dim`?"),
    (r"Tensors must have same number of dimensions: got (\d+) and (\d+)",
     lambda m: f"`cat` joins tensors of {m[1]} and of {m[2]} dimensions. `unsqueeze`, or `[None]`, adds one; `stack` "
               "makes a new one."),
    (r"stack expects each tensor to be equal size, but got (\[[\d, ]*\]) at entry 0 and (\[[\d, ]*\]) at entry (\d+)",
     lambda m: f"`stack` makes a new dimension, for tensors of one shape; the first has {m[1]}, the one at {m[3]} has "
               f"{m[2]}. {_stack_or_cat(m[1], m[2])}"),
    (r"Dimension out of range \(expected to be in range of \[(-?\d+), (-?\d+)\], but got (-?\d+)\)",
     lambda m: f"Dimensions are counted from 0, so this tensor has {_dimensions(int(m[2]) + 1)}: dim={m[3]} is not "
               "among them."),
    (r"permute.*input\.dim\(\) = (\d+) is not equal to len\(dims\) = (\d+)",
     lambda m: f"`permute` needs each dimension exactly once: the tensor has {m[1]}, and {m[2]} were given."),
    (r"Size mismatch between tensors", "A TensorDataset pairs row with row, so its tensors need equally many rows."),
)

IMAGES: tuple[tuple[str, Explanation], ...] = (
    (r"weight of size (\[[\d, ]*\]), expected input(\[[\d, ]*\]) to have (\d+) channels, but got (\d+) channels",
     lambda m: _channels(m[2], int(m[3]), int(m[4]))),
    (r"Expected 3D \(unbatched\) or 4D \(batched\) input to conv2d, but got input of size: (\[[\d, ]*\])",
     lambda m: f"A convolution wants (N, C, H, W), or (C, H, W) for one image; {m[1]} came."
               + (" `x[None, None]` makes a batch of one grey image." if m[1].count(",") == 1 else "")),
    (r"expected (\d)D(?: or (\d)D)? input \(got (\d)D input\)",
     lambda m: f"The layer takes {m[1]}{f' or {m[2]}' if m[2] else ''} dimensions, the batch first, and the input has "
               f"{m[3]}." + (" `unsqueeze(0)` makes a batch of one." if int(m[3]) == int(m[1]) - 1 else "")),
    (r"Calculated padded input size per channel: \((.+?)\)\. Kernel size: \((.+?)\)",
     lambda m: f"The image has shrunk to {m[1]}, and a kernel of {m[2]} does not fit into it. Add padding, or pool "
               "less."),
    (r"Calculated output size: \(.+?\)\. Output size is too small",
     "Nothing would be left of the image: it has been pooled too often, or was small from the start."),
    (r"Expected more than 1 value per channel when training",
     "Batch norm cannot take the spread of a single row. Call `eval()` before predicting; in training, "
     "`drop_last=True` leaves out a last batch of one."),
    (r"running_mean should contain (\d+) elements not (\d+)",
     lambda m: f"The batch norm layer was made for {m[2]} channels, and {m[1]} came."),
)

TYPES: tuple[tuple[str, Explanation], ...] = (
    (r"(?:mat1 and mat2 must|expected m1 and m2 to) have the same dtype, but got:? ([\w ]+?) (?:and|!=) ([\w ]+)",
     lambda m: f"The two factors are {_dtype(m[1])} and {_dtype(m[2])}, and a product wants one kind. "
               f"{_conversion(m[1], m[2])}"),
    (r"Input type \((.+?)\) and (?:weight|bias) type \((.+?)\) should be the same", lambda m: _input_type(m[1], m[2])),
    (r"could not infer output dtype.*Got: (\w+)|std and var only support floating point",
     "A mean or a spread of whole numbers need not be a whole number. Make them floats first, with `.float()`."),
    (r"expected target dtype to be Long or Byte, but got (\w+)|expected scalar type Long but found (\w+)",
     lambda m: f"Cross-entropy takes class numbers, int64, as target; these are {_dtype(m[1] or m[2])}. `.long()` "
               "converts them."),
    (r"Found dtype (\w+) but expected (\w+)",
     lambda m: f"{_dtype(m[1])} came where {_dtype(m[2])} belongs; often it is the target. `.float()` converts it."),
    (r"one_hot is only applicable to index tensor",
     "One-hot starts from class numbers, int64; `.long()` converts them."),
    (r"Only Tensors of floating point and complex dtype can require gradients",
     "A whole number cannot move a little, so it has no gradient. Write `2.0` for `2`, or call `.float()`."),
    (r"expected sequence of length (\d+) at dim (\d+) \(got (\d+)\)",
     lambda m: f"The lists are not equally long: one has {m[1]} items, another {m[3]}. A tensor has no ragged "
               "edge; pad the short ones."),
    (r"inhomogeneous shape", "The lists are not equally long, and an array has no ragged edge. Pad the short ones."),
    (r"^not a sequence$", "Lists and single numbers are mixed on one level; every item must have the same form."),
    (r"too many dimensions 'str'", "Tensors hold numbers only. Turn words into class numbers first."),
    (r"can't convert np\.ndarray of type numpy\.object_",
     "This NumPy array holds Python objects, such as texts, rows of different lengths, or columns of several types. "
     "Make its columns numbers of one type first, with `astype(\"float32\")`."),
    (r"expected Tensor as element \d+ in argument 0, but got (\w*\.?ndarray)",
     "`torch.stack` and `torch.cat` join tensors, and these are NumPy arrays; `torch.from_numpy` turns each into a "
     "tensor."),
    (r"could not determine the shape of object type '(Series|DataFrame)'",
     lambda m: f"`torch.tensor` cannot read a {m[1]} of pandas: `.to_numpy()` gives its numbers, once all of them are "
               "numbers."),
    (r"result type (\w+) can't be cast to the desired output type (\w+)",
     lambda m: f"An operation in place (`/=`, `+=`) keeps the tensor's own type, {_dtype(m[2])}, and the result is "
               f"{_dtype(m[1])}. Make a new tensor (`x = x / 255`), or convert first, with `.float()`."),
    (r"expected np\.ndarray \(got (\w+)\)", lambda m: f"`from_numpy` takes an array; for a {m[1]} use `torch.tensor`."),
    (r"one stride in the given numpy array is negative",
     "The array was turned round by a slice such as `[::-1]`. A `.copy()` of it has ordinary steps."),
    (r"found <class '(?:PIL\.)?[\w.]*Image'>",
     "The dataset gives pictures, and only tensors can be put into a batch. Give it a transform that makes tensors."),
)

GRADIENTS: tuple[tuple[str, Explanation], ...] = (
    (r"does not require grad and does not have a grad_fn",
     "No graph leads back from this result, so there is nothing to differentiate. One of these: no tensor on the way "
     "to it had `requires_grad=True`, it was computed under `no_grad`, or `detach()` or a new tensor cut it off."),
    (r"Trying to backward through the graph a second time",
     "`backward` frees the graph when it is done, and here it comes through the same graph again. Compute the result "
     "again before the second call; if something in a loop is still connected to the step before, `detach()` cuts it "
     "off."),
    (r"a (view of a )?leaf Variable that requires grad is being used in an in-place operation",
     "A tensor with `requires_grad` was changed in place, which would falsify its gradient. Make a new tensor "
     "(`x = x + 1`); to update a parameter, do it under `torch.no_grad()`."),
    (r"needed for gradient computation has been modified by an inplace operation: \[\S+ (\[[\d, ]*\])\], which is "
     r"output \d+ of (\w+)",
     lambda m: f"`backward` needs a tensor of shape {m[1]}, made by {m[2]}, as it was, and it was changed in place "
               "since (`+=`, `x[0] = …`, a method that ends in `_`). Make a new tensor."),
    (r"grad can be implicitly created only for scalar outputs",
     "`backward` starts from a single number. Take the `sum()` or `mean()` first."),
    (r"Can't call numpy\(\) on Tensor that requires grad",
     "NumPy knows no gradients. Cut the tensor off first: `x.detach().numpy()`."),
    (r"'NoneType' object has no attribute '(zero_|item|data|norm|shape|grad)'"
     r"|float\(\) argument must be a string or a real number, not 'NoneType'",
     "Something is None here. Often it is one of these: the result of a function without `return`; the result of "
     "`backward()`, which is None; `.grad` before `backward()` has run, or of a tensor without `requires_grad`."),
    (r"can't optimize a non-leaf Tensor",
     "An optimizer updates tensors that were made directly, not results of a computation. Pass `model.parameters()`."),
    (r"support the deepcopy protocol", "Only tensors that were made directly can be copied so; use "
                                       "`x.detach().clone()`."),
)

INDICES: tuple[tuple[str, Explanation], ...] = (
    (r"Target (-?\d+) is out of bounds",
     lambda m: f"A target is class {m[1]}, and the logits have no column for it: {m[1]} must be below the number of "
               "classes, and classes are counted from 0."),
    (r"Expected input batch_size \((\d+)\) to match target batch_size \((\d+)\)",
     lambda m: f"There are {m[1]} rows of logits and {m[2]} targets; each row wants one."),
    (r"0D or 1D target tensor expected, multi-target not supported",
     "Cross-entropy wants one class number a row, shape (N,). `squeeze(1)` takes a last dimension of size 1 away."),
    (r"Target size \(torch\.Size\((.+?)\)\) must be the same as input size \(torch\.Size\((.+?)\)\)",
     lambda m: f"This loss compares number with number: the prediction has shape {m[2]}, the target {m[1]}."
               f"{_by_a_dimension(m[2], m[1])}"),
    (r"all elements of input should be between 0 and 1",
     "This loss takes probabilities. For logits there is `binary_cross_entropy_with_logits`."),
    (r"Class values must be smaller than num_classes",
     "A class number is as large as the number of classes, or larger; they are counted from 0."),
    (r"index out of range in self",
     "An embedding has no row of that number: its size must be above the largest index."),
    (r"index (-?\d+) is out of bounds for dimension (\d+) with size (\d+)",
     lambda m: f"Dimension {m[2]} has {m[3]} elements, numbered 0 to {int(m[3]) - 1}; {m[1]} is not among them."),
    (r"too many indices for tensor of dimension (\d+)",
     lambda m: f"The tensor has {_dimensions(int(m[1]))}, and there are more indices than that."),
    (r"invalid index of a 0-dim tensor", "A tensor with no dimensions cannot be indexed; `.item()` gives its number."),
    (r"tensors used as indices must be long",
     "Indices are whole numbers or True and False; `.long()` converts, a comparison makes a mask."),
    (r"shape of the mask (\[[\d, ]*\]) at index \d+ does not match the shape of the indexed tensor (\[[\d, ]*\])",
     lambda m: f"A mask needs the shape of what it picks from: it has {m[1]}, the tensor {m[2]}."),
    (r"a Tensor with (\d+) elements cannot be converted to Scalar",
     lambda m: f"`.item()` takes the number out of a tensor that holds one; this one holds {m[1]}. Reduce it first, or "
               "use `tolist()`."),
    (r"Boolean value of Tensor with more than one value is ambiguous",
     "`if`, `and`, `or` and `not` want one truth, and a comparison of tensors gives many. Use `.any()` or `.all()`, or "
     "`&`, `|` and `~` for each element."),
)

DEVICES: tuple[tuple[str, Explanation], ...] = (
    (r"Found no NVIDIA driver|Torch not compiled with CUDA enabled|No CUDA GPUs are available",
     "This machine has no GPU that PyTorch can use. Ask first, `torch.accelerator.is_available()`, and stay on the CPU "
     "otherwise."),
    (r"Expected all tensors to be on the same device, but (?:found at least two devices, |got .*?is on )([\w:]+)"
     r"(?: and|, different from other tensors on) ([\w:]+)",
     lambda m: f"One tensor is on {m[1]}, another on {m[2]}. Move what is not on the device yet with `.to(device)`; "
               "of a tensor, `.to` returns a new one."),
    (r"Tensor on device ([\w:]+) is not on the expected device ([\w:]+?)!",
     lambda m: f"One tensor is on {m[1]}, the others on {m[2]}. Move what is not on the device yet with `.to(device)`; "
               "of a tensor, `.to` returns a new one."),
    (r"cannot be called on meta tensors",
     "A number is read out of a tensor on the device. In this check the device is a stand-in that holds no numbers."),
    (r"Cannot copy out of meta tensor",
     "Something was copied from the device to the CPU; perhaps your result lies there. "
     "`torch.zeros(…, device=device)` makes it in the right place."),
    (r"can't convert ([\w:]+) device type tensor to numpy", "NumPy lives on the CPU: `.cpu()` first."),
    (r"out of memory", "The device's memory is full: a smaller batch, or `torch.no_grad()` where nothing is trained."),
)

MODULES: tuple[tuple[str, Explanation], ...] = (
    (r'Module \[(ModuleList|ModuleDict)\] is missing the required "forward" function',
     lambda m: f"An `nn.{m[1]}` only holds layers; it can't be called. Go through it with a loop and call each layer."),
    (r'missing the required "forward" function',
     "A module needs a method `forward(self, x)`. Is it spelled so, and indented into the class?"),
    (r"before Module\.__init__\(\) call|has no attribute '_(?:backward_hooks|forward_hooks|modules|parameters)'",
     "`super().__init__()` has not run yet: call it first in `__init__`, before the first layer."),
    (r"(?s)Missing key\(s\) in state_dict: .*Unexpected key\(s\) in state_dict: .*\"param_groups\"",
     "This is the state of an optimizer; a model cannot load it."),
    (r"(?s)Missing key\(s\) in state_dict: .*Unexpected key\(s\) in state_dict: (?=.*\"(\w*model\w*)\")"
     r"(?=.*\"\w*(?:optimizer|epoch)\w*\")",
     lambda m: f"This is the whole checkpoint; the model's part of it is under the key {m[1]!r}."),
    (r"Missing key\(s\) in state_dict: ",
     "The names in the state dict are not those of this model. Print its keys and compare them with "
     "`model.state_dict()`."),
    (r"size mismatch for ([\w.]+): copying a param with shape torch\.Size\((.+?)\) from checkpoint, the shape in "
     r"current model is torch\.Size\((.+?)\)",
     lambda m: f"The saved `{m[1]}` has shape {m[2]}, the one in this net {m[3]}: the net was built differently when "
               "it was saved."),
    (r"optimizer got an empty parameter list",
     "The model has no parameters that it knows of. Layers in a plain list are not found; use `nn.ModuleList`, and "
     "assign layers to `self`."),
    (r"^'\w+' object is not iterable$|argument to the optimizer should be an iterable",
     "This is a single thing, and several are needed: a list, say, or `model.parameters()`."),
    (r"(\S+) is not a Module subclass", lambda m: _no_layer(m[1])),
    (r"Weights only load failed",
     "The file holds more than tensors, and loading that could run a stranger's code. Save `model.state_dict()` "
     "instead of the model."),
)

PYTHON: tuple[tuple[str, Explanation], ...] = (
    (r"^name '(\w+)' is not defined",
     lambda m: f"Nothing is called `{m[1]}` here: a typo, or something that is not defined or imported yet."),
    (r"'[<>]=?' not supported between instances of '(?:NoneType' and '\w+|\w+' and 'NoneType)'",
     "One side of this comparison is None. Look where it gets its value; a function without `return` returns None."),
    (r"unsupported operand type\(s\) for \S+: (?:'NoneType' and '\w+|'\w+' and 'NoneType)'",
     "One side of this operation is None. Look where it gets its value: a function without `return` returns None, and "
     "so does `backward()`; `.grad` is None until `backward()` has brought a gradient."),
    (r"^'numpy\.ndarray' object has no attribute '(imshow|set_title|plot|axis)'",
     "This is a table of axes; `axes.flat[i]` is one of them."),
    (r"^'\w+Loss' object has no attribute 'backward'",
     "`loss` is the function here. `backward` starts from its value: `value = loss(model(X), y)`, then "
     "`value.backward()`."),
    (r"argument 'input' \(?(?:position 1\)? )?must be Tensor, not (list|tuple)",
     lambda m: f"This is a {m[1]} where a tensor is wanted. A batch from a loader, for instance, is a list `[x, y]`; "
               "its `x` is `batch[0]`."),
    (r"'NoneType' object is not (callable|subscriptable|iterable)",
     "Something is None here. Look where it gets its value; a function without `return` returns None."),
    (r"^'(?:int|float)' object has no attribute 'backward'",
     "This is a plain Python number, and no graph leads back from it. Call `backward()` on the tensor itself, without "
     "`.item()`; of a function's result, give the function a tensor with `requires_grad=True`."),
    (r"^'Tensor' object has no attribute '(copy|astype)'",
     lambda m: "NumPy's `copy` is called `clone` in PyTorch." if m[1] == "copy" else
               "NumPy's `astype` is `to` in PyTorch: `x.to(torch.float32)`, or `x.float()`."),
    (r"^'(\w+)' object has no attribute '(shape|dtype|device|dim|mean|sum|float|grad|requires_grad_?|clone|detach)'",
     lambda m: _no_tensor(m[1])),
)

GROUPS = (LIBRARIES, SHAPES, IMAGES, TYPES, GRADIENTS, INDICES, DEVICES, MODULES, CALLS, PYTHON)


def explain(type_name: str, message: str) -> str:
    """What this exception usually means, or an empty text where there is nothing to add.

    >>> explain("IndexError", "Target 3 is out of bounds.")[:19]
    'A target is class 3'
    """
    if type_name == "StopIteration":
        return "The iterator is used up. `iter(...)` starts a new one."
    if type_name == "RecursionError":
        return ("A function calls itself again and again. Which case should end that? (A string, for one, consists of "
                "strings: `\"a\"[0]` is `\"a\"`.)")
    if type_name == "KeyError":
        return missing_key(message)
    for pattern, explanation in _all():
        found = re.search(pattern, message)
        said = "" if found is None else explanation(found) if callable(explanation) else explanation
        if said:
            return said
    return ""


def one_line(message: str, most: int = 400) -> str:
    """Return an exception's message on one line, cut at ``most`` characters."""
    line = " ".join(message.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def known_words(message: str) -> str:
    """Return the part of a message that is PyTorch's or Python's own; empty if it is not one that is known here."""
    for pattern, _ in _all():
        found = re.search(pattern, message)
        if found:
            return found[0]
    return ""


def _all() -> Iterator[tuple[str, Explanation]]:
    for group in GROUPS:
        yield from group


def _no_tensor(kind: str) -> str:
    if kind == "tuple":
        return ("This is a tuple and not a tensor. Datasets and `named_parameters()`, for example, give pairs; "
                "`x, y = pair` takes one apart.")
    if kind in ("list", "int", "float", "bool"):
        more = "; of a list of tensors, `torch.stack` does" if kind == "list" else ""
        return f"This is a Python {kind} and not a tensor. `torch.tensor` makes one{more}."
    return f"This is an object of type {kind} and not a tensor."


def _stack_or_cat(first: str, other: str) -> str:
    one, two = (re.findall(r"\d+", shape) for shape in (first, other))
    if len(one) == len(two) and one[1:] == two[1:]:
        return ("To put them one after the other, use `torch.cat`; to have each as a row of its own, pad the short "
                "ones first.")
    return "One of these: they belong one after the other (`torch.cat`), or one of them has the wrong shape."


def _by_a_dimension(one: str, other: str) -> str:
    first, second = ([int(n) for n in re.findall(r"\d+", shape)] for shape in (one, other))
    longer, shorter = (first, second) if len(first) > len(second) else (second, first)
    for place, size in enumerate(longer):
        if size == 1 and longer[:place] + longer[place + 1:] == shorter:
            return f" `squeeze({place})` takes the 1 out of the one, `unsqueeze({place})` puts it into the other."
    return ""


def _no_layer(name: str) -> str:
    if name.startswith("torch.nn.modules."):
        layer = name.rpartition(".")[2]
        return f"`nn.{layer}` is a class, and `nn.{layer}()`, with its brackets, is a layer."
    if name in ("list", "tuple"):
        return f"`nn.Sequential` takes layers one by one; a star unpacks your {name}: `nn.Sequential(*layers)`."
    return f"`nn.Sequential` takes layers, and {name} is none. A function has its layer too: `nn.ReLU()` for `relu`."


def _counted(number: str, thing: str) -> str:
    return f"{number} {thing}" if number == "1" else f"{number} {thing}s"


def _dimensions(count: int) -> str:
    return "1 dimension" if count == 1 else f"{count} dimensions"


def _reshape(shape: str, count: int) -> str:
    sizes = [int(n) for n in re.findall(r"-?\d+", shape)]
    known = 1
    for size in sizes:
        known *= size if size >= 0 else 1
    if -1 in sizes:
        return f"There are {count} numbers, and they cannot be dealt out in portions of {known}."
    return f"There are {count} numbers, and the shape {shape} has room for {known}. `-1` for one size works it out."


def _channels(came: str, wanted: int, got: int) -> str:
    sizes = [int(n) for n in re.findall(r"\d+", came)]
    place = 1 if len(sizes) == 4 else 0
    text = f"The layer wants {wanted} channels in dimension {place}, and {came} has {got} there."
    if sizes and sizes[-1] == wanted:
        return text + " The channels stand last; `permute(0, 3, 1, 2)` brings them to (N, C, H, W)."
    return text + " The second argument of a convolution is the first of the next one."


DTYPES = {"double": "float64", "float": "float32", "long": "int64", "long int": "int64", "int": "int32",
          "half": "float16", "byte": "uint8", "unsigned char": "uint8", "bool": "bool"}


def _dtype(name: str) -> str:
    plain = re.sub(r"torch\.(cuda\.)?(\w+)Tensor", r"\2", name).strip().lower()
    return DTYPES.get(plain, name)


def _conversion(one: str, other: str) -> str:
    kinds = {_dtype(one), _dtype(other)}
    if "float64" in kinds:
        return "NumPy and pandas give float64; `.float()` makes it float32."
    return "`.float()` makes it float32."


def _input_type(came: str, weights: str) -> str:
    if ("cuda" in came) != ("cuda" in weights):
        return f"The input is a {came}, the layer's weights are a {weights}. Move both to one device."
    advice = "Images of bytes go through `.float() / 255` first." if _dtype(came) == "uint8" else "`.float()` helps."
    return f"The input is {_dtype(came)}, the layer's weights are {_dtype(weights)}. {advice}"
