"""A trace function and a profile function that raise."""
# points: 17 leibniz_pi=error|wrong
# %% leibniz_pi
import sys


def leibniz_pi(n):
    def broken(*_):
        raise RuntimeError("traced")

    sys.settrace(broken)
    sys.setprofile(broken)
    return 3.0
