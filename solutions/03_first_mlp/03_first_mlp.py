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
# # Lesson 3 · Your first network
#
# In lesson 2 you fitted a line: one weight, one bias, and a gradient that showed them where to go. A neural network is
# many such lines, with a bend after each. That is all. In this lesson you build one by hand, then with PyTorch's parts,
# then as a class of your own.
#
# At the end you will be able to
#
# - compute what a layer computes, by hand;
# - put a net together with `nn.Sequential`, and change its layers;
# - count a net's parameters on paper and in code;
# - write a net as a class, with dropout, and say what train and eval mode change;
# - find out why an optimizer sees no parameters.
#
# About {minutes} minutes, {exercises}, {points}.

# %%
from course_utils import check, hint, progress, solution, start

import torch
import torch.nn.functional as F
from torch import nn

start("03_first_mlp")

# %% [markdown]
# ## One neuron
#
# A **neuron** weighs the numbers that come in, adds them up with a bias of its own, and bends the result. The bend is
# the **activation**. The most common one is *ReLU*: negative numbers become 0, others stay.

# %%
inputs = torch.tensor([1.0, 2.0, 3.0])
weight = torch.tensor([0.5, -1.0, 0.25])
bias = 0.5

before = inputs @ weight + bias
print(before, torch.relu(before))

# %% [markdown]
# This one was silent: its sum is negative, so ReLU gives 0.
#
# A **layer** is several neurons that look at the same inputs. Their weights go into one matrix, a row for each neuron,
# and a batch of inputs has a row for each example. **With 5 examples of 3 numbers and 4 neurons: what are the shapes
# of the weight, the bias and the result?** `nn.Linear(3, 4)` is such a layer, still without the bend.

# %%
layer = nn.Linear(3, 4)
batch = torch.ones(5, 3)
print(layer.weight.shape, layer.bias.shape, layer(batch).shape)
print(torch.allclose(layer(batch), batch @ layer.weight.T + layer.bias))

# %% [markdown]
# The weight is (out, in): four neurons, each with three weights. The batch is (N, in). For the matrix product the
# shapes have to meet in the middle, so the weight is turned: (5, 3) @ (3, 4) gives (5, 4).
#
# The numbers in a new layer are random: uniform between ±1/√in. **Why not give all of them the same number, say 0.1?**
# (`Tanh` is another bend, a smooth one.)

# %%
torch.manual_seed(0)
same = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
for parameter in same.parameters():
    nn.init.constant_(parameter, 0.1)
same(torch.randn(5, 3)).pow(2).mean().backward()
print(same[0].weight.grad)


# %% [markdown]
# All four neurons get the same gradient. They began alike, so they stay alike for ever, and four of them are worth no
# more than one. With zeros it is worse still: no gradient reaches this layer at all. Random numbers make each neuron a
# different one. The 1/√in keeps the sums at about the same size, however many numbers come in.
#
# ### Exercise · Forward by hand
#
# A **multilayer perceptron** (MLP) is a stack of linear layers with an activation between them. Write
# `forward_by_hand(x, weights)`: what such a net gives for a batch `x` of shape (N, in). `weights` is a list of pairs
# (weight, bias), one or more, shaped as in `nn.Linear`. Put a ReLU *between* layers, but not after the last one. Use
# tensors and functions, but no modules of `nn`. The result has the dtype of `x` and the weights.
#
# With `x = [[1., 2.], [0., -1.]]`, a first layer `[[1., 1.], [-1., 0.]]`, `[0., 0.5]` and a second `[[2., 1.]]`,
# `[-10.]`, the hidden neurons give 3 and 0 for the first row, 0 and 0.5 for the second, and the result is
# `[[-4.], [-9.5]]`. (`hint("forward_by_hand")` helps.)

# %% exercise="forward_by_hand"
def forward_by_hand(x, weights):
    """What linear layers (weight (out, in), bias (out,)) with ReLU between them give for x (N, in)."""
    ...  ### SOLUTION


# %% check="forward_by_hand"
check(forward_by_hand)

# %% [markdown]
# ## Why the bend?
#
# Leave the activation out, and something odd happens. **Two linear layers, one behind the other: how many would do?**

# %%
first, second = nn.Linear(3, 4), nn.Linear(4, 2)
one = nn.Linear(3, 2)
with torch.no_grad():
    one.weight.copy_(second.weight @ first.weight)
    one.bias.copy_(second.weight @ first.bias + second.bias)
print(torch.allclose(second(first(batch)), one(batch), atol=1e-6))

# %% [markdown]
# One. A line of a line is a line. Only the bends make depth worth having, and here you can see it. The nets below were
# trained on two clouds of points, each for the same 250 steps. The colour says what the net thinks of every place, and
# the black line is where it can't decide.
#
# 1. Two moons, no hidden layer: that is the best straight line.
# 2. One hidden layer, 1, 2, 3, 4 units: count the bends in the line. (One unit draws a straight line. More units *can*
#    bend it, but training does not use every one.)
# 3. Three hidden layers of 2 units: is deeper always better? A ReLU that is negative for all points gets no gradient,
#    and never wakes up again. In a narrow net that may be all of them.
# 4. Two blobs, three layers of 32: what does the net do with the few points on the wrong side? Would *you* bend the line
#    for them?

# %% demo=true tags=["nbval-ignore-output"]
from course_utils.figures.mlp import boundaries

boundaries()

# %% [markdown]
# With many units the line winds around single points. On *these* points that counts as right; on new ones it may not.
# Lesson 4 comes back to that.
#
# ## A net from parts
#
# `nn.Sequential` runs its parts in order. A net for yes or no has one output, the **logit**: above 0 means "rather
# yes". The sigmoid makes a probability of it.

# %%
tiny = nn.Sequential(
    nn.Linear(2, 4), nn.ReLU(),
    nn.Linear(4, 1),
)
logits = tiny(torch.randn(3, 2))
print(tiny)
print(logits.shape, torch.sigmoid(logits).detach().flatten())

# %% [markdown]
# Keep the sigmoid *out* of the net. The loss that you will use, `BCEWithLogitsLoss`, has it inside, and computes both
# together. That is safer: **what are these two for a logit of 100 and the answer 0?**

# %%
logit, answer = torch.tensor([100.0], dtype=torch.float32), torch.tensor([0.0])
print("together: ", F.binary_cross_entropy_with_logits(logit, answer).item())
print("by steps: ", -torch.log(1 - torch.sigmoid(logit)).item())


# %% [markdown]
# In float32, the sigmoid of 100 is exactly 1, and the logarithm of 1 − 1 is −∞.
#
# ### Exercise · A net for eight measurements
#
# In lesson 4 you will predict diabetes from eight measurements. Write `pima_net()`: a function that returns a new net
# with the sizes **8-12-8-1**, that is, 8 numbers in, hidden layers with 12 and 8 neurons and ReLU, one logit out. For
# N rows its output has the shape (N, 1).
#
# (The check puts weights of its own into your net, so that its answers can be compared. Eval mode, which a message may
# mention, comes further down.)

# %% exercise="pima_net"
def pima_net():
    """A new net 8-12-8-1: (N, 8) in, (N, 1) logits out."""
    ...  ### SOLUTION


# %% check="pima_net"
check(pima_net)


# %% [markdown]
# ### Exercise · One layer more
#
# Write `pima_net_20()`: a function that returns the same net, again a new one, but with a hidden layer of 20 neurons
# between the 12 and the 8, with its ReLU. What else must change?

# %% exercise="pima_net_20"
def pima_net_20():
    """A new net 8-12-20-8-1: (N, 8) in, (N, 1) logits out."""
    ...  ### SOLUTION


# %% check="pima_net_20"
check(pima_net_20)

# %% [markdown]
# If two neighbours don't fit, nothing complains until the first batch comes along:

# %%
misfit = nn.Sequential(nn.Linear(8, 12), nn.ReLU(), nn.Linear(20, 1))
try:
    misfit(torch.ones(2, 8))
except RuntimeError as error:
    print(error)

# %% [markdown]
# Read it as: 12 numbers came, and the layer wanted 20. So a good habit is to send one batch through a new net at once.
#
# ## How large is a net?
#
# Its **parameters** are all the numbers that training may change: weights and biases.
#
# ### Exercise · On paper
#
# How many parameters are there in each layer of 8-12-8-1, and in all? Replace each `...` by a number. Half a point each.

# %% exercise="parameters_by_hand"
parameters_by_hand = ...  ### SOLUTION

# %% check="parameters_by_hand"
check(parameters_by_hand)

# %% [markdown]
# A model knows its parameters. They carry names, and `requires_grad` says whether an optimizer would change them:

# %%
for parameter in tiny[0].parameters():
    parameter.requires_grad_(False)  # frozen: this layer stays as it is
for name, parameter in tiny.named_parameters():
    print(f"{name:<10} {str(tuple(parameter.shape)):<8} requires_grad: {parameter.requires_grad}")


# %% [markdown]
# ### Exercise · In code
#
# Write `count_parameters(model)`: how many numbers in `model` can be trained, as a Python integer. A weight that two
# layers share counts once, and the model stays as it is. For 1 point count them all. For 2, leave out those that are
# frozen. For `tiny`, as it is now, that makes 5.

# %% exercise="count_parameters"
def count_parameters(model):
    """How many numbers of the model can be trained, an int."""
    ...  ### SOLUTION


# %% check="count_parameters"
check(count_parameters)


# %% [markdown]
# ## A class of your own
#
# `nn.Sequential` is enough for a straight line of layers. For anything else write a class: `__init__` makes the layers,
# `forward` says what happens with them. You call the model, and it calls `forward`. What `forward` does is plain
# Python: branches, loops and `print` are welcome.

# %%
class WithShortcut(nn.Module):
    """(N, n) to (N, n): what comes in, plus what a small net makes of it."""

    def __init__(self, n):
        super().__init__()  # first of all: makes the places where layers are kept
        self.hidden = nn.Linear(n, 16)
        self.out = nn.Linear(16, n)

    def forward(self, x):
        return x + self.out(torch.relu(self.hidden(x)))


print(WithShortcut(3)(torch.ones(2, 3)).shape)

# %% [markdown]
# Every module is in one of two **modes**. A new one is in train mode; `model.eval()` and `model.train()` switch. Most
# layers don't care. **Dropout** does: in train mode it sets each number to 0 with probability p, so that no neuron
# can rely on a single other one. **Eight ones with p = 0.5: which values can come out in train mode, and which in
# eval mode?**

# %%
torch.manual_seed(1)
dropout = nn.Dropout(0.5)
print("train:", dropout.train()(torch.ones(8)))
print("eval: ", dropout.eval()(torch.ones(8)))


# %% [markdown]
# The survivors are doubled, that is, divided by 1 − p, so the mean stays the same, and eval mode has nothing to do.
# A net with dropout that is left in train mode gives another answer each time. You will meet that fault again.
#
# ### Exercise · A net for digits
#
# Write the class `DigitNet`: **784-512-256-10**. It takes a batch of images of 28 × 28 pixels and gives 10 logits for
# each, one for each digit.
#
# - 3 points: the right logits in eval mode for rows of 784 pixels. ReLU in the hidden layers, nothing behind the last.
# - 1 point: it takes images of shape (N, 1, 28, 28) as well. `nn.Flatten()` makes rows of them and keeps the batch.
# - 1 point: in train mode, dropout with p = 0.2 behind the ReLU of each hidden layer.

# %% exercise="DigitNet"
class DigitNet(nn.Module):
    """784-512-256-10 with dropout: images (N, 1, 28, 28) or rows (N, 784) in, (N, 10) logits out."""

    def __init__(self):
        super().__init__()
        ...  ### SOLUTION

    def forward(self, images):
        ...  ### SOLUTION


# %% check="DigitNet"
check(DigitNet)


# %% [markdown]
# More than half a million parameters, for a net that one can write in ten lines. Where are most of them? In the first
# layer: 784 · 512. Images are large, and lesson 8 finds a thriftier way.
#
# ## A net that doesn't learn
#
# ### Exercise · Mend a net without parameters
#
# `StackedNet(sizes)` is an MLP of any depth. It computes what it should. But an optimizer says of it: *optimizer got an
# empty parameter list*. Find out why, and mend it. (A look at `list(StackedNet([4, 5, 3]).parameters())` may help.)

# %% exercise="StackedNet"
class StackedNet(nn.Module):
    """Linear layers of the given sizes with ReLU between them: (N, sizes[0]) to (N, sizes[-1])."""

    def __init__(self, sizes):
        super().__init__()
        ...  ### SOLUTION

    def forward(self, x):
        ...  ### SOLUTION


# %% check="StackedNet"
check(StackedNet)

# %% [markdown]
# A plain list would have cost you more than the training: `model.to(device)` would have left those layers behind, and
# saving the model would have saved nothing. For a dict of layers there is `nn.ModuleDict`. For a tensor of your own
# that shall be trained, `nn.Parameter`; for one that shall only come along, `register_buffer`.
#
# ## What you have learned
#
# - A neuron: weigh, add, bend. A layer: `x @ weight.T + bias`, with a weight of shape (out, in).
# - Without activations, any depth is one linear layer. With them, each unit can add a bend to the boundary.
# - A layer from n to m has m · (n + 1) parameters. They start at random, so that neurons become different.
# - Nets give logits. Sigmoid and softmax belong to the loss, and to reading the answer.
# - A class: layers in `__init__` behind `super().__init__()`, their use in `forward`.
# - Dropout acts in train mode only. `model.eval()` switches it off.
# - A module finds layers that are its attributes. For lists of them, use `nn.ModuleList`.

# %% demo=true tags=["nbval-ignore-output"]
progress()

# %% [markdown]
# ## Go further
#
# 1. **XOR by hand.** Find weights for a net 2-2-1 with ReLU whose logit is positive for (0, 1) and (1, 0), negative for
#    (0, 0) and (1, 1). No training, just pencil and `forward_by_hand`.
# 2. **Count the bends.** A net with one input and one hidden layer of n ReLUs draws a line with at most n bends. Draw
#    it for random weights. How many bends can two hidden layers of n units give? Count with code.
# 3. **Silent neurons.** Send random images through your `DigitNet` and count, layer by layer, the neurons that are 0 for
#    all of them. What happens to that number if all biases begin at −1? At which value is half the first layer silent?
#
# In lesson 4 the net meets real measurements, with holes in them, and learns.
