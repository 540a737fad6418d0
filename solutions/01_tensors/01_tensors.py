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
# # Lesson 1 · Tensors
#
# A neural network is arithmetic on blocks of numbers. PyTorch calls such a block a **tensor**. This lesson is about
# making them, cutting them, combining them, and above all about knowing their *shape* before you run the code.
#
# At the end you will be able to
#
# - make tensors, and read their shape, dtype and device;
# - take out parts by index, slice and mask;
# - replace loops by broadcasting and by reductions over a dimension;
# - tell when two tensors share memory, and when that bites.
#
# You need Python, and it helps to have seen a NumPy array. About {minutes} minutes, {exercises}, {points}.
# Run each cell with **Shift + Enter**.

# %%
from course_utils import check, hint, progress, solution, start

import numpy as np
import torch

start("01_tensors")

# %% [markdown]
# ## Making tensors
#
# The plainest way is from a list. A list of lists gives two dimensions, and so on.

# %%
scores = torch.tensor([[7.5, 8.0, 6.0], [9.0, 5.5, 7.0]])
scores

# %% [markdown]
# Three things describe every tensor. The **shape** says how many numbers lie along each dimension, the **dtype** what
# kind of number they are, and the **device** where they are kept.

# %%
print(scores.shape, scores.dtype, scores.device)

# %% [markdown]
# Usually you make tensors from a shape or a rule. **Say the shape and the dtype of each line to yourself, then run
# the cell.** Two of the dtypes surprise most people.

# %%
makers = {
    "zeros(2, 3)": torch.zeros(2, 3),
    "ones(4)": torch.ones(4),
    "full((2, 2), 7)": torch.full((2, 2), 7),
    "arange(5)": torch.arange(5),
    "arange(0, 1, 0.25)": torch.arange(0, 1, 0.25),
    "linspace(0, 1, 5)": torch.linspace(0, 1, 5),
    "tensor([1, 2])": torch.tensor([1, 2]),
    "zeros_like(scores)": torch.zeros_like(scores),
}
for call, result in makers.items():
    print(f"{call:<20} shape {str(tuple(result.shape)):<8} {str(result.dtype):<14} {result.tolist()}")

# %% [markdown]
# Where you give the values, whole numbers make `int64` and numbers with a point make `float32` (NumPy would make
# `float64`): so `full((2, 2), 7)` and `tensor([1, 2])` hold integers. `linspace` always gives floats, since its steps
# seldom come out whole. Where you give only a shape, as in `zeros` and `ones`, you get `float32`. A network computes
# in `float32`, so you will often convert: `x.float()`, or `x.to(torch.float32)`.
#
# `arange` stops *before* its end, like `range`. `linspace` includes it. `…_like` copies shape, dtype and device from
# another tensor, which is how code stays right when it moves to a GPU.
#
# Random tensors come from a generator. Seed it, and you get the same numbers again:

# %%
torch.manual_seed(0)
print(torch.rand(2, 2))  # uniform in [0, 1)
print(torch.randn(2, 2))  # normal: mean 0, standard deviation 1


# %% [markdown]
# ### Exercise · Fix Leibniz's series
#
# The series 1 − 1/3 + 1/5 − 1/7 + … converges to π/4. Below is a version without a loop. Run it with `n = 4`, look at
# the result, then fix it.
#
# `leibniz_pi(n)` should return 4 times the sum of the first `n` terms, as a Python float (not as a tensor):
# `leibniz_pi(1)` is 4.0, `leibniz_pi(2)` is 2.667.
#
# The cell below each exercise checks it and says what is wrong. `hint("leibniz_pi")` gives a hint, the next call a
# stronger one. `solution("leibniz_pi")` opens once you have passed, or have tried three times.

# %% exercise="leibniz_pi"
def leibniz_pi(n):
    """4 times the sum of the first n terms of Leibniz's series, a float."""
    ...  ### SOLUTION


# %% check="leibniz_pi"
check(leibniz_pi)

# %% [markdown]
# Notice what the broken version did *not* do: it raised no error. Plain Python stops at `1 / 0`; a tensor answers
# `inf`, or `nan` for 0/0, and carries on. One `nan` in a batch is enough to ruin a training run.

# %% [markdown]
# ## Taking parts
#
# Indexing goes dimension by dimension, separated by commas. A single index removes its dimension, a slice keeps it.
# **Predict the shape of each before you run the cell.**

# %%
x = torch.arange(12).reshape(3, 4)
print(x)
for name, part in {"x[1]": x[1], "x[:, 1]": x[:, 1], "x[:, 1:2]": x[:, 1:2], "x[0, 2]": x[0, 2],
                   "x[-1, ::2]": x[-1, ::2], "x[..., None]": x[..., None]}.items():
    print(f"{name:<14} shape {tuple(part.shape)}")

# %% [markdown]
# `x[:, 1]` and `x[:, 1:2]` hold the same three numbers. The first is a row of three, the second a column of shape
# (3, 1). The difference decides what broadcasting does with them, as you will see soon. `...` stands for all dimensions
# that you don't name, and `None` puts in a new one of size 1.
#
# A comparison gives a tensor of True and False, a **mask**, and a mask picks elements:

# %%
mask = x % 3 == 0
print(mask)
print(x[mask])  # always one-dimensional: the picked elements form no rectangle
print(torch.where(mask, x, -1))  # this keeps the shape: x where the mask is True, else -1

# %% [markdown]
# Parts can be assigned to as well. **What will `y` hold after this cell?** Make up your mind first.

# %%
y = torch.zeros(2, 3)
row = y[0]
row[1] = 5
print(y)


# %% [markdown]
# `row` was not a copy. A slice is a **view**: another way to look at the same memory. That makes slicing free, however
# large the tensor, and it makes the next exercise necessary. (A copy, with memory of its own, is `x.clone()`; NumPy
# calls it `copy`.)
#
# ### Exercise · Fix a function that changes its input
#
# `set_column(x, j, value)` should return a tensor with the shape and dtype of `x` in which column `j` is filled with
# `value`. As in any index, a negative `j` counts from the end. This version returns the right thing. What is wrong with
# it? Fix it, so that the caller's `x` stays as it was.

# %% exercise="set_column"
def set_column(x, j, value):
    """A tensor (rows, columns) like x, with column j filled with value."""
    ...  ### SOLUTION


# %% check="set_column"
check(set_column)

# %% [markdown]
# Methods whose name ends in an underscore, such as `add_` and `zero_`, and the operators `+=` and `*=`, write **in
# place** as well. **`c` is a second name for `d`. What does `d` hold after each line?**

# %%
d = torch.zeros(2)
c = d
c += 1  # in place: writes into the memory that d looks at, too
print(d)
c = c + 1  # a new tensor: from here on c is another one
print(d)

# %% [markdown]
# Working in place saves memory, and in lesson 2 it will get in the way of gradients. When in doubt, make a new tensor.

# %% [markdown]
# ## Putting together
#
# `cat` joins along a dimension that is there already; `stack` makes a new one. **Two tensors of shape (2, 3): what
# shapes do these give?**

# %%
a, b = torch.zeros(2, 3), torch.ones(2, 3)
print(torch.cat([a, b]).shape)
print(torch.cat([a, b], dim=1).shape)
print(torch.stack([a, b]).shape)
print(torch.stack([a, b], dim=-1).shape)

# %% [markdown]
# A **batch** is a stack: many images of the same size, one behind the other, in a new first dimension. Nearly
# everything in PyTorch takes batches.
#
# ## Multiplying, twice
#
# `*` multiplies element by element. `@` is the matrix product: rows times columns, summed. They give different shapes
# and different numbers, and with square matrices no error tells you that you took the wrong one.

# %%
m = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
v = torch.tensor([10.0, 1.0])
print(m * v)  # each row of m times v, element by element
print(m @ v)  # each row of m times v, summed: one number a row

# %% [markdown]
# The shapes of a matrix product must meet in the middle: (2, 3) @ (3, 5) gives (2, 5). If they don't, PyTorch names
# both shapes. Read the two numbers in the middle: in `2x3 and 2x3` a 3 meets a 2.

# %%
try:
    torch.ones(2, 3) @ torch.ones(2, 3)
except RuntimeError as error:
    print(error)
print((torch.ones(2, 3) @ torch.ones(2, 3).T).shape)

# %% [markdown]
# ## Broadcasting
#
# `m * v` above worked although the shapes differ: (2, 2) and (2,). PyTorch **broadcast** `v` over the rows. The rule
# fits on one line:
#
# > Line the shapes up *from the right*. In each place the sizes must be equal, or one of them must be 1 (or missing).
#
# A size of 1 is repeated to match, without copying anything. Choose two shapes, predict, and look. Can you find two
# shapes with equally many elements that don't fit together?

# %% demo=true tags=["nbval-ignore-output"]
from course_utils.figures.tensors import broadcasting

broadcasting()

# %% [markdown]
# The pattern to remember: a column of shape (n, 1) against a row of shape (m,) makes *every pair*, in an (n, m) table.

# %%
hours = torch.tensor([1, 2, 3])
wages = torch.tensor([10, 20])
print(hours[:, None] * wages)


# %% [markdown]
# ### Exercise · A times table
#
# Write `times_table(n)`: an int64 tensor of shape (n, n) whose entry in row i, column j, counted from 1, is i · j. (You
# don't need a loop for it.) `times_table(3)` is `[[1, 2, 3], [2, 4, 6], [3, 6, 9]]`.

# %% exercise="times_table"
def times_table(n):
    """All products of the numbers 1 to n: an int64 tensor of shape (n, n)."""
    ...  ### SOLUTION


# %% check="times_table"
check(times_table)

# %% [markdown]
# ## Reducing
#
# `sum`, `mean`, `max`, `std` and their like make fewer numbers of many. Without `dim` they reduce everything to one.
# With `dim` they make *that dimension disappear*. Think of it so, and you will never have to guess whether `dim=0`
# means rows or columns.
#
# **`scores` has shape (2, 3). Predict the three shapes.**

# %%
print(scores.mean().shape)
print(scores.mean(dim=0).shape)
print(scores.mean(dim=1, keepdim=True).shape)

# %% [markdown]
# `keepdim=True` leaves a 1 in the place of the dimension that went. So the result still lines up with the original,
# and broadcasting does the rest:

# %%
print(scores - scores.mean(dim=1, keepdim=True))  # each student's scores, relative to their own mean
print(scores.max(dim=1).values, scores.argmax(dim=1))  # the best score of each row, and where it is


# %% [markdown]
# ### Exercise · Standardize
#
# Networks learn faster when every input column has mean 0 and standard deviation 1. Write `standardize(x)` for `x` of
# shape (rows, columns): subtract from each column its mean, then divide by its standard deviation (`x.std` with its
# default settings). That is worth 2 points.
#
# The third point: what happens to a column in which all values are the same? Make it all zeros. (Try a column of 7s,
# then `torch.full((10, 1), 0.1)`. What is its computed standard deviation?)

# %% exercise="standardize"
def standardize(x):
    """Each column of x (rows, columns) shifted to mean 0 and scaled to standard deviation 1; a constant one to 0."""
    ...  ### SOLUTION


# %% check="standardize"
check(standardize)


# %% [markdown]
# ### Exercise · All distances
#
# Now both ideas at once. `a` holds n points and `b` holds m points in d dimensions: shapes (n, d) and (m, d). Write
# `pairwise_distances(a, b)`: the (n, m) table of straight-line distances between every point of `a` and every point
# of `b`. Broadcasting needs no loop for it. (`torch.cdist` does the same in one call, and passes too; with broadcasting
# you can write what has no such function.) Some points of `a` may also be in `b`: their distance is 0.

# %% exercise="pairwise_distances"
def pairwise_distances(a, b):
    """Euclidean distances, shape (n, m), between the points a (n, d) and b (m, d)."""
    ...  ### SOLUTION


# %% check="pairwise_distances"
check(pairwise_distances)

# %% [markdown]
# ## Reshaping, and what lies in memory
#
# In memory a tensor is one long row of numbers. Its shape, and how many numbers to skip for the next row or column (its
# **strides**), say how to read that row. `reshape` reads the same row in other lengths. `permute` (and `.T`) keeps the
# numbers where they are and swaps the strides.

# %%
x = torch.arange(6).reshape(2, 3)
print(x, x.stride())
print(x.T, x.T.stride())
print(x.reshape(3, 2))

# %% [markdown]
# `x.T` and `x.reshape(3, 2)` have the same shape and *different* contents. To move dimensions, use `permute`; `reshape`
# only to join or split neighbours. `permute` takes the old dimensions in their new order. **What are these shapes?**

# %%
films = torch.zeros(2, 30, 4, 5)  # 2 films of 30 frames, each 4 high and 5 wide
print(films.permute(1, 0, 2, 3).shape)  # by frame, then by film
print(films.permute(0, 2, 3, 1).shape)
print(films.reshape(60, 4, 5).shape)  # neighbours joined: all frames in one row

# %% [markdown]
# The next task will need that.
#
# `view` is `reshape` that promises never to copy. After a transpose it has to refuse:

# %%
try:
    x.T.view(6)
except RuntimeError as error:
    print(str(error).splitlines()[0])
print(x.is_contiguous(), x.T.is_contiguous(), x.T.contiguous().view(6))


# %% [markdown]
# ### Exercise · From photos to a batch
#
# Cameras, Pillow and NumPy keep an image as H × W × 3 bytes: the three colours of a pixel side by side, each from 0 to
# 255. PyTorch's networks want N × 3 × H × W floats, here in [0, 1].
#
# Write `stack_images(images)`: a list of N uint8 arrays of shape (H, W, 3) in, a float32 tensor of shape (N, 3, H, W)
# out. `torch.from_numpy` turns an array into a tensor.

# %% exercise="stack_images"
def stack_images(images):
    """A batch (N, 3, H, W) of float32 in [0, 1], from N uint8 arrays of shape (H, W, 3)."""
    ...  ### SOLUTION


# %% check="stack_images"
check(stack_images)

# %% [markdown]
# ## Who shares memory with whom?
#
# `torch.from_numpy` did not copy those images: array and tensor are two handles on the same bytes. Change one, and the
# other changes.

# %%
array = np.zeros(3)
tensor = torch.from_numpy(array)
array[0] = 1
print(tensor, tensor.dtype)
print(torch.tensor(array).data_ptr() == tensor.data_ptr())  # torch.tensor always copies

# %% [markdown]
# ### Exercise · Predict
#
# Let `a = torch.arange(6.0).reshape(2, 3)`. Which of these share memory with `a`, so that writing to one changes the
# other? Replace each `...` by `True` or `False`: your prediction first. Half a point each. Afterwards you may
# measure: `a.untyped_storage().data_ptr()` is the address of the memory (of an array, take `torch.from_numpy(array)`
# first).

# %% exercise="shares_memory"
shares_memory = ...  ### SOLUTION

# %% check="shares_memory"
check(shares_memory)

# %% [markdown]
# ## One word on devices
#
# Everything above ran on the CPU. A GPU has its own memory; a tensor is in one place or the other, and an operation
# wants all its tensors in the same place. The line below is how every lesson picks a device, so the same notebook runs
# everywhere. Lesson 9 is about doing it well.

# %% tags=["nbval-ignore-output"]
device = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else torch.device("cpu")
print(device, torch.ones(2, device=device).sum().item())

# %% [markdown]
# ## What you have learned
#
# - A tensor has a shape, a dtype and a device. From values, as in `tensor` or `arange`, whole numbers become int64,
#   others float32.
# - An index removes its dimension, a slice keeps it, `None` adds one, a mask picks.
# - Broadcasting lines shapes up from the right; sizes must be equal or 1. A column against a row makes every pair.
# - A reduction over `dim` makes that dimension disappear; `keepdim=True` leaves a 1 behind.
# - `permute` moves dimensions, `reshape` only joins and splits neighbours.
# - Slices, views, transposes and `numpy()` share memory; masks and `clone()` copy.
# - Tensors don't stop at 1/0. They answer inf and nan, and go on.

# %% demo=true tags=["nbval-ignore-output"]
progress()

# %% [markdown]
# ## Go further
#
# 1. **A blur without a loop.** Take any image as a float tensor of shape (H, W). Make the mean over each pixel and its
#    eight neighbours by adding nine shifted slices. How do you treat the border?
# 2. **One-hot, by broadcasting.** Turn class numbers of shape (N,) into a float tensor of shape (N, classes) with a 1
#    in the right place, with one comparison and no loop. Compare with `torch.nn.functional.one_hot`.
# 3. **Einstein's shorthand.** Read the documentation of `torch.einsum` and write the matrix product, the batched
#    matrix product, the trace, and exercise 5's sum of squares with it.
#
# In lesson 2 tensors begin to remember where they came from, and PyTorch differentiates your programs for you.
