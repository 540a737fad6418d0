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
    """A split in which every column of the training rows has a hole, and most columns of the validation rows."""
    while True:  # a table and an order with a missing value on both sides, and three values in each training column
        X, y = _table(rng, rows, features)  # anew each time: some tables have no such order
        order = torch.from_numpy(rng.permutation(rows))
        val, train = X[order[:n_val]], X[order[n_val:]]
        enough = (~train.isnan()).sum(dim=0).min() >= 3 and train.isnan().any(dim=0).all()
        holes = train.isnan().sum() != features  # as many as columns would take the means one by one
        kept_order = torch.equal(val.nan_to_num(), X[order[:n_val].sort().values].nan_to_num())
        if enough and holes and not kept_order and val.isnan().any() and (~val.isnan()).any(dim=0).all():
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
    fresh=lambda rng: [_case(rng, 13, 3, 4), _case(rng, 16, 2, 5)],
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


exercise.does_the_same(kind="order of statements", line="torch.where(X_train.isnan()",
                       because="The training rows and the validation rows are filled independently.")
exercise.does_the_same(kind="order of statements", line="torch.where(X_val.isnan()",
                       because="Mean and standard deviation are those of the training rows.")
exercise.does_the_same(kind="order of statements", line="import pandas",
                       because="The import has nothing to do with `order`.")
exercise.does_the_same("→ , keepdim=True", because="A row of means is stretched over the rows either way.")
exercise.does_the_same("mean → fill", because="Filling with the mean of a column leaves its mean as it is.")
exercise.does_the_same(", nan=0.0 →", because="0 is the default.")
exercise.does_the_same("1 → -1", line="as_tensor[1], y", because="The list has two items, so the last is the second.")
exercise.does_the_same(line="order = order.tolist()", because="pandas takes rows by a tensor as it does by a list.")
exercise.does_the_same(".numpy() →", line="pd.DataFrame(X", because="pandas takes a tensor, too.")
exercise.does_the_same(".float() →", line=".to_numpy()", because="Numbers of float32 stay float32.")


@exercise.mistake(
    "Fill values, mean and standard deviation all come from all rows, the held-out ones too. So training knows "
    "something about rows that it must not know. Split first, and compute all three from the training rows."
)
def scaler_on_all_rows(X, y, order, n_val):
    filled = torch.where(X.isnan(), X.nanmean(dim=0), X)
    scaled = (filled - filled.mean(dim=0)) / filled.std(dim=0)
    return scaled[order[n_val:]], y[order[n_val:]], scaled[order[:n_val]], y[order[:n_val]]


@exercise.mistake(
    "Your fill values are the column means of all rows. Only the training rows may say what a missing value is filled "
    "with: split first, then fill."
)
def filled_on_all_rows(X, y, order, n_val):
    filled = torch.where(X.isnan(), X.nanmean(dim=0), X)
    train, val = filled[order[n_val:]], filled[order[:n_val]]
    mean, std = train.mean(dim=0), train.std(dim=0)
    return (train - mean) / std, y[order[n_val:]], (val - mean) / std, y[order[:n_val]]


@exercise.mistake(
    "The validation rows were filled and scaled by their own means and standard deviations. The network learns what a "
    "number means on the training rows' scale, and a single new row has no standard deviation at all. Use the training "
    "rows' for both."
)
def validation_by_its_own(X, y, order, n_val):
    def alone(part):
        part = torch.where(part.isnan(), part.nanmean(dim=0), part)
        return (part - part.mean(dim=0)) / part.std(dim=0)

    return alone(X[order[n_val:]]), y[order[n_val:]], alone(X[order[:n_val]]), y[order[:n_val]]


@exercise.mistake(
    "The scaling is right, but missing values are still nan. One nan in a batch makes the loss, and then every "
    "weight, nan."
)
def nan_stays(X, y, order, n_val):
    train, val = X[order[n_val:]], X[order[:n_val]]
    mean = train.nanmean(dim=0)
    filled = torch.where(train.isnan(), mean, train)
    return ((train - mean) / filled.std(dim=0), y[order[n_val:]],
            (val - mean) / filled.std(dim=0), y[order[:n_val]])


@exercise.mistake(
    "You filled with 0 before scaling. Fill each column with its mean over the training rows, then scale."
)
def filled_with_zero(X, y, order, n_val):
    train, val = torch.nan_to_num(X[order[n_val:]], nan=0.0), torch.nan_to_num(X[order[:n_val]], nan=0.0)
    mean, std = train.mean(dim=0), train.std(dim=0)
    return (train - mean) / std, y[order[n_val:]], (val - mean) / std, y[order[:n_val]]


@exercise.mistake(
    "The parts are swapped: the first `n_val` in `order` are the validation rows, all others the training rows."
)
def parts_swapped(X, y, order, n_val):
    return split_and_scale(X, y, torch.cat([order[n_val:], order[:n_val]]), len(order) - n_val)


@exercise.mistake(
    "You cut the table in its own order, not in that of `order`. Tables are often sorted, by date or by label; a "
    "shuffled order keeps that out of the split."
)
def not_shuffled(X, y, order, n_val):
    return split_and_scale(X, y, torch.arange(len(X)), n_val)


@exercise.mistake(
    "X is cut in the order of `order` but y in its own, so nearly every row has a different row's label. Cut both with "
    "the same numbers."
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
    "The training rows are right, but the validation rows come out unscaled, only filled. They need the mean and "
    "standard deviation of the training rows *before* those were scaled; afterwards these are 0 and 1, and scaling by "
    "them changes nothing."
)
def mean_of_the_scaled(X, y, order, n_val):
    X_train, y_train, X_val, y_val = _cut(X, y, order, n_val)
    fill = X_train.nanmean(dim=0)
    X_train, X_val = _fill(X_train, fill), _fill(X_val, fill)
    X_train = (X_train - X_train.mean(dim=0)) / X_train.std(dim=0)
    return X_train, y_train, (X_val - X_train.mean(dim=0)) / X_train.std(dim=0), y_val


@exercise.mistake(
    "The validation rows were filled with their own column means. Only the training rows may say what a missing value "
    "is filled with: use the same means for both."
)
def filled_by_its_own(X, y, order, n_val):
    X_train, y_train, X_val, y_val = _cut(X, y, order, n_val)
    X_train, X_val = _fill(X_train, X_train.nanmean(dim=0)), _fill(X_val, X_val.nanmean(dim=0))
    mean, std = X_train.mean(dim=0), X_train.std(dim=0)
    return (X_train - mean) / std, y_train, (X_val - mean) / std, y_val


@exercise.mistake(
    "Your standard deviation divides by N, as NumPy's and scikit-learn's do; PyTorch's `std` divides by N - 1. Either "
    "is fine for a network; here it should be PyTorch's `std` with its default settings."
)
def population_std(X, y, order, n_val):
    X_train, y_train, X_val, y_val = _cut(X, y, order, n_val)
    fill = X_train.nanmean(dim=0)
    X_train, X_val = _fill(X_train, fill), _fill(X_val, fill)
    std = X_train.std(dim=0, correction=0)
    return (X_train - fill) / std, y_train, (X_val - fill) / std, y_val


@exercise.mistake(
    "You fill and scale with one mean for the whole table, which mixes glucose with age. Each column has its own: "
    "`dim=0`."
)
def one_mean_for_all(X, y, order, n_val):
    X_train, y_train, X_val, y_val = _cut(X, y, order, n_val)
    fill = X_train.nanmean()
    X_train, X_val = _fill(X_train, fill), _fill(X_val, fill)
    return (X_train - X_train.mean()) / X_train.std(), y_train, (X_val - X_train.mean()) / X_train.std(), y_val


@exercise.mistake("The rows are split and filled but not scaled yet. Turn both parts into `(x - mean) / std`.")
def not_scaled(X, y, order, n_val):
    X_train, y_train, X_val, y_val = _cut(X, y, order, n_val)
    fill = X_train.nanmean(dim=0)
    return _fill(X_train, fill), y_train, _fill(X_val, fill), y_val


@exercise.mistake(
    "The `mean` of a column with a nan in it is nan, so whole columns become nan. `nanmean` leaves missing values out.",
    shown_by=lambda code: code.calls("mean") > 0 and not code.calls("nanmean"),
    otherwise="Columns with a missing value among the training rows are nan from top to bottom: their mean or standard "
    "deviation is nan. `nanmean` leaves missing values out, and `std` needs filled columns.",
)
def mean_for_nanmean(X, y, order, n_val):
    X_train, y_train, X_val, y_val = _cut(X, y, order, n_val)
    fill = X_train.mean(dim=0)
    X_train, X_val = _fill(X_train, fill), _fill(X_val, fill)
    mean, std = X_train.mean(dim=0), X_train.std(dim=0)
    return (X_train - mean) / std, y_train, (X_val - mean) / std, y_val


@exercise.mistake(
    "The holes are still nan, and a column with a hole has no mean and no standard deviation. If you fill with a "
    "`mean` over a hole, that is nan itself: `nanmean` leaves missing values out. If you look for holes with "
    "`x == float(\"nan\")`: nan is equal to nothing, not even to itself. `x.isnan()` finds it."
)
def nothing_filled(X, y, order, n_val):
    X_train, y_train, X_val, y_val = _cut(X, y, order, n_val)
    mean, std = X_train.mean(dim=0), X_train.std(dim=0)
    return (X_train - mean) / std, y_train, (X_val - mean) / std, y_val


@exercise.mistake("You took the last `n_val` in `order` for validation. It should be the first `n_val`.")
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


@exercise.mistake(
    "You filled with the training rows' means, but scaled with mean and standard deviation of all rows. Compute both "
    "from the filled training rows."
)
def scaled_with_all_rows(X, y, order, n_val):
    X_train, y_train, X_val, y_val = _cut(X, y, order, n_val)
    fill = X_train.nanmean(dim=0)
    X_train, X_val = _fill(X_train, fill), _fill(X_val, fill)
    both = torch.cat([X_train, X_val])
    mean, std = both.mean(dim=0), both.std(dim=0)
    return (X_train - mean) / std, y_train, (X_val - mean) / std, y_val


@exercise.mistake(
    "Both parts are filled as they should be, but the validation rows were scaled by their own mean and standard "
    "deviation. Scale both parts with those of the training rows."
)
def validation_scaled_by_its_own(X, y, order, n_val):
    X_train, y_train, X_val, y_val = _cut(X, y, order, n_val)
    fill = X_train.nanmean(dim=0)
    X_train, X_val = _fill(X_train, fill), _fill(X_val, fill)
    return ((X_train - X_train.mean(dim=0)) / X_train.std(dim=0), y_train,
            (X_val - X_val.mean(dim=0)) / X_val.std(dim=0), y_val)


@exercise.mistake(
    "You divided by the variance. Divide by the standard deviation, its root."
)
def divided_by_the_variance(X, y, order, n_val):
    X_train, y_train, X_val, y_val = _cut(X, y, order, n_val)
    fill = X_train.nanmean(dim=0)
    X_train, X_val = _fill(X_train, fill), _fill(X_val, fill)
    mean, variance = X_train.mean(dim=0), X_train.var(dim=0)
    return (X_train - mean) / variance, y_train, (X_val - mean) / variance, y_val


@exercise.mistake(
    "You subtracted the mean but didn't divide by the standard deviation: `(x - mean) / std`, with the parentheses."
)
def centred_only(X, y, order, n_val):
    X_train, y_train, X_val, y_val = _cut(X, y, order, n_val)
    fill = X_train.nanmean(dim=0)
    X_train, X_val = _fill(X_train, fill), _fill(X_val, fill)
    return X_train - fill, y_train, X_val - fill, y_val


@exercise.mistake(
    "`x - mean / std` divides first and subtracts then. Put the difference in parentheses: `(x - mean) / std`."
)
def parentheses_forgotten(X, y, order, n_val):
    X_train, y_train, X_val, y_val = _cut(X, y, order, n_val)
    fill = X_train.nanmean(dim=0)
    X_train, X_val = _fill(X_train, fill), _fill(X_val, fill)
    mean, std = X_train.mean(dim=0), X_train.std(dim=0)
    return X_train - mean / std, y_train, X_val - mean / std, y_val


@exercise.mistake(
    "It is the wrong way round: known values are replaced by the mean, and holes stay. `torch.where(x.isnan(), mean, "
    "x)` takes the mean where something is missing.",
    shown_by=lambda code: any(len(given) == 3 and "isnan" in given[0] and "~" not in given[0] and given[1] in given[0]
                              for given in code.arguments("where")),
    otherwise="Every number in `X_train` and `X_val` is nan. A mean of numbers of which one is nan is nan, and so is "
    "all that is computed with it. Fill the holes with what `nanmean(dim=0)` gives, before you take mean and `std`.",
)
def where_turned_round(X, y, order, n_val):
    X_train, y_train, X_val, y_val = _cut(X, y, order, n_val)
    fill = X_train.nanmean(dim=0)
    X_train = torch.where(X_train.isnan(), X_train, fill)
    X_val = torch.where(X_val.isnan(), X_val, fill)
    mean, std = X_train.mean(dim=0), X_train.std(dim=0)
    return (X_train - mean) / std, y_train, (X_val - mean) / std, y_val


@exercise.mistake(
    "Mean and standard deviation come from the training rows *before* filling, with the holes left out. A filled value "
    "is the mean, so filling makes the standard deviation smaller. Compute it after filling."
)
def std_of_the_known(X, y, order, n_val):
    X_train, y_train, X_val, y_val = _cut(X, y, order, n_val)
    fill = X_train.nanmean(dim=0)
    known = (~X_train.isnan()).sum(dim=0)
    std = (_fill(X_train - fill, torch.zeros(())).square().sum(dim=0) / (known - 1)).sqrt()
    return (_fill(X_train, fill) - fill) / std, y_train, (_fill(X_val, fill) - fill) / std, y_val


@exercise.mistake(
    "The right rows are in each part, but in the table's order, as a mask gives them. Index with the numbers, "
    "`X[order[:n_val]]`, and the rows come in the order of `order`."
)
def rows_by_mask(X, y, order, n_val):
    numbers = torch.cat([order[:n_val].sort().values, order[n_val:].sort().values])
    return split_and_scale(X, y, numbers, n_val)
