"""Repair: accuracy reported on the rows that the model was trained on."""

import torch

from course_utils.evidence.codec import Formula
from course_utils.exercise import Exercise, case
from course_utils.probes.function import number

NEAREST = Formula("lambda rows: y[torch.cdist(rows, X).argmin(dim=1)]", "X, y")
NEAREST_MEAN = Formula(
    "lambda rows: (torch.cdist(rows, torch.stack([X[y == 0].mean(0), X[y == 1].mean(0)])).argmin(dim=1)).to(y.dtype)",
    "X, y")


PARITY = Formula("lambda rows: ((rows[:, 0] > X[:, 0].mean()).long() + len(X)).remainder(2).to(y.dtype)", "X, y")


def _rows(rng, rows, n_test, learn, odd=False):
    """Two overlapping clouds, drawn until each way to choose the rows gives another accuracy than the right one.

    The labels of most rows for the test are turned round, so that the rows of another order give another accuracy.
    With ``odd`` the learner depends on how many rows it gets.
    """
    train, test, everything = slice(None, -n_test), slice(-n_test, None), slice(None)
    first, others = slice(None, n_test), slice(n_test, None)
    near = [(train, train), (everything, everything), (everything, test), (train, everything), (test, train),
            (others, first), (first, others), (test, test), (others, test), (train, others), (others, train)]
    near += [(train, slice(-n_test, -1)), (train, slice(-n_test + 1, None)), (train, slice(-n_test - 1, None))]
    near += [(slice(None, -n_test - 1), test), (slice(1, -n_test), test)] if odd else []
    while True:
        y = torch.from_numpy(rng.integers(0, 2, size=rows)).float()
        X = torch.from_numpy(rng.normal(size=(rows, 2))).float() + y[:, None] * 1.5
        turned = torch.arange(rows) >= rows - round(0.8 * n_test)
        y = torch.where(turned, 1 - y, y)
        if len(y[train].unique()) < 2 or len(y[test].unique()) < 2 or len(y[first].unique()) < 2:
            continue
        right = _right(learn, X, y, train, test)
        if all(abs(share - right) > 0.004 for share in (1 - right, *(_right(learn, X, y, *way) for way in near))):
            return case(learn, X, y, n_test)


def _right(learn, X, y, train, test):
    return float((learn(X[train], y[train])(X[test]) == y[test]).float().mean())


exercise = Exercise(
    name="honest_accuracy",
    points=2,
    objective="Measure accuracy on rows that the training has not seen.",
    hints=(
        "Give it a model that memorizes its rows, such as the nearest neighbour. Which accuracy does it report, "
        "whatever the labels are?",
        "`learn` may see `X[:-n_test]` and `y[:-n_test]`. Which rows are left to score it on?",
        "`predict = learn(X[:-n_test], y[:-n_test])`, then compare `predict(X[-n_test:])` with `y[-n_test:]`.",
    ),
    examples=lambda: [case(
        NEAREST, torch.tensor([[0.0], [1.0], [2.0], [3.0], [0.4], [1.1], [2.6]]),
        torch.tensor([0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]), 3)],
    fresh=lambda rng: [_rows(rng, 25, 8, NEAREST), _rows(rng, 61, 20, NEAREST_MEAN),
                       _rows(rng, 37, 11, PARITY, odd=True)],
    probe=number,
)


@exercise.reference
def honest_accuracy(learn, X, y, n_test):
    predict = learn(X[:-n_test], y[:-n_test])
    right = predict(X[-n_test:]) == y[-n_test:]
    return right.float().mean().item()


@exercise.alternative
def with_split(learn, X, y, n_test):
    n_train = len(X) - n_test
    X_train, X_test = X.split([n_train, n_test])
    y_train, y_test = y.split([n_train, n_test])
    return sum((learn(X_train, y_train)(X_test) == y_test).tolist()) / n_test


@exercise.alternative
def row_by_row(learn, X, y, n_test):
    n_train = len(X) - n_test
    predict = learn(X[:n_train], y[:n_train])
    return float(torch.cat([predict(X[i : i + 1]) == y[i] for i in range(n_train, len(X))]).double().mean())


exercise.does_the_same("float → double", "double → float",
                       because="The share of correct rows is the same, up to rounding.")
exercise.does_the_same("X → y", line="len(X)", because="There are equally many rows and labels.")
exercise.does_the_same(kind="order of statements", line="X.split(", because="Rows and labels are cut independently.")
exercise.does_the_same("cat → stack", because="Each item is one row, and the mean is over all of them.")
exercise.does_the_same("→ , 1", line="range(", because="1 is the default step.")
exercise.does_the_same("→ :2", line="X[i : i + 1]", because="Every second of one row is that row.")


@exercise.starter
@exercise.mistake(
    "The model is scored on the very rows that it learned from. A nearest neighbour finds each row itself and is "
    "always right, whatever the labels. Keep the last `n_test` rows out of `learn`, and score on those."
)
def on_its_training_rows(learn, X, y, n_test):
    predict = learn(X, y)
    right = predict(X) == y
    return right.float().mean().item()


@exercise.mistake(
    "You score on the last rows, but `learn` has seen them: it got all of X and y. Give it only `X[:-n_test]` and "
    "`y[:-n_test]`.",
    shown_by=lambda code: code.has("learn(X, y)"),
    otherwise="You score on the last rows, but `learn` has seen them. Give it only `X[:-n_test]` and `y[:-n_test]`.",
)
def test_rows_in_training(learn, X, y, n_test):
    predict = learn(X, y)
    return (predict(X[-n_test:]) == y[-n_test:]).float().mean().item()


@exercise.mistake(
    "You held the last rows out of training, but then scored on the training rows. Score on `X[-n_test:]`."
)
def held_out_and_forgotten(learn, X, y, n_test):
    predict = learn(X[:-n_test], y[:-n_test])
    return (predict(X[:-n_test]) == y[:-n_test]).float().mean().item()


@exercise.mistake(
    "You trained without the last rows, but scored on all of them, most of which the model has seen. Score on the "
    "held-out rows alone."
)
def scored_on_all(learn, X, y, n_test):
    predict = learn(X[:-n_test], y[:-n_test])
    return (predict(X) == y).float().mean().item()


@exercise.mistake("You trained on the last `n_test` rows and scored on the rest; it is the other way round.")
def parts_swapped(learn, X, y, n_test):
    predict = learn(X[-n_test:], y[-n_test:])
    return (predict(X[:-n_test]) == y[:-n_test]).float().mean().item()


@exercise.mistake("This is the share of incorrect predictions. Accuracy is the share of correct ones.")
def error_rate(learn, X, y, n_test):
    predict = learn(X[:-n_test], y[:-n_test])
    return (predict(X[-n_test:]) != y[-n_test:]).float().mean().item()


@exercise.mistake("You held out the first `n_test` rows. It is the last ones: `X[-n_test:]`, with a minus.")
def first_rows_held_out(learn, X, y, n_test):
    return (learn(X[n_test:], y[n_test:])(X[:n_test]) == y[:n_test]).float().mean().item()


@exercise.mistake(
    "You trained on the first `n_test` rows and scored on all others. `X[:n_test]` are the first rows; all but the "
    "last ones are `X[:-n_test]`, and the last ones `X[-n_test:]`."
)
def minus_forgotten(learn, X, y, n_test):
    return (learn(X[:n_test], y[:n_test])(X[n_test:]) == y[n_test:]).float().mean().item()


@exercise.mistake("You returned how many predictions are correct. Accuracy is their share: divide by `n_test`.")
def count_for_share(learn, X, y, n_test):
    return (learn(X[:-n_test], y[:-n_test])(X[-n_test:]) == y[-n_test:]).sum().item()


@exercise.mistake("`learn` got the test rows and was scored on them. It should learn from `X[:-n_test]`.")
def learned_from_the_test(learn, X, y, n_test):
    return (learn(X[-n_test:], y[-n_test:])(X[-n_test:]) == y[-n_test:]).float().mean().item()


@exercise.mistake(
    "`X[n_test:]` is everything *but the first* `n_test` rows. So `learn` sees the rows that you score on, and misses "
    "the first ones. All but the last are `X[:-n_test]`."
)
def first_rows_left_out(learn, X, y, n_test):
    return (learn(X[n_test:], y[n_test:])(X[-n_test:]) == y[-n_test:]).float().mean().item()


@exercise.mistake(
    "The training rows are right, but `X[n_test:]` is everything *but the first* `n_test` rows, and most of those are "
    "training rows. The last ones are `X[-n_test:]`."
)
def scored_without_the_first(learn, X, y, n_test):
    return (learn(X[:-n_test], y[:-n_test])(X[n_test:]) == y[n_test:]).float().mean().item()


@exercise.mistake("The rows are right, and so is the share, but it is still a tensor. `.item()` gives the float.")
def still_a_tensor(learn, X, y, n_test):
    return (learn(X[:-n_test], y[:-n_test])(X[-n_test:]) == y[-n_test:]).float().mean()


@exercise.mistake(
    "This is the number of correct predictions on the last rows divided by the number of *all* rows. Divide "
    "by `n_test`."
)
def divided_by_all_rows(learn, X, y, n_test):
    return (learn(X[:-n_test], y[:-n_test])(X[-n_test:]) == y[-n_test:]).sum().item() / len(X)
