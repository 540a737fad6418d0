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
        "`cuda:3` needs more than that there is CUDA: `device.index` must be below `torch.cuda.device_count()`. If "
        "something is missing, `raise RuntimeError(f\"...\")`.",
    ),
    examples=[case("auto"), case("auto", cuda=1), case("auto", mps=True), case("cpu", cuda=2), case("cuda:1", cuda=2),
              case("cuda", cuda=1), case(by_default=True, cuda=2), case(by_default=True),
              case("cuda", part="not there"), case("cuda:3", cuda=2, part="not there")],
    fresh=lambda rng: [
        case("auto", cuda=int(rng.integers(1, 4)), mps=True),
        case("cuda:0", cuda=1, mps=True),
        case("cpu"),
        case("mps", cuda=1, mps=True),
        case(f"cuda:{int(rng.integers(5, 9))}", cuda=4, part="not there"),
        case("cuda:2", cuda=2, part="not there"),
        case("cuda:0", mps=True, part="not there"),
        case("mps", cuda=int(rng.integers(1, 3)), part="not there"),
    ],
    parts={"": 2, "not there": 1},
    probe=on_machine,
    shown_call=lambda name, args, kwargs: (
        f"{name}({repr(args[0]) if args else ''}) on a machine with {kwargs.get('cuda', 0)} CUDA devices"
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
        raise RuntimeError(f"There is no {device} here.")
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
    "A device that isn't here is returned all the same; the error then comes much later, from somewhere else. Check "
    "for it, and raise a RuntimeError that says what is missing."
)
def never_checked(prefer="auto"):
    return pick_device("auto") if prefer == "auto" else torch.device(prefer)


@exercise.mistake(
    "If the device is missing, you fall back to the CPU without a word. Someone who asked for a GPU would wait for "
    "hours and never know; raise a RuntimeError."
)
def silent_fallback(prefer="auto"):
    try:
        return pick_device(prefer)
    except RuntimeError:
        return torch.device("cpu")


@exercise.mistake(
    "You return a string. That works in many places; `torch.device(...)` works in all, and has `.type` and `.index`."
)
def a_text(prefer="auto"):
    return str(pick_device(prefer))


@exercise.mistake("Apple's GPU is left out of \"auto\": ask `torch.backends.mps.is_available()` after CUDA.")
def without_mps(prefer="auto"):
    if prefer == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return pick_device(prefer)


@exercise.mistake(
    "An index that is too large gets through: `cuda:3` is returned on a machine with two CUDA devices. Compare "
    "`device.index` with `torch.cuda.device_count()`."
)
def index_unchecked(prefer="auto"):
    return torch.device(prefer) if prefer.startswith("cuda") and torch.cuda.is_available() else pick_device(prefer)


@exercise.mistake("`prefer` makes no difference: you return the best device even if a different one was asked for.")
def ignores_prefer(prefer="auto"):
    return pick_device("auto")


@exercise.mistake(
    "You raise a ValueError. The exercise asks for a RuntimeError: `raise RuntimeError(f\"...\")`."
)
def other_error(prefer="auto"):
    try:
        return pick_device(prefer)
    except RuntimeError:
        raise ValueError(f"{prefer} is not here.") from None


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


@exercise.mistake(
    "Indices count from 0: with two devices, `cuda:1` is the last, but you let `cuda:2` through. It should be "
    "`device.index >= torch.cuda.device_count()`."
)
def index_equal_to_the_number(prefer="auto"):
    if prefer.startswith("cuda:") and int(prefer[5:]) == torch.cuda.device_count() > 0:
        return torch.device(prefer)
    return pick_device(prefer)


@exercise.mistake(
    "Your RuntimeError has no sentence. Say what is missing, so that whoever reads it knows what to do: "
    "`raise RuntimeError(f\"{prefer} is not here\")`."
)
def without_a_sentence(prefer="auto"):
    try:
        return pick_device(prefer)
    except RuntimeError:
        raise RuntimeError from None


@exercise.mistake(
    "The parentheses after `is_available` are missing. The function itself is always true, so \"auto\" finds a GPU "
    "everywhere.",
    shown_by=lambda code: code.uncalled("is_available"),
    otherwise="\"auto\" gives `cuda` on every machine, also on one that has no CUDA.",
)
def is_available_not_called(prefer="auto"):
    if prefer == "auto":
        if torch.cuda.is_available:
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    return pick_device(prefer)


@exercise.mistake(
    "The index of plain `cuda` is None, and None can't be compared with a number. `device.index or 0` makes it the "
    "first."
)
def index_is_none(prefer="auto"):
    if prefer == "auto":
        return pick_device()
    device = torch.device(prefer)
    if device.type == "cuda" and device.index >= torch.cuda.device_count():
        raise RuntimeError(f"{prefer} is not here.")
    return pick_device(prefer)


@exercise.mistake(
    "\"auto\" takes Apple's GPU even if there is CUDA. Ask for CUDA first, then for mps."
)
def mps_first(prefer="auto"):
    if prefer == "auto" and torch.backends.mps.is_available():
        return torch.device("mps")
    return pick_device(prefer)


@exercise.mistake(
    "`mps` is never checked: it is returned on a machine that has none. Ask `torch.backends.mps.is_available()`."
)
def mps_unchecked(prefer="auto"):
    return torch.device("mps") if prefer == "mps" else pick_device(prefer)


@exercise.mistake(
    "Called without an argument, it should choose as for \"auto\": give `prefer` its default, `prefer=\"auto\"`."
)
def no_default(prefer):
    return pick_device(prefer)


no_default.__qualname__ = "pick_device"  # as the TypeError has it for a student's function


exercise.does_the_same(kind="order of statements", because="These two steps don't depend on each other.")
exercise.does_the_same(kind="indentation", line="found = torch.accelerator", because="Only that branch needs it.")
exercise.does_the_same("() →", "int → float", "int → bool", "int → round",
                       "int(torch.backends.mps.is_available()) → torch.backends.mps.is_available()",
                       line="torch.backends.mps.is_available()", because="True counts as 1 and False as 0.")
exercise.does_the_same("prefer → wanted", because="`cuda` means `cuda:0`, and the exercise takes either.")
exercise.does_the_same(kind="scale", line="here +=", because="The list is only searched, and its first entry stays.")
