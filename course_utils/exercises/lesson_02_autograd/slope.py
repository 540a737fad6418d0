"""The derivative of a function of one number, by autograd."""

import torch

from course_utils.evidence.codec import Formula
from course_utils.exercise import Exercise, case

exercise = Exercise(
    name="slope",
    points=2,
    objective="Make a leaf, run a program on it, go backward, and read the gradient.",
    hints=(
        "Four steps: a tensor that wants a gradient, `y = f(x)`, backward, read. Where does `backward()` leave what it "
        "has computed?",
        "`torch.tensor(float(x), requires_grad=True)` makes the leaf. After `y.backward()` the slope is in its "
        "`.grad`.",
        "`leaf = torch.tensor(float(x), requires_grad=True)`, then `f(leaf).backward()`, then `return "
        "leaf.grad.item()`.",
    ),
    examples=[case(Formula("x ** 2"), 3.0), case(Formula("torch.sin(x)"), 0)],
    fresh=lambda rng: [
        case(Formula("x ** 3 - 2 * x"), float(rng.uniform(1, 2))),
        case(Formula("torch.exp(-x) + x"), float(rng.uniform(-1, -0.2))),
    ],
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
    return gradient


@exercise.alternative
def with_func(f, x):
    return float(torch.func.grad(f)(torch.tensor(float(x))))


@exercise.mistake(
    "That is the value of `f` at `x`. The slope is in the leaf's `.grad`, once you have called `backward()`."
)
def value_for_slope(f, x):
    return f(torch.tensor(float(x))).item()


@exercise.mistake(
    "`x` may be a whole number, and `torch.tensor(3)` is int64, which has no gradient: between two whole numbers there "
    "is nothing to differentiate. Make it a float: `torch.tensor(float(x), requires_grad=True)`."
)
def integer_leaf(f, x):
    leaf = torch.tensor(x, requires_grad=True)
    f(leaf).backward()
    return leaf.grad.item()


@exercise.mistake(
    "The result is None. Either you returned what `backward()` gives back, which is always None, or you read the "
    "`.grad` of a tensor that is no leaf. Call `backward()` on a line of its own, then return the `.grad` of the "
    "tensor that you put into `f`, as a number."
)
def result_of_backward(f, x):
    leaf = torch.tensor(float(x), requires_grad=True)
    return f(leaf).backward()


@exercise.mistake(
    "No gradient can come back, because nothing here asks for one: the tensor that you give to `f` needs "
    "`requires_grad=True`, and what `f` returns must not be detached."
)
def no_requires_grad(f, x):
    leaf = torch.tensor(float(x))
    f(leaf).backward()
    return leaf.grad.item()


@exercise.mistake(
    "There is no gradient where you looked for one. Either `backward()` has not run yet, or you used what "
    "`backward()` returns, which is always None, or you read `.grad` of a result: only leaves keep theirs, and the "
    "slope belongs to the tensor that you put into `f`."
)
def gradient_of_result(f, x):
    import warnings

    leaf = torch.tensor(float(x), requires_grad=True)
    y = f(leaf)
    y.backward()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return y.grad.item()


@exercise.mistake("The backward pass ran twice. Gradients add up, so this is twice the slope.")
def twice(f, x):
    leaf = torch.tensor(float(x), requires_grad=True)
    y = f(leaf)
    y.backward(retain_graph=True)
    y.backward()
    return leaf.grad.item()
