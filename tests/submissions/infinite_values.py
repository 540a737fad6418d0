"""Infinities, and a result without end."""
# points: 14 leibniz_pi=wrong times_table=correct standardize=wrong
# %% leibniz_pi
def leibniz_pi(n):
    import itertools

    return itertools.count()
# %% standardize
def standardize(x):
    return torch.full_like(x, float("inf"))
