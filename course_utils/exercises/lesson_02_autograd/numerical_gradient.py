"""The gradient by central differences: the judge over every other way to get one."""

import torch

from course_utils.evidence.codec import Formula
from course_utils.exercise import Exercise, case


def _tensor(rng, *shape):
    return torch.from_numpy(rng.uniform(0.5, 2.0, size=shape))


exercise = Exercise(
    name="numerical_gradient",
    points=3,
    objective="Estimate a gradient with nothing but function values, to check one that came from autograd.",
    hints=(
        "Each number of `x` has its own partial derivative: move that one number, and leave all the others alone. How "
        "many times do you need to call `f` for each?",
        "For one number: `(f(up) - f(down)) / (2 * eps)`, where `up` is a copy of `x` with `eps` added in one place, "
        "and `down` one with `eps` taken away there.",
        "Loop over `i in range(x.numel())`; `shift = torch.zeros_like(x)`, `shift.view(-1)[i] = eps`, and "
        "`(f(x + shift) - f(x - shift)) / (2 * eps)` goes to `gradient.view(-1)[i]`.",
    ),
    examples=lambda: [
        case(Formula("(x ** 2).sum()"), torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64), 0.01),
        case(Formula("(x ** 3).sum()"), torch.tensor([[1.0, 2.0], [0.5, 1.0]]), 0.1),
    ],
    fresh=lambda rng: [
        case(Formula("x.prod() + (x ** 3).sum()"), _tensor(rng, 3), 0.1),
        case(Formula("x.exp().sum() + x[0, 0] ** 3"), _tensor(rng, 2, 3), 0.1),
        case(Formula("(x ** 3).sum() + x.prod()"), _tensor(rng, 2, 1, 2).float(), 0.2),
    ],
    rtol=1e-3,  # in float32 a difference of two values of f is off by that little
    atol=1e-3,
)


@exercise.reference
def numerical_gradient(f, x, eps):
    gradient = torch.zeros_like(x)
    for i in range(x.numel()):
        shift = torch.zeros_like(x)
        shift.view(-1)[i] = eps
        gradient.view(-1)[i] = (f(x + shift) - f(x - shift)) / (2 * eps)
    return gradient


@exercise.alternative
def over_an_identity(f, x, eps):
    shifts = eps * torch.eye(x.numel(), dtype=x.dtype).reshape(-1, *x.shape)
    return torch.stack([(f(x + s) - f(x - s)) / 2 / eps for s in shifts]).reshape(x.shape)


@exercise.alternative
def on_a_copy(f, x, eps):
    flat, slopes = x.clone().flatten(), []
    for i, value in enumerate(x.flatten().tolist()):
        flat[i] = value + eps
        up = f(flat.view_as(x)).item()
        flat[i] = value - eps
        slopes.append((up - f(flat.view_as(x)).item()) / (2 * eps))
        flat[i] = value
    return torch.tensor(slopes, dtype=x.dtype).view_as(x)


def _each(f, x, eps, slope):
    """A gradient whose numbers are slope(f, up, down, x) for x with one number moved up, and down."""
    gradient = torch.zeros_like(x)
    for i in range(x.numel()):
        shift = torch.zeros_like(x)
        shift.view(-1)[i] = eps
        gradient.view(-1)[i] = slope(x + shift, x - shift)
    return gradient


@exercise.mistake(
    "This is the forward difference, (f(x + eps) - f(x)) / eps. Its error shrinks like eps; that of the central "
    "difference, (f(x + eps) - f(x - eps)) / (2 eps), like eps². Step to both sides."
)
def forward_difference(f, x, eps):
    return _each(f, x, eps, lambda up, down: (f(up) - f(x)) / eps)


@exercise.mistake(
    "This is the backward difference, (f(x) - f(x - eps)) / eps. Its error shrinks like eps; that of the central "
    "difference, (f(x + eps) - f(x - eps)) / (2 eps), like eps². Step to both sides."
)
def backward_difference(f, x, eps):
    return _each(f, x, eps, lambda up, down: (f(x) - f(down)) / eps)


@exercise.mistake("This is twice the right value: from x - eps to x + eps it is 2 * eps, so divide by that.")
def divided_by_eps(f, x, eps):
    return 2 * numerical_gradient(f, x, eps)


@exercise.mistake(
    "You moved all numbers of `x` together. That gives one number, the sum of all partial derivatives. Move one at a "
    "time."
)
def all_at_once(f, x, eps):
    return (f(x + eps) - f(x - eps)) / (2 * eps)


@exercise.mistake(
    "Whole rows of `x` moved together: `x[i]` is a number only if `x` has one dimension. Loop over "
    "`range(x.numel())`, and use `shift.view(-1)[i]`."
)
def row_by_row(f, x, eps):
    gradient = torch.zeros_like(x)
    for i in range(len(x)):
        shift = torch.zeros_like(x)
        shift[i] = eps
        gradient[i] = (f(x + shift) - f(x - shift)) / (2 * eps)
    return gradient


@exercise.mistake(
    "From the second number on, the numbers before it are moved as well. Start each step from `x` as it was: make the "
    "copy or the shift inside the loop."
)
def shift_not_reset(f, x, eps):
    gradient, shift = torch.zeros_like(x), torch.zeros_like(x)
    for i in range(x.numel()):
        shift.view(-1)[i] = eps
        gradient.view(-1)[i] = (f(x + shift) - f(x - shift)) / (2 * eps)
    return gradient


@exercise.mistake(
    "Your result is eps² times the right one. `/ 2 * eps` divides by 2 and then multiplies by eps; the whole distance "
    "is `/ (2 * eps)`."
)
def brackets_missing(f, x, eps):
    return numerical_gradient(f, x, eps) * eps * eps


@exercise.mistake(
    "You divided only the second value: division comes before subtraction. Put the difference in parentheses: "
    "`(f(up) - f(down)) / (2 * eps)`."
)
def difference_without_brackets(f, x, eps):
    return _each(f, x, eps, lambda up, down: f(up) - f(down) / (2 * eps))


@exercise.mistake(
    "The gradient is right, but the caller's `x` isn't quite what it was: adding `eps` and taking it away again "
    "rounds. (And if `f` had failed in between, `x` would have stayed moved.) Work on a copy: `x + shift` makes one."
)
def nearly_put_back(f, x, eps):
    gradient = torch.zeros_like(x)
    for i in range(x.numel()):
        x.view(-1)[i] += eps
        up = f(x)
        x.view(-1)[i] -= 2 * eps
        gradient.view(-1)[i] = (up - f(x)) / (2 * eps)
        x.view(-1)[i] += eps
    return gradient


@exercise.mistake(
    "This is the exact gradient, by autograd. The point here is a second opinion that knows nothing of autograd: use "
    "values of `f` only.",
    shown_by=lambda code: any(map(code.names, ("autograd", "backward", "func", "jacobian", "vjp", "jacrev"))),
    otherwise="Your result is the exact gradient, whatever `eps` is. The exercise asks for the central difference with "
    "the `eps` that is passed in.",
)
def by_autograd(f, x, eps):
    return torch.func.grad(f)(x)


@exercise.mistake(
    "The numbers that you moved were never put back, so later steps start from another place, and the caller's `x` has "
    "changed. Work on a copy: `x + shift` makes one."
)
def never_put_back(f, x, eps):
    gradient = torch.zeros_like(x)
    for i in range(x.numel()):
        x.view(-1)[i] += eps
        up = f(x)
        x.view(-1)[i] -= 2 * eps
        gradient.view(-1)[i] = (up - f(x)) / (2 * eps)
    return gradient


@exercise.mistake("The sign is wrong: it is f(x + eps) - f(x - eps), and not the other way round.")
def sign_swapped(f, x, eps):
    return -numerical_gradient(f, x, eps)
