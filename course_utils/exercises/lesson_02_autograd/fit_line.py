"""A straight line through points, with an optimizer."""

import torch
import torch.nn.functional as F

from course_utils.exercise import Exercise, case
from course_utils.probes.function import numbers


def _points(rng, n):
    x = rng.uniform(-2, 2, size=n)
    y = rng.uniform(1, 3) * x + rng.uniform(-3, -1) + rng.normal(0, 0.1, size=n)
    return torch.from_numpy(x).float(), torch.from_numpy(y).float()


exercise = Exercise(
    name="fit_line",
    points=3,
    objective="Write a training loop with an optimizer: zero_grad, loss, backward, step.",
    hints=(
        "Two leaves, `w` and `b`, both starting at 0, and an optimizer that is given both. Then a loop of four lines.",
        "The optimizer: `torch.optim.SGD([w, b], lr=lr)`, made once. The four lines: `zero_grad`, the loss of "
        "`w * x + b` against `y`, `backward`, `step`.",
        "`loss = ((w * x + b - y) ** 2).mean()`. Make `w = torch.zeros((), requires_grad=True)`, `b` likewise, and "
        "return `w.item(), b.item()`.",
    ),
    examples=lambda: [
        case(torch.tensor([0.0, 1.0, 2.0]), torch.tensor([1.0, 3.0, 5.0]), 0.1, 2),
        case(torch.tensor([-1.0, 0.0, 1.0, 2.0]), torch.tensor([3.0, 1.0, -1.0, -3.0]), 0.05, 20),
    ],
    fresh=lambda rng: [case(*_points(rng, 6), 0.05, 3), case(*_points(rng, 9), 0.1, 5)],
    probe=numbers,
    rtol=1e-3,
    atol=1e-4,
    returns=("w", "b"),
)


@exercise.reference
def fit_line(x, y, lr, steps):
    w = torch.zeros((), requires_grad=True)
    b = torch.zeros((), requires_grad=True)
    optimizer = torch.optim.SGD([w, b], lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = ((w * x + b - y) ** 2).mean()
        loss.backward()
        optimizer.step()
    return w.item(), b.item()


@exercise.alternative
def one_linear_layer(x, y, lr, steps):
    line = torch.nn.Linear(1, 1)
    torch.nn.init.zeros_(line.weight)
    torch.nn.init.zeros_(line.bias)
    optimizer = torch.optim.SGD(line.parameters(), lr=lr)
    for _ in range(steps):
        F.mse_loss(line(x[:, None]), y[:, None]).backward()
        optimizer.step()
        optimizer.zero_grad()
    return line.weight.item(), line.bias.item()


@exercise.alternative
def gradients_on_paper(x, y, lr, steps):
    w, b = 0.0, 0.0
    for _ in range(steps):
        error = w * x + b - y
        w, b = w - lr * (2 * error * x).mean().item(), b - lr * (2 * error).mean().item()
    return w, b


@exercise.mistake(
    "The gradients are never emptied, so each step drags all earlier ones along. Call `optimizer.zero_grad()` in every "
    "round, before `backward()`."
)
def no_zero_grad(x, y, lr, steps):
    w = torch.zeros((), requires_grad=True)
    b = torch.zeros((), requires_grad=True)
    optimizer = torch.optim.SGD([w, b], lr=lr)
    for _ in range(steps):
        ((w * x + b - y) ** 2).mean().backward()
        optimizer.step()
    return w.item(), b.item()


@exercise.mistake(
    "`w` and `b` are still 0, so no step found a gradient: `backward()` or `step()` was never called (are its brackets "
    "there?), or the gradients were emptied between the two. The order is zero_grad, backward, step."
)
def emptied_before_the_step(x, y, lr, steps):
    return 0.0, 0.0


@exercise.mistake(
    "`b` never moves, since the optimizer does not know it. It changes only what it was given: `SGD([w, b], lr=lr)`."
)
def b_not_given(x, y, lr, steps):
    w = torch.zeros((), requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        ((w * x - y) ** 2).mean().backward()
        optimizer.step()
    return w.item(), 0.0


@exercise.mistake(
    "The squared errors are added up. With the sum, the length of a step grows with the number of points; take the "
    "mean."
)
def sum_of_squares(x, y, lr, steps):
    return fit_line(x, y, lr * len(x), steps)


@exercise.mistake(
    "Your line starts at random places, as `nn.Linear` and `torch.randn` do. Here both numbers start at 0."
)
def random_start(x, y, lr, steps):
    line = torch.nn.Linear(1, 1)
    optimizer = torch.optim.SGD(line.parameters(), lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        F.mse_loss(line(x[:, None]), y[:, None]).backward()
        optimizer.step()
    return line.weight.item(), line.bias.item()


@exercise.mistake(
    "The layer gives (N, 1), and `y` is (N,): broadcasting makes a table of every prediction against every `y`, and "
    "the mean is taken over that. Bring both to one shape: `y[:, None]`, or `squeeze(1)` the prediction."
)
def column_against_row(x, y, lr, steps):
    w = torch.zeros((), requires_grad=True)
    b = torch.zeros((), requires_grad=True)
    optimizer = torch.optim.SGD([w, b], lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        ((w * x[:, None] + b - y) ** 2).mean().backward()
        optimizer.step()
    return w.item(), b.item()


@exercise.mistake(
    "These are the steps of Adam, which chooses its own step length. The task asks for `torch.optim.SGD`."
)
def adam(x, y, lr, steps):
    w = torch.zeros((), requires_grad=True)
    b = torch.zeros((), requires_grad=True)
    optimizer = torch.optim.Adam([w, b], lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        ((w * x + b - y) ** 2).mean().backward()
        optimizer.step()
    return w.item(), b.item()


@exercise.mistake("The line is right, but `w` and `b` are still tensors, and the exercise asks for two Python numbers: "
                  "`return w.item(), b.item()`.")
def still_tensors(x, y, lr, steps):
    return tuple(torch.tensor(value) for value in fit_line(x, y, lr, steps))


@exercise.mistake("`w` and `b` have changed places. The slope comes first: `return w.item(), b.item()`.")
def swapped(x, y, lr, steps):
    return fit_line(x, y, lr, steps)[::-1]


@exercise.mistake(
    "This is the exact line of least squares. The task is the loop: where `steps` small steps from w = 0 and b = 0 "
    "lead."
)
def least_squares(x, y, lr, steps):
    table = torch.stack([x, torch.ones_like(x)], dim=1)
    w, b = torch.linalg.lstsq(table, y[:, None]).solution.flatten().tolist()
    return w, b


@exercise.mistake(
    "`loss.item()` is a plain number, and numbers have no `backward()`. Call `backward()` on the tensor; `.item()` is "
    "for printing."
)
def item_before_backward(x, y, lr, steps):
    w = torch.zeros((), requires_grad=True)
    b = torch.zeros((), requires_grad=True)
    loss = ((w * x + b - y) ** 2).mean().item()
    loss.backward()


@exercise.mistake(
    "The optimizer was told to go uphill (or the loss has a minus in front of it): `w` and `b` move away from the "
    "points."
)
def uphill(x, y, lr, steps):
    w, b = 0.0, 0.0
    for _ in range(steps):
        error = w * x + b - y
        w, b = w + lr * (2 * error * x).mean().item(), b + lr * (2 * error).mean().item()
    return w, b
