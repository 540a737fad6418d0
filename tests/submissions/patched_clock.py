"""The clocks are replaced: time limits are the grader's own."""
# points: 17 leibniz_pi=timeout
# %% first
import time

for name in ("time", "monotonic", "perf_counter", "process_time", "time_ns", "monotonic_ns", "perf_counter_ns"):
    setattr(time, name, lambda *_: 0)
_sleep = time.sleep
time.sleep = lambda *_: None
# %% leibniz_pi
def leibniz_pi(n):
    while True:
        _sleep(0.1)
