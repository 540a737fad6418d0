"""An exception with a message of forty thousand characters."""
# points: 17 leibniz_pi=error
# %% leibniz_pi
def leibniz_pi(n):
    raise RuntimeError("a" * 40_000)
# %% before standardize
raise RuntimeError("*a: " * 10_000)
