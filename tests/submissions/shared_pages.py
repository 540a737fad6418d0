"""Gigabytes in shared anonymous pages."""
# points: 17 leibniz_pi=error|crashed
# %% leibniz_pi
import mmap
import time


def leibniz_pi(n):
    kept = mmap.mmap(-1, 4_000_000_000)
    for at in range(0, 4_000_000_000, 4096):
        kept[at] = 1
    time.sleep(1)
    return 3.0
