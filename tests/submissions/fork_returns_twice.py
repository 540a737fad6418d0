"""A fork that comes back in both processes, in the cell and in the answer."""
# points: 20
# %% first
import os

os.fork()
# %% leibniz_pi
import os


def leibniz_pi(n):
    os.fork()
    return float(sum(4 * (-1.0) ** k / (2 * k + 1) for k in range(n)))
