"""An integer of millions of digits."""
# points: 17 leibniz_pi=wrong
# %% leibniz_pi
def leibniz_pi(n):
    return 1 << 30_000_000
