"""Split first; then fill and scale with what the training rows say."""

import torch

from course_utils.exercise import Exercise, case


def _table(rng, rows, features):
    X = torch.from_numpy(rng.normal(50, 20, size=(rows, features))).float()
    X[torch.from_numpy(rng.random((rows, features)) < 0.2)] = float("nan")
    X[rows // 2 :, :] += 15  # so that held-out rows differ from training rows
    y = torch.from_numpy(rng.integers(0, 2, size=rows)).float()
    return X, y


def _case(rng, rows, features, n_val):
    while True:  # a table and an order with a missing value on both sides, and three values in each training column
        X, y = _table(rng, rows, features)  # anew each time: some tables have no such order
        order = torch.from_numpy(rng.permutation(rows))
        val, train = X[order[:n_val]], X[order[n_val:]]
        enough = (~train.isnan()).sum(dim=0).min() >= 3
        holes = train.isnan().sum() not in (0, features)  # as many as columns would take the means one by one
        if enough and holes and val.isnan().any() and (~val.isnan()).any(dim=0).all():
            return case(X, y, order, n_val)


exercise = Exercise(
    name="split_and_scale",
    points=3,
    objective="Split before you fill and scale, so that nothing leaks from the held-out rows.",
    hints=(
        "`order[:n_val]` are the numbers of the validation rows, `order[n_val:]` those of the training rows. Cut X and "
        "y with them before you compute anything.",
        "`mean = X_train.nanmean(dim=0)` leaves missing values out. `torch.where(x.isnan(), mean, x)` fills them, in "
        "the validation rows with that same mean.",
        "After filling, `mean, std = X_train.mean(dim=0), X_train.std(dim=0)`, and both parts become `(x - mean) / "
        "std`.",
    ),
    examples=lambda: [case(
        torch.tensor([[1.0, 10.0], [2.0, float("nan")], [3.0, 60.0], [float("nan"), 20.0], [9.0, 90.0]]),
        torch.tensor([0.0, 1.0, 0.0, 1.0, 1.0]), torch.tensor([4, 1, 0, 2, 3]), 2)],
    fresh=lambda rng: [_case(rng, 12, 3, 4), _case(rng, 15, 2, 5)],
    rtol=1e-3,
    atol=1e-4,
    returns=("X_train", "y_train", "X_val", "y_val"),
)


@exercise.reference
def split_and_scale(X, y, order, n_val):
    val, train = order[:n_val], order[n_val:]
    X_train, X_val = X[train], X[val]
    fill = X_train.nanmean(dim=0)
    X_train = torch.where(X_train.isnan(), fill, X_train)
    X_val = torch.where(X_val.isnan(), fill, X_val)
    mean, std = X_train.mean(dim=0), X_train.std(dim=0)
    return (X_train - mean) / std, y[train], (X_val - mean) / std, y[val]


@exercise.alternative
def centred_first(X, y, order, n_val):
    # A filled value is the mean, so it is 0 after centring, and filling does not move the mean.
    train, val = order[n_val:], order[:n_val]
    centred = torch.nan_to_num(X - X[train].nanmean(dim=0), nan=0.0)
    scale = (centred[train].square().sum(dim=0) / (len(train) - 1)).sqrt()
    scaled = centred / scale
    return scaled[train], y[train], scaled[val], y[val]


@exercise.alternative
def with_pandas(X, y, order, n_val):
    import pandas as pd

    order = order.tolist()
    table = pd.DataFrame(X.numpy())
    train, val = table.iloc[order[n_val:]], table.iloc[order[:n_val]]
    fill = train.mean()
    train, val = train.fillna(fill), val.fillna(fill)
    mean, std = train.mean(), train.std()
    as_tensor = [torch.tensor(((part - mean) / std).to_numpy()).float() for part in (train, val)]
    return [as_tensor[0], y[order[n_val:]], as_tensor[1], y[order[:n_val]]]


@exercise.mistake(
    "Mean and standard deviation come from all rows, the held-out ones too. Then the training knows something about "
    "rows that it must not know. Split first, and compute both from the training rows."
)
def scaler_on_all_rows(X, y, order, n_val):
    filled = torch.where(X.isnan(), X.nanmean(dim=0), X)
    scaled = (filled - filled.mean(dim=0)) / filled.std(dim=0)
    return scaled[order[n_val:]], y[order[n_val:]], scaled[order[:n_val]], y[order[:n_val]]


@exercise.mistake(
    "You filled before you split, so the fill values come from all rows. Only the training rows may say what a missing "
    "value is filled with."
)
def filled_on_all_rows(X, y, order, n_val):
    filled = torch.where(X.isnan(), X.nanmean(dim=0), X)
    train, val = filled[order[n_val:]], filled[order[:n_val]]
    mean, std = train.mean(dim=0), train.std(dim=0)
    return (train - mean) / std, y[order[n_val:]], (val - mean) / std, y[order[:n_val]]


@exercise.mistake(
    "The validation rows were scaled by their own mean and standard deviation. The net learned what a number means on "
    "the training rows' scale, and a single new row has no standard deviation at all. Use the training rows' for both."
)
def validation_by_its_own(X, y, order, n_val):
    def alone(part):
        part = torch.where(part.isnan(), part.nanmean(dim=0), part)
        return (part - part.mean(dim=0)) / part.std(dim=0)

    return alone(X[order[n_val:]]), y[order[n_val:]], alone(X[order[:n_val]]), y[order[:n_val]]


@exercise.mistake("Missing values are still nan. One nan in a batch makes the loss, and then every weight, nan.")
def nan_stays(X, y, order, n_val):
    train, val = X[order[n_val:]], X[order[:n_val]]
    mean = train.nanmean(dim=0)
    filled = torch.where(train.isnan(), mean, train)
    return ((train - mean) / filled.std(dim=0), y[order[n_val:]],
            (val - mean) / filled.std(dim=0), y[order[:n_val]])


@exercise.mistake("You filled with 0 before scaling. Fill with the mean of the training rows, then scale.")
def filled_with_zero(X, y, order, n_val):
    train, val = torch.nan_to_num(X[order[n_val:]], nan=0.0), torch.nan_to_num(X[order[:n_val]], nan=0.0)
    mean, std = train.mean(dim=0), train.std(dim=0)
    return (train - mean) / std, y[order[n_val:]], (val - mean) / std, y[order[:n_val]]


@exercise.mistake("The parts are swapped: the first `n_val` of `order` are for validation, all others for training.")
def parts_swapped(X, y, order, n_val):
    return split_and_scale(X, y, torch.cat([order[n_val:], order[:n_val]]), len(order) - n_val)


@exercise.mistake(
    "You cut the table in its own order and ignored `order`. Tables are often sorted, by date or by label; a shuffled "
    "order keeps that out of the split."
)
def not_shuffled(X, y, order, n_val):
    return split_and_scale(X, y, torch.arange(len(X)), n_val)


@exercise.mistake(
    "The rows were shuffled and the labels were not, so nearly every row has another row's label. Cut both with the "
    "same numbers."
)
def labels_in_old_order(X, y, order, n_val):
    X_train, _, X_val, _ = split_and_scale(X, y, order, n_val)
    return X_train, y[n_val:], X_val, y[:n_val]


@exercise.mistake(
    "The order of the four is training X, training y, validation X, validation y; yours starts with both X."
)
def order_of_the_four(X, y, order, n_val):
    X_train, y_train, X_val, y_val = split_and_scale(X, y, order, n_val)
    return X_train, X_val, y_train, y_val


def _cut(X, y, order, n_val):
    val, train = order[:n_val], order[n_val:]
    return X[train], y[train], X[val], y[val]


def _fill(x, value):
    return torch.where(x.isnan(), value, x)


@exercise.mistake(
    "You scale the training rows first, and then take mean and standard deviation from the scaled ones, which are 0 "
    "and 1, for the validation rows: those come out unscaled. Keep both numbers from before."
)
def mean_of_the_scaled(X, y, order, n_val):
    X_train, y_train, X_val, y_val = _cut(X, y, order, n_val)
    fill = X_train.nanmean(dim=0)
    X_train, X_val = _fill(X_train, fill), _fill(X_val, fill)
    X_train = (X_train - X_train.mean(dim=0)) / X_train.std(dim=0)
    return X_train, y_train, (X_val - X_train.mean(dim=0)) / X_train.std(dim=0), y_val


@exercise.mistake(
    "The validation rows were filled with their own column means. Only the training rows may say what a missing value "
    "is filled with: one `fill` for both."
)
def filled_by_its_own(X, y, order, n_val):
    X_train, y_train, X_val, y_val = _cut(X, y, order, n_val)
    X_train, X_val = _fill(X_train, X_train.nanmean(dim=0)), _fill(X_val, X_val.nanmean(dim=0))
    mean, std = X_train.mean(dim=0), X_train.std(dim=0)
    return (X_train - mean) / std, y_train, (X_val - mean) / std, y_val


@exercise.mistake(
    "Your standard deviation divides by N, as NumPy's and scikit-learn's do; PyTorch's `std` divides by N - 1. Either "
    "will do for a net; here it is `std` as PyTorch has it."
)
def population_std(X, y, order, n_val):
    X_train, y_train, X_val, y_val = _cut(X, y, order, n_val)
    fill = X_train.nanmean(dim=0)
    X_train, X_val = _fill(X_train, fill), _fill(X_val, fill)
    std = X_train.std(dim=0, correction=0)
    return (X_train - fill) / std, y_train, (X_val - fill) / std, y_val


@exercise.mistake("One mean for the whole table mixes glucose with age. Each column has its own: `dim=0`.")
def one_mean_for_all(X, y, order, n_val):
    X_train, y_train, X_val, y_val = _cut(X, y, order, n_val)
    fill = X_train.nanmean()
    X_train, X_val = _fill(X_train, fill), _fill(X_val, fill)
    return (X_train - X_train.mean()) / X_train.std(), y_train, (X_val - X_train.mean()) / X_train.std(), y_val


@exercise.mistake("Split and filled, and not scaled yet: `(x - mean) / std`, for both parts.")
def not_scaled(X, y, order, n_val):
    X_train, y_train, X_val, y_val = _cut(X, y, order, n_val)
    fill = X_train.nanmean(dim=0)
    return _fill(X_train, fill), y_train, _fill(X_val, fill), y_val


@exercise.mistake("`mean` of a column with a nan in it is nan, and nan fills no hole. `nanmean` leaves those out.")
def mean_for_nanmean(X, y, order, n_val):
    X_train, y_train, X_val, y_val = _cut(X, y, order, n_val)
    fill = X_train.mean(dim=0)
    X_train, X_val = _fill(X_train, fill), _fill(X_val, fill)
    mean, std = X_train.mean(dim=0), X_train.std(dim=0)
    return (X_train - mean) / std, y_train, (X_val - mean) / std, y_val


@exercise.mistake(
    "Nothing was filled. If you look for missing values with `x == float(\"nan\")`: nan is equal to nothing, not even "
    "to itself. `x.isnan()` finds it."
)
def nothing_filled(X, y, order, n_val):
    X_train, y_train, X_val, y_val = _cut(X, y, order, n_val)
    mean, std = X_train.mean(dim=0), X_train.std(dim=0)
    return (X_train - mean) / std, y_train, (X_val - mean) / std, y_val


@exercise.mistake("You took the last `n_val` of `order` for validation. It is the first `n_val`.")
def validation_last(X, y, order, n_val):
    return split_and_scale(X, y, torch.cat([order[-n_val:], order[:-n_val]]), n_val)


@exercise.mistake(
    "A mask picks single numbers out of many columns, and `mean` has one for each column, so they don't fit. "
    "`torch.where(X_train.isnan(), mean, X_train)` keeps the columns apart."
)
def means_into_a_mask(X, y, order, n_val):
    X_train, y_train, X_val, y_val = _cut(X, y, order, n_val)
    fill = X_train.nanmean(dim=0)
    X_train[X_train.isnan()] = fill
    X_val[X_val.isnan()] = fill
    mean, std = X_train.mean(dim=0), X_train.std(dim=0)
    return (X_train - mean) / std, y_train, (X_val - mean) / std, y_val
