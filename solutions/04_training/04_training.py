# ---
# jupyter:
#   jupytext:
#     cell_metadata_filter: exercise,check,demo,tags,nbgrader,-all
#     notebook_metadata_filter: -jupytext.text_representation.jupytext_version
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lesson 4 · Training
#
# In lesson 3 you built nets, and the net 8-12-8-1 has been waiting for its table ever since. Here it comes, with holes in
# it, as tables do. The well-known way to train this net reports about 76% right answers. It also scores the net on the very
# rows that it learned from. This lesson does it properly, and you will write every part of it yourself.
#
# At the end you will be able to
#
# - turn a table with missing values and categories into tensors;
# - split before you scale, so that nothing leaks from the held-out rows;
# - pick the loss that fits the task, and write the training loop from step to epoch;
# - read learning curves, and stop before the net learns its rows by heart.
#
# About {minutes} minutes, {exercises}, {points}.

# %%
from course_utils import check, hint, progress, solution, start

import copy

import pandas as pd
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from course_utils.data import house_prices, notice, pima

start("04_training")

# %% [markdown]
# ## Look before you train
#
# In the Pima table each row is a woman from a Pima community in Arizona, at least 21 years old: eight measurements, and in
# `outcome` whether she developed diabetes within five years. The line under the cell says whether you have that table or a
# made-up one with the same statistics and the same holes; the lesson works with either.

# %% tags=["nbval-ignore-output"]
table = pima()
notice("pima")

# %%
print(table.shape)
table.head()

# %% [markdown]
# The first thing to ask a table is what its smallest and largest values are. **Read the `min` row slowly. What is wrong
# with these people?**

# %% tags=["nbval-ignore-output"]
table.describe().loc[["min", "mean", "max"]].round(1)

# %% [markdown]
# A blood pressure of 0, a body mass index of 0. Nobody measured that: whoever typed in the table wrote 0 for "not known".
# How often?

# %%
(table == 0).sum()


# %% [markdown]
# Insulin is missing for almost half of the rows. But look at `pregnancies` and `outcome`: there 0 is a fact. No program can
# tell the two kinds of zero apart. You can.
#
# ### Exercise · Zeros that cannot be
#
# Write `clean(df)`: a new table in which a 0 in `glucose`, `blood_pressure`, `skin_thickness`, `insulin` or `bmi` has
# become `nan`, and everything else, the index too, is as before. A blood pressure column `[72, 0, 64]` becomes
# `[72, nan, 64]`. The caller's table stays as it is.
#
# Four pieces of pandas will do: `df.copy()` is a table of its own; `df[["bmi", "insulin"]]` picks columns, and can be
# assigned to; `df.loc[df["bmi"] == 0, "bmi"] = …` writes where something holds; `.replace(a, b)` gives a *new* table with b
# for each a.
#
# `check` says what is right and what is not, `hint("clean")` helps a little, and the next call helps more. `solution("clean")`
# opens when you pass, or after three tries.

# %% exercise="clean"
def clean(df):
    """A copy of df with nan for each zero that cannot be a measurement."""
    ...  ### SOLUTION


# %% check="clean"
check(clean)

# %% [markdown]
# ## Words into numbers
#
# Pima is all numbers. Most tables are not. Here are six houses:

# %%
houses = house_prices()
houses

# %% [markdown]
# A net multiplies, so words have to become numbers. Numbering them, gravel = 0, paved = 1, missing = 2, would tell it that
# missing is twice paved. So each value gets a column of its own, with 1 where it holds: pandas calls these **dummies**. And
# "missing" is a value too. That a house has no alley may say more about it than what the alley is made of.

# %%
pd.get_dummies(houses["alley"], dummy_na=True, dtype=float)


# %% [markdown]
# ### Exercise · From a table to two tensors
#
# Write `encode(df)` for tables like `houses`. It returns the pair `X, y`, both float32:
#
# - `X` of shape (N, columns): first `rooms`, where a missing value is replaced by the mean of the known ones; then one column
#   of 0 and 1 for each value of `alley`, in alphabetical order, and the last one for missing;
# - `y` of shape (N,): the prices.
#
# For the six houses the first row of `X` is `[3.5, 0, 1, 0]`. The caller's table stays as it is here, too. (Other tables may
# have other alleys, but at least one is always missing.)
#
# `column.fillna(value)` fills holes. A table of numbers becomes a tensor by
# `torch.tensor(df.to_numpy(), dtype=torch.float32)`.

# %% exercise="encode"
def encode(df):
    """X (N, columns) and y (N,), float32, from a table with rooms, alley and price."""
    ...  ### SOLUTION


# %% check="encode"
check(encode)

# %% [markdown]
# ## Split first
#
# A net can learn its rows by heart. Whether it has learned anything else shows only on rows that it has never seen. So the
# table is cut before anything else happens:
#
# - **training rows** are what it learns from;
# - **validation rows** tell you, during training, how it is doing, and when to stop;
# - **test rows** are looked at once, at the very end. Every time you choose something because it did well on a row, that row
#   stops being a fair judge.
#
# Then come filling and scaling. Insulin runs to several hundred, the pedigree from 0 to 2; a net learns far faster when all
# columns have mean 0 and standard deviation 1. The trap: *whose* mean? Computed over all rows, it carries something of the
# held-out rows into the training. On a few hundred rows that is a small lie. With a fill-in that looks at the labels, or with
# features chosen on all rows, it becomes a big one, and nothing warns you.

# %%
heights = torch.tensor([150.0, 160.0, 170.0, 200.0])  # the last one is held out
print("mean of the training rows:", heights[:3].mean().item())
print("mean of all rows:         ", heights.mean().item())


# %% [markdown]
# ### Exercise · Split and scale, with no leak
#
# Write `split_and_scale(X, y, order, n_val)`. `X` (N, features) has `nan` where something is missing, `y` (N,) has the labels,
# and `order` is a shuffled `arange(N)`.
#
# 1. The first `n_val` numbers in `order` are the validation rows, the others the training rows, each in that order.
# 2. A `nan` is replaced by the mean of its column *over the training rows* (those that are known: `nanmean`).
#    `torch.where` from lesson 1 picks between the two.
# 3. Then each column is shifted and scaled by the mean and the standard deviation (`std`, as it comes) of the filled
#    *training* rows.
#
# Return `X_train, y_train, X_val, y_val`.

# %% exercise="split_and_scale"
def split_and_scale(X, y, order, n_val):
    """Training and validation rows, filled and scaled with what the training rows alone say."""
    ...  ### SOLUTION


# %% check="split_and_scale"
check(split_and_scale)


# %% [markdown]
# ### Exercise · Fix an overconfident report
#
# `learn(X, y)` is any way to learn: it gets rows and labels and returns a function `predict(rows)`. The version below reports
# the accuracy of what it learned. Try it in your head with a learner that simply keeps all its rows and answers with the
# label of the nearest one. **What accuracy will it report, even if the labels are coin tosses?**
#
# Fix it: the last `n_test` rows are for the test alone, all others for learning. (The rows come shuffled already.)

# %% exercise="honest_accuracy"
def honest_accuracy(learn, X, y, n_test):
    """The share of right answers on the last n_test rows, from a model that has not seen them; a float."""
    ...  ### SOLUTION


# %% check="honest_accuracy"
check(honest_accuracy)

# %% [markdown]
# ## What is a good answer? The loss
#
# The net gives **logits**: numbers of any size. Which loss turns them into one number to be made small depends on the task.
#
# | task | outputs | targets | loss |
# | --- | --- | --- | --- |
# | yes or no | (N, 1) logits | (N, 1) floats, 0 or 1 | binary cross-entropy |
# | one of C classes | (N, C) logits | (N,) class numbers, int64 | cross-entropy |
# | a number | (N, 1) numbers | (N, 1) floats | mean squared error |
#
# PyTorch has two of the first kind. `nn.BCELoss` wants probabilities; `nn.BCEWithLogitsLoss` takes the logits and applies the
# sigmoid itself. **A net is sure and wrong, with a logit of 120 for a 0. What should the loss be? What will each of the two
# say?**

# %%
logit, target = torch.tensor([[120.0]]), torch.tensor([[0.0]])
print("sigmoid, then BCELoss:", nn.BCELoss()(torch.sigmoid(logit), target).item())
print("BCEWithLogitsLoss:    ", nn.BCEWithLogitsLoss()(logit, target).item())

# %% [markdown]
# The sigmoid of 120 is 1 to all digits of a float32, and from there on `BCELoss` cannot see how wrong the net is; it gives up
# at 100. The version for logits never takes that detour. And if you apply a sigmoid *and* use the version for logits, there
# are two of them, nothing fails, and the net learns at a crawl.
#
# Targets have a dtype as well: floats for the first and the last row of the table, whole numbers for the second.

# %%
try:
    nn.BCEWithLogitsLoss()(torch.zeros(2, 1), torch.tensor([[0], [1]]))
except RuntimeError as error:
    print(error)


# %% [markdown]
# ### Exercise · Pick the loss
#
# Write `pick_loss(task)`. For `"binary"`, `"classes"` and `"number"` it returns a loss function that takes outputs and targets
# as in the table above and gives the mean over the batch: a tensor that `backward` can start from, and exact for logits of any
# size.

# %% exercise="pick_loss"
def pick_loss(task):
    """A loss (outputs, targets) -> 0-d tensor for "binary", "classes" or "number"; outputs are logits."""
    ...  ### SOLUTION


# %% check="pick_loss"
check(pick_loss)

# %% [markdown]
# ## Which way, and how far? The optimizer
#
# You know plain descent from lesson 2. Its weakness is a ravine: steep across, nearly flat along. A rate that is small enough
# not to bounce off the walls is too small to get anywhere. **Momentum** keeps part of its last step, **RMSprop** divides each
# weight's step by how large its gradients have been, **Adam** does both.
#
# Four of them start from the same place, and the star is the goal. **Before you touch the slider: which one suffers most
# when the learning rate is far too small, and which one flies off first when it is too large?**

# %% demo=true tags=["nbval-ignore-output"]
from course_utils.figures.training import race

race()

# %% [markdown]
# At 0.01 Adam has got least far. It divides by the size of the gradient, so its steps are about as long as the rate says,
# however steep it is. (RMSprop divides as well, but its average starts at 0, so its first step is ten times the rate.) At
# 1.02 plain SGD flies off: across the ravine each step lands a little further up the opposite wall. (In this ravine that
# happens from 1 on, because the curvature across it is 2.)
#
# No optimizer wins at every rate, so when a net does not learn, try three learning rates, each a factor of 3 to 10 apart,
# before you try anything else. Adam at 0.001 to 0.01 is a good first guess for small nets.
#
# ## Batch, step, epoch
#
# The gradient over all rows is exact, and costs a pass over all rows. A **batch** of 32 gives a rough one at a fraction of the
# cost, and many rough steps beat one exact step. One update is a **step**; once through all rows is an **epoch**.
# **491 training rows in batches of 32: how many steps has an epoch, and how large is the last batch?**

# %%
rows = TensorDataset(torch.zeros(491, 8), torch.zeros(491, 1))
sizes = [len(X) for X, y in DataLoader(rows, batch_size=32, shuffle=True)]
print(len(sizes), "steps; the last batch has", sizes[-1], "rows")


# %% [markdown]
# `shuffle=True` gives another order in each epoch, so that no two epochs take the same steps.
#
# ### Exercise · One step
#
# Write `train_step(model, X, y, loss, optimizer)`: outputs, loss, gradients, update, for one batch. `loss` is a function here,
# like those of exercise 5. Return its value as a plain number. The step is the one that `optimizer` takes. The model comes in
# train mode and stays in it. `train_step` is called again and again: what happens to the gradients of the step before?

# %% exercise="train_step"
def train_step(model, X, y, loss, optimizer):
    """One update of the model on the batch X, y. The loss before the update, a float."""
    ...  ### SOLUTION


# %% check="train_step"
check(train_step)

# %% [markdown]
# ## The mean of means
#
# Seven rows in batches of three, with these losses. **What is the mean loss of the seven? What is the mean of the three batch
# means?**

# %%
losses = torch.tensor([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 8.0])
print(f"per row:   {losses.mean().item():.2f}")
print(f"per batch: {torch.stack([batch.mean() for batch in losses.split(3)]).mean().item():.2f}")


# %% [markdown]
# The single row in the last batch counted three times as much as the others. Losses give the mean over their batch, so weight
# each with the number of its rows.
#
# ### Exercise · One epoch
#
# Write `train_epoch(model, loader, loss, optimizer)`: one step on each batch that the loader gives, with the model in train
# mode (the last evaluation may have left it in eval mode). Return the mean loss *per row* over the epoch, a float. You may call
# your `train_step`.

# %% exercise="train_epoch"
def train_epoch(model, loader, loss, optimizer):
    """One pass over the loader, in train mode. The mean loss per row, a float."""
    ...  ### SOLUTION


# %% check="train_epoch"
check(train_epoch)


# %% [markdown]
# ### Exercise · Evaluate
#
# Now the counterpart, which only looks. Write `evaluate(model, loader, loss)` for the yes-or-no task: it returns the pair
# `(mean loss per row, accuracy)`, two floats, over all rows. Eval mode, no gradients. The model's weights stay as they are, and
# after your function PyTorch records gradients again, so that training can go on.
#
# The model gives logits. **At which logit is the probability 0.5?**

# %% exercise="evaluate"
def evaluate(model, loader, loss):
    """Mean loss per row and share of right answers, for logits (N, 1) and targets (N, 1)."""
    ...  ### SOLUTION


# %% check="evaluate"
check(evaluate)

# %% [markdown]
# ## All together
#
# The companion package has the functions that you just wrote, a little more general (its `evaluate` gives a dict), and puts
# them together in `fit`: for each epoch one `train_epoch`, one `evaluate`, and a picture that grows meanwhile. `split` cuts
# Pima three ways and scales as in exercise 3. Watch it learn:

# %% tags=["nbval-ignore-output"]
from course_utils.models import PimaNet, mlp
from course_utils.training import fit
from course_utils.training.tables import pima_tensors, split

inputs, labels = pima_tensors(table)
parts = split(inputs, labels)
train_loader = DataLoader(TensorDataset(*parts.train), batch_size=32, shuffle=True)
val_loader = DataLoader(TensorDataset(*parts.val), batch_size=256)

# %% demo=true tags=["nbval-ignore-output"]
torch.manual_seed(0)
net = PimaNet()
optimizer = torch.optim.AdamW(net.parameters(), lr=0.003, weight_decay=0.01)
history = fit(net, train_loader, val_loader, loss=nn.BCEWithLogitsLoss(), optimizer=optimizer, epochs=40)

# %% [markdown]
# `AdamW` is Adam with **weight decay**: each step pulls every weight a little towards 0, so that only those stay large that
# the data keep asking for.
#
# ## Reading curves
#
# Two curves tell you most of what you need:
#
# - both fall: go on;
# - both are flat and high: the learning rate is wrong, or the net is too small;
# - training falls, validation rises: the net has begun to learn its rows by heart. That is **over-fitting**.
#
# To see it clearly, take a net that is much too large and let it run for too long. **Sketch the two curves in your head,
# then run the cell.**

# %% demo=true tags=["nbval-ignore-output"]
from course_utils.figures import show
from course_utils.plotting.curves import curves

torch.manual_seed(0)
large = mlp([8, 256, 256, 1])
too_long = fit(large, train_loader, val_loader, loss=nn.BCEWithLogitsLoss(), epochs=50, live=False,
               optimizer=torch.optim.Adam(large.parameters(), lr=0.002))
show(curves(too_long, mark_best=True),
     alt="The training loss falls towards 0. The validation loss is lowest within the first few epochs and then rises to the "
         "end. Validation accuracy drifts down.")

# %% [markdown]
# The best net was there within a handful of epochs, and everything after it was harm. So keep the best weights as you go, and
# stop when there has been nothing better for a while.
#
# One thing to know first. `state_dict()` gives you the weights by name. **Does it give you a copy?**

# %%
layer = nn.Linear(1, 1, bias=False)
kept, copied = layer.state_dict(), copy.deepcopy(layer.state_dict())
with torch.no_grad():
    layer.weight.fill_(7.0)
print("kept:", kept["weight"].item(), "  still the old weight in the copy:", copied["weight"].item() != 7.0)


# %% [markdown]
# ### Exercise · Early stopping
#
# Write the class `EarlyStopping(patience)` with
#
# - `should_stop(val_loss, model)`, called once after each epoch. It returns True when the last `patience` epochs, or more, have
#   brought no *lower* loss than the best one, and False otherwise;
# - `best_loss`, the lowest loss so far;
# - `best_weights`, the model's state dict of that epoch, safe from further training.
#
# With `patience=2` the losses 0.7, 0.6, 0.65, 0.62, 0.61 give False, False, False, True, True.

# %% exercise="EarlyStopping"
class EarlyStopping:
    """Says when to stop, and keeps the weights of the best epoch."""

    def __init__(self, patience):
        ...  ### SOLUTION

    def should_stop(self, val_loss, model):
        """Take in one epoch's validation loss; True where training should end."""
        ...  ### SOLUTION


# %% check="EarlyStopping"
check(EarlyStopping)

# %% [markdown]
# ## The honest number
#
# Now everything at once, and the test rows for the first time. One split is luck, though: 154 test rows give an accuracy that
# is off by three points or so either way. So hold out each fifth of the table in turn, train five nets with five seeds, and
# take the mean. Every row is tested once, by a net that has never seen it. When the stopping says so, `fit` ends and puts the
# best weights back.

# %% demo=true tags=["nbval-ignore-output"]
import course_utils.training as training

accuracies = []
for seed in range(5):
    parts = split(inputs, labels, fold=seed)
    torch.manual_seed(seed)
    net = PimaNet()
    training.fit(
        net, DataLoader(TensorDataset(*parts.train), batch_size=32, shuffle=True), [parts.val],
        loss=nn.BCEWithLogitsLoss(), optimizer=torch.optim.AdamW(net.parameters(), lr=0.003, weight_decay=0.01),
        epochs=100, stopping=training.EarlyStopping(patience=10), live=False,
    )
    accuracies.append(training.evaluate(net, [parts.test], nn.BCEWithLogitsLoss())["accuracy"])

mean, spread = torch.tensor(accuracies).mean().item(), torch.tensor(accuracies).std().item()
print("held-out accuracy, five seeds:", ", ".join(f"{a:.1%}" for a in accuracies))
print(f"mean {mean:.1%}, spread {spread:.1%}; always answering 'no' gives {1 - labels.mean().item():.1%}")

# %% [markdown]
# On the real table this pipeline is right for about 77% of people whom it has never seen. Mind the last number on that line as
# well: somebody who always says "no" is right for 65%. Accuracy alone flatters, and lesson 5 goes into that.
#
# ## TensorBoard
#
# For one run, a curve in the notebook does. For fifty, with their settings side by side, use **TensorBoard**: the training
# writes numbers to a folder, and a page in your browser shows them, while it runs. `fit` takes a writer:

# %% demo=true tags=["nbval-ignore-output"]
import tempfile
from pathlib import Path

from torch.utils.tensorboard import SummaryWriter

runs = Path(tempfile.mkdtemp(prefix="runs-"))
for rate in (0.001, 0.03):
    torch.manual_seed(0)
    net = PimaNet()
    with SummaryWriter(runs / f"rate {rate}") as writer:
        fit(net, train_loader, val_loader, loss=nn.BCEWithLogitsLoss(), epochs=10, live=False, writer=writer,
            optimizer=torch.optim.Adam(net.parameters(), lr=rate))
print("\n".join(sorted(str(file.relative_to(runs).parent) for file in runs.rglob("events*"))))
print(f"To look at them, run in a terminal:  tensorboard --logdir {runs}")

# %% [markdown]
# ## What you have learned
#
# - Look at a table first. A 0 may be a number, or a hole; only you can tell.
# - Categories become columns of 0 and 1, and missing is a category.
# - Split, then fill and scale with what the training rows say. Nothing else may learn from held-out rows, you included.
# - Logits go into the loss as they are: `BCEWithLogitsLoss` for yes or no, `CrossEntropyLoss` for classes, `MSELoss` for
#   numbers.
# - A step is `zero_grad`, forward, loss, `backward`, `step`. An epoch's loss is a mean over rows, not over batches.
# - Evaluate in eval mode, without gradients, on rows that were held out.
# - When validation turns up, stop, and go back to the best weights: a copy of them.

# %% demo=true tags=["nbval-ignore-output"]
progress()

# %% [markdown]
# ## Go further
#
# 1. **What was missing may matter.** Add five columns to Pima that say which values were missing (1 or 0), and see whether the
#    mean over five folds moves. Is the difference larger than the spread?
# 2. **The price of the leak.** Scale with all rows instead of the training rows, and measure what it does to the held-out
#    accuracy. Then do something worse: choose, on all rows, the twenty best out of 2,000 columns of pure noise, and train on
#    those. What accuracy do you get for coin tosses?
# 3. **A schedule.** `torch.optim.lr_scheduler.OneCycleLR` raises the learning rate and lowers it again within one run. Write a
#    loop that steps it after every batch, and find out how few epochs are enough.
#
# In lesson 5 the net goes to work: probabilities, thresholds, and what to keep in which file.
