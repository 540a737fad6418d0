"""Gigabytes in memfds: refused, or counted."""
# points: 17 leibniz_pi=error|crashed
# %% leibniz_pi
import os
import time


def leibniz_pi(n):
    kept = [os.memfd_create(str(i)) for i in range(50)]
    for each in kept:
        os.write(each, b"x" * 60_000_000)
    time.sleep(1)
    return float(sum(4 * (-1.0) ** k / (2 * k + 1) for k in range(n)))
