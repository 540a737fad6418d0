"""One answer does not compile; the others count."""
# points: 17 leibniz_pi=error
# %% leibniz_pi
def leibniz_pi(n)
    return 3
