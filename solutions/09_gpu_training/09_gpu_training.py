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
# # Lesson 9 · Training on a GPU
#
# In lesson 8 you trained an image classifier. This lesson trains the same one faster, on whatever you have: a CUDA GPU,
# Apple's GPU, or a CPU. Everything here runs on a CPU too, and what cannot be measured there is said so.
#
# At the end you will be able to
#
# - choose a device, and move models and nested batches to it;
# - time code that runs beside your program, and find where the time goes;
# - use less of it: larger batches, no waiting, 16-bit arithmetic, memory layout, compilation;
# - train with batches that are larger than the memory;
# - train in several processes that keep the same model.
#
# About {minutes} minutes, {exercises}, {points}.

# %%
from course_utils import check, hint, progress, solution, start

import copy
import math
import os
import statistics
import time

import torch
from torch import nn
from torch.nn import functional as F

from course_utils.data import cifar10, notice
from course_utils.figures import show
from course_utils.models.cnn import ClassicCNN, FastCNN
from course_utils.training import devices

start("09_gpu_training")

# %% [markdown]
# ## What is here?
#
# `cuda` is an NVIDIA GPU (AMD's use the same name), `mps` Apple's, `cpu` is always there. `CUDA_VISIBLE_DEVICES=1` in
# the environment hides all GPUs but the second, which is then called `cuda:0`.

# %% tags=["nbval-ignore-output"]
print("PyTorch", torch.__version__)
print("here:  ", ", ".join(str(device) for device in devices.available_devices()))
print("threads on the CPU:", torch.get_num_threads())
device = devices.pick_device()
print("this lesson uses", device)


# %% [markdown]
# ### Exercise · Pick a device
#
# Write `pick_device(prefer="auto")`, which returns a `torch.device`:
#
# - `"auto"` picks `cuda` if it is available, otherwise `mps` if available, otherwise `cpu`;
# - any other string gives that device: `pick_device("cuda:1")` is `torch.device("cuda:1")`;
# - for a device that is not here (the third point), a `RuntimeError` with a sentence. `"cuda:3"` is not here on a machine
#   with two GPUs.
#
# `torch.cuda.is_available()`, `torch.cuda.device_count()` and `torch.backends.mps.is_available()` say what is here. A
# `torch.device("cuda:1")` has a `.type` and an `.index`; the index of plain `"cuda"` is None, and means the first.
#
# The check pretends to be several machines, so it tests more than the one you sit at.

# %% exercise="pick_device"
def pick_device(prefer="auto"):
    """The torch.device to use; RuntimeError with a sentence if `prefer` is not here."""
    ...  ### SOLUTION


# %% check="pick_device"
check(pick_device)

# %% [markdown]
# ## Moving
#
# A GPU has its own memory. Tensors must be brought there, and an operation needs all of its tensors in one place.
# **`tensor.to(device)` and `model.to(device)` look alike. Which one changes the thing itself?** The device `meta` is
# handy for trying: it keeps shapes, and no numbers.

# %%
tensor, model = torch.zeros(2), nn.Linear(2, 1)
tensor.to("meta")
model.to("meta")
print("tensor:", tensor.device, "| model:", model.weight.device)

# %% [markdown]
# A module is moved in place, a tensor is not: write `tensor = tensor.to(device)`. And this is the error that everyone
# meets in the first hour. Read it: it names both devices.

# %%
try:
    model(torch.zeros(1, 2))
except RuntimeError as error:
    print(str(error).splitlines()[0])


# %% [markdown]
# (With a GPU it usually says *Expected all tensors to be on the same device, but found at least two devices, cuda:0 and
# cpu!* Either the model or the batch was left behind.)
#
# ### Exercise · Move a nest
#
# Loaders give tuples, dicts, lists of dicts. Write `to_device(batch, device)`: the same nest of tuples, lists and dicts,
# with every tensor on the device, in its own dtype, and everything else as it was.
# `to_device({"image": tensor, "name": "a.png"}, device)` is a dict with a moved tensor and the same text.

# %% exercise="to_device"
def to_device(batch, device):
    """The batch with every tensor in it on the device."""
    ...  ### SOLUTION


# %% check="to_device"
check(to_device)


# %% [markdown]
# ### Exercise · Mend the set-up
#
# `set_up` makes a copy of a model on the device, and SGD for it; the caller's model stays where it is. The
# training that uses it raises no error, but the loss never moves. Fix it.

# %% exercise="set_up"
def set_up(model, lr, device):
    """A copy of the model on the device, and an optimizer for it. The caller's model stays as it is."""
    ...  ### SOLUTION


# %% check="set_up"
check(set_up)


# %% [markdown]
# ### Exercise · A loop for any device
#
# Write `fit(model, batches, epochs, lr, device)`: SGD with cross-entropy. `batches` is a list of (rows, labels) on the
# CPU; model and batches are moved to `device`. Return a tensor of shape (epochs,), *on the device* and without a graph,
# with the mean of the batches' losses in each epoch. The check also runs it on `meta`, where no number can be read.

# %% exercise="fit"
def fit(model, batches, epochs, lr, device):
    """Train on the device; the mean loss of each epoch, a tensor (epochs,) on the device."""
    ...  ### SOLUTION


# %% check="fit"
check(fit)

# %% [markdown]
# ## Timing honestly
#
# A GPU works *beside* your program. `y = x @ x` only puts the product on its list and returns at once. Whoever stops the
# clock there has timed the asking. Three rules:
#
# 1. **Warm up.** The first calls choose algorithms, get memory, fill caches.
# 2. **Synchronise** before the clock is started and before it is stopped: `torch.cuda.synchronize()`.
# 3. **Many runs, and the median**, which one hiccup of the machine does not move.

# %% tags=["nbval-ignore-output"]
x = torch.randn(600, 600, device=device)
times = []
for _ in range(6):
    devices.synchronize(device)
    begin = time.perf_counter()
    x @ x
    devices.synchronize(device)
    times.append(time.perf_counter() - begin)
print("one after the other:", ", ".join(f"{1000 * t:.1f} ms" for t in times))


# %% [markdown]
# ### Exercise · Time it
#
# Write `time_it(fn, device, warm_up=2, runs=5)` by those rules: the median of `runs` timed calls of `fn()`, in seconds,
# after `warm_up` calls without a clock. (The median of an even number of times is the mean of the two in the middle.) Use
# `time.perf_counter()`, and `torch.cuda.synchronize()` only if `device.type` is `"cuda"`. The check brings its own clock,
# a pretended GPU, and a machine without one.

# %% exercise="time_it"
def time_it(fn, device, warm_up=2, runs=5):
    """The median time of one call of fn, in seconds, with the device's work included."""
    ...  ### SOLUTION


# %% check="time_it"
check(time_it)

# %% [markdown]
# ## Where the time goes
#
# The simplest lever is the batch size. Each operation has a fixed price for being asked for, however small its data.
# **How much cheaper will an image be in a batch of 128 than alone?** Guess, then run.

# %% tags=["nbval-ignore-output"]
from course_utils.figures.gpu import time_per_image, training_step

measured = {}
for each in devices.available_devices():
    measured[str(each)] = {size: training_step(FastCNN(width=8), size, each) for size in (1, 4, 16, 64, 128)}

# %% demo=true tags=["nbval-ignore-output"]
show(time_per_image(measured), alt="; ".join(
    f"{name}: {1e6 * seconds[1]:.0f} microseconds for an image alone, {1e6 * seconds[128] / 128:.0f} in a batch of 128"
    for name, seconds in measured.items()))

# %% [markdown]
# Where does your curve flatten? On a CPU there is soon nothing more to gain. A large GPU has thousands of arithmetic units,
# and a small batch leaves most of them idle, so there its curve goes on falling for longer.
#
# A CPU has several arithmetic units too, its cores, and PyTorch shares large operations out among its threads. **With
# all threads, will a step be as many times faster as there are threads?**

# %% demo=true tags=["nbval-ignore-output"]
all_threads = torch.get_num_threads()
for threads in sorted({1, all_threads}):
    torch.set_num_threads(threads)
    milliseconds = 1000 * training_step(FastCNN(width=8), 64, torch.device("cpu"))
    print(f"{threads} of {all_threads} threads: {milliseconds:.1f} ms for a step with 64 images on the CPU")
torch.set_num_threads(all_threads)

# %% [markdown]
# Rarely quite: some of the work is not shared out, and all threads share one memory.
#
# The second lever is not to wait. This is a *drawn model* of four steps on a GPU, with a millisecond for each copy and two
# for the asking. Switch `workers` on and `item_in_loop` off. **When is the device busy nearly all the time? What helps
# when loading takes longer than computing?**

# %% demo=true tags=["nbval-ignore-output"]
from course_utils.figures.gpu import timeline

timeline()


# %% [markdown]
# What helps with loading: workers (lesson 7); `pin_memory=True` in the loader with `batch.to(device, non_blocking=True)`,
# so that the copy runs beside the computation; or, for a set as small as CIFAR-10, the whole of it on the device from
# the start, as bytes, which is what lesson 8's recipe does.
#
# ### Exercise · Mend a loop that waits
#
# `train_epoch` is right, but slow on a GPU: it waits in every step. Fix it, so that it waits only after the last step. It
# should still return the mean loss *per row*, a plain number.

# %% exercise="train_epoch"
def train_epoch(model, batches, optimizer):
    """One epoch; the mean loss per row, a number."""
    ...  ### SOLUTION


# %% check="train_epoch"
check(train_epoch)

# %% [markdown]
# Don't guess where the time goes: ask the **profiler**. Which operations cost most in three steps of the classic net?

# %% demo=true tags=["nbval-ignore-output"]
os.environ["KINETO_LOG_LEVEL"] = "99"  # keeps the profiler's own log out of the notebook
from torch.profiler import ProfilerActivity, profile

activities = [ProfilerActivity.CPU] + ([ProfilerActivity.CUDA] if device.type == "cuda" else [])
net, rows, labels = ClassicCNN().to(device), torch.randn(24, 3, 32, 32, device=device), torch.zeros(24, device=device).long()
optimizer = torch.optim.SGD(net.parameters(), lr=0.001, momentum=0.9)
with profile(activities=activities, acc_events=True) as profiled:
    for _ in range(3):
        optimizer.zero_grad()
        F.cross_entropy(net(rows), labels).backward()
        optimizer.step()
busy = "self_device_time_total" if device.type == "cuda" else "self_cpu_time_total"
costly = sorted(profiled.key_averages(), key=lambda event: getattr(event, busy), reverse=True)[:6]
for event in costly:
    print(f"{event.key[:48]:<50} {event.count:>4} calls {getattr(event, busy) / 1000:8.1f} ms on {device}")

# %% [markdown]
# `mm` and `addmm` are the products of the linear layers, `convolution` and `convolution_backward` those of the
# convolutions and their gradients, and `bernoulli_` throws the dice of the dropout. What stands at the top is where a
# better idea would pay.

# %% [markdown]
# ## Sixteen bits
#
# `bfloat16` has the range of `float32`, and two to three digits. It moves half the bytes, and newer GPUs and CPUs have faster
# arithmetic for it; we measure below. Such digits are enough for most products, and not enough for adding small updates to
# large weights. **What do these two lines print?**

# %%
one = torch.tensor(1.0, dtype=torch.bfloat16)
print((one + 0.001).item())
print(torch.tensor(3.14159, dtype=torch.bfloat16).item())


# %% [markdown]
# So we mix. Under `torch.autocast`, PyTorch computes convolutions and matrix products in 16 bits and delicate things like
# the loss in 32, while the weights stay in 32. (With `float16`, whose range is small, you would need `torch.amp.GradScaler`
# besides. `bfloat16` does not.)
#
# ### Exercise · A step in mixed precision
#
# `autocast_step(model, inputs, labels, optimizer, device)` takes one step with the forward pass under autocast to
# `torch.bfloat16`, and the backward pass outside it. The cross-entropy loss belongs under autocast too, unless you turn the
# logits into float32 for it. The function returns the loss from before the step, a float32 tensor without its graph.

# %% exercise="autocast_step"
def autocast_step(model, inputs, labels, optimizer, device):
    """One step in mixed precision; the loss before it, a float32 tensor without graph."""
    ...  ### SOLUTION


# %% check="autocast_step"
check(autocast_step)

# %% [markdown]
# Does it pay here? And `channels_last`? A batch (N, 3, 32, 32) usually lies in memory channel by channel: all reds of an
# image, then all greens. In `channels_last` the three numbers of a pixel lie side by side, as fast convolutions read them.
# Shapes and results stay the same; only the strides change. Measure the recipe of lesson 8 with each. On a CPU without
# arithmetic for bfloat16 that one may well be slower.

# %% tags=["nbval-ignore-output"]
from dataclasses import replace

from course_utils.training.recipe import CPU, accuracy, as_tensors, bfloat16_pays, train

images, labels = (part[:4000].to(device) for part in as_tensors(cifar10(train=True)))
test_images, test_labels = (part[:1000] for part in as_tensors(cifar10(train=False)))
notice("cifar10")

# %% demo=true tags=["nbval-ignore-output"]
print(f"{device} has arithmetic for bfloat16 of its own: {bfloat16_pays(device)}")
short = replace(CPU, epochs=0.3, batch_size=128, lr=0.5)
for name, recipe in {
    "float32": replace(short, channels_last=False, bfloat16=False),
    "channels_last": replace(short, bfloat16=False),
    "channels_last and bfloat16": replace(short, bfloat16=True),
}.items():
    run = train(FastCNN(width=16), images, labels, recipe, device)
    print(f"{name:<28} {run.images_per_second:8,.0f} images/s", flush=True)


# %% [markdown]
# **`torch.compile(model)`** goes further: it reads the whole net, joins small operations into larger ones, and writes code
# for your device. Compiling takes a while at the start, so it pays for long runs. We leave it to `benchmarks/gpu.py`, which
# measures each of these ideas on the GPU that you have.
#
# ## When memory is short
#
# *CUDA out of memory* means: the batch's activations do not fit, for they are kept for the backward pass. Take a smaller
# batch. If you need the step of the large one, add up the gradients of several small ones and step once.
# `torch.cuda.max_memory_allocated()` says how close you were.
#
# ### Exercise · Accumulate
#
# `accumulate_gradients(model, batches, optimizer)` takes *one* step, the same as with all `batches` joined to one. The loss
# is cross-entropy, the mean over all rows. Gradients of an earlier step must not count. At no time may more than one
# small batch have its graph in memory: that is what this is for. Two points for equal batches, the third for unequal
# ones.

# %% exercise="accumulate_gradients"
def accumulate_gradients(model, batches, optimizer):
    """One optimizer step with the gradient of the mean loss over the rows of all batches."""
    ...  ### SOLUTION


# %% check="accumulate_gradients"
check(accumulate_gradients)


# %% [markdown]
# (With batch norm the two are not quite the same: each small batch is normalised by itself.)
#
# ## More than one device
#
# **DistributedDataParallel** starts one process for each device. Each has a copy of the model and its own share of every
# batch. During the backward pass the processes average their gradients, so all take the same step, and the copies stay equal.
# Nothing else is exchanged.
#
# ### Exercise · Your share
#
# `shard_indices(n, rank, world_size)` gives the list of rows for process `rank`: rank, rank + world_size, and so on. All
# processes must get equally many (they wait for each other in every step), so if `n` is no multiple, go on with rows 0, 1,
# …, from the start again if there are more processes than rows. `shard_indices(7, 1, 2)` is `[1, 3, 5, 0]`, and
# `shard_indices(1, 2, 3)` is `[0]`.

# %% exercise="shard_indices"
def shard_indices(n, rank, world_size):
    """The rows of process `rank` of `world_size`, a list of ints; all processes get equally many."""
    ...  ### SOLUTION


# %% check="shard_indices"
check(shard_indices)

# %% [markdown]
# Now for real: two processes, here, on the CPU. The script is `course_utils/training/ddp_demo.py`, and short. `torchrun` starts
# it twice and tells each process its rank. **Will the two losses be the same? And the weights?**

# %% demo=true tags=["nbval-ignore-output"]
import subprocess
import sys

command = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "course_utils.training.ddp_demo"]
done = subprocess.run([sys.executable, *command], capture_output=True, text=True, timeout=120,
                      env={**os.environ, "OMP_NUM_THREADS": "1"})
print(done.stdout if done.returncode == 0 else done.stderr[-600:])

# %% [markdown]
# Different rows, so different losses; the same averaged gradients, so the same weights. And up to rounding they are those
# that one process gets with the whole batches.
#
# ## All of it together
#
# The classifier of lesson 8 once more, on this lesson's device: data on the device, batches cut there, no reading in the
# loop, channels_last, bfloat16 where it pays. The curve is drawn meanwhile, from losses that are read once an epoch; the
# clock runs on while it is drawn.

# %% demo=true tags=["nbval-ignore-output"]
from course_utils.training.live import watched

torch.manual_seed(0)
model = FastCNN(width=16)
with watched(model, 3, lambda net: accuracy(net, test_images, test_labels, device)) as on_step:
    run = train(model, images, labels, replace(CPU, epochs=3, batch_size=64, lr=0.5), device, on_step=on_step)
print(f"{run.seconds:.1f} s on {device}, {run.images_per_second:,.0f} images/s, "
      f"{accuracy(model, test_images, test_labels, device):.0%} of the test images right")

# %% [markdown]
# ## What you have learned
#
# - One `device`, chosen once. `model.to(device)` works in place, `tensor.to(device)` does not. Build the optimizer last.
# - Warm up, synchronise, take the median. Everything else is a guess.
# - Large batches, loading beside computing, and no `.item()` in the loop keep a device busy.
# - Mixed precision: 16 bits for products, 32 for weights and sums.
# - Gradients accumulate: divide by *all* rows. Processes average them: give each an equal share.
#
# That was the course. You can take a table or a folder of images, build a net for it, train it, measure it honestly, and make
# it fast. Choose something of your own next.

# %% tags=["nbval-ignore-output"]
progress()

# %% [markdown]
# ## Go further
#
# 1. **On a GPU**, `python benchmarks/gpu.py` prints what each idea gains over the classic loop, and trains a larger net for
#    24 epochs. Which idea gains most on yours?
# 2. **A third process.** Start `ddp_demo` with `--nproc-per-node 3`. The 64 rows no longer divide; how far is the result from
#    that of one process, and why?
# 3. **Your own timeline.** `profiled.export_chrome_trace("trace.json")` writes one that <https://ui.perfetto.dev> can show. Find
#    the longest gap in it.
