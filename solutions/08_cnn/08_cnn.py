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
# # Lesson 8 · Convolutional networks
#
# Lesson 7 ended with batches of images, (N, 3, 32, 32), ready for a net. The nets so far begin with `Flatten`. This
# lesson begins with what that throws away, and builds nets that keep it.
#
# At the end you will be able to
#
# - compute a convolution by hand, and say the size of what comes out before you run it;
# - build LeNet and the classic 3-32-32-512-10 net, and know where the image size is hidden in them;
# - train an image classifier quickly, and say what each trick in the recipe buys;
# - measure it without disturbing it, and look at what it confuses;
# - freeze a trained net and teach it new classes from a few images.
#
# About {minutes} minutes, {exercises}, {points}.

# %%
from course_utils import check, hint, progress, solution, start

import torch
from torch import nn
from torch.nn import functional as F

from course_utils.data import cifar10, notice
from course_utils.figures import show
from course_utils.training.devices import pick_device
from course_utils.training.recipe import accuracy, as_tensors, normalize

start("08_cnn")

# %% tags=["nbval-ignore-output"]
device = pick_device()
train_set, test_set = cifar10(train=True), cifar10(train=False)
names = train_set.classes
notice("cifar10")

# %% [markdown]
# The images are small, so all of them fit into memory as bytes. We take 4,500 to train on, 500 to validate while
# training, and keep 1,000 for the end.

# %% tags=["nbval-ignore-output"]
all_images, all_labels = as_tensors(train_set)
images, labels = all_images[:4500].to(device), all_labels[:4500].to(device)
val_images, val_labels = all_images[4500:5000].to(device), all_labels[4500:5000].to(device)
test_images, test_labels = (part[:1000].to(device) for part in as_tensors(test_set))
print(images.shape, images.dtype, labels.shape)

# %% demo=true tags=["nbval-ignore-output"]
from course_utils.figures.images import image_grid

some = [int((all_labels == label).nonzero()[0]) for label in range(10)]
show(image_grid(all_images[some], titles=names, columns=10), alt="One image of each of the ten classes.")

# %% [markdown]
# ## What flattening throws away
#
# To a linear layer, pixel 17 and pixel 18 are two columns like any others. It does not know that they are neighbours.
# Here is an MLP like that of lesson 3. **It will know the training images well. How well will it do on new ones?**
# Guessing gets 10%. (`train` is the loop that you will read in full below; `CPU` holds its
# settings, and `replace` copies them with some changed.)

# %% tags=["nbval-ignore-output"]
from dataclasses import replace

from course_utils.training.live import watched
from course_utils.training.recipe import CPU, train

torch.manual_seed(0)
mlp = nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, 128), nn.ReLU(), nn.Linear(128, 10))
with watched(mlp, 5, lambda net: accuracy(net, val_images, val_labels, device)) as on_step:
    run = train(mlp, images, labels, replace(CPU, epochs=5, lr=0.05), device, on_step=on_step)
print(f"{run.images_per_second:,.0f} images a second")
print(f"training images: {accuracy(mlp, images, labels, device):.0%} right")
print(f"new images:      {accuracy(mlp, val_images, val_labels, device):.0%} right")

# %% [markdown]
# The MLP has to learn every shape again at every place. What we want is a layer that looks at a small neighbourhood,
# and looks *in the same way everywhere*. That is a convolution.
#
# ## A kernel on its way
#
# Lay a small table of weights, the **kernel**, on a patch of the image. Multiply number by number, add everything up,
# write the sum down as one pixel of the output. Move on by one, and do it again. Choose a kernel and drag `place`
# across. **Which kernels will answer 0 in a plain area, whatever its brightness? Why?**

# %% demo=true tags=["nbval-ignore-output"]
from course_utils.figures.cnn import sliding_kernel

sliding_kernel(all_images[some])

# %% [markdown]
# (The output is drawn with zero in white; purple is positive and orange negative. A kernel whose weights add up to 0
# answers 0 wherever the patch is all of one brightness.)
#
# A layer has many kernels, and a colour image has three channels. So the weight of `nn.Conv2d(3, 32, 5)` has four
# dimensions. **Say its shape, and how many parameters there are, before you run this.**

# %%
layer = nn.Conv2d(3, 32, 5)
print(tuple(layer.weight.shape), tuple(layer.bias.shape))
print(sum(parameter.numel() for parameter in layer.parameters()))
print(sum(parameter.numel() for parameter in nn.Linear(3 * 32 * 32, 32 * 28 * 28).parameters()))


# %% [markdown]
# 2,432 numbers, for images of any size. The last line is a linear layer between the same inputs and outputs: 77
# million. A convolution *is* that linear layer, with most weights zero and the rest shared.
#
# ### Exercise · Convolution by hand
#
# Write `conv2d_by_hand(images, weight, bias, stride=1)` with slices, products and sums, without PyTorch's own
# convolution. `images` is (N, C, H, W), `weight` is (O, C, k, k), `bias` is (O,). There is no padding.
#
# With an image `[[0, 1], [2, 3]]` and a kernel `[[0, 1], [2, 3]]` the one output pixel is 0·0 + 1·1 + 2·2 + 3·3 = 14.
# Loops over the places are fine. Two points for `stride=1`, one more for other strides.
#
# `hint("conv2d_by_hand")` gives a hint, the next call a stronger one.

# %% exercise="conv2d_by_hand"
def conv2d_by_hand(images, weight, bias, stride=1):
    """The convolution of images (N, C, H, W) with weight (O, C, k, k): (N, O, (H - k) // stride + 1, ...)."""
    ...  ### SOLUTION


# %% check="conv2d_by_hand"
check(conv2d_by_hand)

# %% [markdown]
# ## Sizes
#
# Four arguments decide how large the output is. **Padding** puts zeros around the image. **Stride** moves the kernel
# by more than one pixel. **Dilation** pulls the kernel apart, with gaps between its weights. And the kernel's own
# size, of course. **Predict the last number of each line.**

# %%
image = torch.zeros(1, 3, 32, 32)
for settings in ({"kernel_size": 3}, {"kernel_size": 5}, {"kernel_size": 3, "padding": 1},
                 {"kernel_size": 4, "stride": 2, "padding": 1}, {"kernel_size": 3, "dilation": 2}):
    said = ", ".join(f"{name} {value}" for name, value in settings.items())
    print(f"{said:<36} {tuple(nn.Conv2d(3, 8, **settings)(image).shape)}")
print(f"{'max pooling 2':<36} {tuple(nn.MaxPool2d(2)(image).shape)}")


# %% [markdown]
# Max pooling slides a window too, by its own width, and keeps the largest number. It halves the image, and forgets
# exactly where in the window that number was.
#
# ### Exercise · The size of what comes out
#
# Write `conv_output_size(size, kernel, stride=1, padding=0, dilation=1)`, an int. A window that would hang over the edge
# is left out. `conv_output_size(32, 3)` is 30, `conv_output_size(32, 4, 2, 1)` is 16. Dilation is worth half
# a point.

# %% exercise="conv_output_size"
def conv_output_size(size, kernel, stride=1, padding=0, dilation=1):
    """How many places a kernel has along a row of `size` pixels, an int."""
    ...  ### SOLUTION


# %% check="conv_output_size"
check(conv_output_size)


# %% [markdown]
# Deep in a net, one number has seen a patch of the image through several layers. Its width is the **receptive field**.
# Two 3 × 3 convolutions see 5 × 5; with a stride or a pooling between them, they see more. A net cannot recognise what
# does not fit into its receptive field.
#
# ### Exercise · The receptive field
#
# `receptive_field(layers)` takes a list of `(kernel, stride)`, first layer first, and returns the width in pixels, an int.
# `receptive_field([(3, 1), (3, 1)])` is 5; LeNet's `[(5, 1), (2, 2), (5, 1), (2, 2)]` gives 16.

# %% exercise="receptive_field"
def receptive_field(layers):
    """How many pixels across a unit after these (kernel, stride) layers looks at, an int."""
    ...  ### SOLUTION


# %% check="receptive_field"
check(receptive_field)


# %% [markdown]
# ## Three nets
#
# A classic convolutional net goes: convolve, ReLU, pool, and again; then flatten, and a few linear layers. Each pooling
# makes the image smaller, and each convolution makes more maps of it.
#
# ### Exercise · LeNet
#
# Yann LeCun's net of 1998 read the digits on cheques. Write it as a class, for (N, 3, 32, 32), giving (N, 10) logits:
#
# - a convolution of 6 kernels 5 × 5, ReLU, max pooling by 2; the same with 16 kernels;
# - flatten; linear layers with 120, 84 and 10 outputs, and a ReLU after each but the last.
#
# How many inputs does the first linear layer have? Your `conv_output_size` knows.

# %% exercise="LeNet"
class LeNet(nn.Module):
    """Logits (N, 10) for images (N, 3, 32, 32)."""

    def __init__(self):
        super().__init__()
        ...  ### SOLUTION

    def forward(self, images):
        ...  ### SOLUTION


# %% check="LeNet"
check(LeNet)

# %% [markdown]
# Another net is in so many tutorials that it deserves a close look: two convolutions of 32 kernels 3 × 3 with
# `padding=1`, one pooling by 2, a linear layer with 512 units, one with 10. Dropout of 0.3 behind the first ReLU, of 0.5
# behind the ReLU of the 512 units. Where are its parameters? **Guess the largest line.**

# %%
from course_utils.models.cnn import ClassicCNN

for name, parameter in ClassicCNN().named_parameters():
    print(f"{name:<12} {str(tuple(parameter.shape)):<16} {parameter.numel():>9,}")


# %% [markdown]
# Nearly all of them sit in the one linear layer. Its 8192 is where somebody wrote the image size into the net: 32 maps
# of 16 × 16. Give it an image of another size, and it stops.
#
# ### Exercise · The hidden 32 × 32
#
# Write that net as `SmallCNN(size=32)`, for images (N, 3, size, size). `SmallCNN(8)` takes images of 8 × 8.

# %% exercise="SmallCNN"
class SmallCNN(nn.Module):
    """The net 3-32-32-512-10: logits (N, 10) for images (N, 3, size, size)."""

    def __init__(self, size=32):
        super().__init__()
        ...  ### SOLUTION

    def forward(self, images):
        ...  ### SOLUTION


# %% check="SmallCNN"
check(SmallCNN)


# %% [markdown]
# ### Exercise · Mend a net
#
# This net was found on the web, with the remark "feed it to `nn.CrossEntropyLoss`". It does not run on images of
# 32 × 32. Someone who fixes only that will find that it runs but learns badly. Fix both, and leave the convolutions and
# the pooling as they are.

# %% exercise="TinyCNN"
class TinyCNN(nn.Module):
    ...  ### SOLUTION


# %% check="TinyCNN"
check(TinyCNN)

# %% [markdown]
# Why does the second fault matter? Cross-entropy takes the softmax of what it gets. For a net that is sure and right,
# logits 9 and nine times 0, **compare the two losses**:

# %%
sure = torch.tensor([[9.0] + 9 * [0.0]])
right = torch.tensor([0])
print(f"from logits:        {F.cross_entropy(sure, right):.4f}")
print(f"from probabilities: {F.cross_entropy(sure.softmax(1), right):.4f}")


# %% [markdown]
# A softmax before cross-entropy can't get below 1.46 with ten classes, however sure the net is: the loss has a floor, and
# the nearer a probability comes to 0 or 1, the less gradient passes through the softmax.
#
# ## Does it learn at all?
#
# Before you train for an hour, train for a second: on *one* batch, again and again. A net with a working loop learns it
# by heart. If the loss doesn't fall towards 0, no data and no patience will help, and you have found it out early.
#
# ### Exercise · One batch by heart
#
# `overfit_one_batch(model, images, labels, steps, lr)` takes `steps` steps with Adam and cross-entropy on this one
# batch, in train mode, and returns the losses: a list of plain numbers, each taken before its step. The model may come to
# you in eval mode.

# %% exercise="overfit_one_batch"
def overfit_one_batch(model, images, labels, steps, lr):
    """The loss before each of `steps` steps of Adam on one batch, a list of floats."""
    ...  ### SOLUTION


# %% check="overfit_one_batch"
check(overfit_one_batch)

# %% [markdown]
# ## A recipe that is quick
#
# Trained as in its tutorials, the classic net is said to reach 69% on real CIFAR-10 after 20 epochs. Those are a million
# images, at about 900 a second on two cores. The following recipe gets past 70% in *one* epoch. Each idea is a line or two.
#
# - **A net that is cheap at the start.** Most of the work is where the image is largest. The first layer here moves by two
#   pixels (`stride=2`), so all others see a quarter of the pixels.
# - **Batch norm** shifts and scales each channel to mean 0 and spread 1 over the batch. A much larger learning rate is
#   safe then.
# - **One cycle**: the learning rate climbs to its peak in the first fifth, and then falls to zero.
# - **Larger batches**, 128 where the classic has 24: the processor is kept busy.
# - **Label smoothing**: the target is 91% for the right class and 1% for each other, so no logit has to grow for ever.
# - **channels_last** puts the channels of a pixel side by side in memory, and **bfloat16** computes in 16 bits where
#   the processor can. Both change the speed, and hardly the result.

# %%
from course_utils.training.recipe import cycle

print(f"{cycle(0, 100):.2f}  {cycle(19, 100):.2f}  {cycle(60, 100):.2f}  {cycle(99, 100):.2f}")

# %% demo=true
from course_utils.figures.cnn import schedule

show(schedule([cycle(step, 200) for step in range(200)]),
     alt="The learning rate rises in a straight line during the first fifth, then falls in one to zero.")

# %% [markdown]
# Here is the whole loop. Nothing is hidden: read it from top to bottom.

# %%
from course_utils.models.cnn import FastCNN
from course_utils.training.live import live_view
from course_utils.training.recipe import bfloat16_pays


def train_fast(model, images, labels, epochs, batch_size=128, peak=0.5):
    model.to(device, memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), lr=peak, momentum=0.9, nesterov=True, weight_decay=5e-4)
    steps = epochs * (len(images) // batch_size)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: cycle(min(step, steps - 1), steps))
    history = {"train_loss": [], "val_accuracy": []}
    with live_view(epochs) as view:
        for epoch in range(epochs):
            model.train()
            order = torch.randperm(len(images), device=device)[: steps // epochs * batch_size]
            losses = []
            for rows in view.track(order.split(batch_size), epoch):
                batch = normalize(images[rows]).contiguous(memory_format=torch.channels_last)
                with torch.autocast(device.type, torch.bfloat16, enabled=bfloat16_pays(device)):
                    loss = F.cross_entropy(model(batch), labels[rows], label_smoothing=0.1)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                scheduler.step()
                losses.append(loss.detach())
            history["train_loss"].append(torch.stack(losses).mean().item())
            history["val_accuracy"].append(accuracy(model, val_images, val_labels, device))
            view.epoch_done(history)
    return history


# %% demo=true tags=["nbval-ignore-output"]
torch.manual_seed(0)
cnn = FastCNN(width=16)
history = train_fast(cnn, images, labels, epochs=6)

# %% demo=true tags=["nbval-ignore-output"]
print(f"MLP: {sum(p.numel() for p in mlp.parameters()):,} parameters, "
      f"{accuracy(mlp, test_images, test_labels, device):.0%} of the test images right")
print(f"CNN: {sum(p.numel() for p in cnn.parameters()):,} parameters, "
      f"{accuracy(cnn, test_images, test_labels, device):.0%} of the test images right")

# %% [markdown]
# A fraction of the parameters, and far more images right: that is what looking at neighbourhoods buys. It is not free.
# Each of those few weights is used at every place of the image, so an image takes longer than in the MLP. (The loss
# above can't fall below 0.50: so much even the best answer costs under label smoothing.)
#
# And what does each idea buy? Take one away at a time and measure. Two epochs each, so the numbers are low, and a few per
# cent of difference may be chance: another seed moves them as much. **Which one costs much accuracy, which one time?**
# (Without batch norm, and at a constant rate, 0.5 would be too fast, so these two get 0.1: strictly, two things change.)

# %% demo=true tags=["nbval-ignore-output"]
short = replace(CPU, epochs=2, batch_size=64, lr=0.5)
variants = {
    "the recipe": (short, {}),
    "no batch norm (rate 0.1)": (replace(short, lr=0.1), {"norm": False}),
    "constant rate (0.1)": (replace(short, one_cycle=False, lr=0.1), {}),
    "not channels_last": (replace(short, channels_last=False), {}),
}
for name, (recipe, net) in variants.items():
    torch.manual_seed(0)
    model = FastCNN(width=16, **net)
    run = train(model, images, labels, recipe, device)
    print(f"{name:<26} {accuracy(model, val_images, val_labels, device):5.0%} right "
          f"{run.images_per_second:8,.0f} images/s", flush=True)


# %% [markdown]
# Accuracy hangs on batch norm here: without it, two epochs lead hardly beyond guessing. channels_last changes the speed
# alone. The constant rate costs little on these drawn images; on photographs it cost six per cent.
#
# On real CIFAR-10, `python benchmarks/cifar10.py --ablation` prints the same table for the full recipe, and
# `benchmarks/README.md` keeps what was measured. Augmentation, the shifted and mirrored images of lesson 6, is not in
# this list for a reason: in one epoch no image is seen twice, so we would not expect the net to learn any by heart, and
# have left it out. Over ten epochs it would see each ten times, and augmentation is the first thing to try.
#
# ## Measuring, and not disturbing
#
# Accuracy is one number. A **confusion matrix** says what is taken for what.
#
# ### Exercise · Evaluate a classifier
#
# `evaluate_classifier(model, batches, classes)` goes through `batches` of (images, labels), and returns two things: the
# accuracy over all images, a plain number between 0 and 1, and the matrix (classes, classes) of counts, int64: the row is
# the truth, the column what was predicted. The model may come in train mode.

# %% exercise="evaluate_classifier"
def evaluate_classifier(model, batches, classes):
    """The accuracy, a float, and the confusion matrix (classes, classes), int64."""
    ...  ### SOLUTION


# %% check="evaluate_classifier"
check(evaluate_classifier)

# %% demo=true tags=["nbval-ignore-output"]
from course_utils.figures.cnn import confusion as confusion_figure
from course_utils.training.metrics import confusion

cnn.eval()
with torch.inference_mode():
    predicted = torch.cat([cnn(normalize(part)).argmax(dim=1) for part in test_images.split(500)])
show(confusion_figure(confusion(predicted.cpu(), test_labels.cpu(), 10), names),
     alt="Confusion matrix of the CNN: most counts are on the diagonal; the rest are classes that look alike.")

# %% [markdown]
# Look for the largest number off the diagonal. Would you have told those two apart, at 32 × 32?
#
# Batch norm has two faces. In train mode it uses the mean and spread of the batch in front of it, and keeps a running
# average of them. In eval mode it uses that average. **Will an image get the same answer in two different batches?**

# %%
norm = nn.BatchNorm1d(1)
alone, in_company = torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([[1.0], [2.0], [99.0]])
print("train:", [round(norm(rows)[0].item(), 2) for rows in (alone, in_company)], "for the same first row")
print("the running mean is now", round(norm.running_mean.item(), 2))
norm.eval()
print("eval: ", [round(norm(rows)[0].item(), 2) for rows in (alone, in_company)])


# %% [markdown]
# ### Exercise · Mend the validation
#
# `validate(model, batches)` returns the mean loss per image. It is called in the middle of the training. The author used
# `no_grad`, and thought that nothing could change. The training went on, and the test results were bad.
# Mend it: the right loss, and a model that is afterwards in the mode it came in.

# %% exercise="validate"
def validate(model, batches):
    """The mean loss per image over the batches."""
    ...  ### SOLUTION


# %% check="validate"
check(validate)

# %% [markdown]
# ## Looking inside
#
# The first layer's kernels are small colour pictures. After a long training on photographs they show edges and colour
# contrasts; after six short epochs they are a beginning of that.

# %% demo=true tags=["nbval-ignore-output"]
from course_utils.figures.cnn import filters

show(filters(cnn.features[0].weight), alt="The 16 kernels of the first layer as small colour pictures.")

# %% [markdown]
# Further in, look at what the kernels answer to. Step through the layers: **what gets lost, and what stays?**

# %% demo=true tags=["nbval-ignore-output"]
from course_utils.figures.cnn import feature_maps

feature_maps(cnn.features, all_images[some], normalize(all_images[some]))

# %% [markdown]
# The maps get coarser and more particular: the first layer still shows the picture, the last says only that something is
# there. And because the net keeps the *largest* answer of each map, wherever it is, it should not matter much where the
# shape lies. Here is, of each class, the test image that the CNN is surest of. Choose one, and push it to the side.

# %% demo=true tags=["nbval-ignore-output"]
from course_utils.figures.cnn import shifting

with torch.inference_mode():
    chances = torch.cat([cnn(normalize(part)).softmax(dim=1) for part in test_images.split(500)])
unseen = [int(chances[:, label].where(test_labels == label, -1.0).argmax()) for label in range(10)]
shifting(test_images[unseen].cpu(), test_labels[unseen].cpu(), {"MLP": mlp, "CNN": cnn}, names)

# %% [markdown]
# ## Using it again
#
# A net that can tell seven kinds of things apart has learned edges, corners and textures. Those are useful for an
# eighth. **Fine-tuning** keeps the trained layers (the **backbone**), puts a new **head** on them, and trains that. It
# needs few images. With torchvision you would begin from weights learned on a million photographs:
# `resnet18(weights="DEFAULT")`. Here we make our own: a net that has never seen the last three classes.

# %% demo=true tags=["nbval-ignore-output"]
old, new = labels < 7, labels >= 7
torch.manual_seed(0)
backbone = FastCNN(width=16, classes=7)
run = train(backbone, images[old], labels[old], replace(CPU, epochs=5, batch_size=64, lr=0.5), device)
few, few_labels = images[new][:60], labels[new][:60] - 7
new_test = test_labels >= 7
new_images, new_labels = test_images[new_test], test_labels[new_test] - 7
print(f"trained on {int(old.sum()):,} images of {', '.join(names[:7])}; "
      f"now {len(few)} images of {', '.join(names[7:])}")


# %% [markdown]
# ### Exercise · Freeze the backbone
#
# `freeze_backbone(model, classes)` gets a model with two parts, `model.features` and `model.head` (an `nn.Linear`). Stop
# the features from learning, replace the head by a new linear layer for `classes` classes, and return the model.

# %% exercise="freeze_backbone"
def freeze_backbone(model, classes):
    """The model, with its features frozen and a new head for `classes` classes."""
    ...  ### SOLUTION


# %% check="freeze_backbone"
check(freeze_backbone)


# %% [markdown]
# Frozen layers give the same features each time, so we compute them once and train the head alone; that takes a
# blink. The second step lets everything learn again, the backbone at a hundredth of the rate, so that it is refined and
# not overwritten. (In between, `backbone.eval()` keeps batch norm's running statistics: freezing the parameters alone
# does not.)

# %% demo=true tags=["nbval-ignore-output"]
def fit(model, parameters, inputs, targets, steps=150):
    optimizer = torch.optim.Adam(parameters, lr=0.01)
    for _ in range(steps):
        loss = F.cross_entropy(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


torch.manual_seed(0)
results = {}
scratch = FastCNN(width=16, classes=3)
train(scratch, few, few_labels, replace(CPU, epochs=25, batch_size=20, lr=0.2), device)
results["from scratch"] = accuracy(scratch, new_images, new_labels, device)

backbone.eval().requires_grad_(False)
backbone.head = nn.Linear(backbone.head.in_features, 3, device=device)
with torch.no_grad():
    features = backbone.features(normalize(few))
fit(backbone.head, backbone.head.parameters(), features, few_labels)
results["new head on a frozen backbone"] = accuracy(backbone, new_images, new_labels, device)

backbone.requires_grad_(True)
fit(backbone, [{"params": backbone.head.parameters()}, {"params": backbone.features.parameters(), "lr": 1e-4}],
    normalize(few), few_labels, steps=20)
results["then all of it, gently"] = accuracy(backbone, new_images, new_labels, device)

from course_utils.figures.cnn import bars

show(bars(results, "share of new test images that are right"),
     alt="; ".join(f"{name}: {share:.0%}" for name, share in results.items()))

# %% [markdown]
# Sixty images, twenty for each class. Guessing would get a third.
#
# ## What you have learned
#
# - A convolution is a small weighted sum, the same everywhere. Its output has `(n + 2p - reach) // stride + 1` places.
# - The image size hides in the first linear layer. Pooling every map to one number takes it out of the net.
# - Test a net on one batch first. Cross-entropy wants logits.
# - Speed comes from many small ideas, each measured: cheap early layers, batch norm, one cycle, batches that keep the
#   processor busy.
# - `eval()` before you measure, and the old mode back afterwards. `no_grad` alone does not protect batch norm.
# - Few images and a trained backbone beat few images and a fresh net.
#
# In lesson 9 the same net trains on whatever device you have, and you find out where the time goes.

# %% tags=["nbval-ignore-output"]
progress()

# %% [markdown]
# ## Go further
#
# 1. **Real photographs.** `course data fetch cifar10`, then `python benchmarks/cifar10.py`. Which classes are confused
#    now? Add `Recipe(flip=True, crop=4, epochs=8)` and see how far the same net goes.
# 2. **See as the net does.** Start from a grey image that `requires_grad`, and climb: change the *image* so that one
#    feature map answers as strongly as possible. What does each layer like?
# 3. **Depth-wise.** Replace each 3 × 3 convolution by one per channel (`groups=channels`) and a 1 × 1 convolution.
#    Count the parameters and measure the images a second. Does the time fall as much as the count?
