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
        case(Formula("(x ** 3).sum()"), torch.tensor([[1.0, 2.0], [0.5, 1.0]], dtype=torch.float64), 0.1),
    ],
    fresh=lambda rng: [
        case(Formula("x.prod() + (x ** 3).sum()"), _tensor(rng, 3), 0.1),
        case(Formula("x.exp().sum() + x[0, 0] ** 3"), _tensor(rng, 2, 3), 0.1),
    ],
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


@exercise.mistake(
    "This is the forward difference, (f(x + eps) - f(x)) / eps. Its error shrinks like eps; that of the central "
    "difference, (f(x + eps) - f(x - eps)) / (2 eps), like eps². Step to both sides."
)
def forward_difference(f, x, eps):
    gradient = torch.zeros_like(x)
    for i in range(x.numel()):
        shift = torch.zeros_like(x)
        shift.view(-1)[i] = eps
        gradient.view(-1)[i] = (f(x + shift) - f(x)) / eps
    return gradient


@exercise.mistake("Twice too large: from x - eps to x + eps the distance is 2 * eps, so divide by that.")
def divided_by_eps(f, x, eps):
    return 2 * numerical_gradient(f, x, eps)


@exercise.mistake(
    "You moved all numbers of `x` together. That gives one number, the sum of all partial derivatives. Move one at a "
    "time."
)
def all_at_once(f, x, eps):
    return (f(x + eps) - f(x - eps)) / (2 * eps)


@exercise.mistake(
    "`x[i]` is a number only when `x` has one dimension; of a table it is a whole row, and you moved that. Loop over "
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
    "`/ 2 * eps` divides by 2, and then multiplies by eps. The whole distance belongs below the line: `/ (2 * eps)`."
)
def brackets_missing(f, x, eps):
    return numerical_gradient(f, x, eps) * eps * eps


@exercise.mistake(
    "The gradient is right, and the caller's `x` is not quite what it was: adding `eps` and taking it away again "
    "rounds twice. (And had `f` failed in between, `x` would have stayed moved.) Work on a copy: `x + shift` makes "
    "one."
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
    "values of `f` only."
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
