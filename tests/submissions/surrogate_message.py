"""An exception whose message holds a lone surrogate."""
# points: 17 leibniz_pi=error
# %% leibniz_pi
def leibniz_pi(n):
    raise ValueError("\ud800 is no letter \x1b[31m \x00")
