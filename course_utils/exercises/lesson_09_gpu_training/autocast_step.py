"""One step in mixed precision."""

import torch
from torch.nn import functional as F

from course_utils.exercise import Exercise, case
from course_utils.probes.device import autocast


def _rows(rng, count):
    return torch.from_numpy(rng.normal(size=(count, 4))).float(), torch.from_numpy(rng.integers(0, 3, count))


exercise = Exercise(
    name="autocast_step",
    points=2,
    objective="Compute in bfloat16 where that is safe, and keep weights and updates in float32.",
    hints=(
        "`with torch.autocast(device_type, dtype=torch.bfloat16):` goes around the forward pass and the loss. What is "
        "`device_type` for a `torch.device`?",
        "`device.type` is \"cpu\" or \"cuda\". `backward()` and `step()` come after the block: gradients take the "
        "types of the forward pass by themselves.",
        "Inside: `loss = F.cross_entropy(model(inputs), labels)`. Outside: `zero_grad`, `backward`, `step`, and "
        "`return loss.detach()`.",
    ),
    examples=lambda: [case(torch.eye(4), torch.tensor([0, 1, 2, 0]), 0.5)],
    fresh=lambda rng: [case(*_rows(rng, 8), 0.3, seed=int(rng.integers(1000)))],
    probe=autocast,
    shown_call=lambda name, args, kwargs: f"{name}(‹net›, ‹{len(args[0])} rows›, ‹labels›, ‹SGD›, ‹device cpu›)",
    rtol=1e-2,  # autocast may leave a log-softmax on the way in 16 bits
    atol=1e-3,
)


@exercise.reference
def autocast_step(model, inputs, labels, optimizer, device):
    with torch.autocast(device.type, dtype=torch.bfloat16):
        loss = F.cross_entropy(model(inputs), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach()


@exercise.alternative
def zeroed_first(model, inputs, labels, optimizer, device):
    optimizer.zero_grad()
    with torch.amp.autocast(device_type=device.type, dtype=torch.bfloat16):
        logits = model(inputs)
        loss = torch.nn.CrossEntropyLoss()(logits, labels)
    loss.backward()
    optimizer.step()
    return loss.detach()


@exercise.alternative
def loss_in_float32(model, inputs, labels, optimizer, device):
    with torch.autocast(device.type, dtype=torch.bfloat16):
        logits = model(inputs)
    loss = F.cross_entropy(logits.float(), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach().clone()


@exercise.alternative
def log_softmax_and_nll(model, inputs, labels, optimizer, device):
    optimizer.zero_grad()
    with torch.autocast(device.type, dtype=torch.bfloat16):
        loss = F.nll_loss(F.log_softmax(model(inputs), dim=1), labels)
    loss.backward()
    optimizer.step()
    return loss.detach()


def _step(loss, optimizer):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach()


@exercise.mistake(
    "Everything was computed in float32: the forward pass is not under autocast for this device. Put it inside "
    "`with torch.autocast(device.type, dtype=torch.bfloat16):`."
)
def no_autocast(model, inputs, labels, optimizer, device):
    return _step(F.cross_entropy(model(inputs), labels), optimizer)


@exercise.mistake(
    "You left the dtype to autocast. On a GPU it chooses float16, in which small numbers vanish: pass "
    "`dtype=torch.bfloat16`.",
    shown_by=lambda code: not any(map(code.names, ("dtype", "float16", "half"))),
    otherwise="The forward pass was computed in float16, in which small numbers vanish. The exercise asks for "
    "`torch.bfloat16`.",
)
def no_dtype(model, inputs, labels, optimizer, device):
    with torch.autocast(device.type):
        loss = F.cross_entropy(model(inputs), labels)
    return _step(loss, optimizer)


@exercise.mistake(
    "You turned the model itself into bfloat16. Its weights then have three digits, and small updates are lost in "
    "rounding. Autocast converts for each operation, and leaves the weights in float32."
)
def converted_model(model, inputs, labels, optimizer, device):
    return _step(F.cross_entropy(model.bfloat16()(inputs.bfloat16()), labels).float(), optimizer)


@exercise.mistake(
    "The backward pass is inside the `with`, too. End the block after the loss: the backward pass uses the types that "
    "the forward pass had, without autocast."
)
def backward_inside(model, inputs, labels, optimizer, device):
    with torch.autocast(device.type, dtype=torch.bfloat16):
        return _step(F.cross_entropy(model(inputs), labels), optimizer)


@exercise.mistake(
    "The loss is computed outside the block, from logits in bfloat16, and has only three digits. Compute it inside, "
    "where autocast uses float32 for cross-entropy."
)
def loss_in_bfloat16(model, inputs, labels, optimizer, device):
    with torch.autocast(device.type, dtype=torch.bfloat16):
        logits = model(inputs)
    return _step(F.cross_entropy(logits, labels), optimizer)


@exercise.mistake("The loss comes back with its graph, which keeps the step's memory alive: `return loss.detach()`.")
def keeps_graph(model, inputs, labels, optimizer, device):
    with torch.autocast(device.type, dtype=torch.bfloat16):
        loss = F.cross_entropy(model(inputs), labels)
    _step(loss, optimizer)
    return loss


NO_STEP = "The weights haven't moved."


@exercise.mistake(NO_STEP + " The step is missing: `optimizer.step()` after `backward()`.",
                  shown_by=lambda code: not code.calls("step"), otherwise=NO_STEP)
def no_step(model, inputs, labels, optimizer, device):
    with torch.autocast(device.type, dtype=torch.bfloat16):
        loss = F.cross_entropy(model(inputs), labels)
    optimizer.zero_grad()
    loss.backward()
    return loss.detach()


@exercise.mistake(
    "The gradients of an earlier step are added in: clear them with `optimizer.zero_grad()` before `backward()`."
)
def no_zero_grad(model, inputs, labels, optimizer, device):
    with torch.autocast(device.type, dtype=torch.bfloat16):
        loss = F.cross_entropy(model(inputs), labels)
    loss.backward()
    optimizer.step()
    return loss.detach()


@exercise.mistake("The loss comes back as a plain number, and reading it waits for the device: `return loss.detach()`.")
def reads_the_loss(model, inputs, labels, optimizer, device):
    return autocast_step(model, inputs, labels, optimizer, device).item()


@exercise.mistake(
    NO_STEP + " `zero_grad()` is between `backward()` and `step()`, so the gradients are gone before they are used.",
    shown_by=lambda code: code.in_order("backward", "zero_grad", "step"),
)
def cleared_before_the_step(model, inputs, labels, optimizer, device):
    with torch.autocast(device.type, dtype=torch.bfloat16):
        loss = F.cross_entropy(model(inputs), labels)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.detach()


@exercise.mistake("`torch.autocast` takes the type of the device, a string: `device.type`.")
def device_itself(model, inputs, labels, optimizer, device):
    with torch.autocast(device, dtype=torch.bfloat16):
        return autocast_step(model, inputs, labels, optimizer, device)


@exercise.mistake(
    "This is the loss *after* the step, from a second forward pass. Return the one that the step was made from."
)
def loss_after_the_step(model, inputs, labels, optimizer, device):
    autocast_step(model, inputs, labels, optimizer, device)
    with torch.no_grad(), torch.autocast(device.type, dtype=torch.bfloat16):
        return F.cross_entropy(model(inputs), labels)


@exercise.mistake("There is a softmax before cross-entropy, which applies one itself. Pass the logits as they are.")
def softmax_first(model, inputs, labels, optimizer, device):
    with torch.autocast(device.type, dtype=torch.bfloat16):
        loss = F.cross_entropy(model(inputs).softmax(dim=1), labels)
    return _step(loss, optimizer)


exercise.does_the_same("→ optimizer.step()",
                       because="The gradients have just been cleared, and without them SGD leaves a weight as it is.")
exercise.does_the_same("→ model.eval()", "→ model.train()",
                       because="The text leaves the mode to the caller, and this net has no layer that knows one.")
exercise.does_the_same("→ , reduction=\"mean\"", "→ reduction=\"mean\"", because="It is the default.")
exercise.does_the_same("→ .float()", "→ .squeeze()", "→ .abs()", line="return loss",
                       because="The loss is a float32 tensor of shape () already, and cross-entropy is not negative.")
exercise.does_the_same(kind="order of statements", because="Clearing gradients and computing a loss don't meet.")
exercise.does_the_same(kind="indentation",
                       because="Autocast changes nothing in what is moved into or out of the block.")
exercise.does_the_same("optimizer → model", line="zero_grad", because="The optimizer has all parameters of the model.")
exercise.does_the_same("clone → detach", ".clone() →", because="Nobody changes the loss afterwards.")
exercise.does_the_same("→ optimizer =", line="optimizer.step()", because="The optimizer isn't used any more.")
exercise.does_the_same("nll_loss → cross_entropy", because="A log-softmax of a log-softmax gives the same once more.")
exercise.does_the_same(", dim=1 →", because="Of a tensor with two dimensions PyTorch takes 1 itself, with a warning.")
