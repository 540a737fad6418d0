"""Gradient descent by hand, with no optimizer."""

import torch

from course_utils.evidence.codec import Formula
from course_utils.exercise import Exercise, case
from course_utils.probes.bans import without_optimizers

exercise = Exercise(
    name="descend",
    points=3,
    objective="Write the loop that all training is: forward, backward, step, and empty the gradient.",
    hints=(
        "Each round: `f(x).backward()` fills `x.grad`; move `x` against it; make `x.grad` empty for the next round. "
        "The move itself should not be recorded.",
        "The move is `x -= lr * x.grad` inside `with torch.no_grad():`. After it, `x.grad = None`. Start from "
        "`x0.clone().requires_grad_()`.",
        "In the loop: `f(x).backward()`; `with torch.no_grad(): x -= lr * x.grad`; `x.grad = None`. Behind the loop: "
        "`return x.detach()`.",
    ),
    examples=lambda: [
        case(Formula("(x ** 2).sum()"), torch.tensor([4.0, -2.0]), 0.25, 2),
        case(Formula("(x - 3) ** 2"), torch.tensor(0.0), 0.1, 3),
    ],
    fresh=lambda rng: [
        case(Formula("x[0] ** 2 + 5 * x[1] ** 2 + x[0] * x[1]"),
             torch.from_numpy(rng.uniform(1, 2, size=2)).float(), 0.05, int(rng.integers(4, 8))),
        case(Formula("(x ** 4).sum()"), torch.from_numpy(rng.uniform(0.5, 1.5, size=(2, 2))).float(), 0.02, 5),
    ],
    check_grad=True,
    probe=without_optimizers,
)


@exercise.reference
def descend(f, x0, lr, steps):
    x = x0.clone().requires_grad_()
    for _ in range(steps):
        f(x).backward()
        with torch.no_grad():
            x -= lr * x.grad
        x.grad = None
    return x.detach()


@exercise.alternative
def new_tensor_each_step(f, x0, lr, steps):
    x = x0
    for _ in range(steps):
        x = x.detach().requires_grad_()
        f(x).backward()
        x = x - lr * x.grad
    return x.detach()


@exercise.alternative
def with_func(f, x0, lr, steps):
    gradient = torch.func.grad(f)
    for _ in range(steps):
        x0 = x0 - lr * gradient(x0)
    return x0


@exercise.mistake(
    "The first step is right, and every later one is too long: `backward()` *adds* to `x.grad`, so the old gradients "
    "are still in it. Empty it after each step: `x.grad = None`, or `x.grad.zero_()`."
)
def gradients_accumulate(f, x0, lr, steps):
    x = x0.clone().requires_grad_()
    for _ in range(steps):
        f(x).backward()
        with torch.no_grad():
            x -= lr * x.grad
    return x.detach()


@exercise.mistake("You are climbing. The gradient points uphill, so go against it: `x -= lr * x.grad`.")
def uphill(f, x0, lr, steps):
    return descend(f, x0, -lr, steps)


@exercise.mistake(
    "`x` is a leaf that wants a gradient, and changing it in place would spoil the record that backward needs. The "
    "update is not part of the function, so don't record it: do it inside `with torch.no_grad():`."
)
def update_is_recorded(f, x0, lr, steps):
    x = x0.clone().requires_grad_()
    for _ in range(steps):
        f(x).backward()
        x -= lr * x.grad
        x.grad = None
    return x.detach()


@exercise.mistake(
    "`x.grad` is None when the step needs it. If you wrote `x = x - lr * x.grad`: that makes a *new* tensor, which is"
    " no leaf, and only leaves get a gradient; update in place, `x -= …`, inside `torch.no_grad()`. If you empty the "
    "gradient between `backward()` and the step: empty it after the step."
)
def no_leaf_any_more(f, x0, lr, steps):
    x = x0.clone().requires_grad_()
    for _ in range(steps):
        f(x).backward()
        x = x - lr * x.grad
    return x.detach()


@exercise.mistake(
    "Right result, and the caller's `x0` has been changed by it: `requires_grad_()` marks their tensor, and `x -= …` "
    "writes into it (through `detach()`, too: that shares memory). Start from `x0.clone()`."
)
def spoils_x0(f, x0, lr, steps):
    x = x0.requires_grad_()
    for _ in range(steps):
        f(x).backward()
        with torch.no_grad():
            x -= lr * x.grad
        x.grad = None
    return x.detach()


@exercise.mistake(
    "The place is right, but it still asks for gradients: whatever the caller computes with it will be recorded. "
    "Return `x.detach()`."
)
def still_wants_gradients(f, x0, lr, steps):
    return descend(f, x0, lr, steps).requires_grad_()


@exercise.mistake("You returned the height, `f(x)`. The place where you ended is wanted: `x`.")
def height_for_place(f, x0, lr, steps):
    return f(descend(f, x0, lr, steps))


@exercise.mistake(
    "Under `no_grad`, or behind `.detach()`, `x = x - …` is a new tensor without `requires_grad`; so in the second "
    "round at the latest nothing asks for a gradient any more. `x -= …` under `no_grad` changes the leaf itself. (And "
    "`f(x)` belongs outside of `no_grad`: it needs its record.)"
)
def new_tensor_without_grad(f, x0, lr, steps):
    x = x0.clone().requires_grad_()
    for _ in range(steps):
        f(x).backward()
        with torch.no_grad():
            x = x - lr * x.grad
    return x


@exercise.mistake("You went one step and stopped: the `return` stands inside the loop. Move it out by one indent.")
def returns_in_the_loop(f, x0, lr, steps):
    return descend(f, x0, lr, 1)


@exercise.mistake("One step is missing: `range(1, steps)` has steps - 1 rounds.")
def one_step_short(f, x0, lr, steps):
    return descend(f, x0, lr, steps - 1)


@exercise.mistake(
    "The gradient is taken once, at the start, and then used for all steps. It changes along the way: call "
    "`backward()` in every round."
)
def one_gradient_for_all(f, x0, lr, steps):
    return x0 - steps * lr * torch.func.grad(f)(x0)


@exercise.mistake(
    "The place is right, but an optimizer took the steps. Here you write what `torch.optim.SGD` does inside: "
    "`x -= lr * x.grad`, not recorded."
)
def with_an_optimizer(f, x0, lr, steps):
    x = x0.clone().requires_grad_()
    optimizer = torch.optim.SGD([x], lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        f(x).backward()
        optimizer.step()
    return x.detach()
