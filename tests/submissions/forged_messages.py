"""Rubbish is written into every socket of the process."""
# points: 17 leibniz_pi=crashed
# %% leibniz_pi
import os
import stat

for descriptor in range(3, 64):
    try:
        if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            os.write(descriptor, b"\xff" * 100)
    except OSError:
        pass


def leibniz_pi(n):
    return 3.0
