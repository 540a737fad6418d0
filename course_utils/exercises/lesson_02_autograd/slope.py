"""The slope of any function at a point: a leaf, a program, backward, and the gradient."""

import torch

from course_utils.evidence.codec import Formula
from course_utils.exercise import Exercise, case
from course_utils.probes.function import number

exercise = Exercise(
    name="slope",
    points=2,
    objective="Make a leaf, run a program on it, go backward, and read the gradient.",
    hints=(
        "Four steps: a tensor with `requires_grad=True`, `y = f(x)`, backward, read. Where does `backward()` leave "
        "what it has computed?",
        "`torch.tensor(float(x), requires_grad=True)` makes the leaf. After `y.backward()` the slope is in its "
        "`.grad`.",
        "`leaf = torch.tensor(float(x), requires_grad=True)`, then `f(leaf).backward()`, then `return "
        "leaf.grad.item()`.",
    ),
    examples=[case(Formula("x ** 2"), 3.0), case(Formula("torch.sin(x)"), 0)],
    fresh=lambda rng: [
        case(Formula("x ** 3 - 2 * x"), float(rng.uniform(1, 2))),
        case(Formula("torch.exp(-x) + x"), float(rng.uniform(-1, -0.2))),
        case(Formula("x ** 2 + 3 * x + 1"), int(rng.integers(1, 6))),
    ],
    probe=number,
)


@exercise.reference
def slope(f, x):
    leaf = torch.tensor(float(x), requires_grad=True)
    f(leaf).backward()
    return leaf.grad.item()


@exercise.alternative
def autograd_grad(f, x):
    leaf = torch.tensor(x, dtype=torch.float64).requires_grad_()
    (gradient,) = torch.autograd.grad(f(leaf), leaf)
    return gradient.item()


@exercise.alternative
def with_func(f, x):
    return float(torch.func.grad(f)(torch.tensor(float(x))))


@exercise.mistake(
    "That is the value of `f` at `x`. The slope is in the leaf's `.grad`, once you have called `backward()`."
)
def value_for_slope(f, x):
    return f(torch.tensor(float(x))).item()


@exercise.mistake(
    "Your result is a tensor that holds one number, but the exercise asks for a Python float. Take the number out with "
    "`.item()`."
)
def still_a_tensor(f, x):
    leaf = torch.tensor(float(x), requires_grad=True)
    f(leaf).backward()
    return leaf.grad


@exercise.mistake(
    "`torch.autograd.grad` returns a tuple with one gradient for each input. Take the first, `[0]`, and its number, "
    "`.item()`."
)
def tuple_of_gradients(f, x):
    leaf = torch.tensor(float(x), requires_grad=True)
    return torch.autograd.grad(f(leaf), leaf)


@exercise.mistake(
    "`x` may be an integer, and a tensor made from it, such as `torch.tensor(3)`, is int64. Only floats can have a "
    "gradient: `torch.tensor(float(x), requires_grad=True)`."
)
def integer_leaf(f, x):
    leaf = torch.tensor(x, requires_grad=True)
    f(leaf).backward()
    return leaf.grad.item()


@exercise.mistake(
    "Your function returned None: there is no `return`. (Printing a result doesn't return it.)",
    shown_by=lambda code: not code.returns(),
)
def returns_nothing(f, x):
    leaf = torch.tensor(float(x), requires_grad=True)
    f(leaf).backward()
    print(leaf.grad)


@exercise.mistake(
    "Your function returned None, which is what `backward()` itself returns. Call it on a line of its own, then return "
    "the `.grad` of the tensor that you passed to `f`, as a number.",
    shown_by=lambda code: code.returns() and code.calls("backward") > 0 and not code.names("grad"),
    otherwise="Your function returned None. If you return a `.grad`, it is still empty: only the leaf that you passed "
    "to `f` gets one, and only once `backward()` has run.",
)
def result_of_backward(f, x):
    leaf = torch.tensor(float(x), requires_grad=True)
    return f(leaf).backward()


@exercise.mistake(
    "`backward()` finds nothing to do, because no tensor here asks for a gradient. The one that you pass to `f` needs "
    "`requires_grad=True`.",
    shown_by=lambda code: not (code.names("requires_grad") or code.names("requires_grad_")),
    otherwise="No graph leads back from the tensor that you call `backward()` on. The tensor that you pass to `f` "
    "needs `requires_grad=True`, and nothing may cut the graph after that, as `detach()`, `torch.no_grad()` or a new "
    "`torch.tensor(…)` does.",
)
def no_requires_grad(f, x):
    leaf = torch.tensor(float(x))
    f(leaf).backward()
    return leaf.grad.item()


@exercise.mistake(
    "`.item()` was called on None. A `.grad` is None until `backward()` has run, and here it never does.",
    shown_by=lambda code: code.names("grad") and not code.calls("backward"),
    otherwise="`.item()` was called on None. `backward()` returns None, and a `.grad` is None for every tensor but a "
    "leaf that `backward()` has reached: read the one of the tensor that you passed to `f`.",
)
def grad_before_backward(f, x):
    leaf = torch.tensor(float(x), requires_grad=True)
    f(leaf)
    return leaf.grad.item()


@exercise.mistake(
    "This is twice the slope, because the backward pass runs twice and gradients add up. Call `backward()` once.",
    shown_by=lambda code: code.calls("backward") > 1,
    otherwise="This is twice the slope.",
)
def twice(f, x):
    leaf = torch.tensor(float(x), requires_grad=True)
    y = f(leaf)
    y.backward(retain_graph=True)
    y.backward()
    return leaf.grad.item()
