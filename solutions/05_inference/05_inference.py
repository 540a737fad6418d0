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
# # Lesson 5 · Inference
#
# Lesson 4 ended with a net that is right for about three people in four. Now somebody wants to use it. They will ask: *what
# does it say about me? how sure is it? whom does it miss? can you send it to me?* None of these questions is about training,
# and each has its own way to go quietly wrong.
#
# At the end you will be able to
#
# - predict in eval mode, without gradients, for one row or a million;
# - turn probabilities into decisions, and say what they cost;
# - save a checkpoint from which training goes on exactly as if it had never stopped;
# - load weights from a stranger without running the stranger's code.
#
# About {minutes} minutes, {exercises}, {points}.

# %%
from course_utils import check, hint, progress, solution, start

import tempfile
from pathlib import Path

import torch
from torch import nn

from course_utils.data import notice, pima
from course_utils.models import PimaNet, mlp
from course_utils.training.pima import train_pima

start("05_inference")

# %% [markdown]
# First the net. `train_pima` is lesson 4 in one call: it returns the trained net, *in eval mode already*, and the rows that it
# was trained, validated and not yet tested on.

# %% tags=["nbval-ignore-output"]
net, rows = train_pima(pima())
notice("pima")

# %% [markdown]
# ## Two switches
#
# Before a model predicts, two switches have to be set, and beginners take them for one.
#
# | | what it changes | forgotten, it costs |
# | --- | --- | --- |
# | `model.eval()` | what *layers* do: dropout lets everything through, batch norm uses its running means | wrong numbers |
# | `torch.inference_mode()` | what *PyTorch* does: it records no graph | memory and time |
#
# Here is a net with dropout, fresh from training. **Which of the three lines print the same numbers twice? Which of the
# results have a graph?**

# %%
torch.manual_seed(0)
dropped = mlp([8, 12, 1], dropout=0.5)
one = torch.ones(1, 8)

dropped.train()
print("train:         ", [round(dropped(one).item(), 3) for _ in range(2)], dropped(one).requires_grad)
dropped.eval()
print("eval:          ", [round(dropped(one).item(), 3) for _ in range(2)], dropped(one).requires_grad)
with torch.inference_mode():
    print("inference_mode:", [round(dropped(one).item(), 3) for _ in range(2)], dropped(one).requires_grad)

# %% [markdown]
# `eval()` does not stop gradients, and `inference_mode()` does not stop dropout. You want both. (`torch.no_grad()` is the
# older, milder form: its results may take part in a graph later, those of `inference_mode` may not.)
#
# ## Logits, probabilities, and one person
#
# The net gives logits. A logit is a probability on another scale: 0 is 50%, and the sigmoid translates. **What probabilities
# belong to the logits -2, 0 and 2? Guess, then look.**

# %%
torch.sigmoid(torch.tensor([-2.0, 0.0, 2.0]))

# %% [markdown]
# Now a single person comes, eight numbers in a row. Layers want a batch. A plain `nn.Linear` happens to forgive a missing batch
# dimension; most layers do not, and some take the features for a batch and say nothing.

# %%
person = torch.ones(8)
try:
    nn.BatchNorm1d(8).eval()(person)
except ValueError as error:
    print(error)
print("a batch of one:", tuple(person.unsqueeze(0).shape))


# %% [markdown]
# ### Exercise · Probabilities
#
# Write `predict_proba(model, rows)`. `rows` has the shape (N, features), and the model gives logits (N, 1). Return the
# probabilities, shape (N,). The model may come in train mode; the result shall carry no graph.
#
# That is worth 2 points. For the third, `rows` may also be one single row of shape (features,): return the shape (1,) then.
#
# `hint("predict_proba")` helps if you are stuck.

# %% exercise="predict_proba"
def predict_proba(model, rows):
    """Probabilities (N,) for rows (N, features), or (1,) for one row (features,)."""
    ...  ### SOLUTION


# %% check="predict_proba"
check(predict_proba)


# %% [markdown]
# ### Exercise · Fix a score that never says the same thing twice
#
# Somebody calls `score_now` every now and then *while* a model is being trained, to see how it is doing. Each call on the same
# rows gives another number. And in a network with batch norm the call even changes the model. Why?
#
# Fix it. The score is that of eval mode, but the training loop that called it continues: afterwards the model must be as it
# was, and every layer in the mode it came in, train or eval.

# %% exercise="score_now"
def score_now(model, rows, labels):
    """The fraction of right predictions, a Python float; rows (N, features), labels (N, 1). The model stays as it was."""
    ...  ### SOLUTION


# %% check="score_now"
check(score_now)

# %% [markdown]
# ## Whom does it miss?
#
# Let the net predict for the test rows, which it has never seen.

# %% tags=["nbval-ignore-output"]
test_rows, test_labels = rows.test
with torch.inference_mode():
    probabilities = torch.sigmoid(net(test_rows)).squeeze(1)
labels = test_labels.squeeze(1).long()

print(f"right: {((probabilities > 0.5) == labels.bool()).float().mean().item():.1%}")
print(f"right, if everybody is told 'no': {(labels == 0).float().mean().item():.1%}")


# %% [markdown]
# Somebody who sends all people home is right for 65% of them, and finds not one of the ill. So accuracy hides the question that
# matters. There are four cases, not two:
#
# | | called 0 | called 1 |
# | --- | --- | --- |
# | **is 0** | true negative | false positive: a false alarm |
# | **is 1** | false negative: missed | true positive: found |
#
# ### Exercise · The confusion matrix
#
# Write `confusion(predicted, truth)` for two boolean tensors of shape (N,): the (2, 2) matrix of counts, int64, laid out as in
# this table.

# %% exercise="confusion"
def confusion(predicted, truth):
    """Counts [[true negatives, false positives], [false negatives, true positives]], int64."""
    ...  ### SOLUTION


# %% check="confusion"
check(confusion)


# %% [markdown]
# Two questions go across this table in different directions:
#
# - **precision**, down a column: of those who were called 1, how many are?
# - **recall**, along a row: of those who are 1, how many were called?
#
# Each alone is easily cheated. **How do you get a recall of 1 without any model? And a high precision?** (Call everybody, and
# recall is 1. Call only the one person you are surest of, and precision will be high.) F1 is the harmonic mean of the two, and
# it is low as soon as one of them is.
#
# ### Exercise · Precision, recall, F1
#
# Write `precision_recall_f1(matrix)`: three Python numbers from the matrix of exercise 3. You get 2 points for matrices where
# everything can be divided. For the third point, nobody may be called 1, or nobody *is* 1, or nobody is both. A rate with
# nothing to divide by should be 0.

# %% exercise="precision_recall_f1"
def precision_recall_f1(matrix):
    """Precision, recall and F1, three Python numbers, from counts laid out as in exercise 3."""
    ...  ### SOLUTION


# %% check="precision_recall_f1"
check(precision_recall_f1)

# %% [markdown]
# ## The threshold is yours
#
# The net gives probabilities. Where "maybe" becomes "yes" is not its business: it depends on what a miss costs and what a false
# alarm costs, and you know that, or your client does. Move the threshold and watch three things: the counts, the point on the
# **ROC curve** (found among the ill against false alarms among the healthy, for every threshold there is), and the point on the
# precision-recall curve.
#
# **A missed illness is much worse than a needless second test. Which way will you move it, and what does that do to
# accuracy?**

# %% demo=true tags=["nbval-ignore-output"]
from course_utils.figures.inference import thresholds

thresholds(probabilities, labels)


# %% [markdown]
# Down, then: more are found, more are called for nothing, and accuracy usually falls.
#
# The area under the ROC curve (**AUC**) judges all thresholds at once: it is the chance that a randomly chosen ill person gets a
# higher probability than a randomly chosen healthy one. Coin tosses give 0.5, the dotted line.
#
# ### Exercise · The best threshold
#
# Write `best_threshold(probabilities, labels)`: the threshold `t`, a Python float, with the highest F1 if you call 1 whenever
# `probability >= t`. It's enough to try the probabilities themselves. Rows with the same probability are always called
# together. (Choose it on *validation* rows. A threshold is learned, like a weight, and flatters itself on the rows it was
# chosen on.)

# %% exercise="best_threshold"
def best_threshold(probabilities, labels):
    """The threshold, a float, with the best F1; probabilities (N,), labels (N,) with 0 and 1."""
    ...  ### SOLUTION


# %% check="best_threshold"
check(best_threshold)

# %% [markdown]
# ## A million rows
#
# 154 rows fit into memory together. A million images do not, and what fills the memory is not the answers but the values in
# between, layer by layer. **A layer with 4,096 units, a million rows, 4 bytes a number: how many gigabytes?**

# %%
print(f"{1_000_000 * 4096 * 4 / 1e9:.1f} GB")


# %% [markdown]
# ### Exercise · In batches
#
# Write `predict_in_batches(model, rows, batch_size)`: the model's outputs for all rows, joined in their order, while the
# model never sees more than `batch_size` rows at once, no graph is recorded, and nothing but the outputs is kept. The model
# may come in train mode, and has to predict in eval mode: there, batches give what one go would give. **Why would they not
# in train mode?**

# %% exercise="predict_in_batches"
def predict_in_batches(model, rows, batch_size):
    """The outputs for rows (N, features), in order, from batches of at most batch_size rows."""
    ...  ### SOLUTION


# %% check="predict_in_batches"
check(predict_in_batches)

# %% [markdown]
# In train mode batch norm would use each batch's own mean, and dropout would throw dice.
#
# ## Keeping it
#
# What is a trained net, once the program has ended? The code says how it is built. The numbers are in its **state dict**, a
# dict from names to tensors:

# %%
for name, tensor in net.state_dict().items():
    print(f"{name:<10} {tuple(tensor.shape)}")

# %% [markdown]
# `torch.save` writes it, `torch.load` reads it, `load_state_dict` puts it into a net that is built the same way.

# %%
folder = Path(tempfile.mkdtemp(prefix="lesson5-"))
torch.save(net.state_dict(), folder / "pima.pt")

again = PimaNet()
print(again.load_state_dict(torch.load(folder / "pima.pt", weights_only=True)))
again.eval()
with torch.inference_mode():
    print("same answers:", torch.equal(again(test_rows), net(test_rows)))

# %% [markdown]
# For *using* the net that is enough. For *going on training* it is not. **Train for five epochs, save the weights, load them
# with a new Adam, train for five more. Is that the same as ten?**

# %%
from torch.utils.data import DataLoader, TensorDataset

from course_utils.training import checkpoint, train_epoch


def fresh():
    torch.manual_seed(1)
    model = PimaNet()
    return model, torch.optim.Adam(model.parameters(), lr=0.01)


def train(model, optimizer, epochs):
    loader = DataLoader(TensorDataset(*rows.train), batch_size=32, shuffle=True)
    for _ in range(epochs):
        train_epoch(model, loader, nn.BCEWithLogitsLoss(), optimizer)


def furthest_apart(a, b):
    return max((p - q).abs().max().item() for p, q in zip(a.parameters(), b.parameters()))


ten, optimizer = fresh()
train(ten, optimizer, 10)

five, optimizer = fresh()
train(five, optimizer, 5)
checkpoint.save_checkpoint(folder / "checkpoint.pt", five, optimizer, epoch=5)

weights_only, _ = fresh()
weights_only.load_state_dict(five.state_dict())
train(weights_only, torch.optim.Adam(weights_only.parameters(), lr=0.01), 5)

resumed, optimizer = fresh()
checkpoint.load_checkpoint(folder / "checkpoint.pt", resumed, optimizer)
train(resumed, optimizer, 5)

print("weights alone:    furthest weight off by more than 0.01:", furthest_apart(ten, weights_only) > 0.01)
print("whole checkpoint: furthest weight off by", furthest_apart(ten, resumed))


# %% [markdown]
# To the last bit. Besides the weights, the next step depends on the optimizer (Adam's averages), on the epoch if there is a
# schedule, and on the random generator, which shuffles the rows. The companion package keeps them all; you write the heart of it
# now.
#
# ### Exercise · Save a checkpoint
#
# Write `save_checkpoint(path, model, optimizer, epoch)`: one file under `path` with a dict of three keys, `"model"` and
# `"optimizer"` (their state dicts) and `"epoch"` (the number, as it is given).

# %% exercise="save_checkpoint"
def save_checkpoint(path, model, optimizer, epoch):
    """Write {"model": ..., "optimizer": ..., "epoch": ...} to path."""
    ...  ### SOLUTION


# %% check="save_checkpoint"
check(save_checkpoint)


# %% [markdown]
# ### Exercise · Resume
#
# And back: `resume(path, model, optimizer)` fills the given model and optimizer from such a file and returns the epoch. Training
# then goes on from there as it would have, given the same batches. (The random state, which shuffles them, is left out here;
# the companion package keeps it.)

# %% exercise="resume"
def resume(path, model, optimizer):
    """Restore model and optimizer from a checkpoint; return its epoch."""
    ...  ### SOLUTION


# %% check="resume"
check(resume)

# %% [markdown]
# ## A file from a stranger
#
# `torch.save` writes with Python's pickle, and a pickle is a small program: it says which functions to call to build its objects
# again. Any functions. The one below only calls `print`. **What else could stand there?**

# %%
import pickle


class Harmless:
    def __reduce__(self):
        return print, ("This line was printed by loading a file.",)


torch.save({"weight": torch.zeros(2), "extra": Harmless()}, folder / "gift.pt")

torch.load(folder / "gift.pt", weights_only=False)  # trusting: never do this with a file you did not write
try:
    torch.load(folder / "gift.pt", weights_only=True)
except pickle.UnpicklingError:
    print("weights_only=True refused it, and ran nothing.")


# %% [markdown]
# Anything you could type yourself: delete a folder, send your keys away.
#
# With `weights_only=True`, the default since PyTorch 2.6, only tensors and plain values are read. You will meet advice to set it
# to False "to make the error go away". The error was the warning. (The `safetensors` format goes further: such a file can hold
# nothing but tensors.)
#
# ### Exercise · Mend a trusting loader
#
# `load_weights(path, model)` loads a state dict into the model and returns the model. It works, for friend and foe. Mend it: a
# file that holds more than weights shall raise an error, and nothing in it shall run.

# %% exercise="load_weights"
def load_weights(path, model):
    """Load a state dict from path into the model, and return the model."""
    ...  ### SOLUTION


# %% check="load_weights"
check(load_weights)

# %% [markdown]
# ## Sharing a model
#
# Weights alone are of little use to somebody else. They need to know which columns come in which order, how a missing value is
# filled, how columns are scaled, and at which threshold you say yes. Forget the scaling, and the net gives confident nonsense.
# So everything goes into one file, all of it plain values:

# %% demo=true tags=["nbval-ignore-output"]
parcel = {
    "weights": net.state_dict(),
    "columns": list(pima().columns[:-1]),
    "mean": rows.scaler.mean,  # a missing value is filled with it, too
    "std": rows.scaler.std,
    "threshold": 0.35,  # yours to choose, on validation rows
}
torch.save(parcel, folder / "pima-parcel.pt")

unpacked = torch.load(folder / "pima-parcel.pt", weights_only=True)
theirs = PimaNet()
theirs.load_state_dict(unpacked["weights"])
theirs.eval()
measured = torch.tensor([[2.0, 150.0, 70.0, 30.0, 150.0, 33.0, 0.5, 40.0]])  # one person, in the units of the table
with torch.inference_mode():
    print(f"scaled:     {torch.sigmoid(theirs((measured - unpacked['mean']) / unpacked['std'])).item():.0%}")
    print(f"not scaled: {torch.sigmoid(theirs(measured)).item():.0%}")

# %% [markdown]
# ### Without the code
#
# All this still needs your class `PimaNet`. `torch.export` writes down what the net *computes*, with its weights, so that a
# program that has never seen your code can run it. You show it an example, and say that the batch size may vary; otherwise it
# would hold for batches of that very size only.

# %% demo=true
batch = torch.export.Dim("batch")
exported = torch.export.export(net.eval(), (test_rows[:2],), dynamic_shapes=({0: batch},))
torch.export.save(exported, folder / "pima.pt2")

program = torch.export.load(folder / "pima.pt2").module()
with torch.inference_mode():
    print("same answers:", torch.allclose(program(test_rows), net(test_rows), atol=1e-6))
print("operations:", [node.target.__name__ for node in exported.graph.nodes if node.op == "call_function"])

# %% [markdown]
# ## What you have learned
#
# - `eval()` changes what layers do, `inference_mode()` what PyTorch records. Predict with both, and give a model back in the mode
#   in which you got it.
# - One row is a batch of one. `sigmoid` turns a logit into a probability, once.
# - Accuracy hides who is missed. Precision looks down a column of the confusion matrix, recall along a row.
# - The threshold is a decision about costs; choose it on validation rows.
# - Many rows go through in batches; only the outputs are kept.
# - To use a net, save its state dict, and its scaling. To go on training, save the optimizer, the epoch and the random state too.
# - A pickle can run anything. `weights_only=True`, always.

# %% demo=true tags=["nbval-ignore-output"]
progress()

# %% [markdown]
# ## Go further
#
# 1. **Is 70% really 70%?** Sort the test rows by probability, cut them into five groups, and compare the mean probability of each
#    group with the share of ones in it. Then look for one number `T` such that `sigmoid(logit / T)` fits better on the validation
#    rows.
# 2. **What it costs.** A miss costs 20, a false alarm 1. Write the function that finds the cheapest threshold, and draw the cost
#    over all thresholds.
# 3. **How sure is the score itself?** Draw 154 of the test rows with replacement, a thousand times, and compute the AUC of each
#    draw. Between which two values do 95% of them lie?
#
# In lesson 6 the rows become images.
