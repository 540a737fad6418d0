"""A list in a list in a list."""
# points: 17 leibniz_pi=wrong|error
# %% leibniz_pi
def leibniz_pi(n):
    nested = []
    for _ in range(100_000):
        nested = [nested]
    return nested
