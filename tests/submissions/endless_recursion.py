"""A function that only calls itself, with the limit lifted."""
# points: 17 leibniz_pi=error|crashed
# %% leibniz_pi
import sys

sys.setrecursionlimit(10**9)


def leibniz_pi(n):
    return leibniz_pi(n) + 1
