"""The product of a vector with a Jacobian: what backward computes when there is more than one output."""

import torch

from course_utils.evidence.codec import Formula
from course_utils.exercise import Exercise, case


def _vector(rng, n):
    return torch.from_numpy(rng.uniform(0.5, 2.0, size=n)).float()


exercise = Exercise(
    name="vjp",
    points=3,
    objective="Send a vector back through a function with several outputs.",
    hints=(
        "`y.backward()` needs a single number, because it has to know how much each output counts. `v` says exactly "
        "that.",
        "Either `y.backward(v)`, or make one number of the outputs first: `(y * v).sum()` has the gradient that you "
        "need.",
        "`leaf = x.clone().requires_grad_()`, `y = f(leaf)`, `y.backward(v)`, and the answer is `leaf.grad`.",
    ),
    examples=lambda: [
        case(Formula("torch.stack([x[0] * x[1], x[0] ** 2])"), torch.tensor([2.0, 3.0]), torch.tensor([1.0, 10.0])),
        case(Formula("torch.stack([x.sum(), x.prod()])"), torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1.0, 0.0])),
    ],
    fresh=lambda rng: [
        case(Formula("x.cumsum(0) ** 2"), _vector(rng, 3), _vector(rng, 3)),
        case(Formula("torch.outer(x, x).flatten()"), _vector(rng, 2), -_vector(rng, 4)),
    ],
)


@exercise.reference
def vjp(f, x, v):
    leaf = x.clone().requires_grad_()
    f(leaf).backward(v)
    return leaf.grad


@exercise.alternative
def weighted_sum(f, x, v):
    leaf = x.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad((f(leaf) * v).sum(), leaf)
    return gradient


@exercise.alternative
def with_func(f, x, v):
    _, back = torch.func.vjp(f, x)
    return back(v)[0]


@exercise.mistake(
    "You multiplied from the other side: `J @ v` answers how the outputs move when the inputs move along `v`. Backward "
    "computes `v @ J`: how a weighted sum of the outputs depends on each input."
)
def jacobian_times_v(f, x, v):
    return torch.autograd.functional.jacobian(f, x) @ v


@exercise.mistake(
    "This is what equal weights give: all outputs added up, whatever `v` is. Weigh them: `(y * v).sum()`, or "
    "`y.backward(v)`."
)
def v_unused(f, x, v):
    leaf = x.clone().requires_grad_()
    f(leaf).sum().backward()
    return leaf.grad


@exercise.mistake(
    "You took the mean of the weighted outputs, so the result is divided by their number. v @ J is a sum: "
    "`(y * v).sum()`."
)
def mean_for_sum(f, x, v):
    leaf = x.clone().requires_grad_()
    (f(leaf) * v).mean().backward()
    return leaf.grad


@exercise.mistake(
    "`backward()` without an argument works only for a single number, and here there are several outputs. Tell it how "
    "much each of them counts: `y.backward(v)`."
)
def backward_of_a_vector(f, x, v):
    leaf = x.clone().requires_grad_()
    f(leaf).backward()
    return leaf.grad


@exercise.mistake(
    "Your function returned None: there is no `return`. (Printing a result doesn't return it.)",
    shown_by=lambda code: not code.returns(),
)
def returns_nothing(f, x, v):
    leaf = x.clone().requires_grad_()
    f(leaf).backward(v)
    print(leaf.grad)


@exercise.mistake(
    "Your function returned None, which is what `backward(v)` itself returns. Call it on a line of its own, then "
    "return the `.grad` of the leaf that you passed to `f`.",
    shown_by=lambda code: code.returns() and code.calls("backward") > 0 and not code.names("grad"),
    otherwise="Your function returned None. If you return a `.grad`, it is still empty: only the leaf that you passed "
    "to `f` gets one, and only once `backward(v)` has run.",
)
def result_of_backward(f, x, v):
    return f(x.clone().requires_grad_()).backward(v)


@exercise.mistake(
    "`torch.autograd.grad` returns a tuple with one gradient for each input. Return the first, `[0]`."
)
def tuple_of_gradients(f, x, v):
    leaf = x.clone().requires_grad_()
    return torch.autograd.grad(f(leaf), leaf, v)


@exercise.mistake(
    "That is the whole Jacobian. For a large network nobody could store it, and nobody has to: backward computes the "
    "product `v @ J` directly."
)
def whole_jacobian(f, x, v):
    return torch.autograd.functional.jacobian(f, x)


@exercise.mistake(
    "The result is right, but the caller's `x` has changed: `x.requires_grad_()` marks *their* tensor, and `backward` "
    "leaves a gradient in it. Take `x.clone().requires_grad_()`.",
    shown_by=lambda code: code.names("requires_grad_") or code.names("requires_grad"),
    otherwise="The result is right, but the caller's `x` has changed. Work on `x.clone()`.",
)
def marks_the_callers_tensor(f, x, v):
    x.requires_grad_()
    f(x).backward(v)
    return x.grad


@exercise.mistake(
    "You multiplied by `v` after going backward. The weights belong to the *outputs*, so they have to go in before: "
    "`y.backward(v)`."
)
def weighted_too_late(f, x, v):
    leaf = x.clone().requires_grad_()
    f(leaf).sum().backward()
    return leaf.grad * v
