"""Choosing a device, and saying so where it is not there."""

import torch

from course_utils.exercise import Exercise, case
from course_utils.probes.device import on_machine

exercise = Exercise(
    name="pick_device",
    points=3,
    objective="Choose the best device that is there, and fail clearly for one that is not.",
    hints=(
        "Begin with `prefer == \"auto\"`: three questions in a row, the best device first. Which functions tell "
        "whether "
        "there is CUDA, or Apple's mps?",
        "`torch.cuda.is_available()` and `torch.backends.mps.is_available()`. For anything but \"auto\", make "
        "`device = torch.device(prefer)` and look at `device.type`.",
        "`cuda:3` needs more than that there is CUDA: `device.index` must be below `torch.cuda.device_count()`. Where "
        "something is missing, `raise RuntimeError(f\"...\")`.",
    ),
    examples=[case("auto"), case("auto", cuda=1), case("auto", mps=True), case("cpu", cuda=2), case("cuda:1", cuda=2),
              case("cuda", part="not there"), case("cuda:3", cuda=2, part="not there")],
    fresh=lambda rng: [
        case("auto", cuda=int(rng.integers(1, 4)), mps=True),
        case("mps", cuda=1, mps=True),
        case(f"cuda:{int(rng.integers(5, 9))}", cuda=4, part="not there"),
        case("cuda:2", cuda=2, part="not there"),
        case("mps", cuda=int(rng.integers(1, 3)), part="not there"),
    ],
    parts={"": 2, "not there": 1},
    probe=on_machine,
    shown_call=lambda name, args, kwargs: (
        f"{name}({args[0]!r}) on a machine with {kwargs.get('cuda', 0)} CUDA devices"
        f"{' and mps' if kwargs.get('mps') else ''}"),
)


@exercise.reference
def pick_device(prefer="auto"):
    if prefer == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    device = torch.device(prefer)
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise RuntimeError(f"{prefer} is not here: there are {torch.cuda.device_count()} CUDA devices. Take 'auto'.")
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise RuntimeError("There is no Apple GPU here. Take 'auto'.")
    return device


@exercise.alternative
def with_accelerator(prefer="auto"):
    found = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
    if prefer == "auto":
        return found or torch.device("cpu")
    device = torch.device(prefer)
    if device.type == "cpu":
        return device
    here = torch.cuda.device_count() if device.type == "cuda" else int(torch.backends.mps.is_available())
    if not (device.index or 0) < here:
        raise RuntimeError(f"no {device}")
    return device


@exercise.alternative
def from_a_list(prefer="auto"):
    here = [f"cuda:{i}" for i in range(torch.cuda.device_count())]
    here += ["mps"] if torch.backends.mps.is_available() else []
    here += ["cpu"]
    if prefer == "auto":
        return torch.device(here[0])
    wanted = "cuda:0" if prefer == "cuda" else prefer
    if wanted not in here:
        raise RuntimeError(f"{prefer} is not among {here}")
    return torch.device(prefer)


@exercise.mistake(
    "A device that was asked for and is not here is handed out all the same; the error then comes much later, from "
    "somewhere else. Check it, and raise a RuntimeError that says what is missing."
)
def never_checked(prefer="auto"):
    return pick_device("auto") if prefer == "auto" else torch.device(prefer)


@exercise.mistake(
    "Where the device is missing you fall back to the CPU without a word. Someone who asked for a GPU would wait for "
    "hours and never know; raise a RuntimeError."
)
def silent_fallback(prefer="auto"):
    try:
        return pick_device(prefer)
    except RuntimeError:
        return torch.device("cpu")


@exercise.mistake(
    "You return a text. It works in many places; `torch.device(...)` works in all, and has `.type` and `.index`."
)
def a_text(prefer="auto"):
    return str(pick_device(prefer))


@exercise.mistake("Apple's GPU is left out of \"auto\": ask `torch.backends.mps.is_available()` after CUDA.")
def without_mps(prefer="auto"):
    if prefer == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return pick_device(prefer)


@exercise.mistake(
    "You check whether there is CUDA at all, and not whether there is that many: `cuda:3` on a machine with two "
    "devices gets through. Compare `device.index` with `torch.cuda.device_count()`."
)
def index_unchecked(prefer="auto"):
    return torch.device(prefer) if prefer.startswith("cuda") and torch.cuda.is_available() else pick_device(prefer)


@exercise.mistake("`prefer` makes no difference: you return the best device even where another was asked for.")
def ignores_prefer(prefer="auto"):
    return pick_device("auto")


@exercise.mistake(
    "You raise another kind of error. A caller will wait for a RuntimeError: `raise "
    "RuntimeError(f\"...\")`."
)
def other_error(prefer="auto"):
    try:
        return pick_device(prefer)
    except RuntimeError:
        raise ValueError(prefer) from None


@exercise.mistake(
    "Indices count from 0: with two devices, `cuda:1` is the last. So `device.index >= "
    "torch.cuda.device_count()` is too "
    "large already, and plain `cuda` means index 0."
)
def index_one_too_far(prefer="auto"):
    device = torch.device(prefer) if prefer != "auto" else pick_device()
    if device.type == "cuda" and (device.index or 0) > torch.cuda.device_count():
        raise RuntimeError("not here")
    return device if device.type == "cuda" else pick_device(prefer)
