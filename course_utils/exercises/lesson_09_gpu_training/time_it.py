"""Timing what runs beside the program."""

import statistics
import time

import torch

from course_utils.exercise import Exercise, case
from course_utils.probes.device import clocked


def _costs(rng, runs):
    slow = [float(c) for c in rng.uniform(0.5, 0.9, 2)]
    return [*slow, *(float(c) for c in rng.uniform(0.01, 0.2, runs))]


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
    examples=[case([0.5, 0.5, 0.1], warm_up=2, runs=3), case([0.1, 0.1, 0.1, 0.9, 0.1], warm_up=1, runs=5)],
    fresh=lambda rng: [case(_costs(rng, 5), warm_up=2, runs=5), case(_costs(rng, 1), warm_up=2, runs=1)],
    probe=clocked,
    shown_call=lambda name, args, kwargs: (
        f"{name}(fn, device, warm_up={kwargs['warm_up']}, runs={kwargs['runs']}), where the device is busy for "
        f"{', '.join(f'{cost:g}' for cost in args[0])} s"),
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
def with_accelerator(fn, device, warm_up=2, runs=5):
    times = []
    for _ in range(warm_up + runs):
        torch.accelerator.synchronize()
        begin = time.perf_counter_ns()
        fn()
        torch.accelerator.synchronize()
        times.append((time.perf_counter_ns() - begin) / 1e9)
    return sorted(times[warm_up:])[runs // 2]


@exercise.alternative
def with_numpy(fn, device, warm_up=2, runs=5):
    import numpy as np

    marks = np.zeros((runs, 2))
    for i in range(-warm_up, runs):
        torch.cuda.synchronize(device)
        begin = time.monotonic()
        fn()
        torch.cuda.synchronize(device)
        if i >= 0:
            marks[i] = begin, time.monotonic()
    return float(np.median(marks[:, 1] - marks[:, 0]))


@exercise.mistake(
    "You timed how long it takes to *ask* for the work. On a GPU a call returns at once; `torch.cuda.synchronize()` "
    "before the clock is stopped waits until it is done. (`device == \"cuda\"` is never true of a torch.device; "
    "`device.type == \"cuda\"` is.)"
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
    "The clock starts while the warm-up is still running on the device, and its time is counted in. Synchronize before "
    "you start the clock as well."
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


@exercise.mistake("You took the mean. One hiccup of the machine pulls it up; the median doesn't care.")
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


@exercise.mistake("That is milliseconds. Seconds are asked for, as `time.perf_counter` gives them.")
def milliseconds(fn, device, warm_up=2, runs=5):
    return 1000 * time_it(fn, device, warm_up, runs)


@exercise.mistake(
    "You started one clock for all runs, so this is their mean. Time each call by itself, and take the "
    "median."
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


@exercise.mistake("You took the fastest run. The median is asked for: what a call takes as a rule, not with luck.")
def the_fastest(fn, device, warm_up=2, runs=5):
    for _ in range(warm_up):
        fn()
    return min(time_it(fn, device, 0, 1) for _ in range(runs))
