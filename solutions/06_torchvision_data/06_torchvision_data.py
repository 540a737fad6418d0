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
# # Lesson 6 · Images with torchvision
#
# So far an example was a row of a table. From here on it is a picture. A network wants the same as ever, a float tensor
# and a label, so this lesson is about the way from the one to the other, and about looking before you train: most
# failures of image classifiers can be seen in the data, by anyone who looks.
#
# At the end you will be able to
#
# - open an image data set, and say how many images of which class it holds;
# - go from a picture to a float tensor (C, H, W), and back;
# - normalize with statistics of the training set, found in one pass;
# - augment the training images, and only those, and only in ways that keep the label.
#
# About {minutes} minutes, {exercises}, {points}.

# %%
from course_utils import check, hint, progress, solution, start

from collections import Counter

import matplotlib.pyplot as plt
import numpy as np
import torch
from torchvision.transforms import v2

from course_utils.data import cifar10, mnist, notice
from course_utils.figures import explore, show
from course_utils.figures.images import (
    AUGMENTATIONS, augmented, channels, class_bars, image_grid, pixel_histograms,
)

start("06_torchvision_data")

# %% [markdown]
# Two classics will serve: CIFAR-10, small colour photographs in ten classes, and MNIST, handwritten digits. Both come
# as `torchvision.datasets.CIFAR10` and `torchvision.datasets.MNIST`. Where the real ones are not on this machine, the
# course draws images of its own in the same file formats, and the same two classes read them.

# %%
train_set, test_set = cifar10(train=True), cifar10(train=False)
digits = mnist(train=True)

# %% tags=["nbval-ignore-output"]
notice("cifar10")

# %% tags=["nbval-ignore-output"]
notice("mnist")

# %% [markdown]
# ## A dataset is a sequence
#
# It has a length, and it can be indexed. **What do you think `train_set[0]` is: an image, an array, a tensor?** Then
# run the cell.

# %%
item = train_set[0]
print(type(item).__name__, "of", len(item))
image, label = item
print(type(image).__module__, image.size, image.mode)
print(label, train_set.classes[label])

# %% [markdown]
# A pair: a **Pillow image** and a **label**, a plain integer. The integer is the index of a name in
# `train_set.classes`. So a loop over a dataset looks like this:
#
# ```python
# for image, label in train_set:
#     ...
# ```

# %%
first = [train_set[i] for i in range(16)]
show(image_grid([image for image, _ in first], [train_set.classes[label] for _, label in first]),
     alt="The first 16 training images, each under the name of its class.")


# %% [markdown]
# ### Exercise · How many?
#
# Write `count_images(train_set, test_set)`: it returns two integers, the number of training images and the number of
# test images. For a training set of 6 images and a test set of 2 it returns `(6, 2)`. It should work for every dataset,
# also for a `Subset`, which lends some of the images of another one.
#
# The cell below each exercise checks your answer. `hint("count_images")` gives a hint, the next call a stronger one;
# `solution("count_images")` opens once you have passed, or have tried three times.

# %% exercise="count_images"
def count_images(train_set, test_set):
    """The number of images to train on, and to test on: a pair of integers."""
    ...  ### SOLUTION


# %% check="count_images"
check(count_images)

# %% [markdown]
# ## Which classes, and how balanced?
#
# If nine images in ten are of one class, a network that always names this class is right nine times in ten, and has
# learned nothing. So count first.
#
# Going through the set image by image works, and decodes every picture just to throw it away. The labels alone are in
# `targets`:

# %%
print(train_set.targets[:10])
print(train_set.classes)


# %% [markdown]
# ### Exercise · The classes
#
# Write `class_histogram(dataset)`: a dict from each class *name* to the number of its images, an integer, classes
# without images included. With the labels `[2, 0, 2, 2]` and the classes `["cat", "dog", "bird"]` it gives
# `{"cat": 1, "dog": 0, "bird": 3}`.

# %% exercise="class_histogram"
def class_histogram(dataset):
    """The number of images by class name: {"cat": 1, "dog": 0, ...}. dataset has .targets and .classes."""
    ...  ### SOLUTION


# %% check="class_histogram"
check(class_histogram)

# %% [markdown]
# Our two sets side by side. **Do you expect both to be even?**

# %% demo=true
names = train_set.classes
show(class_bars({kind: dict(zip(names, np.bincount(dataset.targets, minlength=len(names))))
                 for kind, dataset in (("training", train_set), ("test", test_set))}),
     alt="Bars: images of each of the ten classes in the training and in the test set. All classes have equally many.")

# %% [markdown]
# Somebody took care that they are. Data that nobody arranged are uneven: the real MNIST has 6,742 ones and 5,421 fives
# to train on, because digits come as people write them. A photographer of birds brings home more sparrows than eagles.
# That is not wrong, but you have to know it before you read an accuracy. Lesson 7 shows what to do about it.

# %% [markdown]
# ## Picture, array, tensor
#
# The same image has three forms, and they do not agree about the order of their dimensions. **Say each shape before you
# run the cell.** The picture is 32 pixels wide and 32 high, so to tell the two apart we cut it to 32 wide and 20 high.

# %%
picture = train_set[0][0].crop((0, 6, 32, 26))
array = np.asarray(picture)
tensor = v2.functional.to_image(picture)
print("Pillow ", picture.size, picture.mode)
print("NumPy  ", array.shape, array.dtype)
print("PyTorch", tuple(tensor.shape), tensor.dtype)

# %% [markdown]
# Pillow says width × height. NumPy has rows first: **H×W×C**, height, width, channels; Matplotlib wants it so. PyTorch
# has the channels in front: **C×H×W**, and with a batch N×C×H×W. `tensor[0]` is the whole red channel:

# %% demo=true
show(channels(train_set[0][0]), alt="The first training image, and its red, green and blue channel as grey pictures: "
     "where a channel is bright, the image has much of that colour.")

# %% [markdown]
# A digit has one channel. Its Pillow mode is "L", for luminance:

# %%
digit, label = digits[0]
print(digit.mode, digit.size, np.asarray(digit).shape, tuple(v2.functional.to_image(digit).shape))

# %% [markdown]
# The tensor holds bytes, 0 to 255. A network computes in float32, and learns best from values of about −1 to 1, so two
# more steps follow. The first is a change of dtype. **What is the largest value of each line?**

# %%
print(tensor.max(), tensor.dtype)
print(v2.functional.to_dtype(tensor, torch.float32).max())
print(v2.functional.to_dtype(tensor, torch.float32, scale=True).max())

# %% [markdown]
# Without `scale=True` the type changes and the range does not. No error comes of it: the network just trains badly.
# This is among the most frequent faults in image code, and you will meet it again below.
#
# ## Transforms
#
# A **transform** is an object that is called with an image. `torchvision.transforms.v2` has some sixty;
# `v2.Compose` runs several in order. A dataset takes one, and applies it *each time an item is read*:

# %%
to_tensor = v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True)])
tensors = cifar10(train=True, transform=to_tensor)
image, label = tensors[0]
print(type(image).__name__, tuple(image.shape), image.dtype, f"{image.min():.3f} to {image.max():.3f}")


# %% [markdown]
# This `Image` is torchvision's, not Pillow's: a tensor that knows that it is an image. Everything that works with a
# tensor works with it. (Old code says
# `transforms.ToTensor()`, which did both steps at once. It still runs, and is no longer recommended.)
#
# ## Statistics, of the training set
#
# The second step is **normalizing**: subtract the mean, divide by the standard deviation, one of each per channel, as
# you did with the columns of the table. Where do the numbers come from? From the *training* images. The test set stands
# for pictures nobody has seen yet, so nothing may be learned from it, not even its brightness.
#
# Copying `(0.4914, 0.4822, 0.4465)` from the web is common. Those are CIFAR-10's means, and wrong for any other set.
#
# ### Exercise · Mean and standard deviation of each channel
#
# Write `channel_stats(dataset)` for a dataset of float images (3, H, W) in [0, 1]. It returns two tensors of shape
# (3,), float32 or float64: the mean and the standard deviation of each channel, over all pixels of all images. Read
# each image only once, and don't keep them all: 50,000 images of 32×32 pixels are 600 MB as floats, and photographs are
# far larger. One at a time will do, and so will batches of up to 500.
#
# The variance is the mean of the squares minus the square of the mean. All that has to be kept are sums.

# %% exercise="channel_stats"
def channel_stats(dataset):
    """Mean (3,) and standard deviation (3,) of the channels of a dataset of (image (3, H, W), label)."""
    ...  ### SOLUTION


# %% check="channel_stats"
check(channel_stats)

# %% [markdown]
# For what follows, a sample of the training images is enough: every fifth one.

# %%
sample = torch.from_numpy(train_set.data[::5]).permute(0, 3, 1, 2) / 255
mean, std = sample.mean(dim=(0, 2, 3)).tolist(), sample.std(dim=(0, 2, 3)).tolist()
print("mean", [round(m, 3) for m in mean])
print("std ", [round(s, 3) for s in std])

# %%
normalize = v2.Normalize(mean, std)
normalized = normalize(sample)
print("mean", [round(abs(m), 3) for m in normalized.mean(dim=(0, 2, 3)).tolist()])
print("std ", [round(s, 3) for s in normalized.std(dim=(0, 2, 3)).tolist()])

# %% demo=true
show(pixel_histograms(sample[:300], normalized[:300]),
     alt="Left: the values of red, green and blue between 0 and 1. Right: the same after normalizing, centred on 0 "
         "with a spread of about 1.")

# %% [markdown]
# Normalized images are for networks. Shown as they are, they look like this, with a warning that the values are out of
# range, which we have spared you by cutting them off:

# %% demo=true
show(image_grid([*sample[:4], *normalized[:4].clamp(0, 1)], ["scaled"] * 4 + ["normalized"] * 4),
     alt="Four images, and the same four after normalizing and cutting off: harsh colours, and black where it was dark.")


# %% [markdown]
# ### Exercise · Back again
#
# Write `unnormalize(images, mean, std)`: it undoes `v2.Normalize(mean, std)`, and cuts the result off at 0 and 1, so
# that it can be shown. `images` is one image (3, H, W) or a batch (N, 3, H, W); `mean` and `std` are lists of three
# numbers. With mean 0.5 and std 0.2, the value 1.0 becomes 0.7, and 4.0 becomes 1.0. The result has the shape and the
# dtype of `images`, and the caller's tensor stays as it is.

# %% exercise="unnormalize"
def unnormalize(images, mean, std):
    """The images before v2.Normalize(mean, std), cut off at 0 and 1. (..., 3, H, W) to the same shape."""
    ...  ### SOLUTION


# %% check="unnormalize"
check(unnormalize)

# %% [markdown]
# ## Augmentation
#
# A ship that is moved by two pixels is a ship; you know that, and the network has to be told. **Augmentation** tells
# it: each time an image is read, it is changed a little, at random, in a way that leaves its label true. One image
# stands for many, and the network cannot learn any of them by heart.
#
# Play with the figure. Start with a small strength and raise it. **At which strength would you no longer give the
# picture its label?** Then choose a digit, and try *mirror*, *upside down* and *turn*.

# %%
DIGIT_INDICES = {value: digits.targets.tolist().index(value) for value in (2, 6, 7)}
PICTURES = {f"{train_set.classes[label]} ({i})": (image, train_set.classes[label])
            for i, (image, label) in enumerate(first) if i in (3, 5, 7, 10)}
PICTURES |= {f"digit {value}": (digits[i][0], f"digit {value}") for value, i in DIGIT_INDICES.items()}


def draw(picture, augmentation, strength, seed):
    image, label = PICTURES[picture]
    return augmented(image, label, augmentation, strength, seed)


explore(draw, alt=lambda picture, augmentation, strength, seed: (
            f"A picture, {picture}, and eight random changes of it by {augmentation} with strength {strength:.1f}, "
            f"seed {seed}."),
        picture=list(PICTURES), augmentation=list(AUGMENTATIONS), strength=(0.0, 1.0, 0.1), seed=(0, 9, 1))

# %% [markdown]
# ### Exercise · Does the label stay true?
#
# Fill in True where the changed image still deserves its label, and False where it may not.

# %% exercise="keeps_label"
keeps_label = ...  ### SOLUTION

# %% check="keeps_label"
check(keeps_label)


# %% [markdown]
# There is no list of good augmentations. There is a question, *what else could have been photographed under this
# label?*, and the answer is different for cars, digits and X-rays.
#
# ### Exercise · The training transform
#
# The usual recipe for small photographs: put 4 pixels around the image (black, as a rule) and cut 32×32 out of that
# anywhere; mirror half of the images, chosen by chance, left to right; then a float tensor in [0, 1], normalized.
#
# Write `train_transform(mean, std)`: it returns a transform that takes a Pillow image of 32×32 and returns a float32
# tensor (3, 32, 32). You need `v2.Compose` and five steps. Three of them you know; the two random ones are
# `v2.RandomCrop`, which also pads if you ask it to, and `v2.RandomHorizontalFlip`.

# %% exercise="train_transform"
def train_transform(mean, std):
    """A transform from a Pillow image (32×32) to an augmented, normalized tensor (3, 32, 32)."""
    ...  ### SOLUTION


# %% check="train_transform"
check(train_transform)

# %% [markdown]
# Because a transform runs at each read, the same index gives another picture each time. Below, `dataset[3]` is read
# eight times. (Cropping bytes is faster than cropping floats, so the random steps come before the change of dtype.)

# %%
torch.manual_seed(0)
augmenting = cifar10(train=True, transform=v2.Compose([v2.RandomCrop(32, padding=4), v2.RandomHorizontalFlip()]))
show(image_grid([augmenting[3][0] for _ in range(8)]),
     alt="The same training image read eight times: moved by a few pixels each time, and mirrored in some.")


# %% [markdown]
# ### Exercise · Mend the test transform
#
# Somebody copied the training transform for the test set. They noticed that the values should be between 0 and 1, and
# added a line at the end. Two things are wrong now. Run the function on an image twice, look at the range of the
# values at each step, and mend it.
#
# `eval_transform(mean, std)` shall turn a Pillow image into a float32 tensor that is scaled to [0, 1] and then
# normalized, the same at every call.

# %% exercise="eval_transform"
def eval_transform(mean, std):
    """A transform from a Pillow image to a normalized tensor (3, 32, 32), with nothing random in it."""
    ...  ### SOLUTION


# %% check="eval_transform"
check(eval_transform)


# %% [markdown]
# Neither fault raises an error. With the first, two evaluations of one network give two accuracies, and as a rule
# both are too low. With the second, the network is given values of a range that it has never seen in training. Only
# somebody who looks at the tensors finds out.
#
# ## Look at what the network is given
#
# So let us write the function for looking. Whenever you build an input pipeline, show a batch of what comes out at its
# end, with the labels. It takes a minute, and it is how most faults in this lesson are found.
#
# ### Exercise · A grid of images
#
# Write `show_grid(images, labels, names)`: it returns a Matplotlib figure in which each image of the batch (N, C, H, W),
# with values in [0, 1], stands under the name of its class, in reading order, with no ticks and no empty frames. The
# last point is for grey images (C = 1), which should come out grey, and as light or dark as they are.
#
# `image_grid` has done this for you so far; now write your own. Matplotlib needs four calls:
# `figure, axes = plt.subplots(rows, columns, squeeze=False)`, and for each `ax` in `axes.flat`: `ax.imshow(…)`,
# `ax.set_title(…)`, `ax.axis("off")`.

# %% exercise="show_grid"
def show_grid(images, labels, names):
    """A figure with the images (N, C, H, W), float in [0, 1]; image i is titled names[labels[i]]."""
    ...  ### SOLUTION


# %% check="show_grid"
check(show_grid)

# %% [markdown]
# Try it on real batches in a cell of your own:
#
# ```python
# show_grid(sample[:12], torch.tensor(train_set.targets[::5][:12]), train_set.classes);
# ```
#
# ## When images are not all alike
#
# CIFAR-10 is tidy. A folder of your own will not be: one picture is grey, one is larger, one has an alpha channel.
# Here are three such pictures, and the error that you will meet. **Which of the two differences does it name?**

# %%
pictures = [train_set[0][0], train_set[1][0].convert("L"), train_set[2][0].resize((48, 40))]
try:
    torch.stack([to_tensor(picture) for picture in pictures])
except RuntimeError as error:
    print(error)

# %% [markdown]
# Only the first that it meets. Put the repair at the head of the transform: `v2.RGB()` gives every image three
# channels, `v2.Resize` one scale, `v2.CenterCrop` one size.

# %%
tidy = v2.Compose([v2.RGB(), v2.Resize(32, antialias=True), v2.CenterCrop(32), *to_tensor.transforms])
print(torch.stack([tidy(picture) for picture in pictures]).shape)

# %% [markdown]
# Labels go wrong as well. Ten classes have the labels 0 to 9; a file that counts from 1 makes a 10, which on a GPU ends
# in an error that names something else. One line before training is cheap:

# %%
assert set(train_set.targets) <= set(range(len(train_set.classes))), "A label has no class."

# %% [markdown]
# ## What you have learned
#
# - A dataset is a sequence of (image, label). `len(dataset)`, `dataset[i]`, `dataset.classes[label]`.
# - Pillow says width × height, NumPy H×W×C, PyTorch C×H×W.
# - `v2.ToImage()`, `v2.ToDtype(torch.float32, scale=True)`, `v2.Normalize(mean, std)`: in this order, for every image.
# - Mean and standard deviation come from the training set, in one pass, by channel.
# - Random steps belong in the training transform alone, and only those that keep the label.
# - Look at a batch, with its labels, before you train.

# %% tags=["nbval-ignore-output"]
progress()

# %% [markdown]
# ## Go further
#
# 1. **How much is one image worth?** Count how many different pictures `v2.RandomCrop(32, padding=4)` with a mirror can
#    make of one. Then look up `v2.RandAugment` and `v2.TrivialAugmentWide`, show a grid of each, and find one result
#    that has lost its label.
# 2. **Boxes move along.** `torchvision.tv_tensors.BoundingBoxes` holds a rectangle around a thing. Put one around the
#    thing in an image, send both through `v2.RandomHorizontalFlip(p=1)` and `v2.RandomRotation(30)`, and draw the
#    result. What happens to the box in each?
# 3. **Twins.** Real test sets contain near copies of training images. Shrink every image to 8×8 grey pixels, compare
#    each test image with all training images by `torch.cdist`, and show the ten closest pairs. What would such pairs do
#    to a test accuracy?
#
# In lesson 7 a `DataLoader` turns such a dataset into batches: shuffled, in parallel, and as many as you like.
