"""A result of a quarter of a gigabyte."""
# points: 17 leibniz_pi=wrong|error|timeout
# %% leibniz_pi
def leibniz_pi(n):
    return torch.zeros(70_000_000)
