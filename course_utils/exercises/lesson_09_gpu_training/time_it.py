"""Timing what runs beside the program."""

import statistics
import time

import torch

from course_utils.exercise import Exercise, case
from course_utils.probes.device import clocked


def _costs(rng, runs):
    slow = [float(c) for c in rng.uniform(0.5, 0.9, 2)]
    return [*slow, *(float(c) for c in rng.uniform(0.01, 0.2, runs))]


def _shown_call(name, args, kwargs):
    numbers = [f"{key}={kwargs[key]}" for key in ("warm_up", "runs") if key in kwargs]
    busy = "the CPU" if kwargs.get("device") == "cpu" else "the device"
    return (f"{name}({', '.join(['fn', 'device', *numbers])}), where {busy} is busy for "
            f"{', '.join(f'{cost:g}' for cost in args[0])} s")


exercise = Exercise(
    name="time_it",
    points=2,
    objective="Time a device that works on while your program goes on.",
    hints=(
        "The first calls are slow for reasons of their own (memory, kernels, caches): make `warm_up` calls without a "
        "clock. Then time each of `runs` calls by itself.",
        "A call only *asks* the GPU for work. Wait with `torch.cuda.synchronize()` before you stop the clock. And why "
        "before you start it, too?",
        "In the loop: synchronize, `begin = time.perf_counter()`, `fn()`, synchronize, append the difference. Return "
        "`statistics.median(times)`.",
    ),
    examples=[case([0.5, 0.5, 0.1], warm_up=2, runs=3), case([0.1, 0.1, 0.1, 0.9, 0.1], warm_up=1, runs=5),
              case([0.5, 0.2, 0.1, 0.4], warm_up=1, runs=3, device="cpu")],
    fresh=lambda rng: [case(_costs(rng, 5)), case(_costs(rng, 1), warm_up=2, runs=1),
                       case([0.8, *_costs(rng, 6)], warm_up=3, runs=6), case(_costs(rng, 4), warm_up=2, runs=4),
                       case(_costs(rng, 3), warm_up=0, runs=5, device="cpu")],
    probe=clocked,
    shown_call=_shown_call,
)


def _wait(device):
    if device.type == "cuda":
        torch.cuda.synchronize()


@exercise.reference
def time_it(fn, device, warm_up=2, runs=5):
    def wait():
        if device.type == "cuda":
            torch.cuda.synchronize()

    for _ in range(warm_up):
        fn()
    times = []
    for _ in range(runs):
        wait()
        begin = time.perf_counter()
        fn()
        wait()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


@exercise.alternative
def in_nanoseconds(fn, device, warm_up=2, runs=5):
    times = []
    for _ in range(warm_up + runs):
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        begin = time.perf_counter_ns()
        fn()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        times.append((time.perf_counter_ns() - begin) / 1e9)
    times = sorted(times[warm_up:])
    return (times[(runs - 1) // 2] + times[runs // 2]) / 2


@exercise.alternative
def with_numpy(fn, device, warm_up=2, runs=5):
    import numpy as np

    marks = np.zeros((runs, 2))
    for i in range(-warm_up, runs):
        _wait(device)
        begin = time.monotonic()
        fn()
        _wait(device)
        if i >= 0:
            marks[i] = begin, time.monotonic()
    return float(np.median(marks[:, 1] - marks[:, 0]))


@exercise.mistake(
    "`device == \"cuda\"` compares a torch.device with a string, and is never true, so nothing waits for it. Compare "
    "`device.type == \"cuda\"`.",
    shown_by=lambda code: code.has("device == 'cuda'") or code.has("'cuda' == device"),
)
def device_compared_with_a_string(fn, device, warm_up=2, runs=5):
    times = []
    for _ in range(warm_up + runs):
        begin = time.perf_counter()
        fn()
        if device == "cuda":
            torch.cuda.synchronize()
        times.append(time.perf_counter() - begin)
    return statistics.median(times[warm_up:])


@exercise.mistake(
    "You timed how long it takes to *ask* for the work. On a GPU a call returns at once; `torch.cuda.synchronize()` "
    "before the clock is stopped waits until the work is done."
)
def never_waits(fn, device, warm_up=2, runs=5):
    for _ in range(warm_up):
        fn()
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        fn()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


@exercise.mistake(
    "The clock starts while earlier calls are still running on the device, so their time is counted too. Synchronize "
    "before you start the clock as well."
)
def waits_only_at_the_end(fn, device, warm_up=2, runs=5):
    for _ in range(warm_up):
        fn()
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        fn()
        _wait(device)
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


@exercise.mistake("There is no warm-up: the first, slow calls are among the times.")
def no_warm_up(fn, device, warm_up=2, runs=5):
    return time_it(fn, device, 0, runs)


@exercise.mistake("You took the mean. One slow call pulls it up; the median doesn't care.")
def the_mean(fn, device, warm_up=2, runs=5):
    for _ in range(warm_up):
        fn()
    times = [time_it(fn, device, 0, 1) for _ in range(runs)]
    return statistics.mean(times)


@exercise.mistake("That is the time of all runs together. Return the median time of *one* call.")
def the_total(fn, device, warm_up=2, runs=5):
    for _ in range(warm_up):
        fn()
    return sum(time_it(fn, device, 0, 1) for _ in range(runs))


@exercise.mistake("That is milliseconds. Return seconds, as `time.perf_counter` gives them.")
def milliseconds(fn, device, warm_up=2, runs=5):
    return 1000 * time_it(fn, device, warm_up, runs)


@exercise.mistake(
    "This is the mean of the runs, as from one clock for all of them. Time each call by itself, and take the median."
)
def one_clock(fn, device, warm_up=2, runs=5):
    for _ in range(warm_up):
        fn()
    _wait(device)
    begin = time.perf_counter()
    for _ in range(runs):
        fn()
    _wait(device)
    return (time.perf_counter() - begin) / runs


@exercise.mistake("You took the fastest run. Return the median: what a call usually takes, not with luck.")
def the_fastest(fn, device, warm_up=2, runs=5):
    for _ in range(warm_up):
        fn()
    return min(time_it(fn, device, 0, 1) for _ in range(runs))


@exercise.mistake(
    "`torch.cuda.synchronize()` raises an error on a machine without a GPU. Call it only if `device.type` is "
    "`\"cuda\"`."
)
def always_synchronizes(fn, device, warm_up=2, runs=5):
    torch.cuda.synchronize()
    return time_it(fn, device, warm_up, runs)


@exercise.mistake(
    "`time.time()` follows the clock on the wall, which a computer may adjust while you measure (in this check it runs "
    "fast). Use `time.perf_counter()`."
)
def wall_clock(fn, device, warm_up=2, runs=5):
    for _ in range(warm_up):
        fn()
    times = []
    for _ in range(runs):
        _wait(device)
        begin = time.time()
        fn()
        _wait(device)
        times.append(time.time() - begin)
    return statistics.median(times)


@exercise.mistake(
    "The warm-up calls are timed, too, and are among the times you take the median of. Only the `runs` calls after "
    "them count."
)
def warm_up_counted(fn, device, warm_up=2, runs=5):
    return statistics.median([time_it(fn, device, 0, 1) for _ in range(warm_up + runs)])


@exercise.mistake(
    "`torch.median` takes the lower of the two middle values if their number is even. The median is the mean of the "
    "two: `statistics.median(times)`.",
    shown_by=lambda code: code.has("torch.median") or code.calls("median") > 0,
    otherwise="If the number of runs is even, you take the lower of the two middle times. The median is the mean of "
    "the two: `statistics.median(times)`.",
)
def lower_median(fn, device, warm_up=2, runs=5):
    for _ in range(warm_up):
        fn()
    return torch.tensor([time_it(fn, device, 0, 1) for _ in range(runs)], dtype=torch.float64).median().item()


@exercise.mistake(
    "If the number of runs is even, you take the upper of the two middle times. The median is the mean of the two: "
    "`statistics.median(times)`."
)
def upper_median(fn, device, warm_up=2, runs=5):
    for _ in range(warm_up):
        fn()
    return sorted(time_it(fn, device, 0, 1) for _ in range(runs))[runs // 2]


@exercise.mistake(
    "The number of warm-up calls and of runs is fixed in your code. Use `warm_up` and `runs`."
)
def fixed_numbers(fn, device, warm_up=2, runs=5):
    return time_it(fn, device)


@exercise.mistake("The number of runs is fixed in your code, 5. Use `runs`.")
def fixed_runs(fn, device, warm_up=2, runs=5):
    return time_it(fn, device, warm_up)


@exercise.mistake("The number of warm-up calls is fixed in your code, 2. Use `warm_up`.")
def fixed_warm_up(fn, device, warm_up=2, runs=5):
    return time_it(fn, device, runs=runs)


@exercise.mistake(
    "No time passes between your two readings of the clock, so `fn` isn't called between them: write `fn()`, with "
    "parentheses."
)
def never_called(fn, device, warm_up=2, runs=5):
    return 0.0
