"""A tensor of sixteen thousand dimensions."""
# points: 17 leibniz_pi=wrong
# %% leibniz_pi
def leibniz_pi(n):
    return torch.ones([1] * 16_000)
