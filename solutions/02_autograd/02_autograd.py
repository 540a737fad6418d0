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
# # Lesson 2 · Autograd
#
# Lesson 1's tensors held numbers. Now they begin to remember where the numbers came from. From that memory PyTorch
# works out how every result depends on every input. Training is nothing more than this, done many times.
#
# At the end you will be able to
#
# - say what `backward()` does, and which tensors get a gradient from it;
# - check a gradient against plain numbers;
# - write gradient descent by hand, and the same loop with an optimizer;
# - find out why a gradient is `None`, too large, or missing.
#
# You need the derivative of x², and no more calculus than that. About {minutes} minutes, {exercises}, {points}.

# %%
from course_utils import check, hint, progress, solution, start

import torch
import torch.nn.functional as F

start("02_autograd")

# %% [markdown]
# ## A program that remembers
#
# Here is the smallest possible network: one weight, one bias, one input. We want it to give 5, and measure by how much
# it misses. `requires_grad=True` says: *keep a record of what is done with this tensor*.

# %%
x = torch.tensor(2.0)
w = torch.tensor(3.0, requires_grad=True)
b = torch.tensor(1.0, requires_grad=True)

error = (w * x + b - 5) ** 2
error

# %% [markdown]
# The value is (3 · 2 + 1 − 5)² = 4. Behind it stands a `grad_fn`: the last operation, which knows the one before it,
# and so on back to `w` and `b`. Together they are the **graph**. PyTorch built it while your lines ran: the *forward*
# pass. (Other systems make you describe the graph first and run it later. Here an `if` or a `for` is just Python, and
# the graph may be another one each time.)
#
# The picture is drawn from those `grad_fn`s. **Why is there no box for `x`, and none for 5?**

# %% demo=true
from course_utils.figures import show
from course_utils.figures.autograd import draw_graph

show(draw_graph(error, {"w": w, "b": b}),
     alt="The graph of (w * x + b - 5) squared: w goes into MulBackward0, its result and b into AddBackward0, then "
         "SubBackward0 and PowBackward0. x and 5 are not in it.")

# %% [markdown]
# Nobody asked for a gradient of `x` or 5, so they are kept only as numbers that the slopes need. `w` and `b` are
# **leaves**: tensors that were not computed from others. `backward()` fills the `.grad` of leaves that asked for it, and
# of nothing else.
#
# Now the way back. `backward()` walks the graph from the result to the leaves and multiplies the slopes on its way (the
# chain rule). Each leaf finds its result in `.grad`. With m = w·x + b − 5 = 2, the error is m², so its slope is 2m = 4
# along m. **What will `w.grad` and `b.grad` be?** Decide, then run.

# %%
error.backward()
print(w.grad, b.grad)


# %% [markdown]
# `b` moves m one to one, so its slope is 4. `w` is multiplied by x = 2 first, so 8. In words: if `w` grows by a tiny
# amount, the error grows by 8 times that amount.
#
# ### Exercise · The slope of anything
#
# Write `slope(f, x)`: the derivative of `f` at the number `x`, as a Python number. `f` takes a tensor with one number
# and gives one back. `slope(lambda x: x ** 2, 3.0)` is 6.0. The number may be a whole one: `slope(torch.sin, 0)` is 1.0.
#
# The cell below checks your answer. Stuck? `hint("slope")` in a cell of its own gives a hint, and the next call a
# stronger one.

# %% exercise="slope"
def slope(f, x):
    """The derivative of f at x, a float."""
    ...  ### SOLUTION


# %% check="slope"
check(slope)


# %% [markdown]
# ## Trust, but measure
#
# How do you know that a gradient is right? By trying: move the input a little, and see how far the output moves. This
# is slow (two runs of `f` for every single number), and it only estimates. But it knows nothing of autograd, so it is
# an independent witness.
#
# You can step to one side, or to both. **Which estimate of the slope of x³ at 1, which is 3, will be closer?**

# %%
def cube(x):
    return x**3


for eps in (0.1, 0.01, 0.001):
    one_side = (cube(1 + eps) - cube(1)) / eps
    both_sides = (cube(1 + eps) - cube(1 - eps)) / (2 * eps)
    print(f"eps {eps:<6} one side {one_side:.6f}   both sides {both_sides:.6f}")

# %% [markdown]
# A ten times smaller step makes the first error ten times smaller, and the second one a hundred times. But don't
# overdo it: a float32 has about seven digits, and the difference of two nearly equal numbers has few of them left.

# %%
one = torch.tensor(1.0)
for eps in (1e-2, 1e-4, 1e-6):
    print(f"eps {eps:g}: {((cube(one + eps) - cube(one - eps)) / (2 * eps)).item():.4f}")


# %% [markdown]
# So use float64 for such checks, and a moderate step.
#
# ### Exercise · A gradient from plain numbers
#
# Write `numerical_gradient(f, x, eps)`. `f` takes a tensor of any shape and gives a single number. Return a tensor with
# the shape and dtype of `x`: for each number in it, the central difference (step to both sides by `eps`) when *only
# that number* moves. Leave the caller's `x` as it was.
#
# For `f = lambda x: (x ** 2).sum()` and `x = [1., 2., 3.]` that is `[2., 4., 6.]`.

# %% exercise="numerical_gradient"
def numerical_gradient(f, x, eps):
    """Central differences of f at x, one for each number in x: a tensor like x."""
    ...  ### SOLUTION


# %% check="numerical_gradient"
check(numerical_gradient)

# %% [markdown]
# A net with a million weights would need two million runs for one gradient like this. `backward()` needs one run
# forward and one back, whatever the number of weights. That is why deep learning works at all. (`torch.autograd.gradcheck`
# makes the comparison for you.)
#
# ## Many outputs
#
# `backward()` starts from a single number, a *loss*. From several outputs it has to be told how much each of them
# counts, by a vector `v`. What comes back is `v @ J`: `v` times the **Jacobian**, the table of all slopes with a row
# for each output and a column for each input. The table itself is never made.

# %%
point = torch.tensor([2.0, 3.0], requires_grad=True)
outputs = torch.stack([point[0] * point[1], point[0] ** 2])

try:
    outputs.backward()
except RuntimeError as message:
    print(message)

print(torch.autograd.functional.jacobian(lambda p: torch.stack([p[0] * p[1], p[0] ** 2]), point.detach()))


# %% [markdown]
# Row 0 holds the slopes of x₀·x₁, 3 and 2; row 1 those of x₀², 4 and 0. **With v = [1, 10], what is v @ J?**
#
# ### Exercise · Vector times Jacobian
#
# Write `vjp(f, x, v)`. `f` takes a vector of n numbers and gives a vector of m; `v` has m numbers. Return the n numbers
# of v @ J at `x`. You can do it without ever building the Jacobian: one `backward` is enough. Don't change the
# caller's `x`: calling `x.requires_grad_()` would do that, so call it on a `clone()`.
#
# For the example above the answer is `[43., 2.]`.

# %% exercise="vjp"
def vjp(f, x, v):
    """v @ J, shape (n,), where J (m, n) holds the slopes of f at x (n,), and v is (m,)."""
    ...  ### SOLUTION


# %% check="vjp"
check(vjp)

# %% [markdown]
# ## Cutting the graph
#
# Sometimes you want *no* record. Four ways out, and each of them ends the memory there and then:

# %%
total = w * 2
ways_out = {
    "total.detach()": total.detach(),  # the same numbers, no history
    "total.item()": total.item(),  # a plain Python number
    "torch.tensor(total.item())": torch.tensor(total.item()),  # a new tensor, which knows nothing of w
}
with torch.no_grad():  # nothing inside this block is recorded
    ways_out["w * 2 in no_grad"] = w * 2
for name, value in ways_out.items():
    print(f"{name:<28} {str(value):<10} requires_grad: {getattr(value, 'requires_grad', '-')}")


# %% [markdown]
# They are useful: `detach` for plots and logs, `item` for printing, `no_grad` for everything that is no part of the
# function. And each of them, in the wrong place, cuts your net off from its loss. The nastiest thing about that fault:
# often there is no error message.
#
# ### Exercise · Mend a loss that lost its graph
#
# Large weights are a sign of over-fitting, so one often adds a penalty for them (*ridge regression*). The loss below
# gives the right number. Its author met the message *element 0 of tensors does not require grad*, searched the web,
# and "solved" it with `requires_grad=True`. Now the training runs without an error and learns nothing.
#
# Mend it, so that gradients reach `prediction` and all `weights`. The value is right and shall stay.

# %% exercise="ridge_loss"
def ridge_loss(prediction, target, weights, strength):
    """The mean squared error, plus strength times the sum of all squared weights; a tensor with one number."""
    ...  ### SOLUTION


# %% check="ridge_loss"
check(ridge_loss)

# %% [markdown]
# ## Going down
#
# The gradient points to where the function *grows* fastest. So go the other way, a little; look again; and so on. That
# is **gradient descent**, and the size of "a little" is the **learning rate**.
#
# The ball below rolls in a long valley, eight times as steep across as along. Try these, and predict each before you
# move the slider:
#
# 1. learning rate 0.05: it gets down to the valley's floor, and then hardly moves. Why?
# 2. learning rate 0.2: what changes across the valley?
# 3. above 0.25 something happens. Across the valley the slope is 8y: what does a step of 0.25 · 8y do to y?
# 4. learning rate 0.05 with momentum 0.8: the ball keeps some of its speed.

# %% demo=true tags=["nbval-ignore-output"]
from course_utils.figures.autograd import descent

descent()

# %% [markdown]
# At 0.25 the ball jumps to −y, just as far off on the other side, for ever. Above that, each jump is longer than the
# last. So the steepest direction limits the learning rate, and the flattest one pays for it with slowness. Momentum is
# one cure. Scaling the inputs, as with lesson 1's `standardize`, is another: it makes the valley rounder.
#
# ## Gradients add up
#
# One trap before you write the loop. **What does this print?** The slope of w² at 3 is 6.

# %%
w = torch.tensor(3.0, requires_grad=True)
for _ in range(3):
    (w**2).backward()
    print(w.grad)

# %% [markdown]
# `backward()` *adds* to `.grad`. That is on purpose: a weight that is used in two places needs the sum of both slopes.
# But it means that you have to empty `.grad` before the next round: `w.grad = None`.
#
# The second trap: the update is not part of the function. If `w` is a leaf, PyTorch refuses to change it in place under
# its recording eyes:

# %%
try:
    w -= 0.1 * w.grad
except RuntimeError as message:
    print(message)

with torch.no_grad():
    w -= 0.1 * w.grad
print(w)


# %% [markdown]
# ### Exercise · Gradient descent by hand
#
# Write `descend(f, x0, lr, steps)`: start at `x0` (a tensor of any shape), take `steps` steps of gradient descent on
# `f` with learning rate `lr`, and return the place where you end, as a tensor that wants no gradient. No optimizer.
# Leave `x0` alone.
#
# For `f = lambda x: (x ** 2).sum()`, `x0 = [4., -2.]`, `lr = 0.25`, each step halves `x`: after 2 steps `[1., -0.5]`.

# %% exercise="descend"
def descend(f, x0, lr, steps):
    """The place that gradient descent on f reaches from x0 after some steps: a detached tensor like x0."""
    ...  ### SOLUTION


# %% check="descend"
check(descend)

# %% [markdown]
# ## The same with an optimizer
#
# An **optimizer** holds a list of leaves. `step()` makes the update for all of them (with `no_grad` inside), and
# `zero_grad()` empties all their gradients. With it, every training loop in this course has the same four lines:

# %%
place = torch.tensor([4.0, -2.0], requires_grad=True)
optimizer = torch.optim.SGD([place], lr=0.25)
for _ in range(2):
    optimizer.zero_grad()  # forget the last round
    loss = (place**2).sum()  # forward
    loss.backward()  # back: fills place.grad
    optimizer.step()  # moves place
print(place.detach())


# %% [markdown]
# SGD stands for *stochastic gradient descent*: stochastic, because usually the loss is that of a random handful of
# rows. Swap `SGD` for `Adam`, and nothing else changes.
#
# ### Exercise · A line through points
#
# Write `fit_line(x, y, lr, steps)`: find `w` and `b` so that `w * x + b` comes close to `y`. Start both at 0, take
# `steps` steps of `torch.optim.SGD` on the *mean* squared error, and return `(w, b)` as two Python numbers.
#
# `fit_line(torch.tensor([0., 1., 2.]), torch.tensor([1., 3., 5.]), lr=0.1, steps=2)` is about `(1.32, 0.91)`; with 500
# steps you would see (2, 1).

# %% exercise="fit_line"
def fit_line(x, y, lr, steps):
    """Slope and intercept, two floats, after some steps of SGD from (0, 0) on the mean squared error; x, y are (N,)."""
    ...  ### SOLUTION


# %% check="fit_line"
check(fit_line)

# %% [markdown]
# ## A real net, and a loop that looks right
#
# Nothing changes when there are thousands of weights instead of two. Here is a small residual net with random weights,
# for colour images. What is inside comes in lesson 8. Today it is a function with many leaves. `F.cross_entropy` is a
# loss for choosing one of several classes; lesson 4 comes to it.

# %%
from course_utils.models.resnet import small_resnet

torch.manual_seed(0)
net = small_resnet()
images, labels = torch.randn(4, 3, 8, 8), torch.tensor([3, 1, 4, 1])

loss = F.cross_entropy(net(images), labels)
loss.backward()
weights = list(net.parameters())
print(f"{len(weights)} tensors, {sum(p.numel() for p in weights):,} numbers, loss {loss.item():.2f}")
print("all have a gradient:", all(p.grad is not None for p in weights))


# %% [markdown]
# ### Exercise · Mend a training loop
#
# This loop runs, and on four images its loss even falls. You will find its like in many tutorials. Two things are in
# the wrong place or missing altogether, and what it collects in `losses` keeps more alive than a number.
#
# Ask of each line: once, or in every step? Mend it. `train_steps(model, images, labels, lr, steps)` takes `steps` steps
# of SGD with learning rate `lr` and momentum 0.9, and returns the loss before each step, as a list of Python numbers.

# %% exercise="train_steps"
def train_steps(model, images, labels, lr, steps):
    """Train on one batch for some steps of SGD with momentum 0.9; the loss before each step, as a list of floats."""
    ...  ### SOLUTION


# %% check="train_steps"
check(train_steps)

# %% [markdown]
# Momentum belongs to the optimizer: a new optimizer begins at rest. So a loop that builds one in each step *says*
# momentum 0.9 and has none. And why did the broken loop get anywhere? Gradients that pile up act like a momentum of 1.0,
# with no friction at all. That is enough to learn four images by heart. But watch it on x², from x = 1, for 2000 steps:

# %%
position = torch.tensor(1.0, requires_grad=True)
visited = []
for _ in range(2000):
    (position**2).backward()  # and nobody empties position.grad
    with torch.no_grad():
        position -= 0.05 * position.grad
    visited.append(position.item())
print(f"the last 60 steps still swing from {min(visited[-60:]):.2f} to {max(visited[-60:]):.2f}")

# %% [markdown]
# ## What you have learned
#
# - With `requires_grad=True` PyTorch records what you compute. `backward()` goes back through that record and *adds* to
#   each leaf's `.grad`.
# - Central differences, in float64, are an independent witness for a gradient.
# - From several outputs, backward computes v @ J, and never J.
# - `item`, `detach`, `torch.tensor(…)` and `no_grad` cut the graph. Keep them out of the way from the weights to the loss.
# - Descent: loss, backward, step against the gradient under `no_grad`, empty the gradient.
# - The optimizer is made once. In every step: `zero_grad`, loss, `backward`, `step`.
#
# Three symptoms, and where to look: `.grad` is `None`: no leaf, or the graph is cut. `.grad` is too large: it was not
# emptied. The loss doesn't move: the optimizer holds other tensors than the model, or the learning rate is tiny.

# %% demo=true tags=["nbval-ignore-output"]
progress()

# %% [markdown]
# ## Go further
#
# 1. **Your own autograd.** A class `Value` with a number, its parents and their slopes, with `+`, `*` and `backward()`,
#    takes fewer than 40 lines. Check it against PyTorch, and against your `numerical_gradient`.
# 2. **Newton's method.** The gradient is a tensor like any other: with `torch.autograd.grad(…, create_graph=True)` you
#    can differentiate it again. Find the minimum of x⁴ − 3x³ + 2 with second derivatives, and count the steps.
# 3. **Momentum by hand.** Add it to `descend`, and compare step by step with `torch.optim.SGD(…, momentum=0.9)`. Then
#    look up what `nesterov=True` changes.
#
# In lesson 3 the function with many leaves gets a shape: neurons, layers, your first network.
